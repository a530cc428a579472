"""Finds a time zone by name, and suggests a region for an offset or an abbreviation. Pure.

An offset like GMT+1 is not a time zone: a region that uses it in winter may use another one in summer.
"""

import difflib
import re
import zoneinfo
from functools import cache

_LONGEST = 64  # characters; no time zone has a longer name
_MOST = 3
_OFFSET = re.compile(r"(?:gmt|utc|z)?([+-])([0-9]{1,2})(?::?([0-5][0-9]))?")
_LIKE_AN_OFFSET = re.compile(r"(?:gmt|utc|z)?[+-].*")
_ANY_NAME = "write area and city, like Europe/London"
# The regions to suggest, the most populous first, with their standard offset and abbreviations. They are in
# the code because the child that reads templates cannot open files.
_TABLE = """\
America/New_York -05:00 EST EDT ET
America/Chicago -06:00 CST CDT CT
America/Los_Angeles -08:00 PST PDT PT
America/Denver -07:00 MST MDT MT
America/Phoenix -07:00 MST
America/Anchorage -09:00 AKST AKDT
Pacific/Honolulu -10:00 HST
America/Halifax -04:00 AST ADT
America/St_Johns -03:30 NST NDT
America/Mexico_City -06:00 CST
America/Bogota -05:00 COT
America/Caracas -04:00
America/Sao_Paulo -03:00 BRT
America/Argentina/Buenos_Aires -03:00 ART
America/Noronha -02:00
Atlantic/Azores -01:00
Europe/London +00:00 GMT BST UK
Europe/Berlin +01:00 CET CEST
Europe/Athens +02:00 EET EEST
Europe/Istanbul +03:00 TRT
Europe/Lisbon +00:00 WET WEST
Europe/Moscow +03:00 MSK
Europe/Samara +04:00
Africa/Lagos +01:00 WAT
Africa/Johannesburg +02:00 SAST
Africa/Cairo +02:00 EET EEST
Africa/Nairobi +03:00 EAT
Africa/Accra +00:00 GMT
Asia/Kolkata +05:30 IST
Europe/Dublin +00:00 IST
Asia/Dubai +04:00 GST
Asia/Tehran +03:30
Asia/Kabul +04:30
Asia/Karachi +05:00 PKT
Asia/Jerusalem +02:00 IST IDT
Asia/Kathmandu +05:45 NPT
Asia/Dhaka +06:00 BDT
Asia/Yangon +06:30
Asia/Jakarta +07:00 WIB
Asia/Bangkok +07:00
Asia/Shanghai +08:00 CST
Asia/Hong_Kong +08:00 HKT
Asia/Manila +08:00 PHT
Asia/Singapore +08:00 SGT
Australia/Perth +08:00 AWST
Asia/Tokyo +09:00 JST
Asia/Seoul +09:00 KST
Australia/Sydney +10:00 AEDT AEST
Australia/Brisbane +10:00 AEST
Australia/Adelaide +09:30 ACDT ACST
Australia/Darwin +09:30 ACST
Pacific/Guadalcanal +11:00
Pacific/Auckland +12:00 NZDT NZST
Pacific/Tongatapu +13:00
Pacific/Kiritimati +14:00
Pacific/Marquesas -09:30
Pacific/Pago_Pago -11:00 SST
Australia/Lord_Howe +10:30
Pacific/Chatham +12:45
Australia/Eucla +08:45
Asia/Almaty +05:00
Asia/Novosibirsk +07:00
Asia/Vladivostok +10:00
Asia/Yekaterinburg +05:00
Asia/Krasnoyarsk +07:00
Asia/Yakutsk +09:00
Asia/Magadan +11:00
Asia/Kamchatka +12:00
"""


def names() -> frozenset[str]:
    """Return the names of all time zones. They are read once from files of the system."""
    return frozenset(_known().values())


def find_zone(text: str) -> str | None:
    """Return the time zone of this name as the database spells it, None if there is none."""
    wanted = text.strip().replace(" ", "_").lower()
    return _known().get(wanted) if len(wanted) <= _LONGEST else None


def suggestion(text: str) -> str:
    """Return what to write instead of a name that is not a time zone."""
    plain = text.strip()
    if len(plain) > _LONGEST:
        return _ANY_NAME
    for what, regions in (("an offset", _of_offset(plain)), ("an abbreviation", _of_abbreviation(plain))):
        if regions:
            return f"this is {what}, which does not define when clocks change; write a region: {regions}"
    near = _near(plain.replace(" ", "_").lower())
    return f"did you mean {near}?" if near else _ANY_NAME


def _of_offset(text: str) -> str:
    match = _OFFSET.fullmatch(text.replace(" ", "").replace("−", "-").lower())
    if match is None:
        return ""
    hour, minute = int(match[2]), match[3] or "00"
    offset = f"{match[1] if hour or int(minute) else '+'}{hour:02}:{minute}"
    regions = [region for region, its_offset, _ in _regions() if its_offset == offset]
    fixed = "" if minute != "00" else _fixed(match[1], hour)
    return "; ".join(filter(None, (" or ".join(regions[:_MOST]), fixed)))


def _fixed(sign: str, hour: int) -> str:
    """Return a hint with the zone that has a fixed offset. Its name has the reversed sign, as in POSIX."""
    if not hour:
        return "UTC if the clocks never change"
    name = f"Etc/GMT{'-' if sign == '+' else '+'}{hour}"
    return f"{name} (its sign is reversed) if the clocks never change" if name in names() else ""


def _of_abbreviation(text: str) -> str:
    wanted = text.upper()
    regions = [region for region, _, abbreviations in _regions() if wanted in abbreviations]
    return " or ".join(regions[:_MOST])


def _near(wanted: str) -> str:
    cities = _cities()
    if wanted in cities:
        return cities[wanted]
    candidates = [*_known(), *cities]
    near = difflib.get_close_matches(wanted, candidates, n=1) if _is_word(wanted) else []
    return cities.get(near[0]) or _known()[near[0]] if near else ""


def _is_word(wanted: str) -> bool:
    """Return whether it can be a misspelt name. GMT+25 is similar to GMT+0 but not a misspelling of it."""
    return len(wanted) > 3 and not _LIKE_AN_OFFSET.fullmatch(wanted)  # noqa: PLR2004


@cache
def _regions() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    lines = (line.split() for line in _TABLE.splitlines())
    return tuple((name, offset, tuple(abbreviations)) for name, offset, *abbreviations in lines)


@cache
def _known() -> dict[str, str]:
    return {name.lower(): name for name in sorted(zoneinfo.available_timezones())}


@cache
def _cities() -> dict[str, str]:
    places = [name for name in _known().values() if "/" in name and not name.startswith(("Etc/", "SystemV/"))]
    # They come last, so that they win if several places have the name of one city.
    preferred = [name for name, _, _ in _regions()]
    return {name.rpartition("/")[2].lower(): name for name in [*places, *preferred]}
