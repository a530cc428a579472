"""Alerts in the ledger: each is logged once, and kept until it is resolved."""

import logging
from collections.abc import Iterator

from typing_extensions import override

from megabot.i18n.channels import to_json
from megabot.ledger.port import Ledger
from megabot.ports import Alerts

log = logging.getLogger("megabot")


class LedgerAlerts(Alerts):
    """Alerts that survive a restart, so that they are not logged again; `megabot status` shows them.

    The service and a command may raise alerts at the same time; the ledger keeps both.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @override
    def raise_alert(self, key: str, sentence: str) -> None:
        active = self._ledger.alerts().get(key)
        # Compared as JSON too: an older megabot stored sentences without their commands.
        if active is None or to_json(active) != to_json(sentence):
            self._ledger.raise_alert(key, sentence)
        if active != sentence:
            log.warning("%s", sentence)

    @override
    def clear_alert(self, key: str) -> None:
        sentence = self._ledger.alerts().get(key)
        if sentence is not None:
            self._ledger.clear_alert(key)
            log.info("resolved: %s", sentence)

    @override
    def active_alerts(self) -> Iterator[tuple[str, str]]:
        yield from self._ledger.alerts().items()
