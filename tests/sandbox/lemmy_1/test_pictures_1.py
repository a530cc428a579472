"""Images of a 1.0."""

import pytest

from lemmy_sandbox import ImageService, Sandbox, User, UserV4
from lemmy_sandbox.user_client import ApiError
from tests.sandbox import images

_REFUSED = "pictrs_invalid_image_upload"


def refused(hand: User, content: bytes) -> tuple[str, str]:
    with pytest.raises(ApiError) as error:
        hand.upload(content)
    return error.value.code, str(error.value.answer["message"])


def test_an_upload_is_answered_with_its_address(bot: UserV4, news: int) -> None:
    answer = bot.upload(images.png())
    post = bot.create_post(news, "Pictured", url=answer["image_url"])
    shown = bot.read_post(post)

    assert answer["image_url"] == f"https://lemmy.example/api/v4/image/{answer['filename']}"
    assert (shown["post"]["url"], shown["post"]["url_content_type"]) == (answer["image_url"], "image/png")
    assert shown["image_details"]["width"] == 3


@pytest.mark.parametrize(
    ("service", "content", "answer"),
    [
        (ImageService.RUNNING, b"no image", (_REFUSED, "ffprobe Failed with exit status: 1")),
        (ImageService.DOWN, b"", (_REFUSED, "HTTP request to pict-rs failed")),
        (ImageService.OFF, b"", ("unknown", "images_disabled")),
    ],
)
def test_what_is_wrong_is_a_message_behind_the_same_code(
    sandbox: Sandbox, bot: UserV4, service: ImageService, content: bytes, answer: tuple[str, str]
) -> None:
    sandbox.use_images(service)

    assert refused(bot, content) == answer


def test_an_image_elsewhere_is_posted_through_the_server(sandbox: Sandbox, bot: UserV4, news: int) -> None:
    sandbox.add_page("https://b.example/b.png", "image/png", images.png())
    post = bot.create_post(news, "Pictured", url="https://b.example/b.png")
    shown = bot.read_post(post)["post"]

    assert shown["url"].startswith("https://lemmy.example/api/v4/image/proxy?url=")
    assert shown["thumbnail_url"].startswith("https://lemmy.example/api/v4/image/")
