"""What a server's answer means: a value, or the one error that calls for the right reaction. No I/O.

The rule for everything that is not understood: a read may be made again (`Unreadable`), the outcome of a
write is unknown (`OutcomeUnknown`), because Lemmy can answer with an error after it wrote (lemmy-api 2.3).
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
_TOO_MANY_REQUESTS = 429
_BROKEN = 500
_UNAVAILABLE = 503


class Call(Enum):
    """What kind of call was made: it decides what an error proves and which bucket was drawn on."""

    READ = "read"
    CHANGE = "change"
    NEW_POST = "new post"
    NEW_COMMENT = "new comment"
    SIGN_IN = "sign-in"


class SignInCollision(Unreadable):
    """Two sign-ins of the account came in one second; a moment later it works."""


class UnknownCall(NotLemmy):
    """The server does not know the call, so that it was not carried out: it may speak another API."""


class NotReadBack(OutcomeUnknown):
    """1.0 says that something is not there: where to write it, or what was written and is read back."""


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """What a server says about itself, and over v3 about the account if the token is alive."""

    site: Site
    account: Account | None = None

    def authenticated(self) -> Account:
        """Return the account; its absence is how 0.19 says that a token is dead (recorded: 013)."""
        if self.account is None:
            raise TokenRefused("The server answered as to a stranger: it does not take the stored token.")
        return self.account


_BUCKETS = {
    Call.READ: Bucket.MESSAGE,
    Call.CHANGE: Bucket.MESSAGE,
    Call.NEW_POST: Bucket.POST,
    Call.NEW_COMMENT: Bucket.COMMENT,
    Call.SIGN_IN: Bucket.REGISTER,
}

# After the insert the server reads the new row back, which can fail with these codes too: on 1.0 with the one
# that also says that the community or the post is not there.
_AFTER_INSERT = {
    Call.NEW_POST: frozenset({"couldnt_find_post", codes.NOT_FOUND}),
    Call.NEW_COMMENT: frozenset({"couldnt_find_comment", codes.NOT_FOUND}),
}


def decode(status: int, body: bytes, *, call: Call, parse: Callable[[JsonObject], T]) -> T:
    """Turn an answer into a value, or raise what it means."""
    if status not in _FINE:
        raise failure(status, body, call)
    try:
        return parse(JsonObject(_json(body)))
    except UnexpectedJson as error:
        raise answer_lost(call, f"The server's answer was not understood: {error}.") from error


def failure(status: int, body: bytes, call: Call) -> ForumError:
    """Say what an answer other than 2xx means."""
    code = _code(body)
    if status == _UNAVAILABLE and code == codes.STARTING:
        return ServerStarting("The server is starting up.")
    if status == _TOO_MANY_REQUESTS or code in codes.LIMITED:
        return _limited(call)
    if status == _NOT_FOUND and not body.strip():
        return UnknownCall(
            "The server does not know this call; perhaps it was upgraded. `megabot check --online` says more."
        )
    if status < _BROKEN:
        refusal = _sign_in_refusal(code, body) if call is Call.SIGN_IN else _refusal(code, call)
        if refusal is not None:
            return refusal
    if code == codes.NOT_FOUND and code in _AFTER_INSERT.get(call, ()):
        return NotReadBack(
            f"The server did not find something. Whether the {call.value} was made is not known."
        )
    if call is Call.READ and (remote := codes.REMOTE_AWAY.search(body)):
        host = remote[1].decode("ascii", "replace")
        return RemoteUnreachable(f"The server could not reach {host}: it is away, or its name is wrong.")
    # What a sign-in sent may come back in the answer, a password in the code's place too: it is not shown.
    shown = code if call is not Call.SIGN_IN else ""
    return answer_lost(call, f"The server answered {status}" + (f" with the code {shown}." if shown else "."))


def answer_lost(call: Call, sentence: str) -> ForumError:
    """Say that the answer to a call is of no use."""
    if call in {Call.READ, Call.SIGN_IN}:
        return Unreadable(sentence)
    return OutcomeUnknown(f"{sentence} Whether the {call.value} was made is not known.")


def _limited(call: Call) -> RateLimited:
    bucket = _BUCKETS[call]
    return RateLimited(
        f"The server's rate limit ({bucket.value}) is used up, perhaps by others behind the same address.",
        wait=refill_seconds(bucket),
    )


def _refusal(code: str, call: Call) -> ForumError | None:
    if code in codes.TOKEN:
        return TokenRefused("The server does not take the stored token.")
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
    """Take Lemmy's error code out of a body, "" where it is none of Lemmy's."""
    try:
        code = JsonObject(_json(body)).text("error", "")
    except UnexpectedJson:
        return ""
    # A code goes into messages: only what looks like one, so that no page's text does.
    return code if code == codes.STARTING or (code.isidentifier() and code.isascii()) else ""


def _json(body: bytes) -> object:
    try:
        decoded: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedJson("it is not JSON") from error
    return decoded
