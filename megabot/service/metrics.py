"""What a monitor reads of a running bot, in Prometheus' text format, and writing it after each pass."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from megabot.commands import status
from megabot.errors import ConfigError, UserError, WriteFailed
from megabot.ports import OfflinePorts


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """How a running bot is. What is not known is None, and left out.

    `slots` and `unknown` are by thread: the next slot, and how many writes may or may not have happened.
    """

    version: str
    measured: datetime
    verified_passes: int
    failed_passes: int
    verified: datetime | None = None
    slots: Mapping[str, datetime] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    alerts: int | None = None
    sign_ins_left: int = 0
    token_issued: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Sample:
    value: float
    label: str = ""
    name: str = ""


def exposition(snapshot: Metrics) -> str:
    """Write the metrics as Prometheus reads them: times in seconds since 1970, counts since the start."""
    return "".join(_metrics(snapshot))


def _metrics(snapshot: Metrics) -> Iterator[str]:
    yield _metric("build_info", "gauge", "The version that runs.", _Sample(1, "version", snapshot.version))
    passes = (
        _Sample(snapshot.verified_passes, "outcome", "verified"),
        _Sample(snapshot.failed_passes, "outcome", "failed"),
    )
    yield _metric("passes_total", "counter", "Looks at all threads, by how they ended.", *passes)
    yield _time("measured_timestamp_seconds", "When this was written.", snapshot.measured)
    yield _time(
        "last_verified_pass_timestamp_seconds", "When all was last seen as it should be.", snapshot.verified
    )
    slots = (_Sample(at.timestamp(), "thread", thread) for thread, at in sorted(snapshot.slots.items()))
    yield _metric("next_slot_timestamp_seconds", "gauge", "When the next edition is due.", *slots)
    unknown = (_Sample(count, "thread", thread) for thread, count in sorted(snapshot.unknown.items()))
    yield _metric("unknown_outcomes", "gauge", "Writes that may or may not have happened.", *unknown)
    alerts = () if snapshot.alerts is None else (_Sample(snapshot.alerts),)
    yield _metric("alerts_standing", "gauge", "What needs a person and is not over.", *alerts)
    yield _metric(
        "sign_ins_left", "gauge", "Sign-ins that may be tried now.", _Sample(snapshot.sign_ins_left)
    )
    yield _time("token_issued_timestamp_seconds", "When the token in use was got.", snapshot.token_issued)


def _time(name: str, meaning: str, at: datetime | None) -> str:
    return _metric(name, "gauge", meaning, *(() if at is None else (_Sample(at.timestamp()),)))


def _metric(name: str, kind: str, meaning: str, *samples: _Sample) -> str:
    """Write one metric; nothing at all of one without a sample."""
    if not samples:
        return ""
    lines = [f"# HELP megabot_{name} {meaning}", f"# TYPE megabot_{name} {kind}"]
    for sample in samples:
        label = f'{{{sample.label}="{sample.name}"}}' if sample.label else ""
        lines.append(f"megabot_{name}{label} {sample.value:.15g}")
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Put a text in place of the file's, readable by everyone: it holds no secret. Raises `WriteFailed`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")  # not *.prom, or the collector would read it
    try:
        with beside.open("w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise WriteFailed(f"MEGABOT_METRICS_FILE: {path} cannot be written: {error.strerror}") from error


log = logging.getLogger("megabot")


class Meter:
    """Counts passes from its making on. `sign_ins` gives how many are left and when the token was got."""

    def __init__(
        self,
        ports: OfflinePorts,
        *,
        version: str,
        sign_ins: Callable[[], tuple[int, datetime | None]],
        write: Callable[[Metrics], None],
    ) -> None:
        self._ports = ports
        self._sign_ins = sign_ins
        self._write = write
        self._snapshot = Metrics(
            version=version, measured=ports.clock.now(), verified_passes=0, failed_passes=0
        )

    def note(self, *, well: bool) -> None:
        """Count a pass, verified or failed, and write down how the bot is."""
        now, before = self._ports.clock.now(), self._snapshot
        if well:
            count = before.verified_passes + 1
            self._snapshot = replace(before, measured=now, verified=now, verified_passes=count)
        else:
            self._snapshot = replace(before, measured=now, failed_passes=before.failed_passes + 1)
        try:
            self._write(self._looked())
        except (UserError, ConfigError) as error:
            log.warning("%s", error)

    def _looked(self) -> Metrics:
        left, issued = self._sign_ins()
        snapshot = replace(self._snapshot, sign_ins_left=left, token_issued=issued)
        try:
            found = status.read(self._ports)
        except (UserError, ConfigError):
            return snapshot  # a broken source or ledger is said elsewhere
        return replace(
            snapshot,
            slots={one.thread: one.next_slot for one in found.threads if one.next_slot is not None},
            unknown={one.thread: len(one.unknown) for one in found.threads},
            alerts=len(found.alerts),
        )
