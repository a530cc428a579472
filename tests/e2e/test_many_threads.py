"""More threads at one time than the server accepts posts, as `plan` and `check --online` say it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from tests.e2e.conftest import Megabot

SENTENCE = (
    r"8 threads are due \w{3} \d+ \w{3}( \d{4})? 00:00 UTC, but the server accepts only 6 new posts in "
    r"10 minutes from one IP address: the last one will be posted at about 00:\d\d\. Spread their times, or "
    r"ask the server's admins to raise the limit\."
)


@pytest.fixture(params=["v3", "v4"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Either version, with the rate limits of a new server."""
    with Sandbox(lambda: datetime.now(UTC), api=request.param) as sandbox:
        for name in ("admin", "modlin", "megabot"):
            sandbox.add_person(name, admin=name == "admin", bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        sandbox.use_usual_limits()
        yield sandbox
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


@pytest.fixture
def eight(source: Path) -> Path:
    """A source with eight threads at the same time."""
    template = (source / "thread.md.j2").read_text()
    for number in range(2, 9):
        (source / f"thread{number}.md.j2").write_text(template.replace("name: news", f"name: news{number}"))
    return source


def test_a_plan_says_when_the_last_thread_is_posted(megabot: Megabot, eight: Path) -> None:
    code, out, err = megabot("plan")

    assert (code, err) == (0, "")
    assert re.search(rf"\n\nwarning: {SENTENCE}\n\Z", out), out


def test_a_plan_in_json_says_it_for_each_thread(megabot: Megabot, eight: Path) -> None:
    _, out, _ = megabot("plan", "--json")

    plans = json.loads(out)
    (limits,) = {json.dumps(one["rate_limit"]) for one in plans}
    limit = json.loads(limits)
    last_at = datetime.fromisoformat(limit.pop("last_at"))
    assert limit == {
        "posts": 6,
        "seconds": 600,
        "threads": ["news", *(f"news{number}" for number in range(2, 9))],
    }
    assert last_at - datetime.fromisoformat(plans[0]["next_slot"]) == timedelta(minutes=10)


def test_a_check_online_warns_of_it_and_finds_no_problem(megabot: Megabot, eight: Path) -> None:
    code, out, err = megabot("check", "--online")

    assert (code, err) == (0, "")
    assert re.search(rf"^warning {SENTENCE}$", out, re.MULTILINE), out


def test_what_is_on_hold_skipped_or_posted_early_does_not_count(megabot: Megabot, eight: Path) -> None:
    """Five are left of the eight, so it is the following week that is late."""
    key = json.loads(megabot("plan", "--json")[1])[0]["next_edition"]
    for words in (("hold", "news2", key), ("skip", "news3", key), ("post", "news4", "--next")):
        code, _, err = megabot(*words)
        assert code == 0, err

    plans = json.loads(megabot("plan", "--json")[1])

    last_at = datetime.fromisoformat(plans[0]["rate_limit"]["last_at"])
    assert last_at - datetime.fromisoformat(plans[0]["next_slot"]) == timedelta(days=7, minutes=10)


def test_on_a_server_that_accepts_more_nothing_is_said(
    megabot: Megabot, eight: Path, sandbox: Sandbox
) -> None:
    sandbox.limit("post", 8, 600)

    said = megabot("plan")[1] + megabot("check", "--online")[1]

    assert "IP address" not in said
    assert {one["rate_limit"] for one in json.loads(megabot("plan", "--json")[1])} == {None}


def test_a_calendar_asks_no_server_and_says_nothing_of_limits(
    megabot: Megabot, eight: Path, sandbox: Sandbox
) -> None:
    before = len(sandbox.requests)

    code, out, _ = megabot("calendar")

    assert code == 0
    assert "IP address" not in out
    assert len(sandbox.requests) == before


def test_a_plan_of_one_thread_does_not_ask_for_the_limit(
    megabot: Megabot, source: Path, sandbox: Sandbox
) -> None:
    megabot("post")  # from now on the server's API is known
    sandbox.forget_requests()

    megabot("plan")

    assert [request.path for request in sandbox.requests if request.path.endswith("/site")] == []
