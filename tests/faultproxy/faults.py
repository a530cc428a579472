"""What can be done to a request, and to which one, as values. Nothing here happens by itself."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus

GIB = 1 << 30


# Answers that no upstream gave


@dataclass(frozen=True, slots=True)
class Html:
    """A web page, as a reverse proxy, a captcha or a firewall gives it."""

    status: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """One of Lemmy's error codes; 1.0 adds a cause, both may add a message."""

    status: int
    error: str
    cause: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Silent:
    """A status without a body: a path that is no call, or a key that 1.0 has seen before (422)."""

    status: int


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect to an address; 307 and 308 ask for the same method, body and all."""

    to: str
    status: int = HTTPStatus.TEMPORARY_REDIRECT


@dataclass(frozen=True, slots=True)
class Huge:
    """A body without end in sight; it stops when the client hangs up."""

    size: int = GIB


@dataclass(frozen=True, slots=True)
class GzipBomb:
    """A small body that unpacks to a huge one, in whole MiB."""

    size: int = GIB


Forged = Html | Refusal | Silent | Redirect | Huge | GzipBomb

# As recorded in tests/recordings: 1.0 names a cause with the first and none with the second.
UNAUTHORIZED_V3 = Refusal(HTTPStatus.UNAUTHORIZED, "incorrect_login")
UNAUTHORIZED_V4 = Refusal(HTTPStatus.UNAUTHORIZED, "incorrect_login", cause="IncorrectLogin")
RATE_LIMITED_V3 = Refusal(HTTPStatus.BAD_REQUEST, "rate_limit_error")
RATE_LIMITED_V4 = Refusal(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests")


# What is done


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nobody listens when the request comes, nor later, until the proxy is told to `reopen`."""


@dataclass(frozen=True, slots=True)
class CutBefore:
    """The request is read, never passed on, and the connection reset."""


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """The request is passed on, the answer thrown away, and the connection reset."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The request is passed on at once; the answer is held."""

    seconds: float


@dataclass(frozen=True, slots=True)
class DelayThenPassOn:
    """The request is held, and passed on then, whether the client still waits or not."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drip:
    """The answer comes one byte at a time, so many seconds apart."""

    every: float


@dataclass(frozen=True, slots=True)
class Truncated:
    """Half of the answer comes; its length is that of the half, or still that of the whole."""

    length_matches: bool


@dataclass(frozen=True, slots=True)
class Instead:
    """The request is not passed on; this is the answer."""

    answer: Forged


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The request is passed on; this is the answer in place of upstream's."""

    answer: Forged


Cut = CutBefore | LoseAnswer
Slow = Delay | DelayThenPassOn | Drip
Wrong = Truncated | Instead | Afterwards
Played = Cut | Slow | Wrong
"""What can be done to a request that was read."""
Fault = Refuse | Played


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A fault for the next `times` requests (None: all) of this kind that are numbered `first` or higher.

    Requests are numbered from 1, whatever their kind. The path has no query and may hold `*` and `?`. Nothing
    can be known of a refused request but its number: for `Refuse`, `times` counts how often the port closes.
    """

    fault: Fault
    first: int = 1
    times: int | None = 1
    method: str = "*"
    path: str = "*"

    def __post_init__(self) -> None:
        if isinstance(self.fault, Refuse) and (self.method, self.path) != ("*", "*"):
            raise ValueError("A refused request is never read: choose it by its number alone.")

    def chooses(self, number: int, method: str, path: str) -> bool:
        """Say whether a request is of the kind that is meant."""
        return number >= self.first and fnmatchcase(method, self.method) and fnmatchcase(path, self.path)
