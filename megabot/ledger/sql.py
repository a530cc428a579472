"""The ledger in SQL: its statements about intents, posts, texts and commands. Decides nothing.

The content of rows is in `rows`, the tables are in `tables`, the rest of the statements in `sql_state`
and `sql_threads`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from typing_extensions import override

from megabot.errors import LedgerError
from megabot.ledger import rows
from megabot.ledger.port import RECENT_POSTS
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
from megabot.ledger.sql_threads import SqlThreads, post_order, with_any
from megabot.ledger.tables import (
    COMMANDS,
    HEARD_COMMAND,
    INTENTS,
    OPEN_COMMAND,
    OPEN_INTENT,
    ORDERED_INTENT,
    POSTS,
    TEXTS,
    WEB_ACCESS,
    WEB_DRAFTS,
)

_OPEN = text(OPEN_INTENT)
_SETTLED = INTENTS.c.state.not_in(sorted(OPEN_STATES))


class SqlLedger(SqlThreads):
    """The ledger port on a database."""

    @override
    def begin_intent(self, intent: NewIntent) -> Intent:
        values = {"account_id": self._database.account_id, "state": IntentState.SENDING}
        with self._database.writing() as connection:
            try:
                # The index `one_publish_a_copy` refuses a second publish of a copy (promise 1).
                row_id = connection.execute(
                    insert(INTENTS).returning(INTENTS.c.id), {**rows.intent_row(intent), **values}
                ).scalar_one()
            except IntegrityError as error:
                raise LedgerError(
                    f"{intent.thread}/{intent.edition} copy {intent.copy} was already sent, or may have "
                    "been, so it is not sent again; to see what happened, run: megabot history"
                ) from error
        return Intent(id=row_id, new=intent, state=IntentState.SENDING, changed=intent.at)

    @override
    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        of_id = and_(INTENTS.c.account_id == self._database.account_id, INTENTS.c.id == intent_id)
        with self._database.writing() as connection:
            done = connection.execute(
                update(INTENTS).where(of_id), {"state": state, "changed": at, "note": note}
            )
            if done.rowcount != 1:
                raise LedgerError(f"the ledger was replaced while in use: intent {intent_id} is gone")

    @override
    def intents(self, thread: str) -> tuple[Intent, ...]:
        return self._rows.list(self._rows.select(INTENTS, thread=thread).order_by(INTENTS.c.id), rows.intent)

    @override
    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int], order: str = ""
    ) -> tuple[Intent, ...]:
        of_thread = self._rows.select(INTENTS, thread=thread)
        # One statement for each condition, because each has an index of its own.
        statements = [
            of_thread.where(_OPEN),
            *with_any(of_thread, INTENTS.c.edition, editions),
            *with_any(of_thread, INTENTS.c.post_id, post_ids),
            *with_any(of_thread.where(text(ORDERED_INTENT)), INTENTS.c.ordered_by, [order] if order else []),
        ]
        found = {
            intent.id: intent
            for statement in statements
            for intent in self._rows.list(statement, rows.intent)
        }
        return tuple(found[intent_id] for intent_id in sorted(found))

    @override
    def history(self, limit: int) -> tuple[Intent, ...]:
        newest = self._rows.select(INTENTS).order_by(INTENTS.c.id.desc()).limit(limit)
        return self._rows.list(newest, rows.intent)

    @override
    def record_post(self, record: PostRecord) -> None:
        self._rows.put(POSTS, rows.post_row(record))

    @override
    def forget_post(self, post_id: int) -> None:
        with self._database.writing() as connection:
            for table in (POSTS, TEXTS):
                self._rows.delete_in(connection, table, post_id=post_id)

    @override
    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        return self._rows.list(_in_order(self._rows.select(POSTS, thread=thread)), rows.post)

    @override
    def recent_posts(
        self, thread: str, *, editions: Collection[str] = (), post_ids: Collection[int] = ()
    ) -> tuple[PostRecord, ...]:
        of_thread = self._rows.select(POSTS, thread=thread)
        newest = of_thread.order_by(*(column.desc() for column in _ORDER)).limit(RECENT_POSTS)
        found = {record.post_id: record for record in self._rows.list(newest, rows.post)}
        # With fewer posts, these are all.
        if len(found) == RECENT_POSTS:
            for statement in (
                *with_any(of_thread, POSTS.c.edition, editions),
                *with_any(of_thread, POSTS.c.post_id, set(post_ids) - set(found)),
            ):
                found |= {record.post_id: record for record in self._rows.list(statement, rows.post)}
        return tuple(sorted(found.values(), key=post_order))

    @override
    def post(self, post_id: int) -> PostRecord | None:
        return self._rows.find(POSTS, rows.post, post_id=post_id)

    @override
    def keep_text(self, text: KeptText) -> None:
        self._rows.put(TEXTS, rows.text_row(text))

    @override
    def text(self, post_id: int) -> KeptText | None:
        return self._rows.find(TEXTS, rows.text, post_id=post_id)

    @override
    def texts(self, thread: str) -> tuple[KeptText, ...]:
        of_post = and_(POSTS.c.account_id == TEXTS.c.account_id, POSTS.c.post_id == TEXTS.c.post_id)
        statement = self._rows.select(TEXTS).join(POSTS, of_post).where(POSTS.c.thread == thread)
        return self._rows.list(_in_order(statement), rows.text)

    @override
    def command(self, key: str) -> CommandRecord | None:
        return self._rows.find(COMMANDS, rows.command, key=key)

    @override
    def keep_command(self, record: CommandRecord) -> None:
        self._rows.put(COMMANDS, rows.command_row(record), key=["key"])

    @override
    def open_commands(self) -> tuple[CommandRecord, ...]:
        open_ = self._rows.select(COMMANDS).where(text(OPEN_COMMAND))
        return self._rows.list(open_.order_by(COMMANDS.c.at, COMMANDS.c.id), rows.command)

    @override
    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        heard = self._rows.select(COMMANDS).where(text(HEARD_COMMAND))
        newest = heard.order_by(COMMANDS.c.at.desc(), COMMANDS.c.id.desc()).limit(limit)
        return self._rows.list(newest, rows.command)

    @override
    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        account = self._database.account_id
        of_account = [table.c.account_id == account for table in (INTENTS, POSTS, COMMANDS)]
        intents, posts, commands = of_account
        old_post = and_(POSTS.c.context != "", POSTS.c.slot < before, _has_two_newer(POSTS.c.slot, POSTS))
        closed = and_(COMMANDS.c.state == CommandState.CLOSED, COMMANDS.c.at < before)
        ignored = and_(COMMANDS.c.state == CommandState.IGNORED, COMMANDS.c.at < ignored_before)
        with self._database.writing() as connection:
            for statement in (
                delete(INTENTS).where(intents, _SETTLED, _is_old(before)),
                update(INTENTS).where(intents, _IS_SUPERSEDED).values(draft=None, context=""),
                update(POSTS).where(posts, old_post).values(context=""),
                update(COMMANDS).where(commands, closed).values(said="", answer=""),
                delete(COMMANDS).where(commands, ignored),
                delete(WEB_ACCESS).where(
                    WEB_ACCESS.c.account_id == account, WEB_ACCESS.c.until < ignored_before
                ),
                delete(WEB_DRAFTS).where(
                    WEB_DRAFTS.c.account_id == account, WEB_DRAFTS.c.at < ignored_before
                ),
            ):
                # Executed once a day, so it need not stay in memory.
                connection.execute(statement, execution_options={"compiled_cache": None})


_ORDER = (POSTS.c.slot, POSTS.c.copy, POSTS.c.post_id)


def _in_order(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(*_ORDER)


def _is_old(before: datetime) -> ColumnElement[bool]:
    """Return whether a write's edition is old, and two newer editions have a post."""
    of_edition = POSTS.alias()
    slot = func.coalesce(
        select(func.max(of_edition.c.slot))
        .where(
            of_edition.c.account_id == INTENTS.c.account_id,
            of_edition.c.thread == INTENTS.c.thread,
            of_edition.c.edition == INTENTS.c.edition,
        )
        .correlate(INTENTS)  # also inside of the subquery of `_has_two_newer`
        .scalar_subquery(),
        INTENTS.c.at,
        type_=INTENTS.c.at.type,
    )
    return and_(slot < before, _has_two_newer(slot, INTENTS))


