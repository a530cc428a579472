"""Every error megabot raises, typed by what the caller must do next.

MegabotError
├── ConfigError            exit 2: settings or usage; a person must change them
│   ├── WrongAccount       the same command has to be run as `account`
│   ├── ForeignLedger      the ledger belongs to another account or server
│   ├── NewerLedger        the ledger needs a newer megabot
│   ├── NotApplicable      exit 1: this edition cannot be changed like that
│   └── NothingToDo        exit 4: it is so already
├── Expected               exit 1: one line and the next step
│   ├── SourceMissing      the source is not there
│   ├── SourceBroken       files of the source have mistakes, listed
│   ├── LedgerError        the ledger cannot be used as it is
│   ├── Busy               another megabot holds the lock
│   ├── NoNetwork          exit 5: nothing at all could be reached
│   ├── NotKept            a file that somebody asked for could not be written
│   ├── NeedsPerson        nothing is wrong, but a person must decide or do something first
│   └── ForumError
│       ├── NotSent        certain that the server did nothing: the same call may be made again later
│       │   ├── Unreachable    DNS, connect or TLS failed
│       │   ├── Starting       the server is starting up
│       │   └── RateLimited    a bucket is empty: wait
│       ├── OutcomeUnknown a write may or may not have happened: look, never resend
│       ├── Unreadable     a read got no usable answer: read again later
│       │   └── RemoteUnreachable  the server could not reach another one that has what was asked for
│       ├── Refused        the server said no before acting: never retry unchanged
│       │   └── NotFound   what was named is not there, or not for this account
│       ├── NotLemmy       the address answers, but not as Lemmy does
│       ├── TokenRefused   the token is not taken: probe, then sign in once
│       ├── SignInRefused  these credentials are refused for good: a person must change them
│       └── SignInLater    the budget of sign-ins is used up: wait until `at`
├── Bug                    exit 3: a mistake in megabot itself
└── Stopping               SIGTERM arrived while waiting: leave everything as recorded

Messages are whole sentences for people, without secrets and without bodies.
"""

from collections.abc import Sequence
from datetime import datetime


class MegabotError(Exception):
    """What all errors of megabot's own have in common."""


class ConfigError(MegabotError):
    """Settings or usage are wrong; the message says which and what to write instead."""


class WrongAccount(ConfigError):
    """What is needed belongs to another account of this machine; `account` is its name."""

    def __init__(self, message: str, *, account: str) -> None:
        super().__init__(message)
        self.account = account


class ForeignLedger(ConfigError):
    """The ledger belongs to another Lemmy account, or to one on another server."""


class NewerLedger(ConfigError):
    """The ledger was written by a newer megabot, which has to be installed; no restart mends that."""


class NotApplicable(ConfigError):
    """An edition cannot be changed like that; the message says why."""


class NothingToDo(ConfigError):
    """What was asked for is so already."""


class UserError(MegabotError):
    """A failure with a next step for the person who reads it."""


class SourceMissing(UserError):
    """The source folder or repository is not there."""


class SourceBroken(UserError):
    """Files of the source have mistakes: the message is one line for each, `problems` holds them.

    `threads` are those whose files are in order: they go on.
    """

    def __init__(self, problems: Sequence[object], *, threads: Sequence[object] = ()) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
        self.threads = tuple(threads)


class LedgerError(UserError):
    """The ledger cannot be opened, read or written."""


class Busy(UserError):
    """Another megabot works on the same state folder."""


class NoNetwork(UserError):
    """Nothing at all could be reached: it is this machine's network, not what was asked."""


class WriteFailed(UserError):
    """A file beside the ledger could not be written: a backup, a monitor's."""


class NeedsPerson(UserError):
    """Nothing failed, but a person must decide or do something before this can go on."""


class ForumError(UserError):
    """Something between megabot and the server."""


class NotSent(ForumError):
    """The server certainly did nothing; the same call may be made again later."""


class Unreachable(NotSent):
    """The server's name, port or TLS could not be reached."""


class ServerStarting(NotSent):
    """The server says that it is starting up."""


class RateLimited(NotSent):
    """A rate limit bucket is empty; `wait` is how many seconds fill it again at the defaults."""

    def __init__(self, message: str, *, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class OutcomeUnknown(ForumError):
    """A write was sent and its outcome is not known: look for it, never send it again blindly."""


class Unreadable(ForumError):
    """A read got no usable answer; reading again later does no harm."""


class RemoteUnreachable(Unreadable):
    """The server could not reach another server, which has what was asked for."""


class Refused(ForumError):
    """The server refused before acting; `code` is Lemmy's error code."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class NotFound(Refused):
    """What was named is not there, or not shown to this account."""


class NotLemmy(ForumError):
    """The address answers, but not as a Lemmy server does."""


class TokenRefused(ForumError):
    """The server does not take the token (any more)."""


class SignInRefused(ForumError):
    """The server refuses these credentials for good; `code` is Lemmy's error code."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class SignInBudgetExhausted(ForumError):
    """No sign-in may be tried before `at` (UTC)."""

    def __init__(self, message: str, *, at: datetime) -> None:
        super().__init__(message)
        self.at = at


class Bug(MegabotError):
    """A mistake in megabot itself. Its traceback is in the log; a restart does not help."""


class Stopping(MegabotError):
    """The process was told to stop; whatever was under way stays as its intent says."""
