"""The part of the ledger that reads many threads at once, in SQL.

A statement costs about as much as reading thirty rows, so thousands of threads share some.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, literal, select, text
from typing_extensions import override

from megabot.ledger import rows
from megabot.ledger.database import read_in
from megabot.ledger.port import RECENT_POSTS
from megabot.ledger.records import Intent, PostRecord
from megabot.ledger.rows import Row
from megabot.ledger.sql_state import SqlState
from megabot.ledger.state import Highlight, ThreadState
from megabot.ledger.tables import HIGHLIGHTS, INTENTS, OPEN_INTENT, OVERRIDES, POSTS, THREADS
from megabot.ledger.thread_records import ThreadRecords, ids_of_editions, with_newest_editions
from megabot.schedule.overrides import Override

Value = TypeVar("Value")
MOST_VALUES = 500
"""How many values one statement compares a column with.

Databases limit how many values a statement may have; PostgreSQL's protocol to 65,535.
"""
_SEARCHES = 20_000
"""How often one statement may search an index: once for each of its threads and each of its editions."""
_EVER = literal(datetime.min.replace(tzinfo=UTC), POSTS.c.slot.type)
_Editions = Mapping[str, Collection[str]]


class SqlThreads(SqlState):
    """What is known of many threads."""

    @override
    def overrides_by_thread(self, threads: Collection[str]) -> Mapping[str, tuple[Override, ...]]:
        with self._database.reading() as connection:
            found = self._overrides_of(connection, threads)
        return {thread: tuple(found[thread]) for thread in threads}

    @override
    def records_by_thread(self, editions: _Editions) -> Mapping[str, ThreadRecords]:
        with self._database.reading() as connection:
            states = self._states_of(connection, editions)
            overrides = self._overrides_of(connection, editions)
            posts = self._newest_posts_of(connection, editions, states)
            self._add_posts_of(connection, editions, posts)
            shown = {thread: with_newest_editions(editions[thread], posts[thread]) for thread in editions}
            ids = {thread: ids_of_editions(shown[thread], posts[thread]) for thread in editions}
            intents = self._intents_of(connection, shown, ids)
            highlights = self._highlights_of(connection, shown)
        return {
            thread: ThreadRecords(
                state=states.get(thread) or ThreadState(),
                overrides=tuple(overrides[thread]),
                posts=tuple(posts[thread]),
                editions=shown[thread],
                post_ids=ids[thread],
                intents=tuple(intents[thread][intent_id] for intent_id in sorted(intents[thread])),
                highlights={edition: tuple(items) for edition, items in highlights[thread].items()},
            )
            for thread in editions
        }

    def _states_of(self, connection: Connection, threads: Iterable[str]) -> dict[str, ThreadState]:
        statements = with_any(self._rows.select(THREADS), THREADS.c.thread, threads)
        return dict(_read(connection, statements, lambda row: (str(row["thread"]), rows.thread(row))))

    def _overrides_of(self, connection: Connection, threads: Iterable[str]) -> dict[str, list[Override]]:
        in_order = self._rows.select(OVERRIDES).order_by(OVERRIDES.c.thread, OVERRIDES.c.position)
        found = defaultdict[str, list[Override]](list)
        statements = with_any(in_order, OVERRIDES.c.thread, threads)
        for thread, one in _read(
            connection, statements, lambda row: (str(row["thread"]), rows.override(row))
        ):
            found[thread].append(one)
        return found

    def _newest_posts_of(
        self, connection: Connection, threads: Iterable[str], passed: Collection[str]
    ) -> dict[str, list[PostRecord]]:
        """Return the newest posts of threads, oldest first. `passed` are the ones that have a state."""
        all_of_others = with_any(
            self._rows.select(POSTS), POSTS.c.thread, [thread for thread in threads if thread not in passed]
        )
        newest = with_any(_newest_posts(self._database.account_id), THREADS.c.thread, passed)
        found = defaultdict[str, list[PostRecord]](list)
        for record in _read(connection, (*newest, *all_of_others), rows.post):
            found[record.thread].append(record)
        for records in found.values():
            records.sort(key=post_order)
            del records[:-RECENT_POSTS]
        return found

    def _add_posts_of(
        self, connection: Connection, editions: _Editions, found: dict[str, list[PostRecord]]
    ) -> None:
        """Add the older posts of the editions asked for."""
        # With fewer posts, these are all.
        longer = {thread: editions[thread] for thread in editions if len(found[thread]) == RECENT_POSTS}
        known = {record.post_id for thread in longer for record in found[thread]}
        for record in self._of_editions(connection, POSTS, longer, rows.post):
            if record.edition in longer[record.thread] and record.post_id not in known:
                found[record.thread].append(record)
        for thread in longer:
            found[thread].sort(key=post_order)

    def _intents_of(
        self, connection: Connection, editions: _Editions, ids: Mapping[str, Collection[int]]
    ) -> dict[str, dict[int, Intent]]:
        """Return open intents and those of editions and posts, by thread and id."""
        every = self._rows.select(INTENTS)
        of_open = with_any(every.where(text(OPEN_INTENT)), INTENTS.c.thread, editions)
        of_posts = with_any(every, INTENTS.c.post_id, frozenset[int]().union(*ids.values()))
        read = (
            *_read(connection, of_open, rows.intent),
            *_read(connection, of_posts, rows.intent),
            *self._of_editions(connection, INTENTS, editions, rows.intent),
        )
        found = defaultdict[str, dict[int, Intent]](dict)
        for intent in read:
            thread = intent.new.thread
            is_wanted = thread in editions and (
                intent.open or intent.new.edition in editions[thread] or intent.new.post_id in ids[thread]
            )
            if is_wanted:
                found[thread][intent.id] = intent
        return found

    def _highlights_of(
        self, connection: Connection, editions: _Editions
    ) -> dict[str, dict[str, list[Highlight]]]:
        found = defaultdict[str, dict[str, list[Highlight]]](lambda: defaultdict(list))
        read = self._of_editions(
            connection,
            HIGHLIGHTS,
            editions,
            lambda row: (str(row["thread"]), str(row["edition"]), int(row["position"]), rows.highlight(row)),
        )
        in_order = sorted(read, key=lambda one: one[2])
        for thread, edition, _, highlight in in_order:
            if edition in editions[thread]:
                found[thread][edition].append(highlight)
        return found

    def _of_editions(
        self, connection: Connection, table: Table, editions: _Editions, make: Callable[[Row], Value]
    ) -> Iterator[Value]:
        """Yield a table's rows of these threads' editions; some are of another one of these editions."""
        for threads, keys in groups(editions):
            of_threads = self._rows.select(table).where(table.c.thread.in_(threads))
            yield from _read(connection, with_any(of_threads, table.c.edition, keys), make)


def groups(editions: _Editions) -> Iterator[tuple[list[str], frozenset[str]]]:
    """Yield some threads at a time with the editions of any of them; those with the same ones together."""
    threads, keys = list[str](), frozenset[str]()
    for thread in sorted(editions, key=lambda name: sorted(editions[name])):
        wider = keys.union(editions[thread])
        if threads and (len(threads) == MOST_VALUES or (len(threads) + 1) * len(wider) > _SEARCHES):
            yield threads, keys
            threads, wider = [], frozenset(editions[thread])
        threads.append(thread)
        keys = wider
    if threads:
        yield threads, keys


def with_any(
    statement: Select[Any], column: ColumnElement[Any], values: Iterable[object]
) -> Iterator[Select[Any]]:
    """Yield statements for the rows with any of these values, some values at a time."""
    left = iter(sorted(values))  # type: ignore[type-var]
    while some := list(islice(left, MOST_VALUES)):
        yield statement.where(column.in_(some))


def post_order(record: PostRecord) -> tuple[datetime, int, int]:
    """Return what posts are sorted by, oldest first."""
    return record.slot, record.copy, record.post_id


def _read(
    connection: Connection, statements: Iterable[Select[Any]], make: Callable[[Row], Value]
) -> Iterator[Value]:
    for statement in statements:
        yield from read_in(connection, statement, make)


def _newest_posts(account_id: int) -> Select[Any]:
    """Return a statement for the newest posts of threads that have a state, and others of the same slots."""
    newer = POSTS.alias()
    # Searched once for each thread, which a window over all its posts would not be.
    oldest = (
        select(newer.c.slot)
        .where(newer.c.account_id == account_id, newer.c.thread == THREADS.c.thread)
        .order_by(newer.c.slot.desc())
        .limit(1)
        .offset(RECENT_POSTS - 1)
        .scalar_subquery()
    )
    of_thread = and_(
        POSTS.c.account_id == account_id,
        POSTS.c.thread == THREADS.c.thread,
        POSTS.c.slot >= func.coalesce(oldest, _EVER),
    )
    return select(POSTS).join_from(THREADS, POSTS, of_thread).where(THREADS.c.account_id == account_id)
