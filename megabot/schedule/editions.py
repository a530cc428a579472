"""Finds the edition that an order, a preview or a change means if it does not name one. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

from megabot.schedule.calendar import A_DAY, Calendar, Edition, Schedule


def next_unposted_edition(calendar: Calendar, now: datetime, posted: Collection[str] = ()) -> Edition | None:
    """Return the next edition that is neither skipped nor already posted; None after the last one.

    `posted` are the keys of editions that have a post: one of them may have been posted early.
    """
    ahead = calendar.upcoming(now)
    return next((edition for edition in ahead if not edition.skipped and edition.key not in posted), None)


def keys_near(calendar: Calendar, now: datetime, *, ahead: int = 3) -> frozenset[str]:
    """Return the keys of the current edition and of the next ones, which may be posted or changed now."""
    return _keys_near(calendar.schedule, now, ahead)


# Cached, because an account may have thousands of threads with the same schedule, all due at once.
@lru_cache(maxsize=1024)
def _keys_near(schedule: Schedule, now: datetime, ahead: int) -> frozenset[str]:
    calendar = Calendar("", schedule)
    due = calendar.current(now)
    following = {edition.key for edition in islice(calendar.upcoming(now), ahead)}
    return frozenset(following | ({due.key} if due else set()))


def upcoming_or_last(calendar: Calendar, now: datetime) -> Edition:
    """Return the edition of the next slot, or the last one if the schedule has ended."""
    ahead = next(calendar.upcoming(now), None)
    return ahead or calendar.nearest(now)


def is_late(calendar: Calendar, due: Edition, now: datetime) -> bool:
    """Return whether a due edition is closer to the next slot than to its own.

    Then "post" probably means the next one: shortly before a slot nobody wants last week's thread.
    """
    following = next_unposted_edition(calendar, now)
    return following is not None and now - due.slot > (following.slot - due.slot) / 2


def later_posted_key(calendar: Calendar, due: Edition, posted: Iterable[str]) -> str:
    """Return the key of an edition after `due` that already has a post; "" if there is none.

    Keys that do not belong to this schedule are ignored.
    """
    of_any_thread = replace(calendar, thread="")
    editions = ((key, of_any_thread.edition(key)) for key in dict.fromkeys(posted))
    return next((key for key, edition in editions if edition is not None and edition.slot > due.slot), "")


def edition_of_post(calendar: Calendar, published: datetime) -> Edition:
    """Return the edition that someone else's thread belongs to: that of the newest or of the next slot.

    People post at the slot, later or a little early. A thread from the middle of a week belongs to that week.
    """
    due = calendar.current(published)
    ahead = next(calendar.upcoming(published), None)
    if due is None:
        return upcoming_or_last(calendar, published)
    is_early = ahead is not None and ahead.slot - published <= head_start(due.slot, ahead.slot)
    return ahead if ahead is not None and is_early else due


def head_start(slot: datetime, following: datetime) -> timedelta:
    """Return how early a thread may be and count for a slot: a seventh of the interval, at most a day."""
    return min((following - slot) / 7, A_DAY)


def step_edition(calendar: Calendar, edition: Edition, steps: int) -> Edition | None:
    """Return the edition `steps` after another one, or before it if negative; None beyond the ends."""
    walk = calendar.later if steps > 0 else calendar.earlier
    if not steps:
        return edition
    return next(islice(walk(edition), abs(steps) - 1, None), None)


def postable_editions(calendar: Calendar, now: datetime) -> tuple[Edition, ...]:
    """Return the editions that an order to post may name: the current one and the next."""
    due, following = calendar.current(now), next_unposted_edition(calendar, now)
    at_once = next(calendar.upcoming(now), None)
    return tuple(dict.fromkeys(edition for edition in (due, at_once, following) if edition is not None))
