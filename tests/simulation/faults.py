"""Faults between the bot and what it acts through: drawn for every call while a storm blows."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any, cast

from megabot.errors import (
    ForumError,
    LedgerError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    ServerStarting,
    TokenRefused,
    Unreachable,
    Unreadable,
)
from megabot.forum.marker import post_marker
from megabot.forum.port import Forum
from megabot.ledger.port import Ledger
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.source.model import Snapshot, Thread
from megabot.source.problems import Problem
from tests.simulation.account import AccountForum
from tests.simulation.ledgers import SimulatedLedger
from tests.world import Press


class Fault(StrEnum):
    """What can go wrong with a call."""

    UNREACHABLE = "unreachable"
    STARTING = "starting"
    LIMITED = "limited"
    REFUSED = "refused"
    TOKEN = "token refused"
    NO_ANSWER = "no answer to a read"
    LOST_REQUEST = "request lost"
    LOST_ANSWER = "answer lost"
    LATE = "done after the client gave up"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    DISK_FULL = "disk full"
    DISK_FULL_AFTER = "written, and then disk full"
    AWAY = "the ledger is away"
    BROKEN_TEXT = "the child breaks off"
    UPGRADED = "upgraded before a request"
    HANGS = "the inbox hangs"
    BUG = "a bug in one thread"


class Killed(BaseException):
    """SIGKILL: nothing of the process is left, and nothing in it can catch this."""


WRITES = {"create_post", "edit_post", "feature", "lock", "comment", "message", "upload", "mark_all_read"}
WRITES |= {"edit_comment", "distinguish"}
READS = {"account", "unread", "community", "own_content", "own_removed", "pinned", "post", "posts_by"}
READS |= {"comment_by_id", "pin_events", "person", "inbox", "messages_to"}
KEEPS = {"begin_intent", "resolve_intent", "record_post", "keep_text", "keep_command"}
KEEPS |= {"change_account", "change_thread", "set_confirmations", "set_comment_replies", "set_overrides"}
KEEPS |= {"change_highlights", "opt_out", "raise_alert", "clear_alert", "set_sent_alerts", "set_alert_wish"}
KEEPS |= {"keep_community", "keep_person", "keep_image", "keep_job", "forget_post", "prune"}
KEEPS |= {"change_web_access", "keep_web_draft", "drop_web_draft"}
OF_THE_INBOX = {"unread", "inbox"}
RENDERS, SLEEPS = {"render"}, {"sleep"}
BROKEN_THREAD = "broken"
MAY_BE_LATE = {"create_post", "comment"}
LATEST = timedelta(minutes=9)

_ANY = (Fault.UNREACHABLE, Fault.STARTING, Fault.LIMITED, Fault.TOKEN, Fault.KILLED_BEFORE)
_OF_A_WRITE = (*_ANY, Fault.LOST_REQUEST, Fault.LOST_ANSWER, Fault.KILLED_AFTER)
_OF_THE_LEDGER = (Fault.DISK_FULL, Fault.DISK_FULL_AFTER, Fault.KILLED_BEFORE, Fault.KILLED_AFTER)
_OF_A_RENDERING = (Fault.BROKEN_TEXT, Fault.KILLED_BEFORE, Fault.KILLED_AFTER)
_BEFORE: dict[Fault, Callable[[], BaseException]] = {
    Fault.UNREACHABLE: lambda: Unreachable("no route"),
    Fault.STARTING: lambda: ServerStarting("starting"),
    Fault.LIMITED: lambda: RateLimited("empty", wait=60),
    Fault.REFUSED: lambda: Refused("a word that the filter refuses", code="slurs"),
    Fault.TOKEN: lambda: TokenRefused("not taken"),
    Fault.NO_ANSWER: lambda: Unreadable("no answer"),
    Fault.LOST_REQUEST: lambda: OutcomeUnknown("the request was lost"),
    Fault.KILLED_BEFORE: Killed,
}
_AFTER: dict[Fault, Callable[[], BaseException]] = {
    Fault.LOST_ANSWER: lambda: OutcomeUnknown("the answer was lost"),
    Fault.DISK_FULL_AFTER: lambda: LedgerError("disk full"),
    Fault.KILLED_AFTER: Killed,
}


def made(errors: dict[Fault, Callable[[], BaseException]], fault: Fault) -> BaseException:
    """Make the error of a fault."""
    return errors[fault]()


@dataclass
class Storm:
    """How likely each call fails, from 0 to 1, or only each write; `fired` counts what did.

    `upgrade_in` is how many requests are left before the server is upgraded, if it is to be. `hang` passes
    the time that a call takes to a server that hangs, where calls about the inbox do.
    """

    random: Random
    strength: float = 0.0
    writes_only: bool = False
    upgrade_in: int = 0
    hang: Callable[[], None] | None = None
    fired: Counter[str] = field(default_factory=Counter)

    @property
    def blows(self) -> bool:
        """Whether calls may fail now."""
        return self.strength > 0

    def is_upgraded_now(self) -> bool:
        """Count a request; tell whether the server is upgraded right before it."""
        due = self.upgrade_in == 1
        self.upgrade_in = max(0, self.upgrade_in - 1)
        self.fired[Fault.UPGRADED] += due
        return due

    def hang_in(self, name: str) -> None:
        """Hang and give up, if this call does."""
        if self.hang and name in OF_THE_INBOX:
            self.fired[Fault.HANGS] += 1
            self.hang()
            raise Unreadable("no answer in time")

    def draw(self, name: str) -> Fault | None:
        """Draw what goes wrong with one call, None for nothing."""
        spared = self.writes_only and name not in WRITES
        if spared or self.random.random() >= self.strength:
            return None
        kinds = list(_of(name))
        fault = self.random.choice(kinds) if kinds else None
        if fault is not None:
            self.fired[fault] += 1
        return fault


@dataclass
class Record:
    """What calls tell the judge: promises that they broke, editions whose text was refused for good.

    `hindered` are the times at which the server itself refused something; `done` counts the writes that
    succeeded by kind, whether a pass or a command made them.
    """

    broken: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    hindered: list[datetime] = field(default_factory=list)
    refused: set[tuple[str, str]] = field(default_factory=set)


def carried(body: str) -> tuple[str, str]:
    """Which edition a body carries, by its marker: thread and key."""
    marker = post_marker(body)
    return ("", "") if marker is None else (marker.thread, marker.key)


def _of(name: str) -> tuple[Fault, ...]:
    if name in WRITES:
        late = (Fault.LATE,) if name in MAY_BE_LATE else ()
        refused = (Fault.REFUSED,) if name in {"create_post", "edit_post"} else ()
        return (*_OF_A_WRITE, *late, *refused)
    if name in READS:
        return (*_ANY, Fault.NO_ANSWER)
    if name in RENDERS:
        return _OF_A_RENDERING
    return _OF_THE_LEDGER if name in KEEPS else ()


def open_intents(ledger: Ledger, thread: str) -> tuple[Intent, ...]:
    """Return a thread's intents whose outcome is not known. To read all would make long years slow."""
    return ledger.recent_intents(thread, editions=(), post_ids=())


