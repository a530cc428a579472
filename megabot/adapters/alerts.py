"""Tells people what needs them: once into the log, kept in the ledger until it is over."""

import json
import logging
from collections.abc import Iterator

from megabot.ports import Ledger

_KEY = "alerts"
log = logging.getLogger("megabot")


class LedgerAlerts:
    """Alerts that outlive the process: a restart does not say them again, `status` shows them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def raise_alert(self, key: str, sentence: str) -> None:
        """Say it once for a key, and again where the sentence changed."""
        alerts = self._read()
        if alerts.get(key) != sentence:
            log.warning("%s", sentence)
            self._ledger.remember(_KEY, json.dumps({**alerts, key: sentence}))

    def take_back(self, key: str) -> None:
        """Say that it is over, if it was ever said."""
        alerts = self._read()
        if key in alerts:
            log.info("over: %s", alerts.pop(key))
            self._ledger.remember(_KEY, json.dumps(alerts))

    def standing(self) -> Iterator[tuple[str, str]]:
        """Give what was said and not taken back, key and sentence."""
        yield from self._read().items()

    def _read(self) -> dict[str, str]:
        kept = self._ledger.recall(_KEY)
        return dict(json.loads(kept)) if kept else {}
