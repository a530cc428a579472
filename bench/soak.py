"""`python -m bench.soak`: decades of the real service in one process, and what it holds at start and end.

The service's own loop runs; ledger, token file and HTTP are real; the server, in another process, has good
days and bad ones. Only the clock is faked: to wait for a tick takes until the next edit, a fifth of a week,
but never past a slot, and half an hour while there is trouble.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import Value
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from zlib import crc32

import time_machine

from bench import soak_server
from bench.stage import BOT, COMMUNITY, PASSWORD
from megabot.app import App
from megabot.rendering import context_json
from megabot.rendering.model import EDITION_URL, Context, Rendered, RenderProblem
from megabot.rendering.port import Renderer
from megabot.service.schedulers import HOURLY, next_slot
from megabot.service.service import Service
from megabot.settings_sources import load
from megabot.source.model import Snapshot, Thread
from megabot.source.port import Source

START = datetime(2027, 1, 7, 9, tzinfo=UTC)  # a Thursday; not before the program was built: it would hold
WEEK, YEAR = timedelta(weeks=1), timedelta(days=365.25)
EDITS = 5
"""How often a week a contributor edits a section."""
ENTRIES = 750
"""How many lines a section has: about 40 kB, near the longest body that Lemmy takes."""
WAIT = WEEK / EDITS
SOON = timedelta(minutes=30)
TICK = timedelta(seconds=60)
SETTLED = 3
"""From this year on nothing may grow: what is forgotten, is forgotten after two."""
_ONE_IN = 20
_HEAD = """\
---
name: {name}
title: "{title} {{{{ edition.number }}}}"
schedule: {{every: {every}, on: {on}, at: "12:00", timezone: Europe/London, first: 2027-01-07}}
previous: {{comment: "The new thread is [here]({{{{ edition.url }}}})."}}
---
{{{{ sections() }}}}
"""
_THREADS = (("news", "News", "week", "monday"), ("books", "Books", "month", "first friday"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the process holds at the end of a year, and what it did in it."""

    year: int
    resident: float
    descriptors: int
    ledger: float
    requests: int
    ticks: int
    seconds: float


@dataclass
class Typist:
    """Renders one text of twenty in the real child and types the others: a child takes its time."""

    real: Renderer
    known: dict[int, Rendered | RenderProblem] = field(default_factory=dict)

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        """Render each job, the same one the same way."""
        return tuple(self._text(snapshot, *job) for job in jobs)

    def _text(self, snapshot: Snapshot, thread: Thread, made: Context) -> Rendered | RenderProblem:
        key = crc32(f"{thread.name}{snapshot.files}{context_json.to_json(made)}".encode())
        if key not in self.known:
            if len(self.known) > 2 * _ONE_IN:
                self.known.clear()
            rendered = key % _ONE_IN == 0
            text = (
                self.real.render(snapshot, [(thread, made)])[0] if rendered else typed(snapshot, thread, made)
            )
            self.known[key] = text
        return self.known[key]


def typed(snapshot: Snapshot, thread: Thread, context: Context) -> Rendered:
    """Give a text without a template."""
    body = "\n".join(text for path, text in sorted(snapshot.files.items()) if path.startswith("sections/"))
    comment = thread.previous.comment.replace("{{ edition.url }}", EDITION_URL)
    return Rendered(title=f"{thread.name.capitalize()} {context.edition.number}", body=body, comment=comment)


