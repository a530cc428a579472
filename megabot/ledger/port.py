"""What megabot needs of its record, as a Protocol with its contract."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from megabot.ledger.records import CommandRecord, Intent, IntentState, KeptText, NewIntent, PostRecord


class Ledger(Protocol):
    """megabot's own record. Each call is one transaction, on disk when it returns. Times are aware, UTC."""

    def get_fact(self, key: str) -> str | None:
        """Give back what was remembered under a key."""

    def set_fact(self, key: str, value: str) -> None:
        """Keep a small fact: a community's id, since when a schedule is known."""

    def update_fact(self, key: str, change: Callable[[str | None], str]) -> None:
        """Replace a fact by what `change` makes of it: read, change and write are one transaction.

        For facts that several processes change; `change` gets None if there is no such fact.
        """

    def begin_intent(self, intent: NewIntent) -> Intent:
        """Write down what is about to be sent, in state SENDING, before it is sent.

        Raises `LedgerError` for a publish of a copy that another intent sends, may have sent or has sent.
        """

    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        """Write down how it went, with a sentence for `history`. Raises `LedgerError` for an unknown id."""

    def intents(self, thread: str) -> tuple[Intent, ...]:
        """All intents of a thread, oldest first."""

    def record_post(self, record: PostRecord) -> None:
        """Keep what is known of an own post, replacing what was known."""

    def forget_post(self, post_id: int) -> None:
        """Let go of a recorded post and its text: it carries no edition any longer."""

    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        """All recorded posts of a thread, oldest slot first."""

    def keep_text(self, text: KeptText) -> None:
        """Keep what a post says, replacing what was known."""

    def text(self, post_id: int) -> KeptText | None:
        """Give what a post says, None where that was never kept."""

    def texts(self, thread: str) -> tuple[KeptText, ...]:
        """All kept texts of a thread's recorded posts, oldest slot first."""

    def history(self, limit: int) -> tuple[Intent, ...]:
        """Give the newest intents of all threads, newest first."""

    def command(self, key: str) -> CommandRecord | None:
        """Give what is kept of a comment or message, by its notice's key."""

    def keep_command(self, record: CommandRecord) -> None:
        """Keep what became of a comment or message, replacing what was known."""

    def open_commands(self) -> tuple[CommandRecord, ...]:
        """Give the commands that are to be carried out or answered, oldest first."""

    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        """Give the newest commands, newest first, without what was ignored."""

    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        """Let go of what no pass looks at any more, so that it stays small.

        That is: settled writes of editions before a moment, but for a thread's two newest ones; what such
        posts were rendered from; the words of closed commands; and, before another moment, all of what was
        heard and ignored. Posts stay, and so do the texts that were published, as they last were, out of
        `intents`.
        """

    def pass_lock(self) -> AbstractContextManager[None]:
        """Hold the right to act: one pass at a time on a state folder. Waits; raises `Busy` in the end."""

    def threads(self) -> tuple[str, ...]:
        """Name all threads that have records, in alphabetical order."""
