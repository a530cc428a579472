"""Checks of the templates: each one is rendered for its upcoming editions."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import chain, islice

from megabot.check import check_text
from megabot.check.findings import (
    Finding,
    Level,
    mistake_finding,
    ok_finding,
    problem_finding,
    warning_finding,
)
from megabot.check.numbering import first_is_no_slot, numbering_gap
from megabot.errors import SourceBroken
from megabot.i18n import sentences
from megabot.ports import OfflinePorts
from megabot.rendering.context_json import edition_facts
from megabot.rendering.model import CompanionFacts, Context, EditionFacts, PreviousFacts, RenderProblem
from megabot.rendering.port import Renderer
from megabot.schedule.calendar import Edition, Every, Schedule
from megabot.schedule.editions import keys_near, upcoming_or_last
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import preambles_without_slot
from megabot.source.problems import Problem

# Enough to reach mistakes that only a later slot shows, such as a leap day (T10).
SLOTS = 60
_CHECK_ALL, _CHECK_NOTHING = "_check-all.md.j2", "_check-nothing.md.j2"
# The x is there because an empty text is a mistake (T06).
_TEMPLATES = {_CHECK_ALL: "---\n---\n{{ sections() }}\nx", _CHECK_NOTHING: "---\n---\nx"}
_MOST_PREAMBLES = 200
_DAY = date(2026, 1, 5)
_SCHEDULE = Schedule(every=Every.DAY, at=time(12), timezone="UTC", first=_DAY)


def check_source(ports: OfflinePorts, *, slots: int = SLOTS) -> Iterator[Finding]:
    """Read the templates and render the next editions of every thread. Yields every mistake once.

    Raises `SourceMissing`.
    """
    findings: set[Finding] = set()
    for finding in _source(ports, slots):
        if finding not in findings:
            yield finding
        findings.add(finding)


def _source(ports: OfflinePorts, slots: int) -> Iterator[Finding]:
    snapshot = ports.source.snapshot()
    if snapshot.no_revision:
        yield warning_finding(check_text.no_revision(snapshot.no_revision))
    yield from (mistake_finding(Level.WARNING, one) for one in snapshot.ignored)
    try:
        threads = ports.source.threads(snapshot)
    except SourceBroken as error:
        yield from (_broken(one) for one in error.problems)
        yield from (_broken(one) for one in snapshot.problems)
        yield from _in_spite(ports, snapshot, error, slots)
        return
    yield from (mistake_finding(Level.WARNING, one) for one in preambles_without_slot(snapshot, threads))
    found = [list(_thread(ports, snapshot, thread, slots)) for thread in threads]
    yield from chain.from_iterable(found)
    if any(finding.level is Level.PROBLEM for finding in chain.from_iterable(found)):
        yield from _beside(ports, snapshot, [thread.name for thread in threads])
    names = {thread.name for thread in threads}
    gone = (name for name in ports.ledger.threads() if name not in names)
    yield from (warning_finding(check_text.thread_is_gone(name, sorted(names))) for name in gone)


def _in_spite(ports: OfflinePorts, snapshot: Snapshot, error: SourceBroken, slots: int) -> Iterator[Finding]:
    """Check the other files, so that one broken file does not hide mistakes in them."""
    good = [one for one in error.threads if isinstance(one, Thread)]
    names = [thread.name for thread in good]
    yield from _beside(ports, snapshot, names)
    yield from (
        mistake_finding(Level.WARNING, one) for one in preambles_without_slot(snapshot, good, only=names)
    )
    for thread in good:
        yield from _thread(ports, snapshot, thread, slots)


def _beside(ports: OfflinePorts, snapshot: Snapshot, known: list[str]) -> Iterator[Finding]:
    """Find mistakes in files that are not reached when rendering a thread stops at a mistake."""
    beside = _file_mistakes(ports.renderer, snapshot, known)
    return (mistake_finding(Level.PROBLEM, one) for one in beside)


def _broken(problem: object) -> Finding:
    return (
        mistake_finding(Level.PROBLEM, problem)
        if isinstance(problem, Problem)
        else problem_finding(str(problem))
    )


def _thread(ports: OfflinePorts, snapshot: Snapshot, thread: Thread, slots: int) -> Iterator[Finding]:
    now = ports.clock.now()
    near = keys_near(thread.calendar, now, ahead=slots)
    records = ports.ledger.recent_posts(thread.name, editions=near)
    posted = {record.edition for record in records}  # the next one may have been posted ahead of time
    unposted = (edition for edition in thread.calendar.upcoming(now) if edition.key not in posted)
    ahead = list(islice(unposted, slots))
    coming = ahead or [upcoming_or_last(thread.calendar, now)]
    community = thread.community or ports.community or "community"
    jobs = [(thread, example_context(thread, edition, community=community)) for edition in coming]
    # The first edition has no previous thread and no companions, which a template must allow for.
    jobs.insert(0, (thread, example_context(thread, coming[0], community=community, first=True)))
    answers = ports.renderer.render(snapshot, jobs)
    found: dict[Finding, None] = {}
    for answer in answers:
        if isinstance(answer, RenderProblem):
            found |= dict.fromkeys(mistake_finding(Level.PROBLEM, one) for one in answer.problems)
        else:
            found |= dict.fromkeys(mistake_finding(Level.WARNING, one) for one in answer.warnings)
            found |= dict.fromkeys(mistake_finding(Level.PROBLEM, one) for one in answer.unused)
    yield from found
    off = first_is_no_slot(thread)
    if off is not None:
        yield mistake_finding(Level.WARNING, off)
    if not any(isinstance(answer, RenderProblem) for answer in answers):
        yield ok_finding(check_text.slots_render(thread, len(coming), coming[0].slot, now))
    wrong = numbering_gap(thread, records[-1], now) if records else None
    if wrong:
        yield mistake_finding(Level.WARNING, check_text.number_is_off(thread.path, records[-1], *wrong))
    if not (thread.community or ports.community):
        yield problem_finding(sentences.no_community(thread.name))


def example_context(thread: Thread, edition: Edition, *, community: str, first: bool = False) -> Context:
    """Return a context to try a template with: like the real one, with invented posts to link."""
    before = PreviousFacts(
        title="The previous thread",
        url="https://lemmy.example/post/1",
        number=edition.number - 1,
        slots_ago=1,
        comments=0,
    )
    linked = CompanionFacts(url="https://lemmy.example/post/2", title="A companion thread")
    return Context(
        edition=edition_facts(edition),
        community=community,
        previous=None if first else before,
        companions={
            companion.name: CompanionFacts(url=companion.url) if companion.url else None if first else linked
            for companion in thread.companions
        },
    )


def _file_mistakes(renderer: Renderer, snapshot: Snapshot, known: Collection[str]) -> Iterator[Problem]:
    """Find mistakes in all sections and data, and in preambles of threads other than the `known` ones.

    They are rendered in the child with small templates, under the same limits as threads.
    """
    preambles = [path for path in sorted(snapshot.files) if path.startswith("preambles/")][:_MOST_PREAMBLES]
    jobs = [_job(_CHECK_ALL, "check", "none"), _job(_CHECK_NOTHING, "check", "none")]
    for path in preambles:
        folder, _, key = path.removeprefix("preambles/").removesuffix(".md").rpartition("/")
        if folder not in known:
            jobs.append(_job(_CHECK_NOTHING, folder, key))
    for answer in renderer.render(replace(snapshot, files=snapshot.files | _TEMPLATES), jobs):
        listed = answer.problems if isinstance(answer, RenderProblem) else (*answer.warnings, *answer.unused)
        yield from (one for one in listed if one.path not in _TEMPLATES)


def _job(template: str, name: str, key: str) -> tuple[Thread, Context]:
    edition = EditionFacts(key=key, number=1, start=_DAY, end=_DAY, slot=datetime(2026, 1, 5, 12, tzinfo=UTC))
    thread = Thread(name=name, path=template, title="check", schedule=_SCHEDULE)
    return thread, Context(edition=edition, community="community", previous=None)
