"""Every error megabot raises, typed by what the caller must do next.

MegabotError
├── ConfigError            exit 2: settings or usage are wrong; the user must change them
│   ├── WrongAccount       the same command must be run as `account`
│   ├── ForeignLedger      the ledger belongs to another account or server
│   ├── NewerLedger        the ledger needs a newer megabot
│   ├── NotApplicable      exit 1: this edition cannot be changed like that
│   └── NothingToDo        exit 4: there is nothing left to do
├── UserError              exit 1: one line with the next step
│   ├── SourceMissing      the templates cannot be found
│   ├── SourceBroken       template files have mistakes, listed
│   ├── LedgerError        the ledger cannot be used
│   │   ├── DatabaseAway   its database does not answer: wait until it does
│   │   └── ClaimLost      another process acts for the account now: stop, and leave everything as recorded
│   ├── Busy               another megabot holds the lock
│   ├── NoNetwork          exit 5: nothing at all could be reached
│   ├── WriteFailed        an output file could not be written
│   ├── NeedsPerson        nothing failed, but the user must decide or do something first
│   └── ForumError
│       ├── NotSent        the server certainly did nothing: the same call may be made again later
│       │   ├── Unreachable    DNS, connect or TLS failed
│       │   ├── ServerStarting the server is starting up
│       │   └── RateLimited    a rate limit bucket is empty: wait
│       ├── OutcomeUnknown a write may or may not have happened: check, never resend
│       ├── Unreadable     a read got no usable response: read again later
│       │   └── RemoteUnreachable  the server could not reach another server that has the resource
│       ├── Refused        the server refused before acting: never retry unchanged
│       │   └── NotFound   the named thing does not exist or is not visible to this account
│       ├── NotLemmy       the address responds, but not like a Lemmy server
│       ├── TokenRefused   the token is not accepted: probe, then sign in once
│       ├── SignInRefused  these credentials are rejected for good: the user must change them
│       └── SignInBudgetExhausted  too many sign-ins: wait until `at`
├── Bug                    exit 3: a mistake in megabot itself
└── Stopping               a stop was requested: leave everything as recorded

Messages are whole sentences for the user, without secrets and without response bodies.
"""

from collections.abc import Sequence
from datetime import datetime


class MegabotError(Exception):
    """The base class of all errors that megabot raises."""


class ConfigError(MegabotError):
    """Settings or usage are wrong; the message says which ones and what to write instead."""


class WrongAccount(ConfigError):
    """A file or folder belongs to another account on this machine; `account` is its name."""

    def __init__(self, message: str, *, account: str) -> None:
        super().__init__(message)
        self.account = account


class ForeignLedger(ConfigError):
    """The ledger belongs to another Lemmy account, or to one on another server."""


class NewerLedger(ConfigError):
    """The ledger was written by a newer megabot, which must be installed; restarting does not help."""


class NotApplicable(ConfigError):
    """An edition cannot be changed like that; the message says why."""


class NothingToDo(ConfigError):
    """The requested state is already reached."""


class UserError(MegabotError):
    """A failure whose message contains the next step for the user."""


class SourceMissing(UserError):
    """The folder or repository with the templates cannot be found."""


class SourceBroken(UserError):
    """Template files have mistakes: the message has one line for each, `problems` holds them.

    `threads` are the threads whose files are valid; they are still posted.
    """

    def __init__(self, problems: Sequence[object], *, threads: Sequence[object] = ()) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
        self.threads = tuple(threads)


class LedgerError(UserError):
    """The ledger cannot be opened, read or written."""


class DatabaseAway(LedgerError):
    """The ledger's database does not answer now; the same may be tried again later."""


class ClaimLost(LedgerError):
    """Another process has taken the account over: nothing more may be written or sent."""


class Busy(UserError):
    """Another megabot is using the same state folder or database."""


class NoNetwork(UserError):
    """Nothing at all could be reached, so the problem is this machine's network."""


class WriteFailed(UserError):
    """An output file could not be written, such as a backup or the metrics."""


class NeedsPerson(UserError):
    """Nothing failed, but the user must decide or do something first."""


class ForumError(UserError):
    """A failure in talking to the server."""


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
    """A write was sent and its outcome is unknown: check for it, never send it again blindly."""


class Unreadable(ForumError):
    """A read got no usable response; reading again later does no harm."""


class RemoteUnreachable(Unreadable):
    """The server could not reach another server that has the requested resource."""


class Refused(ForumError):
    """The server refused before acting; `code` is Lemmy's error code."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class NotFound(Refused):
    """The named thing does not exist or is not visible to this account."""


class NotLemmy(ForumError):
    """The address responds, but not like a Lemmy server."""


class TokenRefused(ForumError):
    """The server does not accept the token, or no longer."""


class SignInRefused(ForumError):
    """The server rejects these credentials for good; `code` is Lemmy's error code."""

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
    """A stop was requested; what was in progress stays as its intent in the ledger says."""


ENDS_PASS = (Stopping, ClaimLost, DatabaseAway)
"""What is no error of one thread or task: nothing may go on, and each intent stays as the ledger says."""
