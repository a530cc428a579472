"""The verbs as a person types them, against a sandbox: what they print, what stands then."""

import json
from pathlib import Path

from megabot.sandbox import Sandbox
from megabot.sandbox.hands import Hand
from tests.e2e.conftest import Megabot


def test_check_online_and_post_do_the_job(megabot: Megabot, sandbox: Sandbox) -> None:
    code, out, err = megabot("check", "--online")
    assert (code, err) == (0, ""), out

    code, out, err = megabot("post")

    assert code == 0, err
    assert "https://lemmy.example/post/1 (pinned)" in out


def test_post_twice_makes_one_post_and_says_where_it_is(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")

    code, out, _ = megabot("post")

    assert code == 0
    assert "/post/1 (pinned)" in out
    assert len(Hand(sandbox.url).get("post/list", community_name="news")["posts"]) == 1


def test_plan_says_what_would_be_done_and_changes_nothing(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")
    Hand(sandbox.url, "modlin").feature(1, featured=False)

    code, out, _ = megabot("plan")

    assert code == 0
    assert "a person unpinned https://lemmy.example/post/1" in out


def test_repost_asks_for_a_word_more_while_the_post_is_open(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")

    code, _, err = megabot("repost")

    assert code == 1
    assert "megabot repost news --yes" in err
    assert len(Hand(sandbox.url).get("post/list", community_name="news")["posts"]) == 1


def test_repost_with_yes_makes_a_copy(megabot: Megabot) -> None:
    megabot("post")

    code, out, err = megabot("repost", "--yes")

    assert code == 0, err
    assert "/post/2 (pinned)" in out


def test_refresh_brings_an_edit_of_the_template_into_the_post(
    megabot: Megabot, sandbox: Sandbox, source: Path
) -> None:
    megabot("post")
    (source / "preambles" / "news" / "_default.md").write_text("A late essay.\n")

    code, _, err = megabot("refresh")

    assert code == 0, err
    assert "A late essay." in Hand(sandbox.url).read_post(1)["post"]["body"]


def test_preview_works_without_a_server_or_a_state_folder(megabot: Megabot, nobodys_home: Path) -> None:
    code, out, err = megabot("preview", INSTANCE="", USERNAME="")

    assert code == 0, err
    assert "::: spoiler Maps" in out
    assert not (nobodys_home / ".local").exists()


def test_history_tells_what_was_done(megabot: Megabot) -> None:
    megabot("post")

    code, out, _ = megabot("history", "--json")

    assert code == 0
    assert [(one["kind"], one["state"]) for one in json.loads(out)] == [("pin", "done"), ("publish", "done")]


def test_status_tells_what_stands_and_what_comes(megabot: Megabot) -> None:
    megabot("post")

    code, out, _ = megabot("status", "--json")

    assert code == 0
    thread = json.loads(out)["threads"][0]
    assert (thread["url"], thread["pinned"]) == ("https://lemmy.example/post/1", True)


def test_calendar_lists_the_next_slots(megabot: Megabot) -> None:
    code, out, _ = megabot("calendar", "--count", "3", "--json")

    assert code == 0
    assert [one["thread"] for one in json.loads(out)] == ["news"] * 3


def test_logout_forgets_the_token(megabot: Megabot, sandbox: Sandbox, nobodys_home: Path) -> None:
    megabot("post")

    code, _, err = megabot("logout")

    assert code == 0, err
    kept = json.loads((nobodys_home / ".local/state/megabot/token.json").read_text())
    assert kept["token"] == ""
