"""Metrics of a running bot in Prometheus' text format, written after each pass."""

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
    """The state of a running bot. Unknown values are None and not written.

    By thread: `slots` has the next slot, `unknown` the number of writes with an unknown outcome.
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
    """Return the metrics in Prometheus' format: times in seconds since 1970, counts since the start."""
    return "".join(_metrics(snapshot))


def _metrics(snapshot: Metrics) -> Iterator[str]:
    yield _metric("build_info", "gauge", "The running version.", _Sample(1, "version", snapshot.version))
    passes = (
        _Sample(snapshot.verified_passes, "outcome", "verified"),
        _Sample(snapshot.failed_passes, "outcome", "failed"),
    )
    yield _metric("passes_total", "counter", "Passes over all threads, by outcome.", *passes)
    yield _time("measured_timestamp_seconds", "When this was written.", snapshot.measured)
    yield _time(
        "last_verified_pass_timestamp_seconds", "When a pass last verified all threads.", snapshot.verified
    )
    slots = (_Sample(at.timestamp(), "thread", thread) for thread, at in sorted(snapshot.slots.items()))
    yield _metric("next_slot_timestamp_seconds", "gauge", "When the next edition is due.", *slots)
    unknown = (_Sample(count, "thread", thread) for thread, count in sorted(snapshot.unknown.items()))
    yield _metric("unknown_outcomes", "gauge", "Writes whose outcome is unknown.", *unknown)
    alerts = () if snapshot.alerts is None else (_Sample(snapshot.alerts),)
    yield _metric("alerts_standing", "gauge", "Active alerts.", *alerts)
    yield _metric("sign_ins_left", "gauge", "Sign-ins that are allowed now.", _Sample(snapshot.sign_ins_left))
    yield _time("token_issued_timestamp_seconds", "When the current token was issued.", snapshot.token_issued)


def _time(name: str, meaning: str, at: datetime | None) -> str:
    return _metric(name, "gauge", meaning, *(() if at is None else (_Sample(at.timestamp()),)))


def _metric(name: str, kind: str, meaning: str, *samples: _Sample) -> str:
    """Return the lines of one metric, "" if it has no sample."""
    if not samples:
        return ""
    lines = [f"# HELP megabot_{name} {meaning}", f"# TYPE megabot_{name} {kind}"]
    for sample in samples:
        label = f'{{{sample.label}="{sample.name}"}}' if sample.label else ""
        # `g` alone would round a time in seconds since 1970 to six digits.
        lines.append(f"megabot_{name}{label} {sample.value:.15g}")
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Replace a file atomically, readable by everyone: it contains no secret. Raises `WriteFailed`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")  # not *.prom, which the collector would read
    try:
        with temporary.open("w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WriteFailed(f"MEGABOT_METRICS_FILE: {path} cannot be written: {error.strerror}") from error


log = logging.getLogger("megabot")


class Meter:
    """Counts passes since the start. `sign_ins` returns how many are left and when the token was issued."""

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
        """Count a pass, verified or failed, and write the metrics."""
        now, last = self._ports.clock.now(), self._snapshot
        if well:
            count = last.verified_passes + 1
            self._snapshot = replace(last, measured=now, verified=now, verified_passes=count)
        else:
            self._snapshot = replace(last, measured=now, failed_passes=last.failed_passes + 1)
        try:
            self._write(self._measure())
        except (UserError, ConfigError) as error:
            log.warning("%s", error)

    def _measure(self) -> Metrics:
        left, issued = self._sign_ins()
        snapshot = replace(self._snapshot, sign_ins_left=left, token_issued=issued)
        try:
            current = status.read(self._ports)
        except (UserError, ConfigError):
            return snapshot  # a broken source or ledger is an alert already
        return replace(
            snapshot,
            slots={one.thread: one.next_slot for one in current.threads if one.next_slot is not None},
            unknown={one.thread: len(one.unknown) for one in current.threads},
            alerts=len(current.alerts),
        )
