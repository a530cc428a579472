"""A bot for a thread that was there before it: `init --from`, and what differs from the post that stands."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.cli.group import cli
from tests.e2e.conftest import Megabot

BODY = """This week: tides.

::: spoiler Maps (CW: heights)
- A map of the hills
- Another one
:::

Be kind.
"""


def hand_made(sandbox: Sandbox, body: str = BODY) -> str:
    modlin = User(sandbox.url, "modlin")
    community = modlin.get("community", name="news")["community_view"]["community"]["id"]
    made = modlin.post("post", name="News 7: 16 November 2026", community_id=community, body=body)
    return f"{sandbox.url}/post/{made['post_view']['post']['id']}"


def init(*words: str) -> Result:
    return CliRunner().invoke(cli, ["init", *words], input="\nmegabot\n\n\n\n\ny\n", standalone_mode=False)


def test_a_template_is_made_of_a_thread_and_says_what_the_thread_said(
    sandbox: Sandbox, megabot: Megabot, nobodys_home: Path
) -> None:
    result = init("new", "--from", hand_made(sandbox))
    assert result.return_value == 0, result.output
    names = sorted(str(path.relative_to("new")) for path in Path("new").rglob("*.*"))
    assert names == [".env", ".gitignore", "templates/sections/10-maps.md", "templates/thread.md.j2"]

    code, out, err = megabot("preview", SOURCE="new/templates")

    assert code == 0, err
    assert out.startswith("News 8: ")
    assert out.partition("\n\n")[2].replace("hills  \n", "hills\n").strip() == BODY.strip()


def test_the_thread_that_a_bot_is_made_from_can_be_adopted_and_is_not_posted_again(
    sandbox: Sandbox, megabot: Megabot, nobodys_home: Path
) -> None:
    url = hand_made(sandbox)
    day = f"{datetime.now(UTC):%A}".lower()
    options = ("--username", "megabot", "--day", day, "--time", "00:00", "--timezone", "UTC", "--yes")
    assert megabot("init", "bot", "--from", url, *options)[0] == 0

    adopted, _, err = megabot("adopt", url, SOURCE="bot/templates")
    megabot("post", SOURCE="bot/templates")

    assert adopted == 0, err
    assert len(sandbox.world.posts) == 1


def test_a_thread_that_is_not_there_is_told_and_nothing_is_written(
    sandbox: Sandbox, nobodys_home: Path
) -> None:
    result = init("new", "--from", f"{sandbox.url}/post/99")

    assert "no such post" in str(result.exception)
    assert not Path("new").exists()


def test_an_address_that_is_no_posts_is_told(nobodys_home: Path) -> None:
    result = init("new", "--from", "https://lemmy.example/c/news")

    assert "--from: enter the address of a post, like https://lemmy.example/post/7" in str(result.exception)


@pytest.fixture
def nobody(megabot: Megabot, sandbox: Sandbox) -> dict[str, str]:
    """The settings of a workflow: no account, no password, no ledger of the bot's."""
    assert megabot("post")[0] == 0
    return {"USERNAME": "", "PASSWORD": "", "STATE_DIR": "elsewhere"}


def test_a_stranger_sees_what_a_change_does_to_the_standing_post(
    megabot: Megabot, source: Path, nobody: dict[str, str]
) -> None:
    (source / "sections/10-maps.md").write_text("---\ntitle: Maps\n---\n- No map any more\n")

    code, out, err = megabot("preview", "--diff", **nobody)
    megabot("preview", "--diff", "--output", "page.html", **nobody)

    assert code == 0, err
    assert re.search(r"changes since https://lemmy.example/post/1:\n", out)
    assert "\n-- A map of the hills: https://maps.example/hills\n+- No map any more\n" in out
    assert "<ins>+- No map any more</ins>" in Path("page.html").read_text()


def test_the_ledger_knows_the_standing_post_without_asking(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")
    sandbox.forget_requests()

    _, out, _ = megabot("preview", "--diff")

    assert "changes since https://lemmy.example/post/1:" in out
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"INSTANCE": ""}, "no post is known"), ({"COMMUNITY": "nosuch"}, "no post is known")],
)
def test_without_a_standing_post_the_preview_is_as_good(
    megabot: Megabot, nobody: dict[str, str], changed: dict[str, str], said: str
) -> None:
    code, out, _ = megabot("preview", "--diff", **{**nobody, **changed})

    assert (code, said in out) == (0, True)


def test_a_server_that_is_away_is_told_and_hinders_nothing(
    megabot: Megabot, sandbox: Sandbox, nobody: dict[str, str]
) -> None:
    sandbox.stop()

    code, _, err = megabot("preview", "--diff", **nobody)
    sandbox.start()

    assert code == 0
    assert "the current post could not be read" in err


def test_past_threads_are_shown_and_taken_after_a_yes(sandbox: Sandbox, megabot: Megabot) -> None:
    hand_made(sandbox)

    code, out, err = megabot("import", "--title", "News*", "--by", "modlin")
    assert (code, "will be imported  News 7: 16 November 2026" in out) == (1, True), out + err
    assert "refused: nothing was imported" in err
    found = json.loads(megabot("import", "--title", "News*", "--by", "modlin", "--json")[1])
    assert [(one["title"], one["fate"]) for one in found][-1] == ("News 7: 16 November 2026", "taken")
    code, out, err = megabot("import", "--title", "News*", "--by", "modlin", "--yes")

    assert code == 0, err
    assert "https://lemmy.example/post/1 (pinned)" in out
    code, out, err = megabot("import", "--title", "News*", "--by", "modlin", "--yes")
    assert (code, err.count("refused") + err.count("failed")) == (4, 0)
    assert "nothing to do: news: every thread that was found" in out


def test_an_import_that_finds_nothing_says_where_to_look(megabot: Megabot) -> None:
    code, _, err = megabot("import", "--title", "Nothing like it")

    assert (code, "no such threads were found; check --title and --by" in err) == (1, True)
