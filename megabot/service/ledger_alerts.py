"""Alerts in the ledger: each is logged once, and kept until it is resolved."""

import json
import logging
from collections.abc import Iterator

from typing_extensions import override

from megabot.i18n.channels import from_json, to_json
from megabot.ledger.port import Ledger
from megabot.ports import Alerts

_KEY = "alerts"
log = logging.getLogger("megabot")


class LedgerAlerts(Alerts):
    """Alerts that survive a restart, so that they are not logged again; `megabot status` shows them.

    Each change is one transaction, because the service and a command may raise alerts at the same time.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @override
    def raise_alert(self, key: str, sentence: str) -> None:
        active = self._read().get(key)
        # Compared as JSON too: an older megabot stored sentences without their commands.
        if active is None or to_json(active) != to_json(sentence):
            self._ledger.update_fact(_KEY, lambda fact: _to_fact(_parsed(fact) | {key: sentence}))
        if active != sentence:
            log.warning("%s", sentence)

    @override
    def clear_alert(self, key: str) -> None:
        sentence = self._read().get(key)
        if sentence is not None:
            self._ledger.update_fact(_KEY, lambda fact: _to_fact(_without(_parsed(fact), key)))
            log.info("resolved: %s", sentence)

    @override
    def active_alerts(self) -> Iterator[tuple[str, str]]:
        yield from self._read().items()

    def _read(self) -> dict[str, str]:
        return _parsed(self._ledger.get_fact(_KEY))


def _parsed(fact: str | None) -> dict[str, str]:
    return {key: from_json(sentence) for key, sentence in json.loads(fact).items()} if fact else {}


def _to_fact(alerts: dict[str, str]) -> str:
    return json.dumps({key: to_json(sentence) for key, sentence in alerts.items()})


def _without(alerts: dict[str, str], key: str) -> dict[str, str]:
    return {one: sentence for one, sentence in alerts.items() if one != key}
