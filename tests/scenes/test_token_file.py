"""The file that keeps the token."""

import logging
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from megabot.errors import LedgerError
from megabot.forum.models import Person
from megabot.lemmy.auth.budget import Attempt, Outcome
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.auth.token_store import StoredToken

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