@dataclass
class Shelf:
    """Reads the source once after each edit: each reading starts a git, which takes its time."""

    real: Source
    edit: Callable[[], int]
    read: tuple[int, Snapshot] | None = None

    def snapshot(self) -> Snapshot:
        """Give what the source says since the last edit."""
        if self.read is None or self.read[0] != self.edit():
            self.read = (self.edit(), self.real.snapshot())
        return self.read[1]

    def sections_at(self, commit: str) -> dict[str, str] | None:
        """Know no history."""
        return None

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        """Read a picture."""
        return self.real.picture(snapshot, path)

    def refresh(self) -> None:
        """Fetch."""
        self.real.refresh()

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the threads, with what moderators changed."""
        return self.real.threads(snapshot)


class Enough(Exception):
    """The years are over."""


@dataclass
class Years:
    """The clock of the soak, and what happens as it goes."""

    traveller: time_machine.Traveller
    shared: "Synchronized[float]"
    line: Connection
    source: Path
    state: Path
    until: datetime
    threads: tuple[Thread, ...] = ()
    owes: Callable[[datetime], bool] = lambda _: False
    marks: list[Mark] = field(default_factory=list)
    weeks: int = 0
    edits: int = 0
    ticks: int = 0
    requests: int = 0
    began: float = 0.0

    def now(self) -> datetime:
        """Tell the faked time."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Let time pass: a fifth of a week if a tick is waited for, half an hour if the bot owes a look.

        Up to the next slot at most.
        """
        now, wait = self.now(), timedelta(seconds=seconds)
        if wait > TICK / 2:
            self.ticks += 1
            slots = [next_slot(thread, now) + timedelta(seconds=1) for thread in self.threads]
            wait = min([SOON if self.owes(now) else WAIT, *(slot - now for slot in slots)])
        self.traveller.shift(wait)
        self.shared.value = self.now().timestamp()
        if self.now() >= self.until:
            raise Enough
        if self.now() >= START + WAIT * (self.edits + 1):
            self.edits += 1
            write_section(self.source, self.edits)
        if self.now() >= START + WEEK * (self.weeks + 1):
            self._a_week()

    def _a_week(self) -> None:
        """People live, and at the end of a year stock is taken."""
        self.weeks += 1
        self.line.send(True)
        self.requests += int(self.line.recv())
        year = int((self.now() - START) / YEAR)
        if year > len(self.marks):
            self.marks.append(self._mark(year))
            print(row(self.marks[-1]), flush=True)
            self.ticks, self.requests, self.began = 0, 0, time.monotonic()

    def _mark(self, year: int) -> Mark:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return Mark(
            year=year,
            resident=int(resident.split()[1]) / 1024,
            descriptors=len(os.listdir("/proc/self/fd")),  # noqa: PTH208  an open Path.iterdir would count
            ledger=(self.state / "ledger.db").stat().st_size / 1024,
            requests=self.requests,
            ticks=self.ticks,
            seconds=time.monotonic() - self.began,
        )


def main() -> int:
    """Live through the years, print a line for each, judge; exit 1 if something grew or a promise broke."""
    if "--hosts" in sys.argv:  # another soak, with options of its own
        from bench import hosts

        return hosts.main(sys.argv[1:])
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--years", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.getLogger("megabot").setLevel(logging.CRITICAL)
    print(row(None))
    began = time.monotonic()
    with stage(options.years, options.seed) as years:
        live(years)
        years.line.send(False)
        posts = years.line.recv()
    seconds = time.monotonic() - began
    complaints = [*grown(years.marks), *wrong(posts, years.weeks)]
    speed = options.years * YEAR.total_seconds() / seconds
    print(f"\n{years.weeks} weeks and {len(posts)} posts in {seconds / 60:.1f} min: {speed:,.0f} times speed")
    print("\n".join(complaints) or "flat; every edition was posted once")
    return 1 if complaints else 0


@contextmanager
def stage(years: int, seed: int) -> Iterator[Years]:
    """Set the stage: a server, a source, a state folder, the clock at the start."""
    shared = Value("d", START.timestamp())
    process, line = soak_server.start(shared, seed)
    url = line.recv()
    with (
        tempfile.TemporaryDirectory(prefix="megabot-soak-") as name,
        time_machine.travel(START, tick=False) as traveller,
    ):
        folder = Path(name)
        write_source(folder / "templates")
        os.environ.update(settings(url, folder))
        yield Years(
            traveller=traveller,
            shared=shared,
            line=line,
            source=folder / "templates",
            state=folder / "state",
            until=START + YEAR * years + WEEK,
            began=time.monotonic(),
        )
    process.terminate()


def settings(url: str, folder: Path) -> dict[str, str]:
    """Give the bot's settings, as a process takes them."""
    values = {"INSTANCE": url, "USERNAME": BOT, "PASSWORD": f"{PASSWORD}", "COMMUNITY": COMMUNITY}
    values |= {"SOURCE": str(folder / "templates"), "STATE_DIR": str(folder / "state")}
    return {f"MEGABOT_{name}": value for name, value in values.items()}


