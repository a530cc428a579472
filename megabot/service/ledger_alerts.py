"""Tells people what needs them: once into the log, kept in the ledger until it is over."""

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
    """Alerts that outlive the process: a restart does not say them again, `status` shows them.

    Each change is one transaction: the service and a verb may raise alerts at the same time.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @override
    def raise_alert(self, key: str, sentence: str) -> None:
        before = self._read().get(key)
        if before is None or to_json(before) != to_json(sentence):  # an older megabot kept no commands
            self._ledger.update_fact(_KEY, lambda kept: _written(_parsed(kept) | {key: sentence}))
        if before != sentence:
            log.warning("%s", sentence)

    @override
    def clear_alert(self, key: str) -> None:
        sentence = self._read().get(key)
        if sentence is not None:
            self._ledger.update_fact(_KEY, lambda kept: _written(_without(_parsed(kept), key)))
            log.info("over: %s", sentence)

    @override
    def active_alerts(self) -> Iterator[tuple[str, str]]:
        yield from self._read().items()

    def _read(self) -> dict[str, str]:
        return _parsed(self._ledger.get_fact(_KEY))


def _parsed(fact: str | None) -> dict[str, str]:
    return {key: from_json(sentence) for key, sentence in json.loads(fact).items()} if fact else {}


def _written(alerts: dict[str, str]) -> str:
    return json.dumps({key: to_json(sentence) for key, sentence in alerts.items()})


def _without(alerts: dict[str, str], key: str) -> dict[str, str]:
    return {one: sentence for one, sentence in alerts.items() if one != key}
