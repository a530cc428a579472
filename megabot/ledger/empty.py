"""The ledger of somebody who has none yet: a contributor who previews need not own a state folder."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from megabot.errors import LedgerError
from megabot.ledger.records import CommandRecord, Intent, IntentState, KeptText, NewIntent, PostRecord


class NoLedger:
    """The ledger port with nothing in it. Writing to it is an error: only verbs that read are given it."""

    def get_fact(self, key: str) -> str | None:
        """Know nothing."""
        return None

    def set_fact(self, key: str, value: str) -> None:
        """Refuse."""
        raise _refusal()

    def update_fact(self, key: str, change: Callable[[str | None], str]) -> None:
        """Refuse."""
        raise _refusal()

    def begin_intent(self, intent: NewIntent) -> Intent:
        """Refuse."""
        raise _refusal()

    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        """Refuse."""
        raise _refusal()

    def intents(self, thread: str) -> tuple[Intent, ...]:
        """Have none."""
        return ()

    def record_post(self, record: PostRecord) -> None:
        """Refuse."""
        raise _refusal()

    def forget_post(self, post_id: int) -> None:
        """Refuse."""
        raise _refusal()

    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        """Have none."""
        return ()

    def keep_text(self, text: KeptText) -> None:
        """Refuse."""
        raise _refusal()

    def text(self, post_id: int) -> KeptText | None:
        """Know nothing."""
        return None

    def texts(self, thread: str) -> tuple[KeptText, ...]:
        """Have none."""
        return ()

    def history(self, limit: int) -> tuple[Intent, ...]:
        """Have none."""
        return ()

    def command(self, key: str) -> CommandRecord | None:
        """Know nothing."""
        return None

    def keep_command(self, record: CommandRecord) -> None:
        """Refuse."""
        raise _refusal()

    def open_commands(self) -> tuple[CommandRecord, ...]:
        """Have none."""
        return ()

    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        """Have none."""
        return ()

    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        """Refuse."""
        raise _refusal()

    def pass_lock(self) -> AbstractContextManager[None]:
        """Have nothing to lock."""
        return nullcontext()

    def threads(self) -> tuple[str, ...]:
        """Have none."""
        return ()

    def close(self) -> None:
        """Have nothing to close."""


def _refusal() -> LedgerError:
    return LedgerError("there is no ledger yet, and this verb only reads")
