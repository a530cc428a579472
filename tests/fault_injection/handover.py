"""One handover with a fault at chosen effects; the judge is that of the simulation.

All is fake, but the ledger can be a real one. An effect is a request, a write to the ledger, a rendering or
a wait. Numbered as they come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from tests.fake_ledger import FakeLedger
from tests.simulation.faults import KEEPS, READS, RENDERS, SLEEPS, WRITES, Fault, Storm
from tests.simulation.ledgers import NewLedger
from tests.simulation.rules import created, violations
from tests.simulation.server import Generation
from tests.simulation.year import Year

MINUTE, HOUR, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(weeks=1)
SEED = 7
"""A year in which both threads have their slot at one moment, and lock the one before."""


class Mode(StrEnum):
    """How an effect goes wrong."""

    ERROR = "error"
    AWAY = "ledger away"
    LOST_REQUEST = "request lost"
    LOST_ANSWER = "answer lost"
    HANG = "hang"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


_ERRORS = {
    Mode.ERROR: (Fault.UNREACHABLE, Fault.UNREACHABLE, Fault.DISK_FULL, Fault.BROKEN_TEXT),
    Mode.AWAY: (Fault.UNREACHABLE, Fault.UNREACHABLE, Fault.AWAY, Fault.BROKEN_TEXT),
    Mode.LOST_REQUEST: (Fault.NO_ANSWER, Fault.LOST_REQUEST, Fault.DISK_FULL, Fault.BROKEN_TEXT),
    Mode.LOST_ANSWER: (Fault.NO_ANSWER, Fault.LOST_ANSWER, Fault.DISK_FULL_AFTER, Fault.BROKEN_TEXT),
    Mode.HANG: (Fault.NO_ANSWER, Fault.LATE, Fault.DISK_FULL, Fault.BROKEN_TEXT),
    Mode.KILLED_BEFORE: (Fault.KILLED_BEFORE,) * 4,
    Mode.KILLED_AFTER: (Fault.KILLED_AFTER,) * 4,
}


def fault_of(mode: Mode, name: str) -> Fault:
    """What a mode is for a kind of effect."""
    read, write, ledger, rendering = _ERRORS[mode]
    if name in READS:
        return read
    if name in WRITES:
        return Fault.LOST_ANSWER if write is Fault.LATE and name == "upload" else write
    return ledger if name in KEEPS else rendering


@dataclass
class Numbered(Storm):
    """Faults at numbered effects while armed: each once, or from the first of them on."""

    at: Mapping[int, Mode] = field(default_factory=dict)
    on: bool = False
    armed: bool = False
    names: list[str] = field(default_factory=list)

    @property
    def blows(self) -> bool:
        """Whether calls may fail now."""
        return self.armed

    def draw(self, name: str) -> Fault | None:
        """Count the effect, and say how it goes wrong."""
        if not self.armed or name not in READS | WRITES | KEEPS | RENDERS | SLEEPS:
            return None
        self.names.append(name)
        number = len(self.names)
        first = min(self.at, default=0)
        mode = self.at.get(number) or (self.at[first] if self.on and first and number > first else None)
        return None if mode is None else fault_of(mode, name)


def a_week_later(generation: Generation = Generation.V0_19, ledgers: NewLedger = FakeLedger) -> Year:
    """Return a year in which both threads were posted, and their next slot is about to come.

    Faults come from here on, so a process that is forked here can go on with any of them. The ledger has no
    open file or connection then.
    """
    year = Year(SEED, generation=generation, ledgers=ledgers)
    year.storm = Numbered(Random(0))
    slot = _next_slot(year)
    year.at(slot - HOUR, Year.start)
    year.at(slot, lambda _: None)
    year.run_before(slot + WEEK - MINUTE)
    year.keep_backup()  # so that forks need not compile the statements that copy a ledger
    year.ledger.close()
    year.old_ledger.close()
    return year


def go_on(
    year: Year, at: Mapping[int, Mode], *, on: bool = False, upgrade: int = 0
) -> tuple[list[str], list[str]]:
    """Play the handover with these faults; give what promises broke, and the effects by name.

    Faults that go on end after three quarters of an hour; then there is half a day to recover. The server
    is upgraded right before a request, if one is named; somebody signs in then.
    """
    storm = year.storm
    assert isinstance(storm, Numbered)
    storm.random, storm.at, storm.on = Random(upgrade), at, on
    slot = _next_slot(year)
    year.at(slot - MINUTE, lambda _: setattr(storm, "armed", True))
    for minutes in (0, 1, 2, 5, 15, 30, 45):
        year.at(slot + timedelta(minutes=minutes), lambda _: None)
    if upgrade:
        year.at(slot - timedelta(seconds=1), lambda _: setattr(storm, "upgrade_in", upgrade))
        for minutes in (20, 100, 190, 250):  # a bot that was killed makes that request late
            year.at(slot + timedelta(minutes=minutes), lambda year: year.forum.sign_in())
    year.at(slot + timedelta(minutes=46), lambda _: setattr(storm, "armed", False))
    for minutes in (47, 60, 75, 120, 180, 240, 720):
        year.at(slot + timedelta(minutes=minutes), Year.start)
    year.run()
    return [*violations(year), *_unfinished(year)], storm.names


def play(
    at: Mapping[int, Mode],
    *,
    on: bool = False,
    generation: Generation = Generation.V0_19,
    upgrade: int = 0,
    ledgers: NewLedger = FakeLedger,
) -> tuple[list[str], list[str]]:
    """Play a handover with these faults from its start; see `go_on`."""
    return go_on(a_week_later(generation, ledgers), at, on=on, upgrade=upgrade)


def _next_slot(year: Year) -> datetime:
    return year.slots(year.pages.all[0])[0].slot


def _unfinished(year: Year) -> list[str]:
    """Both threads have two editions each, and the old one tells of the new one."""
    made = sorted((thread, copy) for _, thread, _, copy in created(year))
    wanted = [("group", 1)] * 2 + [("news", 1)] * 2
    return [] if made == wanted else [f"posted: {made}"]
