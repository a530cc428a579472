"""An edition as it would be posted, without asking the server: the ledger stands for what is there."""

from collections.abc import Callable, Sequence
from datetime import datetime

from megabot import texts
from megabot.amending import preamble_of
from megabot.core import calendar
from megabot.core.calendar import Edition
from megabot.core.preambles import preambles_without_slot
from megabot.core.problems import Problem
from megabot.core.threads import (
    CompanionFacts,
    Context,
    EditionFacts,
    PreviousFacts,
    Snapshot,
    Thread,
)
from megabot.errors import ConfigError, SourceBroken
from megabot.language import Language
from megabot.ports import Desk
from megabot.preview_page import Preview, Shown
from megabot.standing import standing_record


def preview(desk: Desk, key: str | None, *, choose: Callable[[], Sequence[Thread]]) -> Preview:
    """Render the next edition of the threads that are chosen, or the one that a key names.

    Mistakes in the source's files are part of the answer. Raises `SourceMissing`, and `ConfigError` for a
    wrong key.
    """
    desk.source.refresh()
    now, snapshot = desk.clock.now(), desk.source.snapshot()
    try:
        idle = preambles_without_slot(snapshot, desk.source.threads(snapshot))
    except SourceBroken as error:
        problems = tuple(one for one in error.problems if isinstance(one, Problem))
        return Preview(made=now, revision=snapshot.revision, source_problems=problems)
    editions = [(thread, wanted(desk.language, thread, key, now)) for thread in choose()]
    jobs = [(thread, _context(desk, snapshot, thread, edition)) for thread, edition in editions]
    texts = desk.renderer.render(snapshot, jobs)
    return Preview(
        made=now,
        revision=snapshot.revision,
        shown=tuple(
            Shown(thread=thread, edition=edition, text=text)
            for (thread, edition), text in zip(editions, texts, strict=True)
        ),
        source_warnings=idle,
    )


def wanted(lang: Language, thread: Thread, key: str | None, now: datetime) -> Edition:
    """Find an edition by its key, the next one where none is named. Raises `ConfigError` for a wrong key."""
    if key is None:
        return next(calendar.upcoming(thread.name, thread.schedule, now))
    edition = calendar.by_key(thread.name, thread.schedule, key)
    if edition is None:
        coming = next(calendar.upcoming(thread.name, thread.schedule, now))
        raise ConfigError(texts.no_such_edition(lang, thread.name, key, example=coming.key))
    return edition


def _context(desk: Desk, snapshot: Snapshot, thread: Thread, edition: Edition) -> Context:
    return Context(
        edition=EditionFacts(
            key=edition.key,
            number=edition.number,
            start=edition.start,
            end=edition.end,
            slot=edition.slot,
        ),
        community=thread.community or desk.community or "community",
        previous=_previous(desk, thread, edition),
        companions={one.name: _companion(desk, one.url, one.thread) for one in thread.companions},
        preamble=preamble_of(desk.ledger, thread.name, edition.key),
        revision=snapshot.revision,
    )


def _previous(desk: Desk, thread: Thread, edition: Edition) -> PreviousFacts | None:
    older = [record for record in desk.ledger.posts(thread.name) if record.number < edition.number]
    if not older:
        return None
    standing = standing_record(desk.ledger, thread.name)
    last = standing if standing in older else older[-1]
    return PreviousFacts(
        title=last.title,
        url=last.url,
        number=last.number,
        slots_ago=edition.number - last.number,
        comments=0,
    )


def _companion(desk: Desk, url: str, thread: str) -> CompanionFacts | None:
    if url:
        return CompanionFacts(url=url)
    record = standing_record(desk.ledger, thread) if thread else None
    return CompanionFacts(url=record.url, title=record.title) if record else None
