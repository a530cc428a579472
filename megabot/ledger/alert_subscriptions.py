"""Who asked to get alerts, or none, by person id."""

import json

from megabot.ledger.port import Ledger

_WISHES = "alerts:wishes"


def subscribe(ledger: Ledger, person_id: int, *, on: bool) -> None:
    """Send somebody what needs a person from now on, or no more, whoever else gets it."""
    ledger.update_fact(_WISHES, lambda kept: json.dumps(_parsed(kept) | {str(person_id): on}))


def alert_wishes(ledger: Ledger) -> dict[str, bool]:
    """Return who wishes alerts or none, by person id."""
    return _parsed(ledger.get_fact(_WISHES))


def _parsed(wishes: str | None) -> dict[str, bool]:
    return {str(person): bool(on) for person, on in json.loads(wishes or "{}").items()}
