"""What an account's last turn left, in a small file in its state folder, for `megabot status --accounts`.

The file changes only when the facts do; its modification time is the time of the last turn. So a thousand
accounts write almost nothing.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

NAME = "last-turn.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """An account after a turn. `slot` is when `edition` of `thread` is due, None if none is to come."""

    thread: str = ""
    edition: str = ""
    slot: datetime | None = None
    alerts: int = 0
    trouble: str = ""


class TurnFile:
    """The file in a state folder. Writing it never fails: it is for information only."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._written: TurnRecord | None = None

    def write(self, record: TurnRecord, now: datetime) -> None:
        """Note a turn."""
        try:
            if record != self._written:
                self._replace(record)
            os.utime(self._path, (now.timestamp(), now.timestamp()))
        except OSError:
            self._written = None
        else:
            self._written = record

    def read(self) -> tuple[datetime, TurnRecord] | None:
        """Return the time of the last turn and what it left; None before the first one."""
        try:
            at = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
            fields = json.loads(self._path.read_bytes())
            slot = fields.pop("slot")
            return at, TurnRecord(**fields, slot=datetime.fromisoformat(slot) if slot else None)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def _replace(self, record: TurnRecord) -> None:
        beside = self._path.with_name(f".{NAME}")
        slot = record.slot.isoformat() if record.slot else ""
        beside.write_text(json.dumps(asdict(record) | {"slot": slot}), encoding="utf-8")
        beside.replace(self._path)
