"""The threads that `megabot import` found, oldest first. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from megabot.commands.import_threads import ImportResult, PastThread
from megabot.i18n.tables import Line, Span, Tone, table
from megabot.i18n.times import moment


def lines(
    past_threads: Sequence[PastThread], timezone: str, now: datetime, *, width: int | None
) -> list[Line]:
    """Write a table, on the clock of the thread's time zone."""
    rows = [
        (
            past.edition.key,
            moment(past.post.published, timezone, now, column=True),
            Span(past.result.value, Tone.GOOD if past.result is ImportResult.TAKEN else Tone.QUIET),
            past.post.title,
        )
        for past in past_threads
    ]
    return table(rows, head=("edition", "posted at", "", "title"), width=width) if rows else []


def document(past_threads: Sequence[PastThread], timezone: str) -> list[dict[str, object]]:
    """Make what JSON can hold; moments in ISO 8601, on the clock of the thread's zone."""
    return [
        {
            "edition": past.edition.key,
            "posted": past.post.published.astimezone(ZoneInfo(timezone)).isoformat(),
            "url": past.post.url,
            "title": past.post.title,
            "by": past.post.by,
            "fate": past.result.name.lower(),
        }
        for past in past_threads
    ]
