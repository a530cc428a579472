"""The overrides of editions, stored in the ledger."""

from megabot.ledger.port import Ledger
from megabot.schedule.overrides import Override, OverrideKind, find_override, from_json

# The keys keep their first names, because existing ledgers contain them.
OVERRIDES_KEY, CHANGES_KEY = "amendments:", "amended"


def load_overrides(ledger: Ledger, thread: str) -> tuple[Override, ...]:
    """Return the overrides of a thread's editions, including past ones."""
    return from_json(ledger.get_fact(OVERRIDES_KEY + thread) or "")


def count_overrides(ledger: Ledger) -> int:
    """Return how many overrides were ever made, by anyone, on Lemmy or at the shell."""
    return int(ledger.get_fact(CHANGES_KEY) or 0)


def preamble_of(ledger: Ledger, thread: str, key: str) -> str | None:
    """Return the preamble that was sent by message for an edition, None if there is none."""
    override = find_override(load_overrides(ledger, thread), OverrideKind.PREAMBLE, key)
    return override.text if override else None
