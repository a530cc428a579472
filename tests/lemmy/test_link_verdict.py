"""What an answer says about a link, and which addresses may be asked at all."""

import json
from dataclasses import replace

import pytest

from megabot.forum.public_post import PublicPost, newest_marked_post
from megabot.lemmy.link_verdict import (
    Outcome,
    is_public,
    lanes,
    lemmy_questions,
    lemmy_verdict,
    verdict_by_status,
)

PAGE = "https://a.example/page"


@pytest.mark.parametrize("status", [200, 204, 206])
def test_a_page_that_is_there_is_alive(status: int) -> None:
    assert verdict_by_status(status, PAGE).outcome is Outcome.ALIVE


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_its_server_says_is_gone_is_dead(status: int) -> None:
    assert verdict_by_status(status, PAGE).outcome is Outcome.DEAD


@pytest.mark.parametrize("status", [304, 400, 401, 403, 405, 429, 451, 500, 503, 999])
def test_of_any_other_answer_nothing_can_be_told(status: int) -> None:
    assert verdict_by_status(status, PAGE).outcome is Outcome.UNSURE


@pytest.mark.parametrize("host", ["youtube.com", "www.youtube.com", "x.com"])
def test_a_site_that_answers_200_to_anything_tells_nothing(host: str) -> None:
    assert verdict_by_status(200, f"https://{host}/watch").outcome is Outcome.UNSURE


def test_a_site_of_another_name_is_another_site() -> None:
    assert verdict_by_status(200, "https://notx.com/watch").outcome is Outcome.ALIVE


@pytest.mark.parametrize("address", ["1.2.3.4", "2606:4700::1111", "::ffff:1.2.3.4"])
def test_addresses_of_the_open_internet_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "no address",
    ],
)  # fmt: skip
def test_addresses_that_only_this_machine_reaches_are_never_asked(address: str) -> None:
    assert not is_public(address)


def test_a_host_has_at_most_two_rows_and_each_link_is_in_one() -> None:
    rows = lanes([f"https://a.example/{n}" for n in range(5)] + ["https://b.example/", "https://["], width=2)

    assert [len(row) for row in rows] == [3, 2, 1, 1]
    assert len({address for row in rows for address in row}) == 7


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://l.example/post/7", ["v3/post?id=7", "v4/post?id=7"]),
        ("https://l.example/post/7/12#x", ["v3/post?id=7", "v4/post?id=7"]),
        ("https://l.example/comment/9", ["v3/comment?id=9", "v4/comment?id=9"]),
        ("https://l.example/posts/7", []),
        ("https://l.example/post/seven", []),
        ("https://[", []),
    ],
)
def test_posts_and_comments_are_asked_of_the_api(address: str, asked: list[str]) -> None:
    assert lemmy_questions(address) == tuple(f"https://l.example/api/{one}" for one in asked)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"post_view": {"post": {"removed": False, "deleted": False}}}, Outcome.ALIVE),
        ({"post_view": {"post": {"removed": True, "deleted": False}}}, Outcome.DEAD),
        ({"post_view": {"post": {"removed": False, "deleted": True}}}, Outcome.DEAD),
        ({"comment_view": {"comment": {"removed": True}, "post": {}}}, Outcome.DEAD),
        ({"error": "couldnt_find_post"}, Outcome.DEAD),
        ({"error": "not_found", "cause": None}, Outcome.DEAD),
    ],
)
def test_what_moderators_or_authors_took_away_is_dead(answer: dict[str, object], outcome: Outcome) -> None:
    verdict = lemmy_verdict(json.dumps(answer).encode())

    assert verdict is not None
    assert verdict.outcome is outcome


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"error": "rate_limit_error"}', b'{"post_view": 1}']
)
def test_what_is_no_answer_of_lemmys_tells_nothing(body: bytes) -> None:
    assert lemmy_verdict(body) is None


@pytest.mark.parametrize(
    "state", [{"open": False}, {"body": "no marker"}, {"body": "a\n\n[//]: # (megabot:v1:x/2026-W47)"}]
)
def test_a_standing_post_is_open_and_says_that_it_carries_the_thread(state: dict[str, object]) -> None:
    mine = PublicPost(title="News", body="a\n\n[//]: # (megabot:v1:news/2026-W47)", url="u")

    assert newest_marked_post([replace(mine, **state), mine], "news") is mine  # type: ignore[arg-type]
    assert newest_marked_post([replace(mine, **state)], "news") is None  # type: ignore[arg-type]
    assert mine.text == "a"
