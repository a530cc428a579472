"""`megabot init`, the first thing that a new user types: nothing is asked in vain, nothing is overwritten."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lemmy_sandbox import Sandbox
from megabot import settings_sources
from megabot.cli.group import cli
from tests.e2e.conftest import Megabot


def init(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, ["init", *words], input=typed, standalone_mode=False)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def given(sandbox: Sandbox, **changed: str) -> list[str]:
    """Give an answer to every question as an option."""
    answers = {
        "instance": sandbox.url,
        "username": "megabot",
        "community": "news",
        "day": "fri",
        "time": "6pm",
        "timezone": "Europe/Berlin",
        "name": "news",
        **changed,
    }
    return [word for option, value in answers.items() for word in (f"--{option}", value)]


@pytest.fixture
def clone(nobodys_home: Path) -> Path:
    """A folder like a clone of megabot, which has a sample in templates/."""
    (nobodys_home / "templates").mkdir()
    (nobodys_home / "templates/thread.md.j2").write_text("a sample")
    return nobodys_home


def test_in_a_clone_another_folder_is_offered_before_anything_is_asked(sandbox: Sandbox, clone: Path) -> None:
    typed = f"\n{sandbox.url}\nmegabot\nnews\n\n\n\ny\n"

    result = init(typed=typed)

    first, _, rest = result.output.partition("\n")
    assert first == "This folder already contains templates/, and megabot init overwrites nothing."
    assert rest.startswith("Set up the bot in another folder [my-bot]:")
    assert result.return_value == 0
    assert files(clone / "my-bot") == [
        ".env",
        ".gitignore",
        "templates/preambles/weekly/_default.md",
        "templates/sections/10-example.md",
        "templates/thread.md.j2",
    ]
    assert (clone / "templates/thread.md.j2").read_text() == "a sample"


def test_every_answer_can_be_an_option(sandbox: Sandbox, nobodys_home: Path, megabot: Megabot) -> None:
    code, out, err = megabot("init", "bot", *given(sandbox), "--yes")

    assert (code, err) == (0, "")
    assert f"{sandbox.url} runs Lemmy 0.19.20." in out
    thread = (nobodys_home / "bot/templates/thread.md.j2").read_text()
    for line in ("name: news ", "  on: friday", '  at: "18:00"', "  timezone: Europe/Berlin"):
        assert line in thread
    assert megabot("check", SOURCE="bot/templates")[0] == 0


def test_with_yes_a_missing_answer_is_a_mistake_and_nothing_is_written(
    sandbox: Sandbox, nobodys_home: Path, megabot: Megabot
) -> None:
    code, _, err = megabot("init", "bot", "--instance", sandbox.url, "--username", "megabot", "--yes")

    assert (code, "--community is missing; --yes asks no questions, so it must be given" in err) == (2, True)
    assert not (nobodys_home / "bot").exists()


def test_a_wrong_option_is_said_before_the_server_is_asked(sandbox: Sandbox, megabot: Megabot) -> None:
    sandbox.forget_requests()

    code, _, err = megabot("init", "bot", *given(sandbox, timezone="BST"), "--yes")

    assert (code, "--timezone: 'BST' is not a time zone" in err) == (2, True)
    assert sandbox.requests == []


def test_a_script_in_a_taken_folder_gets_one_line_with_the_next_step(
    sandbox: Sandbox, clone: Path, megabot: Megabot
) -> None:
    code, out, err = megabot("init", *given(sandbox), "--yes")

    assert (code, out) == (1, "")
    assert err == (
        "refused: This folder already contains templates/, and megabot init overwrites nothing; "
        "choose another folder, "
        "for example: megabot init my-bot\n"
    )


def test_without_anyone_to_answer_the_option_is_named(sandbox: Sandbox, nobodys_home: Path) -> None:
    result = init("bot", "--instance", sandbox.url)

    assert "use --username to give it, or --yes for the defaults" in str(result.exception)
    assert not (nobodys_home / "bot").exists()


def test_what_will_be_written_is_shown_first_and_no_writes_nothing(
    sandbox: Sandbox, nobodys_home: Path
) -> None:
    result = init("bot", *given(sandbox), typed="n\n")

    shown, _, said = result.output.partition("Write these files?")
    assert "These files will be written to bot:" in shown
    assert "templates/thread.md.j2" in shown
    assert (result.return_value, "refused: cancelled; nothing was written" in said) == (1, True)
    assert not (nobodys_home / "bot").exists()


def test_a_server_that_cannot_be_reached_is_said_and_another_can_be_named(
    sandbox: Sandbox, nobodys_home: Path
) -> None:
    typed = f"https://nowhere.invalid\nn\n{sandbox.url}\nmegabot\nnews\n\n\n\ny\n"

    result = init("bot", typed=typed)

    assert "No Lemmy server could be reached at https://nowhere.invalid: " in result.output
    assert result.return_value == 0
    assert f"MEGABOT_INSTANCE={sandbox.url}\n" in (nobodys_home / "bot/.env").read_text()


def test_http_is_suggested_for_a_server_on_this_machine(sandbox: Sandbox, nobodys_home: Path) -> None:
    host = sandbox.url.removeprefix("http://")

    result = init("bot", typed=f"{host}\nn\n{sandbox.url}\nmegabot\nnews\n\n\n\ny\n")

    assert f"For a server on this machine, try {sandbox.url}\n" in result.output
    assert result.return_value == 0


def test_a_user_can_go_on_without_the_server(nobodys_home: Path) -> None:
    result = init("bot", typed="https://nowhere.invalid\ny\nmegabot\nnews\n\n\n\ny\n")

    assert result.return_value == 0
    assert "MEGABOT_INSTANCE=https://nowhere.invalid\n" in (nobodys_home / "bot/.env").read_text()


def test_an_unknown_community_is_said_when_it_is_named(sandbox: Sandbox, nobodys_home: Path) -> None:
    result = init("bot", typed=f"{sandbox.url}\nmegabot\nnwes\nn\nnews\n\n\n\ny\n")

    assert (
        f"The community nwes does not exist on {sandbox.url} or is not visible to visitors." in result.output
    )
    assert "community: news" in (nobodys_home / "bot/templates/thread.md.j2").read_text()


def test_two_bots_have_a_state_folder_each(sandbox: Sandbox, nobodys_home: Path, megabot: Megabot) -> None:
    for name in ("one", "two"):
        assert megabot("init", name, *given(sandbox), "--yes")[0] == 0

    folders = {
        settings_sources.load({}, env_file=None, cwd=nobodys_home / name).state_dir for name in ("one", "two")
    }

    assert folders == {nobodys_home / "one/state", nobodys_home / "two/state"}
    assert "/state/" in (nobodys_home / "one/.gitignore").read_text().splitlines()


def test_a_gitignore_that_is_there_stays(sandbox: Sandbox, nobodys_home: Path, megabot: Megabot) -> None:
    (nobodys_home / "bot").mkdir()
    (nobodys_home / "bot/.gitignore").write_text("mine\n")

    megabot("init", "bot", *given(sandbox), "--yes")

    assert (nobodys_home / "bot/.gitignore").read_text() == "mine\n"
