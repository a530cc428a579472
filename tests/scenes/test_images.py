"""Title images and thumbnails: by address, or pictures of the source that are uploaded once."""

import struct
import zlib
from datetime import timedelta

import pytest

from lemmy_sandbox.records import ImageService
from megabot.reconcile.orders import OrderKind
from tests.world import SLOT, WEEK, World

ELSEWHERE = "https://pictures.example/kite.png"


def a_picture() -> bytes:
    """Make a PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def uploads(world: World) -> int:
    return sum(1 for request in world.sandbox.requests if request.path == "/pictrs/image")


def test_an_image_elsewhere_is_posted_by_its_address(world: World) -> None:
    world.press.image = ELSEWHERE

    world.post()

    (post,) = world.posts()
    assert (post["url"], post["alt_text"]) == (ELSEWHERE, "A kite.")


def test_a_picture_of_the_source_is_uploaded_and_shown(world: World) -> None:
    world.pages.pictures = {"images/kite.png": a_picture()}
    world.press.image = "images/kite.png"

    world.post()

    (post,) = world.posts()
    assert str(post["url"]).startswith("https://lemmy.example/pictrs/image/")
    assert uploads(world) == 1


def test_the_same_picture_is_uploaded_once_for_all_editions(world: World) -> None:
    world.pages.pictures = {"images/kite.png": a_picture()}
    world.press.image = "images/kite.png"
    world.post()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    first, second = world.posts()
    assert first["url"] == second["url"]
    assert uploads(world) == 1


def test_a_thumbnail_is_sent_again_with_each_edit(world: World) -> None:
    world.press.thumbnail = ELSEWHERE
    world.post()
    before = world.posts()[0]["thumbnail_url"]
    world.press.words = "A better essay."

    world.run_pass()

    (post,) = world.posts()
    assert "A better essay." in str(post["body"])
    assert before
    assert post["thumbnail_url"] == before


def test_a_changed_thumbnail_reaches_the_standing_thread(world: World) -> None:
    world.press.thumbnail = ELSEWHERE
    world.post()
    world.pages.pictures = {"images/kite.png": a_picture()}
    world.press.thumbnail = "images/kite.png"

    world.run_pass()

    assert "/pictrs/image/" in str(world.posts()[0]["thumbnail_url"])


@pytest.mark.parametrize("there", [True, False], ids=["no service", "no picture"])
def test_where_it_cannot_be_uploaded_the_thread_goes_up_without_the_image(
    world: World, caplog: pytest.LogCaptureFixture, *, there: bool
) -> None:
    world.sandbox.use_images(ImageService.DOWN)
    world.pages.pictures = {"images/kite.png": a_picture()} if there else {}
    world.press.image = "images/kite.png"

    report = world.post()

    assert report.verified
    assert "url" not in world.posts()[0]
    assert "is posted without it" in caplog.text


def test_what_could_not_be_uploaded_is_not_tried_again_each_hour(world: World) -> None:
    world.sandbox.use_images(ImageService.DOWN)
    world.pages.pictures = {"images/kite.png": a_picture()}
    world.press.thumbnail = "images/kite.png"
    world.post()
    for _ in range(3):
        world.clock.at += timedelta(hours=1)
        world.run_pass()

    assert uploads(world) == 1


def test_the_next_edition_tries_the_upload_again(world: World) -> None:
    world.sandbox.use_images(ImageService.DOWN)
    world.pages.pictures = {"images/kite.png": a_picture()}
    world.press.image = "images/kite.png"
    world.post()
    world.sandbox.use_images(ImageService.RUNNING)
    world.clock.at = SLOT + WEEK

    world.run_pass()

    assert "/pictrs/image/" in str(world.posts()[-1]["url"])


def test_the_title_image_stays_as_it_was_posted(world: World) -> None:
    world.press.image = ELSEWHERE
    world.post()
    world.press.image = "https://pictures.example/other.png"
    world.press.words = "A better essay."

    world.run_pass(OrderKind.REFRESH)

    assert world.posts()[0]["url"] == ELSEWHERE
