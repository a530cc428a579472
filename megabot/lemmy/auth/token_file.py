"""The file that keeps the token, the budget of sign-ins and what was refused for good. Nobody else reads it.

Written whole by a temporary file, fsync and `os.replace`, so a crash leaves the old or the new one. A file
that cannot be understood counts as none: the token can be had again, and a person can read the warning.
"""

import json
import logging
import os
import stat
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from megabot import state_dir
from megabot.clock import Clock
from megabot.errors import ConfigError, LedgerError
from megabot.forum.models import Person
from megabot.lemmy.auth.budget import Attempt, Outcome
from megabot.lemmy.json_fields import JsonObject, UnexpectedJson

log = logging.getLogger(__name__)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """What is kept for one account on one server.

    `issued` is when the token was got, None where that is not known. `refused` is a salted hash of
    credentials that the server refused for good, empty where there are none.
    """

    instance: str
    username: str
    token: str = field(default="", repr=False)
    issued: datetime | None = None
    person: Person | None = None
    attempts: tuple[Attempt, ...] = ()
    refused: str = field(default="", repr=False)


class TokenFile:
    """`token.json` in the state folder, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, *, instance: str, username: str) -> StoredToken:
        """Give what is stored for this account; a token of another account or server is never given."""
        stored = self.any_account()
        if stored is not None and (stored.instance, stored.username) == (instance, username):
            return stored
        return StoredToken(instance=instance, username=username)

    def any_account(self) -> StoredToken | None:
        """Give what is stored, whichever account it is for; None without a file that can be understood."""
        try:
            self._close_to_others()
            return _stored(JsonObject(json.loads(self._path.read_bytes()), "token file"))
        except FileNotFoundError:
            return None
        except (UnexpectedJson, ValueError):
            log.warning("%s cannot be understood and is left aside; a new sign-in replaces it", self._path)
            return None
        except OSError as error:
            raise LedgerError(f"{self._path} cannot be read: {error.strerror}.") from error

    def alone(self, clock: Clock) -> AbstractContextManager[None]:
        """Be the only process that changes the file, so that what is read within may be written over."""
        return state_dir.token_lock(self._path.parent, clock)

    def write(self, stored: StoredToken) -> None:
        """Replace the file; on disk when this returns."""
        text = json.dumps(_plain(stored), indent=1)
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with open(beside, "wb", opener=_private) as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise LedgerError(f"{self._path} cannot be written: {error.strerror}.") from error

    def _close_to_others(self) -> None:
        facts = self._path.stat()
        if not facts.st_mode & _OTHERS:
            return
        if facts.st_uid != os.geteuid():
            raise ConfigError(
                f"{self._path} holds the token and others can read it: chmod 600 it as its owner."
            )
        self._path.chmod(0o600)
        log.warning("%s could be read by others; it no longer can, but sign out and in again", self._path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(stored: StoredToken) -> dict[str, object]:
    person = stored.person
    return {
        "instance": stored.instance,
        "username": stored.username,
        "token": stored.token,
        "issued": stored.issued.isoformat() if stored.issued else "",
        "person": None if person is None else {"id": person.id, "name": person.name, "actor": person.actor},
        "attempts": [
            {"at": attempt.at.isoformat(), "outcome": attempt.outcome.value, "at_once": attempt.at_once}
            for attempt in stored.attempts
        ],
        "refused": stored.refused,
    }


def _stored(fields: JsonObject) -> StoredToken:
    person = fields.maybe("person")
    return StoredToken(
        instance=fields.text("instance"),
        username=fields.text("username"),
        token=fields.word("token", ""),
        issued=fields.time("issued") if fields.text("issued", "") else None,
        person=None if person is None else _person(person),
        attempts=tuple(_attempt(attempt) for attempt in fields.children("attempts")),
        refused=fields.text("refused", ""),
    )


def _person(fields: JsonObject) -> Person:
    return Person(id=fields.number("id"), name=fields.text("name"), actor=fields.text("actor"), bot=True)


def _attempt(fields: JsonObject) -> Attempt:
    at: datetime = fields.time("at")
    return Attempt(at=at, outcome=Outcome(fields.text("outcome")), at_once=fields.flag("at_once"))
