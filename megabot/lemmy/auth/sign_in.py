"""Keep the token alive with as few sign-ins as possible, and never more than the budget allows.

This module knows no API: `renew` is given the function that sends a sign-in.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from megabot.clock import Clock
from megabot.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    SignInBudgetExhausted,
    SignInRefused,
    TokenRefused,
    Unreachable,
    Unreadable,
)
from megabot.forum.models import Person
from megabot.lemmy.auth.budget import (
    AFTER_LIMIT,
    APART,
    Asker,
    Attempt,
    Outcome,
    next_sign_in,
    recent,
    sign_ins_left,
)
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.token_store import StoredToken, TokenStore
from megabot.lemmy.responses import SignInCollision, UnknownCall

SendSignIn = Callable[[Credentials, str], str]
"""Sends credentials and a two-factor code to the server and returns the token."""


class SignIns:
    """The token of one account on one server, and the sign-ins that replace it.

    `on_person` is called with the account's own person whenever the server names it.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        instance: str,
        file: TokenStore,
        clock: Clock,
        on_person: Callable[[Person], None] = lambda _: None,
    ) -> None:
        self._credentials = credentials
        self._instance = instance
        self._file = file
        self._clock = clock
        self._on_person = on_person
        self._stored: StoredToken | None = None
        self._compared = ("", False)

    @property
    def token(self) -> str:
        """The current token, or "" if there is none."""
        return self._kept().token

    @property
    def person(self) -> Person | None:
        """The account's own person as last read, or None before the first read."""
        return self._kept().person

    @property
    def issued(self) -> datetime | None:
        """When the current token was issued, or None if there is none or the time is unknown."""
        return self._kept().issued

    @property
    def left(self) -> int:
        """How many sign-ins the budget allows now."""
        return sign_ins_left(self._kept().attempts, now=self._clock.now())

    def set_fact(self, person: Person) -> None:
        """Store who the account is, so that a running service need not ask."""
        self._on_person(person)
        person_before = self._kept().person
        if person_before is None or (person_before.id, person_before.actor) != (person.id, person.actor):
            with self._file.alone(self._clock):
                self._keep(replace(self._read(), person=person))

    def prune(self) -> None:
        """Forget the token but keep the record of sign-ins."""
        with self._file.alone(self._clock):
            self._keep(replace(self._read(), token="", issued=None))

    def reload(self) -> bool:
        """Read the file again and return whether another process (`megabot login`) stored a new token."""
        token_before = self.token
        self._stored = self._read()
        return self._stored.token not in {"", token_before}

    def renew(self, send: SendSignIn, *, by_hand: bool) -> None:
        """Get a new token or raise the reason why not. `by_hand`: someone waits for the result.

        Only one process of an account signs in at a time; the ones that waited use the token of the first.
        """
        if not self._credentials.password:
            raise TokenRefused("Not signed in; run `megabot login`.")
        with self._file.alone(self._clock):
            if by_hand or not self.reload():
                self._ask(send, by_hand=by_hand)

    def _ask(self, send: SendSignIn, *, by_hand: bool) -> None:
        stored = self._stored = self._read()
        asker = self._asker(stored, by_hand=by_hand)
        self._wait_for_leave(stored, asker)
        try:
            self._try(send, asker)
        except SignInCollision:
            # A moment later it works, because tokens of the same second are equal (recorded: 011).
            self._wait_for_leave(self._kept(), asker)
            self._try(send, asker)

    def _asker(self, stored: StoredToken, *, by_hand: bool) -> Asker:
        if by_hand and self._credentials.at_terminal:
            return Asker.PERSON
        return Asker.AT_ONCE if by_hand or self._changed(stored) else Asker.SERVICE

    def _changed(self, stored: StoredToken) -> bool:
        """Return whether the stored credentials were rejected and the present ones differ from them."""
        if not stored.refused:
            return False
        if self._compared[0] != stored.refused:
            # The hash is slow on purpose, and a service whose sign-in was rejected asks here at every tick.
            self._compared = (stored.refused, self._credentials.match(stored.refused))
        return not self._compared[1]

    def _wait_for_leave(self, stored: StoredToken, asker: Asker) -> None:
        if asker is Asker.SERVICE and stored.refused:
            raise SignInRefused(
                "These credentials were already rejected; correct them, or run `megabot login`.",
                code="refused_before",
            )
        now = self._clock.now()
        at = next_sign_in(stored.attempts, now=now, asker=asker)
        if at - now > APART:
            raise _later(at, asker)
        if at > now:
            self._clock.sleep((at - now).total_seconds())

    def _try(self, send: SendSignIn, asker: Asker) -> None:
        """Send one sign-in, recorded before it is sent, so that a crash loop stays within the budget."""
        stored = self._kept()
        now = self._clock.now()
        code = self._credentials.code(now)
        attempt = Attempt(at=now, outcome=Outcome.UNKNOWN, at_once=asker is not Asker.SERVICE)
        past = tuple(recent(stored.attempts, now=now))
        self._keep(replace(stored, attempts=(*past, attempt)))
        try:
            token = send(self._credentials, code)
        except RateLimited as error:
            self._note(attempt, Outcome.LIMITED)
            # The default limit refills within an hour, and the old token is kept (faults.md A03).
            raise _limited(now + AFTER_LIMIT, asker) from error
        except (NotSent, UnknownCall):
            self._keep(replace(stored, attempts=past))  # the server never saw it, so it does not count
            raise
        except SignInRefused:
            self._note(attempt, Outcome.FAILED)
            # Rejected credentials are not tried again until they change (decision 26).
            self._keep(replace(self._kept(), refused=self._credentials.fingerprint()))
            raise
        except SignInCollision:
            raise
        except (OutcomeUnknown, Unreadable) as error:
            # The call that needed the token was certainly not sent, so it must not look like a lost response.
            raise Unreachable(
                f"The sign-in got no usable answer, so nothing else was sent. {error}"
            ) from error
        self._note(attempt, Outcome.SUCCEEDED)
        self._keep(replace(self._kept(), token=token, issued=now, refused=""))

    def _note(self, attempt: Attempt, outcome: Outcome) -> None:
        stored = self._kept()
        self._keep(replace(stored, attempts=(*stored.attempts[:-1], replace(attempt, outcome=outcome))))

    def _kept(self) -> StoredToken:
        if self._stored is None:
            self._stored = self._read()
        return self._stored

    def _read(self) -> StoredToken:
        return self._file.read(instance=self._instance, username=self._credentials.username)

    def _keep(self, stored: StoredToken) -> None:
        self._file.write(stored)
        self._stored = stored


def _later(at: datetime, asker: Asker) -> SignInBudgetExhausted:
    login = "`megabot login`"
    now = (
        f"to sign in now, run {login}"
        if asker is Asker.SERVICE
        else f"run {login} on a terminal to sign in now"
    )
    return SignInBudgetExhausted(
        f"Too many sign-in attempts (servers block more): the next one may be made after {_time(at)}; {now}.",
        at=at,
    )


def _limited(at: datetime, asker: Asker) -> SignInBudgetExhausted:
    """Explain the server's own limit, which everyone behind the same IP address shares."""
    until = f"after {_time(at)}" if asker is Asker.SERVICE else f"in a few minutes, {_time(at)} at the latest"
    return SignInBudgetExhausted(
        f"The server accepts no more sign-ins from this address for now; try again {until}.", at=at
    )


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