def _has_two_newer(slot: ColumnElement[datetime], table: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Return whether posts of the row's thread have two newer slots; copies of an edition share theirs."""
    newer = POSTS.alias()
    second = (
        select(newer.c.slot)
        .distinct()
        .where(
            newer.c.account_id == table.c.account_id,
            newer.c.thread == table.c.thread,
            newer.c.slot > slot,
        )
        .order_by(newer.c.slot)  # so that the index ends the search at the second one
        .limit(1)
        .offset(1)
    )
    # Not EXISTS, in which SQLite ignores DISTINCT.
    return second.scalar_subquery().is_not(None)


def _superseded() -> ColumnElement[bool]:
    """Return whether a newer edit of the same post was done too, so that nobody needs this one's text."""
    newer = INTENTS.alias()
    return and_(
        INTENTS.c.kind == IntentKind.EDIT,
        INTENTS.c.state == IntentState.DONE,
        INTENTS.c.draft.is_not(None),
        exists(
            select(newer.c.id).where(
                newer.c.account_id == INTENTS.c.account_id,
                newer.c.thread == INTENTS.c.thread,
                newer.c.edition == INTENTS.c.edition,
                newer.c.copy == INTENTS.c.copy,
                newer.c.kind == IntentKind.EDIT,
                newer.c.state == IntentState.DONE,
                newer.c.id > INTENTS.c.id,
            )
        ),
    )


_IS_SUPERSEDED = _superseded()
