"""A large directory of sources, rendered by the real renderer, its child included."""

import time
from datetime import UTC, date, datetime

from bench.figures import Figure, Spread
from megabot.rendering.model import Context, EditionFacts, Rendered
from megabot.rendering.renderer import ChildRenderer
from megabot.source.model import Snapshot
from megabot.source.thread_files import threads

LONGEST_MILLISECONDS = 1000

_SECTIONS = 20
_TEMPLATE = """---
name: news
title: "Directory {{ edition.number }}"
schedule: {every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2024-01-01}
---
{{ sections() }}
"""
_CONTEXT = Context(
    edition=EditionFacts(
        key="2026-W47",
        number=151,
        start=date(2026, 11, 16),
        end=date(2026, 11, 22),
        slot=datetime(2026, 11, 16, 12, 0, tzinfo=UTC),
    ),
    community="news",
)


def rendered(runs: int, *, entries: int, length: int) -> Figure:
    """Measure a directory of so many entries of that many characters each, in 20 sections."""
    files = snapshot(entries, length)
    thread = threads(files)[0][0]
    spent = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        text = ChildRenderer().render(files, [(thread, _CONTEXT)])[0]
        spent.append((time.perf_counter() - began) * 1000)
        if not isinstance(text, Rendered) or text.body.count("\n- ") != entries:
            raise RuntimeError(f"not the directory: {text}")
    return Figure(
        what=f"{entries:,} entries of {length} characters rendered, wall time",
        unit="ms",
        ours=Spread.of(spent[1:]),  # the first run reads the libraries from disk
        limit=LONGEST_MILLISECONDS,
    )


def snapshot(entries: int, length: int) -> Snapshot:
    """Write a source with so many entries of that many characters."""
    each = entries // _SECTIONS
    files = {"thread.md.j2": _TEMPLATE}
    for number in range(_SECTIONS):
        lines = (_entry(number * each + index, length) for index in range(each))
        text = "\n".join([f"---\ntitle: Part {number}\n---", *lines])
        files[f"sections/{number:02}-part-{number}.md"] = f"{text}\n"
    return Snapshot(files=files)


def _entry(number: int, length: int) -> str:
    """Write an entry as real ones are: a link, and as many words about it as fit."""
    start = f"- [Source {number}](https://s{number}.example/_x)"
    return f"{start} shows what it saw, with remarks on how and where, and is corrected often"[:length].ljust(
        length, "."
    )
