"""Show which editions the server's limit on new posts makes late, as lines and for JSON. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from megabot.i18n.tables import Line, Outcome, outcome_line
from megabot.reconcile import describe
from megabot.reconcile.post_limit import LatePosts


def late_lines(late: Sequence[LatePosts], now: datetime, *, width: int | None) -> Iterator[Line]:
    """Yield a sentence for each group, each after an empty line."""
    for group in late:
        yield ()
        yield from outcome_line(Outcome.WARNING, describe.posts_late(group, now), width=width)


def late_document(
    late: Sequence[LatePosts], thread: str, timezone: str, *, edition: str = ""
) -> dict[str, object] | None:
    """Return the data for JSON of the first group with a thread, or with this edition of it.

    None if there is none. The time is in ISO 8601, in the thread's time zone.
    """
    for group in late:
        if any(slot.thread == thread and edition in ("", slot.edition) for slot in group.due):
            return {
                "posts": group.limit.posts,
                "seconds": group.limit.seconds,
                "threads": list(group.threads),
                "last_at": group.last_at.astimezone(ZoneInfo(timezone)).isoformat(),
            }
    return None
