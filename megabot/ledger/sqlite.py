"""The ledger in SQLite. Decides nothing.

This module has all statements about rows. The content of rows is in `rows`, the tables are in `migrations`,
the file is in `file`.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

from megabot import state_dir
from megabot.clock import Clock
from megabot.errors import LedgerError
from megabot.ledger import file, rows
from megabot.ledger.file import DAMAGED, NAME, BrokenLedgerMoved, explain_errors, open_ledger, transaction
from megabot.ledger.port import RECENT_POSTS, Ledger
from megabot.ledger.records import CommandRecord, Intent, IntentState, KeptText, NewIntent, PostRecord

Value = TypeVar("Value")

_RECALL = "SELECT value FROM facts WHERE key = ?"
_REMEMBER = "INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)"
_BEGIN = """
    INSERT INTO intents (
        kind, thread, edition, copy, post_id, at, draft, text, context, ordered_by, essay, state, changed,
        note
    ) VALUES (
        :kind, :thread, :edition, :copy, :post_id, :at, :draft, :text, :context, :order, :essay, 'sending',
        :at, ''
    )
"""
_RECORD_POST = """
    INSERT OR REPLACE INTO posts (
        post_id, thread, edition, number, slot, community_id, url, title, copy, source_commit, dirty,
        sent, answered, context, adopted, withdrawn
    ) VALUES (
        :post_id, :thread, :edition, :number, :slot, :community_id, :url, :title, :copy, :commit, :dirty,
        :sent, :answered, :context, :adopted, :withdrawn
    )
"""
_KEEP_TEXT = """
    INSERT OR REPLACE INTO texts (post_id, body, essay, published, changed, open, comments)
    VALUES (:post_id, :body, :essay, :published, :changed, :open, :comments)
"""
# Each part of a union has an index of its own. Lists go in as JSON, so that none is too long. The plus keeps
# SQLite from reading all posts of the thread by their index.
_RECENT_POSTS = """
    SELECT * FROM posts WHERE post_id IN (
        SELECT post_id FROM (
            SELECT post_id FROM posts WHERE thread = :thread
            ORDER BY slot DESC, copy DESC, post_id DESC LIMIT :newest
        )
        UNION SELECT post_id FROM posts WHERE thread = :thread AND edition IN (
            SELECT value FROM json_each(:editions)
        )
        UNION SELECT value FROM json_each(:post_ids)
    ) AND +thread = :thread ORDER BY slot, copy, post_id
"""
_RECENT_INTENTS = """
    SELECT * FROM intents WHERE id IN (
        SELECT id FROM intents WHERE thread = :thread AND state IN ('sending', 'unknown')
        UNION SELECT id FROM intents WHERE thread = :thread AND edition IN (
            SELECT value FROM json_each(:editions)
        )
        UNION SELECT id FROM intents WHERE thread = :thread AND post_id IN (
            SELECT value FROM json_each(:post_ids)
        )
    ) ORDER BY id
"""
_TEXTS = "SELECT texts.* FROM texts JOIN posts USING (post_id) WHERE thread = ? ORDER BY slot, copy, post_id"
# Not INSERT OR REPLACE, which would give the row a new id, and the id tells which command was heard first.
_KEEP_HEARD = """
    INSERT INTO commands (
        key, at, state, author, actor, verb, threads, said, answer, person_id, post_id, comment_id
    ) VALUES (
        :key, :at, :state, :author, :actor, :verb, :threads, :said, :answer, :person_id, :post_id, :comment_id
    ) ON CONFLICT (key) DO UPDATE SET
        at = :at, state = :state, author = :author, actor = :actor, verb = :verb, threads = :threads,
        said = :said, answer = :answer, person_id = :person_id, post_id = :post_id, comment_id = :comment_id
"""
# Both start with the condition of the index, which skips the thousands of ignored ones.
_OPEN_COMMANDS = "SELECT * FROM commands WHERE state <> 'ignored' AND state <> 'closed' ORDER BY at, id"
_COMMANDS = "SELECT * FROM commands WHERE state <> 'ignored' ORDER BY at DESC, id DESC LIMIT ?"

# A write belongs to the slot of its edition. It is old if it is settled and two newer editions have a post.
_SLOT = """
    coalesce((
        SELECT max(slot) FROM posts WHERE posts.thread = intents.thread AND posts.edition = intents.edition
    ), intents.at)
"""
_OLD = f"""
    state NOT IN ('sending', 'unknown') AND {_SLOT} < :before AND EXISTS (
        SELECT 1 FROM posts AS newer WHERE newer.thread = intents.thread AND newer.slot > {_SLOT}
        LIMIT 1 OFFSET 1
    )
