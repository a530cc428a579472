"""The web pages: what a reader sees who is not signed in."""

import re

import pytest

from megabot.sandbox import Hand
from tests.sandbox.refusals import refusal


def test_the_front_page_lists_the_communities(reader: Hand) -> None:
    page = reader.page("/")

    assert '<a class="title" href="/c/news">News</a>' in page
    assert "!news@lemmy.example" in page


def test_a_community_page_shows_pinned_posts_first_and_marked(bot: Hand, reader: Hand, news: int) -> None:
    pinned, other = bot.create_post(news, "Old but pinned"), bot.create_post(news, "Newer")
    bot.feature(pinned)
    bot.lock(pinned)

    page = reader.page("/c/news")
    rows = re.findall(r"<li><a class=\"title\" href=\"/post/(\d+)\">.*?</li>", page)
    assert rows == [str(pinned), str(other)]
    assert (page.count("Pinned</span>"), page.count("Locked</span>")) == (1, 1)


def test_a_community_page_names_authors_dates_comments_and_moderators(
    bot: Hand, reader: Hand, news: int
) -> None:
    reader.comment(bot.create_post(news, "Commented"), "one")

    page = reader.page("/c/news")
    assert "by megabot · <time" in page
    assert "16 November 2026, 12:00 UTC" in page
    assert "1 comment<" in page
    assert "<li>modlin</li><li>megabot</li>" in page


def test_a_post_page_renders_the_body_and_marks_moderators_comments(
    bot: Hand, reader: Hand, news: int
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
    bot: Hand, modlin: Hand, reader: Hand, news: int
) -> None:
    post = bot.create_post(news, "Weekly thread")
    first = reader.comment(post, "rude words")
    reader.comment(post, "a fine answer", parent_id=first)
    modlin.remove_comment(first)

    page = reader.page(f"/post/{post}")
    assert ("rude words" in page, "a fine answer" in page) == (False, True)


def test_a_comment_page_shows_its_post(bot: Hand, reader: Hand, news: int) -> None:
    comment = bot.comment(bot.create_post(news, "Weekly thread"), "here")

    assert "<h1>Weekly thread</h1>" in reader.page(f"/comment/{comment}")


def test_removed_and_deleted_posts_are_not_found(bot: Hand, modlin: Hand, reader: Hand, news: int) -> None:
    removed, deleted = bot.create_post(news, "Removed"), bot.create_post(news, "Deleted")
    modlin.remove(removed)
    bot.delete(deleted)

    for path in (f"/post/{removed}", f"/post/{deleted}", "/post/424242", "/c/nowhere", "/comment/424242"):
        assert refusal(reader.page, path) == "404 None"
    assert "No posts yet." in reader.page("/c/news")


def test_what_people_wrote_cannot_become_markup(bot: Hand, modlin: Hand, reader: Hand, news: int) -> None:
    evil = "<script>alert(1)</script>"
    modlin.put("community", community_id=news, title=f"News {evil}", description=evil)
    post = bot.create_post(news, f"Title {evil}", evil, url="https://a.example/?q=%22><i>")
    bot.comment(post, evil)

    for path in ("/", "/c/news", f"/post/{post}"):
        assert not {"<script", "<i>"} & set(re.findall(r"<script|<i>", reader.page(path)))


@pytest.mark.parametrize("path", ["/", "/c/news", "/post/1"])
def test_pages_load_nothing_from_elsewhere(bot: Hand, reader: Hand, news: int, path: str) -> None:
    bot.create_post(news, "Weekly thread", "plain")

    assert re.findall(r"<(?:link|script|img|iframe)|url\(|@import", reader.page(path)) == []


def test_links_to_the_server_itself_stay_on_the_address_it_is_reached_at(
    bot: Hand, reader: Hand, news: int
) -> None:
    first = bot.create_post(news, "First")
    second = bot.create_post(news, "Second", body=f"[Before](https://lemmy.example/post/{first})")

    assert f'href="/post/{first}"' in reader.page(f"/post/{second}")
