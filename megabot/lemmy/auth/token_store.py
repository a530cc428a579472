"""What is stored of sign-ins: the token, the record of attempts and the rejected credentials."""

import json
import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from typing_extensions import override

from megabot.clock import Clock
from megabot.forum.models import Person
from megabot.lemmy.auth.budget import Attempt, Outcome
from megabot.lemmy.json_fields import JsonObject, UnexpectedJson

log = logging.getLogger(__name__)


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


class TokenStore(Protocol):
    """Where the token is kept: in a file of the state folder, or in the ledger's database."""

    def any_account(self) -> StoredToken | None:
        """Return what is stored, for any account; None if there is nothing that can be parsed."""

    def alone(self, clock: Clock) -> AbstractContextManager[None]:
        """Lock out other processes, so that what is read inside may be overwritten."""

    def write(self, stored: StoredToken) -> None:
        """Replace what is stored; it is on disk when this returns."""

    def read(self, *, instance: str, username: str) -> StoredToken:
        """Return what is stored for this account, never the token of another account or server."""
        stored = self.any_account()
        if stored is not None and (stored.instance, stored.username) == (instance, username):
            return stored
        return StoredToken(instance=instance, username=username)


class TokenTexts(Protocol):
    """A database that stores the text of one account's token."""

    def token_text(self) -> str | None:
        """Return what was stored, None if nothing was."""

    def keep_token_text(self, content: str) -> None:
        """Store it."""

    def token_lock(self) -> AbstractContextManager[None]:
        """Let one process of all hosts at a time change it."""


class DatabaseTokens(TokenStore):
    """The token in a database, shared by all hosts of an account."""

    def __init__(self, texts: TokenTexts) -> None:
        self._texts = texts

    @override
    def any_account(self) -> StoredToken | None:
        text = self._texts.token_text()
        try:
            return None if text is None else from_text(text)
        except ValueError:
            log.warning("the stored token cannot be parsed and is ignored; the next sign-in replaces it")
            return None

    @override
    def alone(self, clock: Clock) -> AbstractContextManager[None]:
        return self._texts.token_lock()

    @override
    def write(self, stored: StoredToken) -> None:
        self._texts.keep_token_text(to_text(stored))


def to_text(stored: StoredToken) -> str:
    """Return what is stored as JSON."""
    return json.dumps(_plain(stored), indent=1)


def from_text(text: str) -> StoredToken:
    """Read what `to_text` wrote. Raises `ValueError`."""
    try:
        return _stored(JsonObject(json.loads(text), "token file"))
    except UnexpectedJson as error:
        raise ValueError(str(error)) from error


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
