"""A post's address, its thumbnail and its description: what the server makes of them, again at every edit."""

import pytest

from lemmy_sandbox import ImageService, Sandbox, User
from tests.sandbox import images
from tests.sandbox.refusals import refusal

OWN = "https://lemmy.example/pictrs/image/"
THUMBNAIL = "https://files.example/t.png"
PHOTO = "https://photos.example/p.png"
ARTICLE = "https://articles.example/a"


@pytest.fixture(autouse=True)
def _elsewhere(sandbox: Sandbox) -> None:
    sandbox.add_page(PHOTO, "image/png", images.png(30, 20))
    sandbox.add_page(ARTICLE, "text/html", preview_image=PHOTO)


def thumbnail(hand: User, post: int) -> str:
    return str(hand.read_post(post)["post"].get("thumbnail_url", "none"))


def uploaded(hand: User) -> str:
    return OWN + str(hand.upload(images.png())["file"])


def test_a_text_post_keeps_a_thumbnail_only_as_long_as_it_is_sent(bot: User, news: int) -> None:
    post = bot.create_post(news, "With a picture", "text", custom_thumbnail=THUMBNAIL)
    bot.edit_post(post, body="changed", custom_thumbnail=THUMBNAIL)
    resent = thumbnail(bot, post)
    bot.edit_post(post, body="changed again")

    assert (resent, thumbnail(bot, post)) == (THUMBNAIL, "none")


def test_an_empty_thumbnail_is_invalid_on_creation_and_none_on_edit(bot: User, news: int) -> None:
    post = bot.create_post(news, "With a picture", custom_thumbnail=THUMBNAIL)
    bot.edit_post(post, custom_thumbnail="")

    assert thumbnail(bot, post) == "none"
    assert refusal(bot.create_post, news, "Another", custom_thumbnail="") == "400 invalid_url"


@pytest.mark.parametrize("where", ["own", PHOTO])
def test_an_image_post_makes_its_own_thumbnail_whatever_is_sent(bot: User, news: int, where: str) -> None:
    url = uploaded(bot) if where == "own" else where
    post = bot.create_post(news, "An image", url=url, custom_thumbnail=THUMBNAIL)
    view = bot.read_post(post)

    made = view["post"]["thumbnail_url"]
    assert made.startswith(OWN)
    assert made != url
    assert view["post"]["url_content_type"] == "image/png"
    assert view["image_details"]["link"] == made


def test_a_link_takes_the_picture_of_its_page_unless_another_is_sent(bot: User, news: int) -> None:
    post = bot.create_post(news, "An article", url=ARTICLE, custom_thumbnail=THUMBNAIL)
    sent = thumbnail(bot, post)
    bot.edit_post(post, body="a word on it")

    assert sent == THUMBNAIL
    assert thumbnail(bot, post).startswith(OWN)


def test_where_nothing_answers_a_link_is_no_image_post(bot: User, news: int) -> None:
    post = bot.create_post(news, "Out of reach", url="https://gone.example/p.png", custom_thumbnail=THUMBNAIL)

    assert thumbnail(bot, post) == THUMBNAIL


def test_a_picture_that_cannot_be_copied_is_shown_from_where_it_is(
    sandbox: Sandbox, bot: User, news: int
) -> None:
    broken = "https://photos.example/broken.png"
    sandbox.add_page(broken, "image/png", b"cut off")
    post = bot.create_post(news, "A broken image", url=broken)
    sandbox.use_images(ImageService.DOWN)
    other = bot.create_post(news, "While it is down", url=PHOTO)

    assert (thumbnail(bot, post), thumbnail(bot, other)) == (broken, PHOTO)


def test_without_an_image_service_an_image_post_is_refused_and_there(
    sandbox: Sandbox, bot: User, news: int
) -> None:
    sandbox.use_images(ImageService.OFF)

    assert refusal(bot.create_post, news, "An image", url=PHOTO) == "400 unknown"
    assert [post["post"]["name"] for post in bot.get("user", username="megabot")["posts"]] == ["An image"]


def test_own_images_are_none_while_the_service_is_down(sandbox: Sandbox, bot: User, news: int) -> None:
    url = uploaded(bot)
    sandbox.use_images(ImageService.DOWN)
    post = bot.create_post(news, "Later", url=url, custom_thumbnail=THUMBNAIL)

    assert thumbnail(bot, post) == THUMBNAIL


@pytest.mark.parametrize("more", [{}, {"url": ARTICLE}, {"url": PHOTO}])
def test_a_description_is_kept_whatever_the_address_is(bot: User, news: int, more: dict[str, str]) -> None:
    post = bot.create_post(news, "Described", alt_text="A kite.", **more)
    bot.edit_post(post, url="")

    seen = bot.read_post(post)["post"]
    assert (seen["alt_text"], "url" in seen) == ("A kite.", False)


def test_an_empty_address_is_invalid_on_creation_and_erases_on_edit(bot: User, news: int) -> None:
    post = bot.create_post(news, "A link", url=ARTICLE)
    bot.edit_post(post, url="")

    seen = bot.read_post(post)["post"]
    assert {"url", "thumbnail_url", "url_content_type"} & set(seen) == set()
    assert refusal(bot.create_post, news, "Another", url="") == "400 invalid_url"


def test_the_sites_blocklist_is_not_asked_about_a_thumbnail(admin: User, bot: User, news: int) -> None:
    admin.put("site", blocked_urls=["files.example"])

    assert thumbnail(bot, bot.create_post(news, "With a picture", custom_thumbnail=THUMBNAIL)) == THUMBNAIL
