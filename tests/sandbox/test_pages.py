"""The web pages: what a reader sees who is not signed in."""

import re

import pytest

from lemmy_sandbox import User
from tests.sandbox import images
from tests.sandbox.refusals import refusal


def test_the_front_page_lists_the_communities(reader: User) -> None:
    page = reader.page("/")

    assert '<a class="title" href="/c/news">News</a>' in page
    assert "!news@lemmy.example" in page


def test_a_community_page_shows_pinned_posts_first_and_marked(bot: User, reader: User, news: int) -> None:
    pinned, other = bot.create_post(news, "Old but pinned"), bot.create_post(news, "Newer")
    bot.feature(pinned)
    bot.lock(pinned)

    page = reader.page("/c/news")
    rows = re.findall(r"<li><a class=\"title\" href=\"/post/(\d+)\">.*?</li>", page)
    assert rows == [str(pinned), str(other)]
    assert (page.count("Pinned</span>"), page.count("Locked</span>")) == (1, 1)


def test_a_community_page_names_authors_dates_comments_and_moderators(
    bot: User, reader: User, news: int
) -> None:
    reader.comment(bot.create_post(news, "Commented"), "one")

    page = reader.page("/c/news")
    assert "by megabot · <time" in page
    assert "16 November 2026, 12:00 UTC" in page
    assert "1 comment<" in page
    assert "<li>modlin</li><li>megabot</li>" in page


def test_a_post_page_renders_the_body_and_marks_moderators_comments(
    bot: User, reader: User, news: int
) -> None:
    post = bot.create_post(news, "Weekly thread", "**bold** and [a link](https://a.example/)")
    bot.distinguish(bot.comment(post, "the new thread is up"))
    reader.comment(post, "thanks", parent_id=1)

    page = reader.page(f"/post/{post}")
    assert "<strong>bold</strong>" in page
    assert 'href="https://a.example/"' in page
    assert page.count("Moderator</span>") == 1
    assert re.search(r'class="comment distinguished" id="comment-1">.*id="comment-2"', page, re.DOTALL)


def test_an_answer_to_a_removed_comment_is_still_shown(
    bot: User, modlin: User, reader: User, news: int
) -> None:
    post = bot.create_post(news, "Weekly thread")
    first = reader.comment(post, "rude words")
    reader.comment(post, "a fine answer", parent_id=first)
    modlin.remove_comment(first)

    page = reader.page(f"/post/{post}")
    assert ("rude words" in page, "a fine answer" in page) == (False, True)


def test_a_comment_page_shows_its_post(bot: User, reader: User, news: int) -> None:
    comment = bot.comment(bot.create_post(news, "Weekly thread"), "here")

    assert "<h1>Weekly thread</h1>" in reader.page(f"/comment/{comment}")


def test_removed_and_deleted_posts_are_not_found(bot: User, modlin: User, reader: User, news: int) -> None:
    removed, deleted = bot.create_post(news, "Removed"), bot.create_post(news, "Deleted")
    modlin.remove(removed)
    bot.delete(deleted)

    for path in (f"/post/{removed}", f"/post/{deleted}", "/post/424242", "/c/nowhere", "/comment/424242"):
        assert refusal(reader.page, path) == "404 None"
    assert "No posts yet." in reader.page("/c/news")


def test_what_people_wrote_cannot_become_markup(bot: User, modlin: User, reader: User, news: int) -> None:
    evil = "<script>alert(1)</script>"
    modlin.put("community", community_id=news, title=f"News {evil}", description=evil)
    post = bot.create_post(news, f"Title {evil}", evil, url="https://a.example/?q=%22><i>")
    bot.comment(post, evil)

    for path in ("/", "/c/news", f"/post/{post}"):
        assert not {"<script", "<i>"} & set(re.findall(r"<script|<i>", reader.page(path)))


@pytest.mark.parametrize("path", ["/", "/c/news", "/post/1"])
def test_pages_load_nothing_from_elsewhere(bot: User, reader: User, news: int, path: str) -> None:
    bot.create_post(news, "Weekly thread", "plain")

    assert re.findall(r"<(?:link|script|img|iframe)|url\(|@import", reader.page(path)) == []


def test_links_to_the_server_itself_stay_on_the_address_it_is_reached_at(
    bot: User, reader: User, news: int
) -> None:
    first = bot.create_post(news, "First")
    second = bot.create_post(news, "Second", body=f"[Before](https://lemmy.example/post/{first})")

    assert f'href="/post/{first}"' in reader.page(f"/post/{second}")


def test_an_image_post_shows_its_image_described_and_in_the_list_its_thumbnail(
    bot: User, reader: User, news: int
) -> None:
    url = f"/pictrs/image/{bot.upload(images.jpeg())['file']}"
    post = bot.create_post(news, "A kite", url=f"https://lemmy.example{url}", alt_text='A "red" kite.')
    thumbnail = bot.read_post(post)["post"]["thumbnail_url"].removeprefix("https://lemmy.example")

    described = 'alt="A &quot;red&quot; kite."'
    assert f'<a href="{url}"><img src="{url}" {described}' in reader.page(f"/post/{post}")
    assert f'href="/post/{post}" rel="noopener nofollow"><img src="{thumbnail}" {described}' in reader.page(
        "/c/news"
    )


def test_a_link_shows_its_thumbnail_on_both_pages_and_a_text_on_none(
    bot: User, reader: User, news: int
) -> None:
    thumbnail, url = "https://files.example/t.png", "https://a.example/article"
    link = bot.create_post(news, "A link", url=url, custom_thumbnail=thumbnail)
    text = bot.create_post(news, "A text", "words", custom_thumbnail=thumbnail)

    assert f'href="{url}" rel="noopener nofollow"><img src="{thumbnail}"' in reader.page(f"/post/{link}")
    assert reader.page("/c/news").count(thumbnail) == 1
    assert thumbnail not in reader.page(f"/post/{text}")


def test_a_thumbnail_that_not_everyone_wants_to_see_is_veiled(bot: User, reader: User, news: int) -> None:
    url, thumbnail = "https://a.example/article", "https://files.example/t.png"
    bot.create_post(news, "A link", url=url, custom_thumbnail=thumbnail, nsfw=True)

    page = reader.page("/c/news")
    assert (page.count('class="thumbnail veiled"'), page.count("NSFW</span>")) == (1, 1)


def test_images_of_the_server_itself_come_from_the_address_it_is_reached_at(
    bot: User, reader: User, news: int
) -> None:
    file = bot.upload(images.png())["file"]
    post = bot.create_post(news, "With an image", f"![a kite](https://lemmy.example/pictrs/image/{file})")
    near = bot.create_post(news, "A neighbour", url="https://lemmy.example.neighbour.example/a.png")

    assert f'<img src="/pictrs/image/{file}" alt="a kite"' in reader.page(f"/post/{post}")
    assert 'src="https://lemmy.example.neighbour.example/a.png"' in reader.page(f"/post/{near}")


def test_titles_have_emphasis_and_code_and_nothing_else(bot: User, reader: User, news: int) -> None:
    post = bot.create_post(news, "*New* `x` [a](https://a.example) # <b>")

    shown = "<em>New</em> <code>x</code> [a](https://a.example) # &lt;b&gt;"
    assert f"<h1>{shown}</h1>" in reader.page(f"/post/{post}")
    assert f'href="/post/{post}">{shown}</a>' in reader.page("/c/news")
