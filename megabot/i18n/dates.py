"""Dates in the active language. The clock has 24 hours in all of them."""

from datetime import date, datetime

from megabot.i18n.translation import NP_, _, pgettext

_WEEKDAYS = (
    NP_("weekday", "Mon"),
    NP_("weekday", "Tue"),
    NP_("weekday", "Wed"),
    NP_("weekday", "Thu"),
    NP_("weekday", "Fri"),
    NP_("weekday", "Sat"),
    NP_("weekday", "Sun"),
)
_MONTHS = (
    NP_("month", "Jan"),
    NP_("month", "Feb"),
    NP_("month", "Mar"),
    NP_("month", "Apr"),
    NP_("month", "May"),
    NP_("month", "Jun"),
    NP_("month", "Jul"),
    NP_("month", "Aug"),
    NP_("month", "Sep"),
    NP_("month", "Oct"),
    NP_("month", "Nov"),
    NP_("month", "Dec"),
)
_FULL_MONTHS = (
    NP_("full month", "January"),
    NP_("full month", "February"),
    NP_("full month", "March"),
    NP_("full month", "April"),
    NP_("full month", "May"),
    NP_("full month", "June"),
    NP_("full month", "July"),
    NP_("full month", "August"),
    NP_("full month", "September"),
    NP_("full month", "October"),
    NP_("full month", "November"),
    NP_("full month", "December"),
)
_FULL_WEEKDAYS = (
    NP_("full weekday", "Monday"),
    NP_("full weekday", "Tuesday"),
    NP_("full weekday", "Wednesday"),
    NP_("full weekday", "Thursday"),
    NP_("full weekday", "Friday"),
    NP_("full weekday", "Saturday"),
    NP_("full weekday", "Sunday"),
)


def day_and_time(at: datetime) -> str:
    """Write a day without its year and the time, as the clock of that moment's zone shows them."""
    # Translators: a date and a time, such as "Mon 30 Nov 12:00"; put the parts in your usual order.
    return _("{weekday} {day} {month} {time}").format(
        weekday=pgettext(*_WEEKDAYS[at.weekday()]),
        day=at.day,
        month=pgettext(*_MONTHS[at.month - 1]),
        time=f"{at:%H:%M}",
    )


def full_date(day: date) -> str:
    """Write a date with its year, such as `30 November 2026`."""
    # Translators: a date on the site, such as "30 November 2026"; put the parts in your usual order.
    return _("{day} {month} {year}").format(
        day=day.day, month=pgettext(*_FULL_MONTHS[day.month - 1]), year=day.year
    )


def full_moment(at: datetime) -> str:
    """Write a date and the time on the clock of its zone, such as `Monday 30 November 2026, 12:00`."""
    # Translators: such as "Monday 30 November 2026, 12:00"; the name of the time zone follows.
    return _("{weekday} {date}, {time}").format(
        weekday=pgettext(*_FULL_WEEKDAYS[at.weekday()]), date=full_date(at.date()), time=f"{at:%H:%M}"
    )