"""  # noqa: S608  no value is in it, nor in the ones below
_FORGET = (
    f"DELETE FROM intents WHERE {_OLD}",  # noqa: S608
    # A retry needs a draft, a refresh the newest context; the text itself is in `texts`.
    """
    UPDATE intents SET draft = NULL, context = ''
    WHERE kind IN ('publish', 'edit') AND state = 'done' AND (draft IS NOT NULL OR context <> '') AND EXISTS (
        SELECT 1 FROM intents AS newer
        WHERE newer.thread = intents.thread AND newer.edition = intents.edition
            AND newer.copy = intents.copy AND newer.kind IN ('publish', 'edit')
            AND newer.state = 'done' AND newer.id > intents.id
    )
    """,
    """
    UPDATE posts SET context = '' WHERE slot < :before AND context <> '' AND EXISTS (
        SELECT 1 FROM posts AS newer WHERE newer.thread = posts.thread AND newer.slot > posts.slot
        LIMIT 1 OFFSET 1
    )
    """,
    "UPDATE commands SET said = '', answer = '' WHERE state = 'closed' AND at < :before",
    "DELETE FROM commands WHERE state = 'ignored' AND at < :ignored_before",
)


class SqliteLedger(Ledger):
    """The ledger port on one file in the state folder, opened on first use.

    `on_wait` is called once while waiting for another pass, `on_set_aside` when a broken file was renamed.
    `patience` is how many seconds a call waits for another process's transaction.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        on_wait: Callable[[], None],
        on_set_aside: Callable[[BrokenLedgerMoved], None],
        patience: float = 5.0,
    ) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._clock = clock
        self._on_wait = on_wait
        self._on_set_aside = on_set_aside
        self._patience = patience
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    @override
    def get_fact(self, key: str) -> str | None:
        rows = self._read(_RECALL, key)
        return str(rows[0]["value"]) if rows else None

    @override
    def set_fact(self, key: str, value: str) -> None:
        with self._writing() as connection:
            connection.execute(_REMEMBER, (key, value))

    @override
    def update_fact(self, key: str, change: Callable[[str | None], str]) -> None:
        with self._writing() as connection:
            row = connection.execute(_RECALL, (key,)).fetchone()
            value = str(row["value"]) if row else None
            new_value = change(value)
            if new_value != value:
                connection.execute(_REMEMBER, (key, new_value))

    @override
    def begin_intent(self, intent: NewIntent) -> Intent:
        with self._writing() as connection:
            try:
                # The index `one_publish_a_copy` refuses a second publish of a copy (promise 1).
                cursor = connection.execute(_BEGIN, rows.intent_row(intent))
            except sqlite3.IntegrityError as error:
                raise LedgerError(
                    f"{intent.thread}/{intent.edition} copy {intent.copy} was already sent, or may have "
                    "been, so it is not sent again; to see what happened, run: megabot history"
                ) from error
        return Intent(id=int(cursor.lastrowid or 0), new=intent, state=IntentState.SENDING, changed=intent.at)

    @override
    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        with self._writing() as connection:
            done = connection.execute(
                "UPDATE intents SET state = ?, changed = ?, note = ? WHERE id = ?",
                (state.value, rows.stamp(at), note, intent_id),
            )
            if done.rowcount != 1:
                raise LedgerError(
                    f"the ledger {self._path} was replaced while in use: intent {intent_id} is gone"
                )

    @override
    def intents(self, thread: str) -> tuple[Intent, ...]:
        intents = self._read("SELECT * FROM intents WHERE thread = ? ORDER BY id", thread)
        return tuple(self._value(rows.intent, row) for row in intents)

    @override
    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int]
    ) -> tuple[Intent, ...]:
        intents = self._read_named(
            _RECENT_INTENTS, {"thread": thread, "editions": [*editions], "post_ids": [*post_ids]}
        )
        return tuple(self._value(rows.intent, row) for row in intents)

    @override
    def record_post(self, record: PostRecord) -> None:
        with self._writing() as connection:
            connection.execute(_RECORD_POST, rows.post_row(record))

    @override
    def forget_post(self, post_id: int) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM posts WHERE post_id = ?", (post_id,))
            connection.execute("DELETE FROM texts WHERE post_id = ?", (post_id,))

    @override
    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        posts = self._read("SELECT * FROM posts WHERE thread = ? ORDER BY slot, copy, post_id", thread)
        return tuple(self._value(rows.post, row) for row in posts)

    @override
    def recent_posts(
        self, thread: str, *, editions: Collection[str] = (), post_ids: Collection[int] = ()
    ) -> tuple[PostRecord, ...]:
        named = {"thread": thread, "editions": [*editions], "post_ids": [*post_ids], "newest": RECENT_POSTS}
        return tuple(self._value(rows.post, row) for row in self._read_named(_RECENT_POSTS, named))

    @override
    def post(self, post_id: int) -> PostRecord | None:
        posts = self._read("SELECT * FROM posts WHERE post_id = ?", post_id)
        return self._value(rows.post, posts[0]) if posts else None

    @override
    def keep_text(self, text: KeptText) -> None:
        with self._writing() as connection:
            connection.execute(_KEEP_TEXT, rows.text_row(text))

    @override
    def text(self, post_id: int) -> KeptText | None:
        texts = self._read("SELECT * FROM texts WHERE post_id = ?", post_id)
        return self._value(rows.text, texts[0]) if texts else None

    @override
    def texts(self, thread: str) -> tuple[KeptText, ...]:
        return tuple(self._value(rows.text, row) for row in self._read(_TEXTS, thread))

    @override
    def history(self, limit: int) -> tuple[Intent, ...]:
        intents = self._read("SELECT * FROM intents ORDER BY id DESC LIMIT ?", limit)
        return tuple(self._value(rows.intent, row) for row in intents)

    @override
    def command(self, key: str) -> CommandRecord | None:
        commands = self._read("SELECT * FROM commands WHERE key = ?", key)
        return self._value(rows.command, commands[0]) if commands else None

    @override
    def keep_command(self, record: CommandRecord) -> None:
        with self._writing() as connection:
            connection.execute(_KEEP_HEARD, rows.command_row(record))

    @override
    def open_commands(self) -> tuple[CommandRecord, ...]:
        return tuple(self._value(rows.command, row) for row in self._read(_OPEN_COMMANDS))

    @override
    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        return tuple(self._value(rows.command, row) for row in self._read(_COMMANDS, limit))

    @override
    def threads(self) -> tuple[str, ...]:
        rows = self._read("SELECT thread FROM intents UNION SELECT thread FROM posts ORDER BY thread")
        return tuple(str(row["thread"]) for row in rows)

    @override
    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        moments = {"before": rows.stamp(before), "ignored_before": rows.stamp(ignored_before)}
        with self._writing() as connection:
            for statement in _FORGET:
                connection.execute(statement, moments)

    @override
    def pass_lock(self) -> AbstractContextManager[None]:
        return state_dir.pass_lock(self._folder, self._clock, on_wait=self._on_wait)

    def back_up(self, target: Path) -> None:
        """Write a copy of the ledger into a new file; raise `WriteFailed` if that fails."""
        with self._in_use() as connection:
            file.write(connection, target)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._in_use() as connection:
            return connection.execute(sql, values).fetchall()

    def _read_named(self, sql: str, values: dict[str, object]) -> list[sqlite3.Row]:
        """Run a query with named values; a list is passed as JSON."""
        named = {
            name: json.dumps(value) if isinstance(value, list) else value for name, value in values.items()
        }
        with self._in_use() as connection:
            return connection.execute(sql, named).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._in_use() as connection, transaction(connection):
            yield connection

    @contextmanager
    def _in_use(self) -> Iterator[sqlite3.Connection]:
        with explain_errors(self._path):
            try:
                yield self._opened()
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                self.close()  # so that the next call checks the file, and sets it aside if it is broken
                raise

    def _opened(self) -> sqlite3.Connection:
        """Return the open connection, or a new one if the file at the path was replaced."""
        # The file can be replaced while megabot runs, for example by an old backup (faults.md S05).
        if self._connection is not None and self._inode == _inode(self._path):
            return self._connection
        self.close()
        with state_dir.opening_lock(self._folder, self._clock, patience=self._patience):
            self._connection, set_aside = open_ledger(
                self._path, patience=self._patience, now=self._clock.now()
            )
            self._inode = _inode(self._path)
        if set_aside is not None:
            self._on_set_aside(set_aside)
        return self._connection

    def _value(self, make: Callable[[sqlite3.Row], Value], row: sqlite3.Row) -> Value:
        try:
            return make(row)
        except (ValueError, TypeError, RecursionError) as error:
            # The next call opens the file again, checks it, and sets it aside if it is broken (S03).
            self.close()
            raise LedgerError(
                f"the ledger {self._path} has a row that cannot be read ({error}): {DAMAGED}"
            ) from error


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
