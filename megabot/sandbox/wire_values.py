"""How values are written in JSON, whatever the API: moments, and what is left out."""

from datetime import datetime

from megabot.sandbox.fields import Json

_MICROSECONDS_OF_A_MILLISECOND = 1000


def time(moment: datetime) -> str:
    """Write a moment as chrono does: no fraction, three digits or six, whichever is exact."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if not moment.microsecond:
        return f"{text}Z"
    if moment.microsecond % _MICROSECONDS_OF_A_MILLISECOND:
        return f"{text}.{moment.microsecond:06}Z"
    return f"{text}.{moment.microsecond // _MICROSECONDS_OF_A_MILLISECOND:03}Z"


def time_or_none(moment: datetime | None) -> str | None:
    """Write a moment if there is one."""
    return None if moment is None else time(moment)


def without_none(values: Json) -> Json:
    """Leave out what is none, as the server does."""
    return {name: value for name, value in values.items() if value is not None}
