"""Moments on the clock of a time zone, and how far away they are, for the command line. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def moment(at: datetime, timezone: str, now: datetime, *, column: bool = False) -> str:
    """Write a moment with the zone's short name: `Mon 30 Nov 12:00 GMT`.

    The current year is omitted. With `column` the days of the month are aligned.
    """
    local = at.astimezone(ZoneInfo(timezone))
    day = f"{local.day:2}" if column else f"{local.day}"
    year = f" {local.year}" if local.year != now.astimezone(local.tzinfo).year else ""
    return f"{local:%a} {day} {local:%b}{year} {local:%H:%M} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """Return the short name of a moment's zone; `UTC-03` if the zone has an offset and no name."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def time_until(at: datetime, now: datetime) -> str:
    """Say how far a moment is from now: `in 3 h`, `5 min ago`, `now`."""
    if abs(at - now) < _MINUTE:
        return "now"
    return f"in {format_span(at - now)}" if at > now else f"{format_span(now - at)} ago"


def format_span(length: timedelta) -> str:
    """Write a length of time in its largest unit, rounded: `4 min`, `3 h`, `2 days`."""
    if length >= 2 * _DAY - _HOUR / 2:
        return f"{round(length / _DAY)} days"
    if length >= _HOUR - _MINUTE / 2:
        return f"{round(length / _HOUR)} h"
    return f"{max(round(length / _MINUTE), 1)} min"
