"""The verbs that talk with a person: the demo, init, login on a real terminal."""

import getpass
import os
import pty
import re
import sys
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from megabot.__main__ import main
from tests.e2e.conftest import Megabot

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs/tutorial.md"


@pytest.mark.parametrize("api", ["v3", "v4"])
def test_the_demo_ends_well_and_says_what_the_judge_saw(
    api: str, quiet_log: None, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["demo", "--exit", "--api", api])

    out = capsys.readouterr().out
    assert code == 0, out
    assert "one post for each of 7 editions of the news and 5 of the reading group" in out
    assert "the two series link each" in out
    assert "replies: Added to the highlights." in out
    assert "unpins /post/3, and the bot respects that" in out
    version = {"v3": "0.19.20", "v4": "1.0.0-beta.1"}[api]
    assert out.startswith(f"Seven weeks on a mini Lemmy {version} server (API {api})")
    assert "://" not in out  # the addresses are gone when it has ended


def test_init_asks_until_it_can_use_an_answer_and_check_is_content(
    nobodys_home: Path, quiet_log: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """T10."""
    answers = [
        "lemmy example",
        "https://nowhere.invalid",
        "y",
        "megabot",
        "birds",
        "mnday",
        "monday",
        "half past six",
        "18:30",
        "BST",
        "Europe/Lisbon",
    ]
    typed = iter([*answers, "y"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(typed))

    assert main(["init", "bot"]) == 0
    monkeypatch.chdir(nobodys_home / "bot")
    assert main(["check"]) == 0

    assert oct((nobodys_home / "bot/.env").stat().st_mode)[-3:] == "600"
    assert "18:30" in (nobodys_home / "bot/templates/thread.md.j2").read_text()
    assert "the next 60 editions render" in capsys.readouterr().out


def test_after_init_the_verbs_of_the_tutorial_work_in_their_order(
    megabot: Megabot, sandbox: Sandbox, nobodys_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tutorial = TUTORIAL.read_text(encoding="utf-8")
    _, steps = re.split(r"^    megabot init .*\n", tutorial, maxsplit=1, flags=re.MULTILINE)
    verbs = [line.split() for line in re.findall(r"^    megabot (.+)$", steps, re.MULTILINE)]
    typed = iter([sandbox.url, "megabot", "news", "monday", "12:00", "Europe/Lisbon", "y"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(typed))
    assert megabot("init", "bot")[0] == 0
    monkeypatch.chdir(nobodys_home / "bot")

    done = [(verb, *megabot(*verb)) for verb in verbs]

    assert [(verb, err) for verb, code, _, err in done if code] == []
    assert verbs[-1] == ["post"]
    assert done[-1][2].endswith("https://lemmy.example/post/1 (pinned)\n")


def test_login_without_a_terminal_says_what_to_do(megabot: Megabot) -> None:
    code, _, err = megabot("login", PASSWORD="")

    assert code == 2
    assert "MEGABOT_PASSWORD_FILE" in err


def test_login_with_a_password_at_hand_needs_no_terminal(megabot: Megabot) -> None:
    code, out, err = megabot("login")

    assert (code, "signed in as" in out) == (0, True)
    assert err == "using the password from MEGABOT_PASSWORD\n"


def test_login_asks_on_the_terminal_and_keeps_only_the_token(
    sandbox: Sandbox, source: Path, nobodys_home: Path
) -> None:
    state = nobodys_home / "state"
    settings = {
        "MEGABOT_INSTANCE": sandbox.url,
        "MEGABOT_USERNAME": "megabot",
        "MEGABOT_SOURCE": str(source),
        "MEGABOT_STATE_DIR": str(state),
    }

    code, said = on_a_terminal(["login"], settings, {"Password of": "correct horse", "2FA code": ""})

    assert code == 0, said
    assert "signed in as https://lemmy.example/u/megabot" in said
    assert "correct horse" not in said
    assert "correct horse" not in (state / "token/token.json").read_text()


def on_a_terminal(words: list[str], settings: dict[str, str], answers: dict[str, str]) -> tuple[int, str]:
    """Run megabot with a terminal of its own, answering each question when it is asked."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "megabot", *words], environment)  # noqa: S606
    said, waiting = "", list(answers.items())
    while True:
        try:
            said += os.read(terminal, 4096).decode()
        except OSError:  # the terminal is gone: the process ended
            break
        if waiting and waiting[0][0] in said:
            os.write(terminal, f"{waiting.pop(0)[1]}\n".encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said


def test_a_bug_shows_its_traceback_and_exits_with_3(
    megabot: Megabot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("megabot.cli.verbs.status.status", None)

    code, _, err = megabot("status")

    assert code == 3
    assert err.rstrip().endswith("this is a bug in megabot; please report the lines above")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_verb(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([flag]) == 0

    out = capsys.readouterr().out
    assert "  repost     post a fresh copy" in out


def test_status_history_and_calendar_are_readable_by_people(megabot: Megabot) -> None:
    megabot("post")

    _, status, _ = megabot("status")
    _, history, _ = megabot("history")
    _, calendar, _ = megabot("calendar", "--count", "2")

    assert ", pinned: https://lemmy.example/post/1" in status
    who = f"{getpass.getuser()} on this machine"
    _, pinned, posted, commanded = (line.split("  ")[-1].strip() for line in history.splitlines())
    assert (pinned, posted) == ("https://lemmy.example/post/1", f"{pinned}, ordered by {who}")
    assert commanded == f"by {who} at the shell"
    assert [line.split()[0] for line in calendar.splitlines()[:2]] == ["news", "edition"]


@pytest.mark.parametrize(
    ("changed", "colour"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colour_unless_it_is_not_wanted(
    sandbox: Sandbox, source: Path, changed: dict[str, str], *, colour: bool
) -> None:
    settings = {"MEGABOT_INSTANCE": sandbox.url, "MEGABOT_SOURCE": str(source), "TERM": "xterm"}

    code, said = on_a_terminal(["status"], settings | changed, {})

    assert (code, "\x1b[1mnews\x1b[0m" in said) == (0, colour), said
    assert ("\x1b" in said) is colour


def test_a_pipe_gets_no_colour(megabot: Megabot) -> None:
    assert not any("\x1b" in megabot(*words.split())[1] for words in ("status", "calendar", "check"))


def test_the_bot_introduces_itself_and_waiting_ends_when_nothing_is_missing(
    megabot: Megabot, sandbox: Sandbox
) -> None:
    megabot("post")
    code, out, _ = megabot("introduce", f"{sandbox.url}/post/1")
    assert (code, out) == (
        4,
        "nothing to do: news: the bot is already a moderator there, so it did not comment\n",
    )

    code, out, _ = megabot("check", "--online", "--yes", "--wait")
    assert (code, "can post and pin" in out) == (0, True)


def test_only_what_is_online_is_waited_for(megabot: Megabot) -> None:
    code, _, err = megabot("check", "--wait", "5")

    assert (code, "--wait needs --online" in err) == (2, True)
