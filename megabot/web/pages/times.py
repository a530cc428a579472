"""How far a time is from now, in the page's language. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from megabot.i18n.translation import _, ngettext

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def from_now(at: datetime, now: datetime) -> str:
    """Return how far a time is from now: in 3 days, 5 minutes ago."""
    span = _span(abs(at - now))
    return (_("in {span}") if at > now else _("{span} ago")).format(span=span)


def local_field(at: datetime, timezone: str) -> str:
    """Return a time as a field for a date and a time has it, on the clock of a time zone."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%dT%H:%M")


def _span(length: timedelta) -> str:
    if length >= 2 * _DAY:
        return ngettext("{number} day", "{number} days", length.days).format(number=length.days)
    if length >= _HOUR:
        return _("{number} h").format(number=int(length / _HOUR))
    return _("{number} min").format(number=int(length / timedelta(minutes=1)))
