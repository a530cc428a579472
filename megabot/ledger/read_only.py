"""The ledger of a pass that only decides; nothing is written."""

from collections.abc import Callable
from typing import Any

from megabot.errors import Bug
from megabot.ledger.port import Ledger

_READS = frozenset({"intents", "posts", "text", "texts", "history", "command"})
_READS |= {"open_commands", "commands", "threads", "pass_lock", "recent_intents", "recent_posts", "post"}


class ReadOnlyLedger:
    """A read-only view of a ledger: facts are kept in this object, other writes are refused."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._facts: dict[str, str] = {}

    def get_fact(self, key: str) -> str | None:
        """Return a fact from this object or the ledger."""
        return self._facts[key] if key in self._facts else self._ledger.get_fact(key)

    def set_fact(self, key: str, value: str) -> None:
        """Store a fact in this object."""
        self._facts[key] = value

    def update_fact(self, key: str, change: Callable[[str | None], str]) -> None:
        """Change a fact in this object."""
        self._facts[key] = change(self.get_fact(key))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the ledger's own method
        """Return one of the ledger's methods that only read; any other is a bug."""
        # `plan` must write nothing (G04), so whatever is not known to read only is refused.
        if name not in _READS:
            raise Bug(f"a pass that changes nothing called {name} of the ledger")
        return getattr(self._ledger, name)
