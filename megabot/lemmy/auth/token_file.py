"""The file with the token, the record of sign-ins and the rejected credentials. Only this module reads it.

It is replaced atomically (temporary file, fsync, `os.replace`), so a crash leaves either the old or the new
file. A file that cannot be parsed counts as missing: a sign-in gets a new token, and the log has a warning.
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
    """What is stored for one account on one server.

    `issued` is when the token was issued, or None if unknown. `refused` is a salted hash of credentials that
    the server rejected for good, or "".
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
        """Return what is stored for this account, never the token of another account or server."""
        stored = self.any_account()
        if stored is not None and (stored.instance, stored.username) == (instance, username):
            return stored
        return StoredToken(instance=instance, username=username)

    def any_account(self) -> StoredToken | None:
        """Return what is stored, for any account; None without a file that can be parsed."""
        try:
            self._close_to_others()
            return _stored(JsonObject(json.loads(self._path.read_bytes()), "token file"))
        except FileNotFoundError:
            return None
        except (UnexpectedJson, ValueError):
            log.warning("%s cannot be parsed and is ignored; the next sign-in replaces it", self._path)
            return None
        except OSError as error:
            raise LedgerError(f"{self._path} cannot be read: {error.strerror}.") from error

    def alone(self, clock: Clock) -> AbstractContextManager[None]:
        """Lock the file against other processes, so that what is read inside may be overwritten."""
        return state_dir.token_lock(self._path.parent, clock)

    def write(self, stored: StoredToken) -> None:
        """Replace the file; it is on disk when this returns."""
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
                f"{self._path} contains the token and other users can read it; "
                "run `chmod 600` on it as its owner."
            )
        self._path.chmod(0o600)
        log.warning(
            "Other users could read %s. That is fixed; to replace the token, sign out and in again",
            self._path,
        )


def _private(path: str, flags: int) -> int:
    # O_NOFOLLOW: never write the token through a link that someone put in its place.
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _sync_folder(folder: Path) -> None:
    # The rename is on disk only once the folder is, too.
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