class FaultyForum:
    """The port `Forum` in a storm."""

    def __init__(self, forum: AccountForum, storm: Storm, ledger: Ledger, record: Record) -> None:
        self._forum = forum
        self._storm = storm
        self._ledger = ledger
        self._record = record

    def __getattr__(self, name: str) -> object:
        """Give a call that may fail."""
        real = getattr(self._forum, name)
        return self._faulty(name, real) if name in WRITES | READS else real

    def _faulty(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: Any, **named: Any) -> object:  # noqa: ANN401  whatever the port's own call takes
            if name == "create_post":
                self._check_intent(args[1].body)
            if self._storm.is_upgraded_now():
                self._upgrade()
            self._storm.hang_in(name)
            fault = self._storm.draw(name)
            if fault is None:
                return self._really(real, *args, **named)
            if fault is Fault.REFUSED and name == "create_post":
                self._record.refused.add(carried(args[1].body))
            if fault in _BEFORE:
                raise made(_BEFORE, fault)
            if fault is Fault.LATE:
                wait = LATEST * self._storm.random.random()
                self._forum.server.later(wait, lambda: real(*args, **named))
                raise OutcomeUnknown("no answer in time")
            real(*args, **named)
            raise made(_AFTER, fault)

        return call

    def _really(self, real: Callable[..., object], *args: Any, **named: Any) -> object:  # noqa: ANN401
        """Make the call; that the server itself refuses one excuses a delay."""
        try:
            return real(*args, **named)
        except ForumError:
            self._record.hindered.append(self._forum.server.now())
            raise

    def _upgrade(self) -> None:
        """The tokens of before are lost: a new one is had at once, or not before somebody cares (A20)."""
        self._forum.server.upgrade()
        self._forum.alive = self._storm.random.random() < 0.5

    def _check_intent(self, body: str) -> None:
        """Every post has been written down, as it is sent, before it is."""
        open_ = (
            intent
            for thread in self._ledger.threads()
            for intent in open_intents(self._ledger, thread)
            if intent.state is IntentState.SENDING and intent.new.draft is not None
        )
        if not any(intent.new.draft is not None and intent.new.draft.body == body for intent in open_):
            self._record.broken.append("a post was sent that no intent tells of")


