"""Which edition is meant: by an order, a preview or a change that names none. Pure."""

from collections.abc import Collection
from datetime import datetime

from megabot.core import calendar
from megabot.core.calendar import Edition
from megabot.core.threads import Thread


def coming(thread: Thread, now: datetime, posted: Collection[str] = ()) -> Edition | None:
    """Return the next edition that is neither skipped nor already posted; None after the last one.

    `posted` are the keys of editions that have a post: one of them may have been posted early.
    """
    ahead = calendar.upcoming(thread.name, thread.schedule, now)
    return next((edition for edition in ahead if not edition.skipped and edition.key not in posted), None)


def is_late(thread: Thread, due: Edition, now: datetime) -> bool:
    """Return whether a due edition is closer to the next slot than to its own.

    Then "post" may mean the next one: an hour before a slot nobody asks for last week's thread.
    """
    following = coming(thread, now)
    return following is not None and now - due.slot > (following.slot - due.slot) / 2


def may_be_posted(thread: Thread, now: datetime) -> tuple[Edition, ...]:
    """Return the editions that an order to post may name: the due one and the next."""
    due, following = calendar.due(thread.name, thread.schedule, now), coming(thread, now)
    at_once = next(calendar.upcoming(thread.name, thread.schedule, now), None)
    return tuple(dict.fromkeys(edition for edition in (due, at_once, following) if edition is not None))
