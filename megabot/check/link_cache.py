"""What was found out about links lately, kept in the state folder so that nobody is asked twice a day."""

import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from megabot.lemmy.link_verdict import KEPT, KEPT_UNSURE, Outcome, Verdict


class LinkCache:
    """The verdicts of a file. One that cannot be read or written is none: asking again does no harm."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, now: datetime) -> dict[str, Verdict]:
        """Give what still holds."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                address: Verdict(Outcome(one["outcome"]), str(one["why"]))
                for address, one in kept.items()
                if _holds(Outcome(one["outcome"]), datetime.fromisoformat(one["at"]), now)
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def write(self, fresh: Mapping[str, Verdict], now: datetime) -> None:
        """Keep what was just found out, and drop what holds no more."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        old = {address: kept[address] for address in self.read(now) if address in kept}
        new = {
            address: {
                "outcome": verdict.outcome.value,
                "why": verdict.why,
                "at": now.astimezone(UTC).isoformat(),
            }
            for address, verdict in fresh.items()
        }
        beside = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            beside.write_text(json.dumps(old | new), encoding="utf-8")
            beside.replace(self._file)


def _holds(outcome: Outcome, at: datetime, now: datetime) -> bool:
    age = now - at
    return abs(age) < (KEPT_UNSURE if outcome is Outcome.UNSURE else KEPT)