class FaultyLedger:
    """The port `Ledger` in a storm."""

    def __init__(self, ledger: SimulatedLedger, storm: Storm, record: Record) -> None:
        self._ledger = ledger
        self._storm = storm
        self._record = record

    def __getattr__(self, name: str) -> object:
        """Give a call that may fail."""
        real = getattr(self._ledger, name)
        if name not in KEEPS:
            return real

        def call(*args: Any, **named: Any) -> object:  # noqa: ANN401  as above
            fault = self._storm.draw(name)
            if fault in {Fault.DISK_FULL, Fault.AWAY}:
                with self._ledger.failing(away=fault is Fault.AWAY):
                    real(*args, **named)
            if fault in _BEFORE:
                raise made(_BEFORE, fault)
            is_done = name == "resolve_intent" and args[1] is IntentState.DONE
            kind = self._kind_of(args[0]) if is_done else None
            answer = real(*args, **named)
            if kind is not None:
                self._record.done[kind] += 1
            if fault in _AFTER:
                raise made(_AFTER, fault)
            return answer

        return call

    def _kind_of(self, intent_id: int) -> IntentKind:
        """Return the kind of an intent, whose outcome is not recorded yet."""
        ledger = self._ledger
        return next(
            intent.new.kind
            for thread in ledger.threads()
            for intent in open_intents(ledger, thread)
            if intent.id == intent_id
        )


class FaultyPress:
    """The port `Renderer` in a storm: a child that breaks off is a problem, never an error."""

    def __init__(self, press: Press, storm: Storm) -> None:
        self._press = press
        self._storm = storm

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        """Render, or break off. For one thread there is a bug."""
        if any(thread.name == BROKEN_THREAD for thread, _ in jobs):
            self._storm.fired[Fault.BUG] += 1
            raise ZeroDivisionError
        fault = self._storm.draw("render")
        if fault is Fault.BROKEN_TEXT:
            return tuple(RenderProblem((Problem(thread.path, 0, "broke off"),)) for thread, _ in jobs)
        if fault in _BEFORE:
            raise made(_BEFORE, fault)
        answer = self._press.render(snapshot, jobs)
        if fault in _AFTER:
            raise made(_AFTER, fault)
        return answer


def through(
    forum: AccountForum, ledger: SimulatedLedger, storm: Storm, record: Record
) -> tuple[Forum, Ledger]:
    """Put a storm between the bot and its ports."""
    stormy = cast("Ledger", FaultyLedger(ledger, storm, record))
    return cast("Forum", FaultyForum(forum, storm, ledger, record)), stormy
