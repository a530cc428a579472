"""The overrides of editions, as the ledger keeps them."""

from megabot.ledger.port import Ledger
from megabot.schedule.overrides import Override, OverrideKind, find_override, from_json

OVERRIDES_KEY, CHANGES_KEY = "amendments:", "amended"


def load_overrides(ledger: Ledger, thread: str) -> tuple[Override, ...]:
    """Give the changes to a thread's editions; those that are over may still be among them."""
    return from_json(ledger.get_fact(OVERRIDES_KEY + thread) or "")


def count_overrides(ledger: Ledger) -> int:
    """Count the changes so far, whoever made them, here or at the shell."""
    return int(ledger.get_fact(CHANGES_KEY) or 0)


def preamble_of(ledger: Ledger, thread: str, key: str) -> str | None:
    """Give the preamble that came for an edition by message, None where none did."""
    override = find_override(load_overrides(ledger, thread), OverrideKind.PREAMBLE, key)
    return override.text if override else None
