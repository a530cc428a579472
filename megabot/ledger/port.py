"""What megabot needs from its ledger, as a Protocol with its contract."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from megabot.ledger.records import CommandRecord, Intent, IntentState, KeptText, NewIntent, PostRecord

RECENT_POSTS = 20
"""How many of a thread's newest posts `recent_posts` returns: more than a pass ever looks back."""


class Ledger(Protocol):
    """megabot's own record. Each call is one transaction, on disk when it returns. Times are aware, UTC."""

    def get_fact(self, key: str) -> str | None:
        """Return the value of a fact, None if there is none."""

    def set_fact(self, key: str, value: str) -> None:
        """Store a small fact: a community's id, since when a schedule is known."""

    def update_fact(self, key: str, change: Callable[[str | None], str]) -> None:
        """Replace a fact with the result of `change`, in one transaction.

        For facts that several processes change. `change` gets None if there is no such fact.
        """

    def begin_intent(self, intent: NewIntent) -> Intent:
        """Record a write in state SENDING, before it is sent.

        Raises `LedgerError` if another intent has sent, or may have sent, the same copy of a post.
        """

    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        """Record the outcome, with a sentence for `history`. Raises `LedgerError` for an unknown id."""

    def intents(self, thread: str) -> tuple[Intent, ...]:
        """Return all intents of a thread, oldest first. Grows with the thread's age: not for a pass."""

    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int]
    ) -> tuple[Intent, ...]:
        """Return a thread's open intents and those of some editions or posts, oldest first."""

    def record_post(self, record: PostRecord) -> None:
        """Store or replace the record of an own post."""

    def forget_post(self, post_id: int) -> None:
        """Delete the record of a post and its text, because the post no longer carries an edition."""

    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        """Return all recorded posts of a thread, oldest slot first. Grows with its age: not for a pass."""

    def recent_posts(
        self, thread: str, *, editions: Collection[str] = (), post_ids: Collection[int] = ()
    ) -> tuple[PostRecord, ...]:
        """Return a thread's `RECENT_POSTS` newest posts and those of some editions or with some ids.

        Oldest slot first, as `posts` returns them.
        """

    def post(self, post_id: int) -> PostRecord | None:
        """Return the record of a post of any thread, None if there is none."""

    def keep_text(self, text: KeptText) -> None:
        """Store or replace the text of a post."""

    def text(self, post_id: int) -> KeptText | None:
        """Return the stored text of a post, None if there is none."""

    def texts(self, thread: str) -> tuple[KeptText, ...]:
        """Return the stored texts of a thread's posts, oldest slot first."""

    def history(self, limit: int) -> tuple[Intent, ...]:
        """Return the newest intents of all threads, newest first."""

    def command(self, key: str) -> CommandRecord | None:
        """Return the record of a comment or message by its notice's key, None if there is none."""

    def keep_command(self, record: CommandRecord) -> None:
        """Store or replace the record of a comment or message."""

    def open_commands(self) -> tuple[CommandRecord, ...]:
        """Return the commands that still have to be carried out or replied to, oldest first."""

    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        """Return the newest commands, newest first, except ignored ones."""

    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        """Delete what no pass reads again, so that the ledger stays small.

        Deleted are: settled writes of editions before `before`, except the thread's two newest editions; the
        contexts of such posts; the texts of closed commands before `before`; and ignored comments and
        messages before `ignored_before`. Of a post's writes that were done, only the newest keeps its draft
        and context. Posts and their last published texts stay.
        """

    def pass_lock(self) -> AbstractContextManager[None]:
        """Lock the state folder for one pass at a time. Waits, and raises `Busy` if that takes too long."""

    def threads(self) -> tuple[str, ...]:
        """Return the names of all threads with records, in alphabetical order."""
