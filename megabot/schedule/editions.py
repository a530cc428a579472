"""Which edition is meant: by an order, a preview or a change that names none. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import islice

from megabot.schedule.calendar import A_DAY, Calendar, Edition


def next_unposted_edition(calendar: Calendar, now: datetime, posted: Collection[str] = ()) -> Edition | None:
    """Return the next edition that is neither skipped nor already posted; None after the last one.

    `posted` are the keys of editions that have a post: one of them may have been posted early.
    """
    ahead = calendar.upcoming(now)
    return next((edition for edition in ahead if not edition.skipped and edition.key not in posted), None)


def upcoming_or_last(calendar: Calendar, now: datetime) -> Edition:
    """Return the edition of the next slot, or the last one if the schedule is over: something to show."""
    ahead = next(calendar.upcoming(now), None)
    return ahead or calendar.nearest(now)


def is_late(calendar: Calendar, due: Edition, now: datetime) -> bool:
    """Return whether a due edition is closer to the next slot than to its own.

    Then "post" may mean the next one: an hour before a slot nobody asks for last week's thread.
    """
    following = next_unposted_edition(calendar, now)
    return following is not None and now - due.slot > (following.slot - due.slot) / 2


def later_posted_key(calendar: Calendar, due: Edition, posted: Iterable[str]) -> str:
    """Return the key of an edition after `due` that has a post already; "" if there is none.

    Keys of another schedule tell nothing.
    """
    known = ((key, calendar.edition(key)) for key in dict.fromkeys(posted))
    return next((key for key, edition in known if edition is not None and edition.slot > due.slot), "")


def edition_of_post(calendar: Calendar, published: datetime) -> Edition:
    """Return the edition that a thread made by hand is: that of the newest slot, or of the one just ahead.

    People post at the slot, later, or a little early; a thread from the middle of a week is that week's.
    """
    due = calendar.current(published)
    ahead = next(calendar.upcoming(published), None)
    if due is None:
        return upcoming_or_last(calendar, published)
    is_early = ahead is not None and ahead.slot - published <= head_start(due.slot, ahead.slot)
    return ahead if ahead is not None and is_early else due


def head_start(slot: datetime, following: datetime) -> timedelta:
    """Return how long before a slot a thread counts as that slot's: a seventh of the time, at most a day."""
    return min((following - slot) / 7, A_DAY)


def step_edition(calendar: Calendar, edition: Edition, steps: int) -> Edition | None:
    """Return the edition so many steps after another one, before it if negative; None beyond the ends."""
    walk = calendar.later if steps > 0 else calendar.earlier
    if not steps:
        return edition
    return next(islice(walk(edition), abs(steps) - 1, None), None)


def postable_editions(calendar: Calendar, now: datetime) -> tuple[Edition, ...]:
    """Return the editions that an order to post may name: the due one and the next."""
    due, following = calendar.current(now), next_unposted_edition(calendar, now)
    at_once = next(calendar.upcoming(now), None)
    return tuple(dict.fromkeys(edition for edition in (due, at_once, following) if edition is not None))
