"""Mistakes in sections, data and preambles that no thread can show because its own template is broken.

The files are rendered with small templates of our own, in the child, as the threads' would be.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

from megabot.rendering.model import Context, EditionFacts, RenderProblem
from megabot.rendering.port import Renderer
from megabot.schedule.calendar import Every, Schedule
from megabot.source.model import Snapshot, Thread
from megabot.source.problems import Problem

_ALL, _NOTHING = "_check-all.md.j2", "_check-nothing.md.j2"
_TEMPLATES = {_ALL: "---\n---\n{{ sections() }}\nx", _NOTHING: "---\n---\nx"}
_MOST = 200
_DAY = date(2026, 1, 5)
_SCHEDULE = Schedule(every=Every.DAY, at=time(12), timezone="UTC", first=_DAY)


def mistakes(renderer: Renderer, snapshot: Snapshot, known: Collection[str]) -> Iterator[Problem]:
    """Find mistakes in all sections and data, and in preambles of threads other than the `known` ones."""
    preambles = [path for path in sorted(snapshot.files) if path.startswith("preambles/")][:_MOST]
    jobs = [_job(_ALL, "check", "none"), _job(_NOTHING, "check", "none")]
    for path in preambles:
        folder, _, key = path.removeprefix("preambles/").removesuffix(".md").rpartition("/")
        if folder not in known:
            jobs.append(_job(_NOTHING, folder, key))
    for answer in renderer.render(replace(snapshot, files=snapshot.files | _TEMPLATES), jobs):
        listed = answer.problems if isinstance(answer, RenderProblem) else (*answer.warnings, *answer.unused)
        yield from (one for one in listed if one.path not in _TEMPLATES)


def _job(template: str, name: str, key: str) -> tuple[Thread, Context]:
    edition = EditionFacts(key=key, number=1, start=_DAY, end=_DAY, slot=datetime(2026, 1, 5, 12, tzinfo=UTC))
    thread = Thread(name=name, path=template, title="check", schedule=_SCHEDULE)
    return thread, Context(edition=edition, community="community", previous=None)
