"""Decode a server's response: a value, or the error that calls for the right reaction. No I/O.

A read whose response is not understood may be repeated (`Unreadable`). The outcome of such a write is unknown
(`OutcomeUnknown`), because Lemmy can answer with an error after it has created the post (faults.md A01).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from megabot.errors import (
    ForumError,
    NotFound,
    NotLemmy,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RemoteUnreachable,
    ServerStarting,
    SignInRefused,
    TokenRefused,
    Unreadable,
)
from megabot.forum.models import Account, Site
from megabot.lemmy import error_codes as codes
from megabot.lemmy.auth.budget import Bucket, refill_seconds
from megabot.lemmy.json_fields import JsonObject, UnexpectedJson

T = TypeVar("T")

_FINE = range(200, 300)
_NOT_FOUND = 404
_KEY_KNOWN = 422
_TOO_MANY_REQUESTS = 429
_BROKEN = 500
_UNAVAILABLE = 503


class Call(Enum):
    """The kind of a call. It decides what an error proves and which rate limit was used."""

    READ = "read"
    CHANGE = "change"
    NEW_POST = "new post"
    NEW_COMMENT = "new comment"
    SIGN_IN = "sign-in"


class SignInCollision(Unreadable):
    """Two sign-ins of the account in one second; a moment later it works."""


class UnknownCall(NotLemmy):
    """The server does not know the call, so it did nothing; it may speak another API."""


class NotReadBack(OutcomeUnknown):
    """1.0 says `not_found`, which may mean the target of a write or the new row that it reads back."""


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """What a server says about itself, and over v3 about the account if the token is alive."""

    site: Site
    account: Account | None = None

    def authenticated(self) -> Account:
        """Return the account. If it is missing, the token is dead: 0.19 then answers 200 (recorded: 013)."""
        if self.account is None:
            raise TokenRefused(
                "The server treats the bot as signed out: it does not accept the stored token."
            )
        return self.account


_BUCKETS = {
    Call.READ: Bucket.MESSAGE,
    Call.CHANGE: Bucket.MESSAGE,
    Call.NEW_POST: Bucket.POST,
    Call.NEW_COMMENT: Bucket.COMMENT,
    Call.SIGN_IN: Bucket.REGISTER,
}

# After the insert the server reads the new row back, which can fail with these codes too. 1.0 uses the same
# code for a missing community or post.
_AFTER_INSERT = {
    Call.NEW_POST: frozenset({"couldnt_find_post", codes.NOT_FOUND}),
    Call.NEW_COMMENT: frozenset({"couldnt_find_comment", codes.NOT_FOUND}),
}


def decode(status: int, body: bytes, *, call: Call, parse: Callable[[JsonObject], T]) -> T:
    """Return the value of a response, or raise the error that it means."""
    if status not in _FINE:
        raise failure(status, body, call)
    try:
        return parse(JsonObject(_json(body)))
    except UnexpectedJson as error:
        raise answer_lost(call, f"The server's answer was not as expected: {error}.") from error


def failure(status: int, body: bytes, call: Call) -> ForumError:
    """Return the error that a response other than 2xx means."""
    code = _code(body)
    if status == _UNAVAILABLE and code == codes.STARTING:
        return ServerStarting("The server is starting up.")
    # 0.19 answers 400, 1.0 answers 429, and neither says how long to wait (lemmy-api 2.4).
    if status == _TOO_MANY_REQUESTS or code in codes.LIMITED:
        return _limited(call)
    # Lemmy's own errors have a JSON body; only an unknown path has none (lemmy-api 2.4).
    if status == _NOT_FOUND and not body.strip():
        return UnknownCall(
            "The server does not know this call; it may have been upgraded. "
            "To find out, run: megabot check --online"
        )
    # A 5xx usually comes from the proxy in front of Lemmy, so it proves nothing (decision 9, lemmy-api 2.4).
    if status < _BROKEN:
        refusal = _sign_in_refusal(code, body) if call is Call.SIGN_IN else _refusal(code, call)
        if refusal is not None:
            return refusal
    if code == codes.NOT_FOUND and code in _AFTER_INSERT.get(call, ()):
        return NotReadBack(
            f"The server did not find something. It is not known whether the {call.value} was made."
        )
    if call is Call.READ and (remote := codes.REMOTE_AWAY.search(body)):
        host = remote[1].decode("ascii", "replace")
        return RemoteUnreachable(f"The server could not reach {host}: it is down, or its name is wrong.")
    return answer_lost(call, _unexplained(status, code, call))


def answer_lost(call: Call, sentence: str) -> ForumError:
    """Return the error for a call whose answer cannot be used."""
    if call in {Call.READ, Call.SIGN_IN}:
        return Unreadable(sentence)
    return OutcomeUnknown(f"{sentence} It is not known whether the {call.value} was made.")


def _unexplained(status: int, code: str, call: Call) -> str:
    if status == _KEY_KNOWN and call in _AFTER_INSERT and not code:
        # 1.0 answers a second request with the same idempotency key like this (recorded: 054).
        return f"The server has already received the same {call.value}, perhaps from another megabot."
    # The answer to a sign-in may quote what was sent, even a password as the code, so it is not shown.
    shown = code if call is not Call.SIGN_IN else ""
    return f"The server answered {status}" + (f" with the code {shown}." if shown else ".")


def _limited(call: Call) -> RateLimited:
    bucket = _BUCKETS[call]
    return RateLimited(
        f"The server's rate limit ({bucket.value}) is used up, perhaps by others behind the same IP address.",
        wait=refill_seconds(bucket),
    )


def _refusal(code: str, call: Call) -> ForumError | None:
    if code in codes.TOKEN:
        return TokenRefused("The server does not accept the stored token.")
    sentence = codes.REFUSALS.get(code)
    if sentence is None or code in _AFTER_INSERT.get(call, ()):
        return None
    return NotFound(sentence, code=code) if code in codes.MISSING else Refused(sentence, code=code)


def _sign_in_refusal(code: str, body: bytes) -> ForumError | None:
    if codes.COLLISION.encode() in body:
        return SignInCollision("Another sign-in of this account came in the same second.")
    sentence = codes.SIGN_IN.get(code)
    return None if sentence is None else SignInRefused(sentence, code=code)


def _code(body: bytes) -> str:
    """Return Lemmy's error code in a body, or "" if there is none."""
    try:
        code = JsonObject(_json(body)).text("error", "")
    except UnexpectedJson:
        return ""
    # A code goes into messages, so only an identifier counts, never the text of some page.
    return code if code == codes.STARTING or (code.isidentifier() and code.isascii()) else ""


def _json(body: bytes) -> object:
    try:
        decoded: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedJson("it is not JSON") from error
    return decoded
