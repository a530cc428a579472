"""Who subscribed to alerts or unsubscribed, by person id."""

import json

from megabot.ledger.port import Ledger

# The key keeps its first name, because existing ledgers contain it.
_WISHES = "alerts:wishes"


def subscribe(ledger: Ledger, person_id: int, *, on: bool) -> None:
    """Subscribe a user to alerts, or unsubscribe them. Nobody else is affected."""
    ledger.update_fact(_WISHES, lambda wishes: json.dumps(_parsed(wishes) | {str(person_id): on}))


def alert_wishes(ledger: Ledger) -> dict[str, bool]:
    """Return who wants alerts (True) or none (False), by person id."""
    return _parsed(ledger.get_fact(_WISHES))


def _parsed(wishes: str | None) -> dict[str, bool]:
    return {str(person): bool(on) for person, on in json.loads(wishes or "{}").items()}