def live(years: Years) -> None:
    """Let the service run as it does, through the years."""
    app = App(load(os.environ, env_file=None, cwd=years.source, system_file=years.source / "none"), years)
    with closing(app), app.service_lock(on_wait=lambda _: None):
        years.threads = app.threads(None)
        shelf = Shelf(app.ports.source, lambda: years.edits)
        ports = replace(app.ports, renderer=Typist(app.ports.renderer), source=shelf)
        service = Service(ports, tick=TICK, notify=lambda _: None)
        years.owes = lambda now: service.next_at - now < HOURLY - SOON
        try:
            service.serve()
        except Enough:
            return


def write_source(folder: Path) -> None:
    """Write two threads, one a week and one a month, and their first section."""
    (folder / "sections").mkdir(parents=True)
    for name, title, every, on in _THREADS:
        text = _HEAD.format(name=name, title=title, every=every, on=on)
        (folder / f"{name}.md.j2").write_text(text, encoding="utf-8")
    write_section(folder, 0)


def write_section(folder: Path, edit: int) -> None:
    """Write the long section that a contributor changes some times a week."""
    lines = [
        f"- Entry {number} as of edit {edit}: https://maps.example/{number}\n" for number in range(ENTRIES)
    ]
    (folder / "sections" / "10-maps.md").write_text(
        "---\ntitle: Maps\n---\n" + "".join(lines), encoding="utf-8"
    )


def row(mark: Mark | None) -> str:
    """Lay a year out as a line, or their head."""
    if mark is None:
        return "year  resident MB  descriptors  ledger KB  requests  ticks  seconds"
    return (
        f"{mark.year:4}  {mark.resident:11.1f}  {mark.descriptors:11}  {mark.ledger:9.0f}  "
        f"{mark.requests:8}  {mark.ticks:5}  {mark.seconds:7.1f}"
    )


_MAY_GROW: tuple[tuple[str, Callable[[Mark], float], float], ...] = (
    ("resident memory", lambda mark: mark.resident, 1.15),
    ("descriptors", lambda mark: mark.descriptors, 1.0),
    ("requests in a year", lambda mark: mark.requests, 1.25),
)


_FASTER = 1.1


def grown(marks: list[Mark]) -> Iterator[str]:
    """Name what grew from the first settled year to the last, beyond what chance explains."""
    settled = marks[SETTLED - 1 :]
    if len(settled) < 2:  # noqa: PLR2004  two points make a line
        return
    for what, read, factor in _MAY_GROW:
        first, last = read(settled[0]), read(settled[-1])
        if last > first * factor:
            yield f"{what} grew from {first:.0f} to {last:.0f}"
    middle = len(settled) // 2
    earlier, later = (_growth(part) for part in (settled[: middle + 1], settled[middle:]))
    if later > earlier * _FASTER:
        yield f"the ledger grew by {earlier:.0f} KB a year at first and by {later:.0f} KB later"


def _growth(marks: list[Mark]) -> float:
    """Tell by how much the ledger grew in a year: each edition's text is kept, so it has to."""
    return (marks[-1].ledger - marks[0].ledger) / max(1, len(marks) - 1)


def wrong(posts: list[tuple[str, bool]], weeks: int) -> Iterator[str]:
    """Name titles that stand twice, for nobody ordered a copy, and say if weeks were missed."""
    titles = [title for title, _ in posts]
    yield from sorted({f"{title} was posted twice" for title in titles if titles.count(title) > 1})
    news = sum(title.startswith("News") for title in titles)
    if news < weeks - 2:  # the first slot is no edition of its own, the last may be to come
        yield f"{news} weekly editions were posted in {weeks} weeks"


if __name__ == "__main__":
    sys.exit(main())
