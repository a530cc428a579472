"""Several accounts and several bots on one machine: everybody reads what is theirs, or hears what to type."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from megabot import settings_sources, state_dir
from megabot.__main__ import main
from megabot.cli.verbs import status
from megabot.errors import ConfigError, WrongAccount
from megabot.settings_sources import BOTS

NOBODY = 65534


@contextmanager
def as_a_stranger(shut: Path) -> Iterator[None]:
    """Be an account that may not look into a folder, whoever runs the tests."""
    shut.chmod(0o700)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
    else:
        shut.chmod(0)
    try:
        yield
    finally:
        if os.geteuid() == NOBODY:
            os.seteuid(0)
        shut.chmod(0o700)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may look into, as a test's own one is not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def etc(place: Path) -> Path:
    folder = place / "etc"
    folder.mkdir(mode=0o700)
    (folder / "config.env").write_text("MEGABOT_USERNAME=newsbot\nMEGABOT_MODERATORS=robin\n")
    (folder / "books.env").write_text("MEGABOT_USERNAME=bookbot\n")
    return folder


def test_whoever_may_not_read_the_settings_is_told_as_whom_to_run_the_same_command(
    etc: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status.command.name  # imported by now: where the libraries are is shut to strangers, too
    with as_a_stranger(etc):
        code = main(["--env", str(etc / "config.env"), "status", "--json"])

    assert code == 2
    command = f"megabot --env {etc / 'config.env'} status --json"
    assert capsys.readouterr().err.endswith(f"; run: sudo -u megabot {command}\n")


def test_a_folder_that_one_merely_stands_in_is_nobodys_settings(place: Path, etc: Path) -> None:
    """`sudo -u megabot megabot status`, typed in a home that megabot may not look into."""
    home = place / "home"
    home.mkdir()
    with as_a_stranger(home):
        settings = settings_sources.load({}, env_file=None, cwd=home, system_file=place / "none.env")

    assert settings.username == ""


def test_settings_that_are_hidden_are_not_taken_for_none(place: Path, etc: Path) -> None:
    with as_a_stranger(etc), pytest.raises(WrongAccount) as told:
        settings_sources.load({}, env_file=None, cwd=place, system_file=etc / "config.env")

    assert told.value.account == "megabot"


def test_a_state_folder_that_is_shut_names_its_owner(place: Path) -> None:
    state = place / "state"
    state.mkdir()
    with as_a_stranger(state), pytest.raises(WrongAccount) as told:
        state_dir.holds(state, "ledger.db")

    assert told.value.account == state.owner()


def test_one_of_several_bots_has_settings_and_state_of_its_own(etc: Path, place: Path) -> None:
    settings = settings_sources.load(
        {}, env_file=None, cwd=place, bot="books", system_file=etc / "config.env"
    )

    assert (settings.username, settings.moderators) == ("bookbot", ())
    assert (settings.state_dir, settings.state_dir_chosen) == (BOTS / "books", True)


def test_its_state_may_be_set_as_any_bots(etc: Path, place: Path) -> None:
    (etc / "books.env").write_text("MEGABOT_STATE_DIR=/srv/books\n")
    settings = settings_sources.load(
        {}, env_file=None, cwd=place, bot="books", system_file=etc / "config.env"
    )

    assert settings.state_dir == Path("/srv/books")


@pytest.mark.parametrize("name", ["config", "../books", "Books", "-b", "b" * 41])
def test_what_cannot_be_a_bots_name_is_refused(etc: Path, place: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="not a valid name; use lower-case letters"):
        settings_sources.load({}, env_file=None, cwd=place, bot=name, system_file=etc / "config.env")


def test_a_bot_and_a_file_are_one_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--bot", "books", "--env", "x.env", "status"]) == 2
    assert "use only one of --bot NAME" in capsys.readouterr().err
