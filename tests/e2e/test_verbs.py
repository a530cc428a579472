"""The verbs as a person types them, against a sandbox: what they print, what stands then."""

import json
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.state import AccountState, ThreadState
from tests.e2e.conftest import Megabot
from tests.fakes import FakeClock


def test_check_online_and_post_do_the_job(megabot: Megabot, sandbox: Sandbox) -> None:
    code, out, err = megabot("check", "--online")
    assert (code, err) == (0, ""), out

    code, out, err = megabot("post")

    assert code == 0, err
    assert out.startswith("done: news/")
    assert "https://lemmy.example/post/1 (pinned)" in out


def test_post_twice_makes_one_post_and_says_where_it_is(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")

    code, out, _ = megabot("post")

    assert code == 4
    assert out.startswith("nothing to do: news/")
    assert "/post/1 (pinned)" in out
    assert len(User(sandbox.url).get("post/list", community_name="news")["posts"]) == 1


def test_plan_writes_no_fact_into_the_ledger_not_even_at_the_first_start(
    megabot: Megabot, nobodys_home: Path
) -> None:
    """G04."""
    code, _, err = megabot("plan")

    (ledger,) = nobodys_home.rglob("ledger.db")
    kept = SqliteLedger(ledger.parent, FakeClock(), on_wait=lambda: None, on_set_aside=lambda _: None)
    with closing(kept):
        account, thread, place = kept.account(), kept.thread("news"), kept.community("news")
    assert code == 0, err
    assert replace(account, owner=None) == AccountState()  # only whose ledger it is
    assert (thread, place) == (ThreadState(), None)


def test_one_broken_thread_keeps_no_verb_from_the_others(
    megabot: Megabot, sandbox: Sandbox, source: Path
) -> None:
    (source / "aaa.md.j2").write_text("---\n\tname: aaa\n---\n")

    code, out, err = megabot("post", "news")
    held, said, _ = megabot("hold", "news")
    other, _, why = megabot("post", "aaa")
    all_, _, complaint = megabot("post")

    assert (code, held, other, all_) == (0, 0, 1, 1), (err, said)
    assert "news/" in out
    assert "aaa.md.j2:2: the line starts with a tab" in why
    assert "aaa.md.j2:2: the line starts with a tab" in complaint
    assert megabot("status")[1].count("aaa.md.j2:2") == 1
    code, planned, complaint = megabot("plan")
    assert (code, planned.startswith("news  UTC\n")) == (1, True)
    assert "aaa.md.j2:2: the line starts with a tab" in complaint


def test_plan_says_what_would_be_done_and_changes_nothing(megabot: Megabot, sandbox: Sandbox) -> None:
    """G04."""
    megabot("post")
    User(sandbox.url, "modlin").feature(1, featured=False)

    code, out, _ = megabot("plan")

    assert code == 0
    assert "a moderator unpinned https://lemmy.example/post/1" in out


def test_repost_asks_for_a_word_more_while_the_post_is_open(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")

    code, _, err = megabot("repost")

    assert code == 1
    assert "megabot repost news --yes" in err
    assert len(User(sandbox.url).get("post/list", community_name="news")["posts"]) == 1


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
    assert "A late essay." in User(sandbox.url).read_post(1)["post"]["body"]


def test_preview_works_without_a_server_or_a_state_folder(megabot: Megabot, nobodys_home: Path) -> None:
    code, out, err = megabot("preview", INSTANCE="", USERNAME="")

    assert code == 0, err
    assert "::: spoiler Maps" in out
    assert not (nobodys_home / ".local").exists()


def test_history_tells_what_was_done(megabot: Megabot) -> None:
    megabot("post")

    code, out, _ = megabot("history", "--json")

    assert code == 0
    assert [(one["kind"], one["state"]) for one in json.loads(out)] == [
        ("pin", "done"),
        ("publish", "done"),
        ("command", "closed"),
    ]


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
    kept = json.loads((nobodys_home / ".local/state/megabot/token/token.json").read_text())
    assert kept["token"] == ""


def by_hand(sandbox: Sandbox) -> int:
    """A moderator posts the week's thread."""
    return User(sandbox.url, "modlin").create_post(sandbox.community("news").id, "News of the week")


def test_adopt_takes_a_thread_that_was_posted_by_hand(megabot: Megabot, sandbox: Sandbox) -> None:
    post = by_hand(sandbox)

    code, out, err = megabot("adopt", f"https://lemmy.example/post/{post}")

    assert code == 0, err
    assert out.endswith(f"https://lemmy.example/post/{post} (pinned)\n")
    assert User(sandbox.url).read_post(post)["post"]["featured_community"]


def test_on_a_first_run_the_thread_before_is_adopted_and_then_linked(
    megabot: Megabot, sandbox: Sandbox
) -> None:
    post = by_hand(sandbox)
    megabot("adopt", f"{sandbox.url}/post/{post}", "--as-previous")

    code, _, err = megabot("post")

    assert code == 0, err
    assert f"/post/{post}" in User(sandbox.url).read_post(post + 1)["post"]["body"]


def test_adopting_as_two_editions_is_refused(megabot: Megabot) -> None:
    code, _, err = megabot("adopt", "https://lemmy.example/post/1", "--edition", "2026-W47", "--as-previous")

    assert code == 2
    assert "name two different editions" in err


def test_a_running_thread_goes_to_another_community_only_on_a_persons_word(
    megabot: Megabot, sandbox: Sandbox, source: Path
) -> None:
    megabot("post")
    sandbox.add_community("newsroom", "Newsroom", moderators=["modlin", "megabot"])

    code, _, err = megabot("post", "--move", COMMUNITY="newsroom")

    assert code == 0, err
    assert len(User(sandbox.url).get("user", username="megabot")["posts"]) == 1


def test_check_warns_where_a_changed_schedule_counts_anew(megabot: Megabot, source: Path) -> None:
    megabot("post")
    template = source / "thread.md.j2"
    text = template.read_text()
    template.write_text(text.replace("number: 1}", "number: 2}"))

    code, out, _ = megabot("check")

    assert (code, "was posted with number" in out) == (0, True)


def test_check_says_what_a_renamed_thread_means(megabot: Megabot, source: Path) -> None:
    megabot("post")
    template = source / "thread.md.j2"
    template.write_text(template.read_text().replace("name: news", "name: weekly"))

    code, out, err = megabot("check")

    assert code == 0, err
    assert "the ledger has posts of news" in out + err
    assert "write name: news" in out + err


def test_status_shows_the_state_of_the_source(megabot: Megabot) -> None:
    code, out, _ = megabot("status")

    assert code == 0
    assert "a plain folder (not in git)" in out


def test_backup_writes_a_file_and_says_what_is_not_in_it(megabot: Megabot, tmp_path: Path) -> None:
    megabot("post")
    code, out, err = megabot("backup", str(tmp_path / "megabot.db"))

    assert (code, out) == (0, "")
    assert "It does not contain the token" in err
    assert (tmp_path / "megabot.db").read_bytes().startswith(b"SQLite format 3")


def test_backup_before_there_is_a_ledger_says_so(megabot: Megabot, tmp_path: Path) -> None:
    code, _, err = megabot("backup", str(tmp_path / "megabot.db"))

    assert (code, "there is nothing to back up:" in err) == (1, True)
    assert not (tmp_path / "megabot.db").exists()


def test_close_to_the_next_slot_post_is_refused_and_the_named_edition_is_posted(
    megabot: Megabot, sandbox: Sandbox, source: Path
) -> None:
    template = source / "thread.md.j2"
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%A}".lower()
    template.write_text(re.sub(r"on: \w+", f"on: {tomorrow}", template.read_text()))

    code, _, err = megabot("post")
    key = re.findall(r"--edition (\S+),", err)[0]
    code_named, out, _ = megabot("post", "--edition", key)

    assert (code, code_named) == (1, 0)
    assert err.startswith("refused: news: ")
    assert "megabot post news --next" in err
    assert out.startswith(f"done: news/{key}: https://lemmy.example/post/1 (pinned)")


def test_post_next_posts_the_coming_edition_once(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")

    codes = [megabot("post", "--next")[0] for _ in range(2)]

    assert codes == [0, 4]
    assert len(User(sandbox.url).get("post/list", community_name="news")["posts"]) == 2
