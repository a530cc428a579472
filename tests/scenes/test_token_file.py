"""The file that keeps the token."""

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from megabot.errors import LedgerError
from megabot.forum.models import Person
from megabot.lemmy.auth.budget import Attempt, Outcome
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.auth.token_store import StoredToken
from megabot.settings import Settings
from megabot.storage import Storage
from tests.fakes import FakeClock

HERE = "https://lemmy.example"
WHOLE = StoredToken(
    instance=HERE,
    username="megabot",
    token="canary-token",
    person=Person(id=3, name="megabot", actor="https://lemmy.example/u/megabot", bot=True),
    attempts=(Attempt(at=datetime(2026, 11, 16, 12, tzinfo=UTC), outcome=Outcome.SUCCEEDED, at_once=True),),
    refused="00:canary-hash",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token.json"


def read(path: Path, instance: str = HERE, username: str = "megabot") -> StoredToken:
    return TokenFile(path).read(instance=instance, username=username)


def test_what_is_written_is_read(path: Path) -> None:
    TokenFile(path).write(WHOLE)

    assert read(path) == WHOLE


def test_without_a_file_there_is_nothing(path: Path) -> None:
    assert read(path) == StoredToken(instance=HERE, username="megabot")


@pytest.mark.parametrize(("instance", "username"), [("https://other.example", "megabot"), (HERE, "another")])
def test_a_token_is_never_given_to_another_server_or_account(
    path: Path, instance: str, username: str
) -> None:
    TokenFile(path).write(WHOLE)

    assert read(path, instance, username).token == ""


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "\x00", '{"instance": 1}', '{"instance": "i", "username": "u", "attempts": [{}]}']
)
def test_a_garbled_file_is_left_aside_with_a_warning(
    path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text(text)
    path.chmod(0o600)

    assert read(path) == StoredToken(instance=HERE, username="megabot")
    assert "cannot be parsed" in caplog.text


def test_only_the_owner_can_read_it(path: Path) -> None:
    old = os.umask(0)
    try:
        TokenFile(path).write(WHOLE)
    finally:
        os.umask(old)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_read_is_closed_and_said_so(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    TokenFile(path).write(WHOLE)
    path.chmod(0o644)

    assert read(path) == WHOLE
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Other users could read" in caplog.text


def test_a_file_that_cannot_be_read_says_why(path: Path) -> None:
    path.mkdir(mode=0o700)

    with pytest.raises(LedgerError, match="cannot be read: Is a directory"):
        read(path)


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be written"):
        TokenFile(tmp_path / "missing" / "token.json").write(WHOLE)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(path: Path) -> None:
    TokenFile(path).write(WHOLE)
    path.with_name(f".token.json.{os.getpid()}").symlink_to(path)  # O_NOFOLLOW refuses it

    with pytest.raises(LedgerError):
        TokenFile(path).write(replace(WHOLE, token="other"))

    assert read(path) == WHOLE
    assert list(path.parent.iterdir()) == [path]


def test_secrets_are_not_shown(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    TokenFile(path).write(WHOLE)

    assert "canary" not in repr(read(path)) + caplog.text


# -- a folder of its own, into which the file of earlier versions is moved


@pytest.fixture
def moved(tmp_path: Path) -> TokenFile:
    """The file in its folder, with the place where earlier versions kept it."""
    return TokenFile(tmp_path / "token" / "token.json", earlier=tmp_path / "token.json")


def stored(file: TokenFile) -> StoredToken:
    return file.read(instance=HERE, username="megabot")


def left_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_file_of_an_earlier_version_is_moved_when_it_is_read(tmp_path: Path, moved: TokenFile) -> None:
    TokenFile(tmp_path / "token.json").write(WHOLE)

    assert [stored(moved), stored(moved)] == [WHOLE, WHOLE]
    assert left_in(tmp_path) == ["token/token.json"]
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "token" / "token.json").stat().st_mode & 0o777 == 0o600


def test_a_write_leaves_nothing_where_an_earlier_version_kept_it(tmp_path: Path, moved: TokenFile) -> None:
    TokenFile(tmp_path / "token.json").write(WHOLE)

    moved.write(replace(WHOLE, token="newer"))

    assert stored(moved).token == "newer"
    assert left_in(tmp_path) == ["token/token.json"]


def before_the_move(folder: Path) -> None:
    """The folder was created, and nothing more."""
    (folder / "token").mkdir(mode=0o700)
    TokenFile(folder / "token.json").write(WHOLE)


def after_an_earlier_version_ran_again(folder: Path) -> None:
    """It found no file after the move, and wrote one."""
    before_the_move(folder)
    TokenFile(folder / "token" / "token.json").write(WHOLE)
    TokenFile(folder / "token.json").write(replace(WHOLE, token="outdated"))


@pytest.mark.parametrize("leave", [before_the_move, after_an_earlier_version_ran_again])
def test_what_a_crash_or_an_earlier_version_left_is_moved_or_deleted(
    tmp_path: Path, moved: TokenFile, leave: Callable[[Path], None]
) -> None:
    leave(tmp_path)

    assert stored(moved) == WHOLE
    assert left_in(tmp_path) == ["token/token.json"]


def test_of_many_that_move_it_at_once_each_reads_the_token(tmp_path: Path) -> None:
    def read_as_a_process(_: int) -> StoredToken:
        return stored(TokenFile(tmp_path / "token" / "token.json", earlier=tmp_path / "token.json"))

    for _ in range(20):
        (tmp_path / "token" / "token.json").unlink(missing_ok=True)
        TokenFile(tmp_path / "token.json").write(WHOLE)
        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(read_as_a_process, range(8))) == {WHOLE}


def test_where_it_cannot_be_moved_it_is_read_where_it_is(tmp_path: Path, moved: TokenFile) -> None:
    TokenFile(tmp_path / "token.json").write(WHOLE)
    (tmp_path / "token").write_text("no folder")

    assert stored(moved) == WHOLE


def test_a_link_in_its_earlier_place_is_not_taken_for_the_token(tmp_path: Path, moved: TokenFile) -> None:
    TokenFile(tmp_path / "elsewhere.json").write(WHOLE)
    (tmp_path / "token.json").symlink_to(tmp_path / "elsewhere.json")

    assert stored(moved).token == ""


def test_a_state_folder_has_the_tokens_folder_before_there_is_a_token(tmp_path: Path) -> None:
    """So that the unit of the page for moderators can hide it from the start."""
    folder = Storage(Settings(state_dir=tmp_path / "state"), FakeClock()).folder

    assert (folder / "token").stat().st_mode & 0o777 == 0o700
