"""The site of ten years of a weekly thread: built whole, and after one new edition. Beside it Pelican.

Each build is a process of its own, `python -m bench.site FOLDER`, as the service does it. Pelican is found in
`.make/pelican` (docs/reference/figures.md) and gets the same texts.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure, Spread
from megabot.ledger.records import KeptText, PostRecord
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.state import Highlight
from megabot.site import build
from megabot.site.entries import gather
from megabot.site.output import write

EDITIONS, FEATURED = 520, 50
LONGEST_WHOLE, LONGEST_ONE, MOST_MEGABYTES = 20_000, 1_000, 200

_START = datetime(2017, 1, 2, 12, tzinfo=UTC)
_PELICAN = Path(".make/pelican/bin/pelican")
_PELICAN_SETTINGS = """
PATH = "content"
SITENAME = "Threads"
SITEURL = "https://threads.example"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
FEED_ALL_ATOM = "atom.xml"
FEED_ALL_RSS = "rss.xml"
LOAD_CONTENT_CACHE = True
CACHE_CONTENT = True
CONTENT_CACHING_LAYER = "generator"
"""


@dataclass(frozen=True, slots=True)
class Week:
    """One edition of the thread: its essay, its directory, what was put forward."""

    number: int
    at: datetime
    essay: str
    body: str
    featured: tuple[Highlight, ...]

    @property
    def key(self) -> str:
        """The edition's key."""
        return f"{self.at.isocalendar().year}-W{self.at.isocalendar().week:02}"


def figures() -> Iterator[Figure]:
    """Measure both builds."""
    with tempfile.TemporaryDirectory(prefix="megabot-bench-") as folder:
        weeks = list(_weeks(EDITIONS + 1))
        ours = [_ours(Path(folder), weeks[:-1]), _ours(Path(folder), weeks[-1:])]
        beside = _pelican(Path(folder), weeks) if _PELICAN.exists() else [None, None]
    names = (f"site of {EDITIONS} editions, {FEATURED} highlights each", "site after one new edition")
    for name, mine, other, limit in zip(names, ours, beside, (LONGEST_WHOLE, LONGEST_ONE), strict=True):
        for at, unit, most in ((0, "ms", limit), (1, "MB", MOST_MEGABYTES)):
            yield Figure(
                what=f"{name}, {'wall time' if unit == 'ms' else 'memory'}",
                unit=unit,
                ours=Spread.of([mine[at]]),
                other="" if other is None else "Pelican",
                beside=None if other is None else Spread.of([other[at]]),
                limit=most,
            )


def main(folder: Path) -> None:
    """Build what the ledger has, and print how long it took and the most memory it needed."""
    began = time.perf_counter()
    with_ledger = _ledger(folder / "state")
    write(
        folder / "site",
        build.files(build.Site(entries=gather(with_ledger), address="https://threads.example/")),
    )
    spent = (time.perf_counter() - began) * 1000
    print(json.dumps([spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def _weeks(count: int) -> Iterator[Week]:
    """Write the weeks: an essay of about a page, a directory of 192 entries of which one changes a week."""
    places = [(section, entry) for section in range(12) for entry in range(16)]
    lines = {at: _entry(at[0] * 100 + at[1]) for at in places}
    for number in range(1, count + 1):
        lines[places[number % len(places)]] = _entry(10_000 + number)
        words = f"In week {number} somebody wrote *a page* about [it](https://s{number}.example). "
        essay = f"## Week {number}\n\n" + words * 20
        spoilers = [
            f"::: spoiler Part {section}\n"
            + "\n".join(lines[section, entry] for entry in range(16))
            + "\n:::"
            for section in range(12)
        ]
        at = _START + timedelta(weeks=number - 1)
        featured = tuple(_highlight(number, nth, at) for nth in range(FEATURED))
        yield Week(number, at, essay, "\n\n".join([essay, *spoilers]), featured)


def _entry(number: int) -> str:
    start = (
        f"- [Source {number}](https://s{number}.example/_x) shows what it saw, with remarks on how and where"
    )
    return f"{start}  "


def _highlight(number: int, nth: int, at: datetime) -> Highlight:
    return Highlight(
        comment_id=number * 100 + nth,
        post_id=number,
        author=f"reader{nth}@lemmy.example",
        actor=f"https://lemmy.example/u/reader{nth}",
        url=f"https://lemmy.example/comment/{number * 100 + nth}",
        at=at + timedelta(hours=nth),
        line=f"A remark, the {nth}th about week {number}, and what follows from it for the next",
        by="modlin",
        since=at + timedelta(hours=nth),
    )


def _ours(folder: Path, weeks: list[Week]) -> list[float]:
    (folder / "state").mkdir(exist_ok=True)
    ledger = _ledger(folder / "state")
    for week in weeks:
        _keep(ledger, week)
    ledger.close()
    found: list[float] = json.loads(_run([sys.executable, "-m", "bench.site", str(folder)], cwd=Path()))
    return found


def _ledger(state: Path) -> SqliteLedger:
    return SqliteLedger(state, _Clock(), on_wait=lambda: None, on_set_aside=lambda _: None)


class _Clock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _keep(ledger: SqliteLedger, week: Week) -> None:
    ledger.record_post(
        PostRecord(
            post_id=week.number,
            thread="news",
            edition=week.key,
            number=week.number,
            slot=week.at,
            community_id=2,
            url=f"https://lemmy.example/post/{week.number}",
            title=f"News {week.number}",
        )
    )
    ledger.keep_text(
        KeptText(post_id=week.number, body=week.body, preamble=week.essay, published=week.at, changed=week.at)
    )
    ledger.change_highlights("news", week.key, lambda _: week.featured)


def _pelican(folder: Path, weeks: list[Week]) -> list[list[float]]:
    content = folder / "pelican" / "content"
    content.mkdir(parents=True)
    (folder / "pelican" / "pelicanconf.py").write_text(_PELICAN_SETTINGS)
    found = []
    for some in (weeks[:-1], weeks[-1:]):
        for week in some:
            highlights = "\n".join(
                f"- [{highlight.line}]({highlight.url}) by {highlight.author}, {highlight.at:%d %B}"
                for highlight in week.featured
            )
            head = f"Title: News {week.number}\nDate: {week.at:%Y-%m-%d %H:%M}\n\n"
            (content / f"{week.key}.md").write_text(f"{head}{week.body}\n\n## Highlights\n\n{highlights}\n")
        began = time.perf_counter()
        measured = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True)\n"
        measured += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        words = [str(_PELICAN.absolute()), "--quiet", "--settings", "pelicanconf.py"]
        said = _run([sys.executable, "-c", measured, *words], cwd=folder / "pelican")
        found.append([(time.perf_counter() - began) * 1000, float(said.splitlines()[-1])])
    return found


def _run(words: list[str], *, cwd: Path) -> str:
    return subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
