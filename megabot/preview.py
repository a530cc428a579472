"""An edition as it would be posted, without asking the server: the ledger stands for what is there."""

from datetime import datetime

from megabot.core import calendar
from megabot.core.calendar import Edition
from megabot.core.context import facts
from megabot.core.threads import (
    CompanionFacts,
    Context,
    PreviousFacts,
    Rendered,
    RenderProblem,
    Thread,
)
from megabot.errors import ConfigError
from megabot.ports import Desk


def render(desk: Desk, thread: Thread, edition: Edition) -> Rendered | RenderProblem:
    """Render one edition of a thread."""
    snapshot = desk.source.snapshot()
    context = Context(
        edition=facts(edition),
        community=thread.community or desk.community or "community",
        previous=_previous(desk, thread, edition),
        companions={one.name: _companion(desk, one.url, one.thread) for one in thread.companions},
        revision=snapshot.revision,
    )
    return desk.renderer.render(snapshot, [(thread, context)])[0]


def wanted(thread: Thread, key: str | None, now: datetime) -> Edition:
    """Find an edition by its key, the next one where none is named. Raises `ConfigError` for a wrong key."""
    if key is None:
        return next(calendar.upcoming(thread.name, thread.schedule, now))
    edition = calendar.by_key(thread.name, thread.schedule, key)
    if edition is None:
        coming = next(calendar.upcoming(thread.name, thread.schedule, now))
        raise ConfigError(f"{thread.name} has no edition {key!r}; the next one is {coming.key}")
    return edition


def _previous(desk: Desk, thread: Thread, edition: Edition) -> PreviousFacts | None:
    older = [record for record in desk.ledger.posts(thread.name) if record.number < edition.number]
    if not older:
        return None
    last = older[-1]
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
    records = desk.ledger.posts(thread) if thread else ()
    return CompanionFacts(url=records[-1].url, title=records[-1].title) if records else None
