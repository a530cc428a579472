"""Working fakes of the ports, one each, held to the same contract tests as the real adapters."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from typing_extensions import override

from megabot.clock import Clock
from megabot.errors import Busy, LedgerError
from megabot.ledger.port import RECENT_POSTS, Ledger
from megabot.ledger.records import (
    OPEN_STATES,
    CommandRecord,
    CommandState,
    Intent,
    IntentKind,
    IntentState,
    KeptText,
    NewIntent,
    PostRecord,
)

_WITH_DRAFT = (IntentKind.PUBLISH, IntentKind.EDIT)
_EVER = datetime.min.replace(tzinfo=UTC)
MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


class FakeClock(Clock):
    """A clock that moves only when someone sleeps, and records for how long."""

    def __init__(self, now: datetime = MONDAY_NOON) -> None:
        self._now = now
        self.slept: list[float] = []

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)


class FakeCodes:
    """Predictable codes; `drawn` lists the ones given so far."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def __call__(self) -> str:
        """Return the next code."""
        self.drawn.append(sha256(f"code {len(self.drawn)}".encode()).hexdigest()[:8])
        return self.drawn[-1]


class FakeLedger(Ledger):
    """A ledger in memory."""

    def __init__(self) -> None:
        self._facts: dict[str, str] = {}
        self._intents: list[Intent] = []
        self._of_thread: dict[str, list[int]] = {}
        self._intents_read: dict[str, tuple[Intent, ...]] = {}  # cached until the next write
        self._posts_read: dict[str, tuple[PostRecord, ...]] = {}
        self._posts: dict[int, PostRecord] = {}
        self._texts: dict[int, KeptText] = {}
        self._heard: dict[str, CommandRecord] = {}
        self._locked = False

    def copied(self) -> "FakeLedger":
        """Return a copy, like a backup."""
        fake_ledger = type(self)()
        fake_ledger._facts, fake_ledger._intents, fake_ledger._posts = (
            dict(self._facts),
            self._intents[:],
            dict(self._posts),
        )
        fake_ledger._heard, fake_ledger._texts = dict(self._heard), dict(self._texts)
        fake_ledger._of_thread = {thread: list(numbers) for thread, numbers in self._of_thread.items()}
        return fake_ledger

    @override
    def get_fact(self, key: str) -> str | None:
        return self._facts.get(key)

    @override
    def set_fact(self, key: str, value: str) -> None:
        self._facts[key] = value

    @override
    def update_fact(self, key: str, change: Callable[[str | None], str]) -> None:
        self._facts[key] = change(self._facts.get(key))

    @override
    def begin_intent(self, intent: NewIntent) -> Intent:
        if any(
            _may_be_there(earlier) and _same_copy(earlier.new, intent)
            for earlier in self.intents(intent.thread)
        ):
            raise LedgerError(f"{intent.thread}/{intent.edition} copy {intent.copy} was already sent")
        begun = Intent(
            id=len(self._intents) + 1,
            new=replace(intent, at=_aware(intent.at)),
            state=IntentState.SENDING,
            changed=intent.at,
        )
        self._intents.append(begun)
        self._of_thread.setdefault(intent.thread, []).append(len(self._intents) - 1)
        self._intents_read.clear()
        return begun

    @override
    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        if not 0 < intent_id <= len(self._intents):
            raise LedgerError(f"the ledger was replaced while in use: intent {intent_id} is gone")
        intent = self._intents[intent_id - 1]
        self._intents[intent_id - 1] = replace(intent, state=state, changed=_aware(at), note=note)
        self._intents_read.clear()

    @override
    def intents(self, thread: str) -> tuple[Intent, ...]:
        if thread not in self._intents_read:
            numbers = self._of_thread.get(thread, ())
            self._intents_read[thread] = tuple(self._intents[number] for number in numbers)
        return self._intents_read[thread]

    @override
    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int]
    ) -> tuple[Intent, ...]:
        return tuple(
            intent
            for intent in self.intents(thread)
            if intent.open or intent.new.edition in editions or intent.new.post_id in post_ids
        )

    @override
    def record_post(self, record: PostRecord) -> None:
        self._posts[record.post_id] = replace(record, slot=_aware(record.slot))
        self._posts_read.clear()

    @override
    def forget_post(self, post_id: int) -> None:
        self._posts.pop(post_id, None)
        self._texts.pop(post_id, None)
        self._posts_read.clear()

    @override
    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        if thread not in self._posts_read:
            records = (record for record in self._posts.values() if record.thread == thread)
            in_order = sorted(records, key=lambda record: (record.slot, record.copy, record.post_id))
            self._posts_read[thread] = tuple(in_order)
        return self._posts_read[thread]

    @override
    def recent_posts(
        self, thread: str, *, editions: Collection[str] = (), post_ids: Collection[int] = ()
    ) -> tuple[PostRecord, ...]:
        records = self.posts(thread)
        older = (
            record
            for record in records[:-RECENT_POSTS]
            if record.edition in editions or record.post_id in post_ids
        )
        return (*older, *records[-RECENT_POSTS:])

    @override
    def post(self, post_id: int) -> PostRecord | None:
        return self._posts.get(post_id)

    @override
    def keep_text(self, text: KeptText) -> None:
        self._texts[text.post_id] = replace(
            text, published=_aware(text.published), changed=_aware(text.changed)
        )

    @override
    def text(self, post_id: int) -> KeptText | None:
        return self._texts.get(post_id)

    @override
    def texts(self, thread: str) -> tuple[KeptText, ...]:
        ids = (record.post_id for record in self.posts(thread))
        return tuple(self._texts[post_id] for post_id in ids if post_id in self._texts)

    @override
    def history(self, limit: int) -> tuple[Intent, ...]:
        intent_numbers = sorted(number for numbers in self._of_thread.values() for number in numbers)
        return tuple(self._intents[number] for number in reversed(intent_numbers))[:limit]

    @override
    def command(self, key: str) -> CommandRecord | None:
        return self._heard.get(key)

    @override
    def keep_command(self, record: CommandRecord) -> None:
        self._heard[record.key] = replace(record, at=_aware(record.at))

    @override
    def open_commands(self) -> tuple[CommandRecord, ...]:
        done = {CommandState.IGNORED, CommandState.CLOSED}
        return tuple(record for record in self._heard_in_order() if record.state not in done)

    @override
    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        records = [record for record in self._heard_in_order() if record.state is not CommandState.IGNORED]
        return tuple(reversed(records))[:limit]

    @override
    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        for thread in self.threads():
            posts = self.posts(thread)
            slots = {post.edition: post.slot for post in posts}
            first_kept = min(before, *sorted({post.slot for post in posts})[-2:-1] or [_EVER])
            numbers = self._of_thread.get(thread, [])
            self._of_thread[thread] = [
                number for number in numbers if not _is_old(self._intents[number], slots, first_kept)
            ]
            written = set[tuple[str, int]]()
            for number in reversed(self._of_thread[thread]):
                intent = self._intents[number]
                if intent.state is IntentState.DONE and intent.new.kind in _WITH_DRAFT:
                    copy = (intent.new.edition, intent.new.copy)
                    if copy in written:
                        new = replace(intent.new, draft=None, context="")
                        self._intents[number] = replace(intent, new=new)
                    written.add(copy)
            for post in posts:
                if post.slot < first_kept:
                    self._posts[post.post_id] = replace(post, context="")
        self._heard = {
            key: replace(record, said="", answer="") if _is_long_closed(record, before) else record
            for key, record in self._heard.items()
            if record.state is not CommandState.IGNORED or record.at >= ignored_before
        }
        self._intents_read.clear()
        self._posts_read.clear()

    @override
    def threads(self) -> tuple[str, ...]:
        return tuple(
            sorted({intent.new.thread for intent in self._intents} | {p.thread for p in self._posts.values()})
        )

    def _heard_in_order(self) -> list[CommandRecord]:
        return sorted(self._heard.values(), key=lambda record: record.at)

    @override
    @contextmanager
    def pass_lock(self) -> Iterator[None]:
        if self._locked:
            raise Busy("another megabot is still using this ledger")
        self._locked = True
        try:
            yield
        finally:
            self._locked = False


def _is_old(intent: Intent, slots: dict[str, datetime], before: datetime) -> bool:
    return not intent.open and slots.get(intent.new.edition, intent.new.at) < before


def _is_long_closed(record: CommandRecord, before: datetime) -> bool:
    return record.state is CommandState.CLOSED and record.at < before


def _may_be_there(intent: Intent) -> bool:
    return intent.new.kind is IntentKind.PUBLISH and intent.state in OPEN_STATES | {IntentState.DONE}


def _same_copy(new_intent: NewIntent, other: NewIntent) -> bool:
    return (new_intent.kind, new_intent.thread, new_intent.edition, new_intent.copy) == (
        other.kind,
        other.thread,
        other.edition,
        other.copy,
    )


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time in the ledger has to be aware")
    return moment
