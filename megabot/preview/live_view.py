"""What the live page shows: an edition, its neighbours, the problems and the changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from megabot.errors import SourceBroken
from megabot.ports import OfflinePorts
from megabot.preview import preview
from megabot.preview.fragments import Preview, PreviewedEdition
from megabot.preview.preview import Standing
from megabot.rendering.model import Context, PreviousFacts, Rendered, RenderProblem
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import upcoming_or_last
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import preambles_without_slot
from megabot.source.problems import Problem

# As many as `check` renders (T10).
SLOTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRequest:
    """The requested thread by name ("" for the first), and the number of one of its next slots, from 0."""

    thread: str = ""
    slot: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The content of the page. `at` is the index of the shown edition in `preview`, -1 for none.

    `slot` of `slots` is shown. `last` is the last view without a mistake, if this one has a mistake.
    """

    preview: Preview
    snapshot: Snapshot
    at: int = -1
    slot: int = 0
    slots: int = 0
    last: "View | None" = None

    @property
    def text(self) -> Rendered | None:
        """The text of the shown edition; None if a mistake prevents it."""
        return self.shown.text if self.shown and isinstance(self.shown.text, Rendered) else None

    @property
    def shown(self) -> PreviewedEdition | None:
        return self.preview.editions[self.at] if self.at >= 0 else None


def view(ports: OfflinePorts, wish: ViewRequest, *, compare: Standing) -> View:
    """Read the templates and render what is requested; mistakes are part of the view.

    Raises `SourceMissing`.
    """
    now, snapshot = ports.clock.now(), ports.source.snapshot()
    problems: tuple[Problem, ...] = ()
    try:
        threads = ports.source.threads(snapshot)
        idle = preambles_without_slot(snapshot, threads)
    except SourceBroken as error:
        problems, idle = tuple(one for one in error.problems if isinstance(one, Problem)), ()
        threads = tuple(one for one in error.threads if isinstance(one, Thread))
    places = [number for number, one in enumerate(threads) if one.name == wish.thread]
    if not threads or (problems and not places):  # the requested thread may be the broken one
        empty = Preview(made=now, revision=snapshot.revision, source_problems=problems)
        return View(preview=empty, snapshot=snapshot)
    at = places[0] if places else 0
    ahead = list(islice(threads[at].calendar.upcoming(now), SLOTS))
    coming = ahead or [upcoming_or_last(threads[at].calendar, now)]
    # Anyone can edit the address, and there are fewer editions before the end of a schedule.
    slot = min(max(wish.slot, 0), len(coming) - 1)
    editions = [upcoming_or_last(one.calendar, now) for one in threads]
    editions[at] = coming[slot]
    texts = _rendered(ports, snapshot, threads, editions, ahead={at: coming[slot - 1]} if slot else {})
    shown = tuple(
        preview.compare_with_current(thread, edition, text, standing=compare(thread))
        for thread, edition, text in zip(threads, editions, texts, strict=True)
    )
    complete = Preview(
        made=now,
        revision=snapshot.revision,
        editions=shown,
        source_problems=problems,
        source_warnings=(*snapshot.ignored, *preview.unread_files(snapshot, shown, problems), *idle),
    )
    return View(preview=complete, snapshot=snapshot, at=at, slot=slot, slots=len(coming))


def _rendered(
    ports: OfflinePorts,
    snapshot: Snapshot,
    threads: Sequence[Thread],
    editions: Sequence[Edition],
    *,
    ahead: dict[int, Edition],
) -> tuple[Rendered | RenderProblem, ...]:
    """Render an edition of each thread in one call. `ahead` maps a thread to the unposted edition before."""
    jobs: list[tuple[Thread, Context]] = []
    for number, (thread, edition) in enumerate(zip(threads, editions, strict=True)):
        context = preview.context_of(ports, snapshot, thread, edition)
        if number in ahead:
            context = replace(context, previous=_not_yet_posted(thread, ahead[number]))
        jobs.append((thread, context))
    return ports.renderer.render(snapshot, jobs)


def _not_yet_posted(thread: Thread, before: Edition) -> PreviousFacts:
    return PreviousFacts(
        title=f"{thread.name} {before.key}",
        url="https://not-posted-yet.invalid/",
        number=before.number,
        slots_ago=1,
        comments=0,
    )
