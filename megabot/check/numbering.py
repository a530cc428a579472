"""Checks that a thread's numbering continues. A changed schedule can repeat or skip a number. Pure."""

from datetime import UTC, datetime

from megabot.ledger.records import PostRecord
from megabot.schedule.calendar import Edition, Every
from megabot.source.model import Thread
from megabot.source.problems import Problem


def numbering_gap(thread: Thread, newest: PostRecord, now: datetime) -> tuple[Edition, int] | None:
    """Return the next edition and the number it should have, None if its schedule gives it that number."""
    ahead = thread.calendar.upcoming(now)
    coming = next((edition for edition in ahead if edition.key != newest.edition), None)
    posted = thread.calendar.edition(newest.edition)
    # The number is 0 if the ledger was lost and the schedule no longer knows the key.
    if not newest.number or coming is None:
        return None
    if posted is None:  # posted under an older schedule, so only a repeated number can be detected
        return None if coming.number > newest.number else (coming, newest.number + 1)
    wanted = coming.number - posted.number + newest.number
    return None if wanted == coming.number else (coming, wanted)


def first_is_no_slot(thread: Thread) -> Problem | None:
    """Return a problem if the number in `first` would go to a later edition than its date suggests.

    An earlier day of the same week or month is clear; a later one shifts all numbers by one edition.
    """
    schedule = thread.schedule
    first = thread.calendar.nearest(datetime.combine(schedule.first, schedule.at, UTC))
    off = {
        Every.WEEK: first.start.isocalendar()[:2] > schedule.first.isocalendar()[:2],
        Every.MONTH: f"{first.start:%Y-%m}" > f"{schedule.first:%Y-%m}",
    }
    if not off.get(schedule.every):
        return None
    what = (
        f"schedule.first: {schedule.first:%A} {schedule.first} is not a posting date, "
        f"so number {schedule.number} goes to {first.start:%A} {first.start}"
    )
    hint = f"write first: {{date: {first.start}, number: N}} with the number of that edition"
    return Problem(thread.path, 0, what, hint)
