"""The part of the ledger in memory that grows: intents, posts, texts and commands."""

from collections.abc import Collection
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from typing_extensions import override

from megabot.errors import LedgerError
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

_EVER = datetime.min.replace(tzinfo=UTC)
_Value = TypeVar("_Value")


class FakeRecords(Ledger):
    """Intents, posts, texts and commands, and what `prune` makes of them."""

    def __init__(self) -> None:
        self._intents: list[Intent] = []
        self._of_thread: dict[str, list[int]] = {}
        self._intents_read: dict[str, tuple[Intent, ...]] = {}  # cached until the next write
        self._posts_read: dict[str, tuple[PostRecord, ...]] = {}
        self._posts: dict[int, PostRecord] = {}
        self._texts: dict[int, KeptText] = {}
        self._commands: dict[str, CommandRecord] = {}

    @override
    def threads(self) -> tuple[str, ...]:
        return tuple(
            sorted({intent.new.thread for intent in self._intents} | {p.thread for p in self._posts.values()})
        )

    # -- intents

    @override
    def begin_intent(self, intent: NewIntent) -> Intent:
        if any(
            _may_be_there(earlier) and _same_copy(earlier.new, intent)
            for earlier in self.intents(intent.thread)
        ):
            raise LedgerError(f"{intent.thread}/{intent.edition} copy {intent.copy} was already sent")
        begun = Intent(
            id=len(self._intents) + 1,
            new=aware(intent),
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
        self._intents[intent_id - 1] = aware(replace(intent, state=state, changed=at, note=note))
        self._intents_read.clear()

    @override
    def intents(self, thread: str) -> tuple[Intent, ...]:
        if thread not in self._intents_read:
            numbers = self._of_thread.get(thread, ())
            self._intents_read[thread] = tuple(self._intents[number] for number in numbers)
        return self._intents_read[thread]

    @override
    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int], order: str = ""
    ) -> tuple[Intent, ...]:
        return tuple(
            intent
            for intent in self.intents(thread)
            if intent.open
            or intent.new.edition in editions
            or intent.new.post_id in post_ids
            or (order and intent.new.order == order)
        )

    @override
    def history(self, limit: int) -> tuple[Intent, ...]:
        intent_numbers = sorted(number for numbers in self._of_thread.values() for number in numbers)
        return tuple(self._intents[number] for number in reversed(intent_numbers))[:limit]

    # -- posts and their texts

    @override
    def record_post(self, record: PostRecord) -> None:
        self._posts[record.post_id] = aware(record)
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
        newest = records[-RECENT_POSTS:]
        return tuple(
            record
            for record in records
            if record in newest or record.edition in editions or record.post_id in post_ids
        )

    @override
    def post(self, post_id: int) -> PostRecord | None:
        return self._posts.get(post_id)

    @override
    def keep_text(self, text: KeptText) -> None:
        self._texts[text.post_id] = aware(text)

    @override
    def text(self, post_id: int) -> KeptText | None:
        return self._texts.get(post_id)

    @override
    def texts(self, thread: str) -> tuple[KeptText, ...]:
        ids = (record.post_id for record in self.posts(thread))
        return tuple(self._texts[post_id] for post_id in ids if post_id in self._texts)

    # -- commands and replies

    @override
    def command(self, key: str) -> CommandRecord | None:
        return self._commands.get(key)

    @override
    def keep_command(self, record: CommandRecord) -> None:
        self._commands[record.key] = aware(record)

    @override
    def open_commands(self) -> tuple[CommandRecord, ...]:
        done = {CommandState.IGNORED, CommandState.CLOSED}
        return tuple(record for record in self._commands_in_order() if record.state not in done)

    @override
    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        records = [record for record in self._commands_in_order() if record.state is not CommandState.IGNORED]
        return tuple(reversed(records))[:limit]

    def _commands_in_order(self) -> list[CommandRecord]:
        return sorted(self._commands.values(), key=lambda record: record.at)

    @override
    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        for thread in self.threads():
            self._prune_thread(thread, before)
        self._commands = {
            key: replace(record, said="", answer="") if _is_long_closed(record, before) else record
            for key, record in self._commands.items()
            if record.state is not CommandState.IGNORED or record.at >= ignored_before
        }
        self._intents_read.clear()
        self._posts_read.clear()

    def _prune_thread(self, thread: str, before: datetime) -> None:
        posts = self.posts(thread)
        slots = {post.edition: post.slot for post in posts}
        first_kept = min(before, *sorted({post.slot for post in posts})[-2:-1] or [_EVER])
        numbers = self._of_thread.get(thread, [])
        self._of_thread[thread] = [
            number for number in numbers if not _is_old(self._intents[number], slots, first_kept)
        ]
        edited: set[tuple[str, int]] = set()
        for number in reversed(self._of_thread[thread]):
            intent = self._intents[number]
            if intent.new.kind is not IntentKind.EDIT or intent.state is not IntentState.DONE:
                continue
            copy = (intent.new.edition, intent.new.copy)
            if copy in edited and intent.new.draft is not None:
                self._intents[number] = replace(intent, new=replace(intent.new, draft=None, context=""))
            edited.add(copy)
        for post in posts:
            if post.slot < first_kept:
                self._posts[post.post_id] = replace(post, context="")


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


def aware(value: _Value) -> _Value:
    """Return a value that is stored. Raises `ValueError` if it is a naive time, or contains one."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time in the ledger has to be aware")
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            aware(getattr(value, field.name))
    return value
