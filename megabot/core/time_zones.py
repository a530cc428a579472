"""Find the time zone that a name means, and suggest a region for an offset or an abbreviation. Pure.

An offset like GMT+1 is no time zone: a region on it in winter may be on another one in summer.
"""

import difflib
import re
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

_LONGEST = 64  # characters: a longer name is none, and is compared with nothing
_MOST = 3
_OFFSET = re.compile(r"(?:gmt|utc|z)?([+-])([0-9]{1,2})(?::?([0-5][0-9]))?")
_LIKE_AN_OFFSET = re.compile(r"(?:gmt|utc|z)?[+-].*")
_ANY_NAME = "write area and city, as in Europe/London"
_WINTER, _SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)
# The regions that are suggested, those with most people first: one for each offset and abbreviation at least.
_REGIONS = (
    "America/New_York America/Chicago America/Los_Angeles America/Denver America/Phoenix America/Anchorage"
    " Pacific/Honolulu America/Halifax America/St_Johns America/Mexico_City America/Bogota America/Caracas"
    " America/Sao_Paulo America/Argentina/Buenos_Aires America/Noronha Atlantic/Azores Europe/London"
    " Europe/Berlin Europe/Athens Europe/Istanbul Europe/Dublin Europe/Lisbon Europe/Moscow Europe/Samara"
    " Africa/Lagos Africa/Johannesburg Africa/Cairo Africa/Nairobi Africa/Accra Asia/Kolkata Asia/Dubai"
    " Asia/Tehran Asia/Kabul Asia/Karachi Asia/Jerusalem Asia/Kathmandu Asia/Dhaka Asia/Yangon Asia/Jakarta"
    " Asia/Bangkok Asia/Shanghai Asia/Hong_Kong Asia/Manila Asia/Singapore Australia/Perth Asia/Tokyo"
    " Asia/Seoul Australia/Sydney Australia/Brisbane Australia/Adelaide Australia/Darwin"
    " Pacific/Guadalcanal Pacific/Auckland Pacific/Tongatapu Pacific/Kiritimati Pacific/Marquesas"
    " Pacific/Pago_Pago Australia/Lord_Howe Pacific/Chatham Australia/Eucla Asia/Almaty Asia/Novosibirsk"
    " Asia/Vladivostok Asia/Yekaterinburg Asia/Krasnoyarsk Asia/Yakutsk Asia/Magadan Asia/Kamchatka"
).split()
# Abbreviations that the database does not use, or uses for another region than most people do.
_ABBREVIATIONS = {
    "AEST": ("Australia/Sydney", "Australia/Brisbane"),
    "ART": ("America/Argentina/Buenos_Aires",),
    "BRT": ("America/Sao_Paulo",),
    "BST": ("Europe/London",),
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "CT": ("America/Chicago",),
    "ET": ("America/New_York",),
    "GST": ("Asia/Dubai",),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "MT": ("America/Denver",),
    "PT": ("America/Los_Angeles",),
    "SGT": ("Asia/Singapore",),
    "TRT": ("Europe/Istanbul",),
    "UK": ("Europe/London",),
}


def named(text: str) -> str | None:
    """Return the time zone of this name as the database spells it, None if there is none."""
    wanted = text.strip().replace(" ", "_").lower()
    return _known().get(wanted) if len(wanted) <= _LONGEST else None


def suggestion(text: str) -> str:
    """Say what to write instead of a name that is not a time zone."""
    plain = text.strip()
    if len(plain) > _LONGEST:
        return _ANY_NAME
    for what, regions in (("an offset", _of_offset(plain)), ("an abbreviation", _of_abbreviation(plain))):
        if regions:
            return f"that is {what}, which does not say when clocks change; write a region: {regions}"
    near = _near(plain.replace(" ", "_").lower())
    return f"did you mean {near}?" if near else _ANY_NAME


def _of_offset(text: str) -> str:
    found = _OFFSET.fullmatch(text.replace(" ", "").replace("−", "-").lower())
    if found is None:
        return ""
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    offset = size if found[1] == "+" else -size
    regions = [one for one in _REGIONS if _standard_offset(one) == offset]
    fixed = _fixed(offset)
    if not (regions or fixed):
        return ""
    listed = " or ".join(regions[:_MOST])
    # The signs of these names are those of POSIX, reversed: a reader who sees no reason takes them for wrong.
    note = " (its sign is reversed)" if fixed.startswith("Etc") else ""
    never = f"{fixed}{note} if the clocks never change" if fixed else ""
    return "; ".join(filter(None, (listed, never)))


def _fixed(offset: timedelta) -> str:
    hours, rest = divmod(offset, timedelta(hours=1))
    if not offset:
        return "UTC"
    name = f"Etc/GMT{-hours:+d}"
    return name if not rest and name.lower() in _known() else ""


def _of_abbreviation(text: str) -> str:
    return " or ".join(_abbreviations().get(text.upper(), ())[:_MOST])


def _near(wanted: str) -> str:
    cities = _cities()
    if wanted in cities:
        return cities[wanted]
    candidates = [*_known(), *cities]
    found = difflib.get_close_matches(wanted, candidates, n=1) if _is_word(wanted) else []
    return cities.get(found[0]) or _known()[found[0]] if found else ""


def _is_word(wanted: str) -> bool:
    """Return whether it can be a misspelt name: short words are near to too many, and GMT+25 is near to GMT+0."""
    return len(wanted) > 3 and not _LIKE_AN_OFFSET.fullmatch(wanted)  # noqa: PLR2004


def _standard_offset(name: str) -> timedelta | None:
    """Return the offset without daylight saving, which is the smaller one of a year."""
    zone = zoneinfo.ZoneInfo(name)
    offsets = [zone.utcoffset(moment) for moment in (_WINTER, _SUMMER)]
    return min((one for one in offsets if one is not None), default=None)


@cache
def _known() -> dict[str, str]:
    return {name.lower(): name for name in sorted(zoneinfo.available_timezones())}


@cache
def _cities() -> dict[str, str]:
    names = [name for name in _known().values() if "/" in name and not name.startswith(("Etc/", "SystemV/"))]
    return {name.rpartition("/")[2].lower(): name for name in [*names, *_REGIONS]}


@cache
def _abbreviations() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, region in _names_in_use():
        found[name] = (*found.get(name, ()), region)
    return {name: tuple(dict.fromkeys(regions)) for name, regions in found.items()} | _ABBREVIATIONS


def _names_in_use() -> Iterator[tuple[str, str]]:
    for region in _REGIONS:
        for moment in (_WINTER, _SUMMER):
            name = moment.astimezone(zoneinfo.ZoneInfo(region)).tzname() or ""
            if name.isalpha():
                yield name.upper(), region
