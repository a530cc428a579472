"""The first files of a new bot: settings and a short template, from a few answers. Asks nothing by itself.

Checks of answers raise `ValueError` with a sentence; `write` alone touches the disk.
"""

import difflib
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePosixPath

from megabot.core import addresses
from megabot.core.taking_apart import Taken
from megabot.errors import NeedsPerson

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SETTINGS = PurePosixPath(".env")
TEMPLATES = PurePosixPath("templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person was asked, checked. `weekday` is 0 for Monday; `name` is the thread's own."""

    instance: str
    username: str
    community: str
    weekday: int
    at: time
    timezone: str
    name: str = "weekly"


def instance(text: str) -> str:
    """Check the server's address."""
    return addresses.instance(text)


def username(text: str) -> str:
    """Check the bot account's name."""
    return addresses.username(text)


def community(text: str) -> str:
    """Check the community: `name` or `name@host`."""
    return addresses.community(text)


def weekday(text: str) -> int:
    """Give 0 to 6 for the name of a day, whole or its first three letters."""
    wanted = text.strip().lower()
    for number, name in enumerate(WEEKDAYS):
        if wanted in {name, name[:3]}:
            return number
    raise ValueError("write the day of the week, as in monday")


def hour(text: str) -> time:
    """Give the time of day that is written as HH:MM, on a clock of 24 hours."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip(), re.ASCII)
    if found is None:
        raise ValueError("write hours and minutes, as in 09:30 or 18:00")
    return time(int(found[1]), int(found[2]))


def timezone(text: str) -> str:
    """Check the name of a time zone; suggest the nearest there is."""
    known = {name.lower(): name for name in zoneinfo.available_timezones()}
    wanted = text.strip().replace(" ", "_").lower()
    if wanted in known:
        return known[wanted]
    cities = {name.rpartition("/")[2]: name for name in known}
    near = difflib.get_close_matches(wanted, [*known, *cities], n=1)
    hint = f"; did you mean {known[cities.get(near[0], near[0])]}?" if near else ", as in Europe/London"
    raise ValueError(f"write a time zone by its name{hint}")


def post(url: str) -> tuple[str, int]:
    """Take the address of a post apart into its server's and its number."""
    found = re.fullmatch(r"(https?://[^/]+)/post/(\d{1,18})(?:[/?#].*)?", url.strip())
    if found is None:
        raise ValueError("write a post's address, as in https://lemmy.example/post/7")
    return addresses.instance(found[1]), int(found[2])


def first_day(answers: Answers, now: datetime) -> date:
    """Give the day of the newest slot, today if its hour has come: that one is what `megabot post` posts.

    By itself it is not posted: it came before megabot knew the schedule (decision 6).
    """
    local = now.astimezone(zoneinfo.ZoneInfo(answers.timezone))
    days = (local.weekday() - answers.weekday) % 7
    if days == 0 and local.time() < answers.at:
        days = 7
    return local.date() - timedelta(days=days)


def files(answers: Answers, *, now: datetime, taken: Taken | None = None) -> dict[PurePosixPath, str]:
    """Write the first files, as path in the new folder -> text; of a thread taken apart, if one is given."""
    values = {
        "instance": answers.instance,
        "username": answers.username,
        "name": answers.name,
        "community": answers.community,
        "weekday": WEEKDAYS[answers.weekday],
        "at": f"{answers.at:%H:%M}",
        "timezone": answers.timezone,
        "first": first_day(answers, now).isoformat(),
        "title": "Weekly thread {{ edition.number }}, from {{ edition.start | date('d MMMM y') }}",
        "number": "1",
        "comes": "posted by: megabot post; the later ones come by themselves",
    }
    if taken is not None:
        return _from_thread(values, taken)
    return {
        SETTINGS: _filled(_SETTINGS, values),
        TEMPLATES / "thread.md.j2": _filled(_THREAD, values),
        TEMPLATES / "preambles" / answers.name / "_default.md": _PREAMBLE,
        TEMPLATES / "sections" / "10-example.md": _SECTION,
    }


def _from_thread(values: dict[str, str], taken: Taken) -> dict[PurePosixPath, str]:
    values |= {"title": taken.title.replace("\\", "\\\\").replace('"', '\\"')}
    coming = date.fromisoformat(values["first"]) + timedelta(weeks=1)  # this week's thread is up
    values |= {"number": str((taken.number or 0) + 1), "first": coming.isoformat()}
    values |= {"comes": "the next one; it comes by itself"}
    front = _filled(_THREAD, values).partition("\n---\n")[0]
    template = f"{front}\n---\n{_filled(_FROM_THREAD, values)}{taken.body}"
    sections = {TEMPLATES / path: text for path, text in taken.sections.items()}
    return {SETTINGS: _filled(_SETTINGS, values), TEMPLATES / "thread.md.j2": template} | sections


def write(texts: Mapping[PurePosixPath, str], folder: Path) -> None:
    """Write all files, or none: nothing that exists is touched. The settings are nobody else's to read."""
    there = [str(path) for path in texts if (folder / path).exists()]
    if there:
        raise NeedsPerson(
            f"{folder} has {', '.join(there)} already, and nothing is overwritten; choose another folder"
        )
    made: list[Path] = []
    try:
        for path, text in texts.items():
            _make(folder / path, text, private=path == SETTINGS, made=made)
    except BaseException as error:
        _unmake(made)
        if isinstance(error, OSError):
            raise NeedsPerson(f"nothing was written: {error.filename}: {error.strerror}") from error
        raise


def _make(path: Path, text: str, *, private: bool, made: list[Path]) -> None:
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        made.append(parent)
    path.touch(mode=0o600 if private else 0o644, exist_ok=False)
    made.append(path)
    path.write_text(text, encoding="utf-8")


def _unmake(made: list[Path]) -> None:
    for path in reversed(made):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Put values where the text names them as <<name>>: braces are Jinja's."""
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", value)
    return text


_SETTINGS = """\
# Settings of megabot. All there are: docs/settings.md. This file is for nobody else's eyes: chmod 600.

MEGABOT_INSTANCE=<<instance>>
MEGABOT_USERNAME=<<username>>
MEGABOT_SOURCE=templates
MEGABOT_STATE_DIR=state

# No password is needed here: megabot login asks for it once and keeps only the token.
"""

_THREAD = """\
---
# What megabot must know of this thread. Lines that begin with # are for you: nobody sees them on Lemmy.
name: <<name>>                 # the thread's own name, also in preambles/; another name starts another series
title: "<<title>>"
community: <<community>>
schedule:
  every: week
  on: <<weekday>>
  at: "<<at>>"
  timezone: <<timezone>>
  first: {date: <<first>>, number: <<number>>}   # <<comes>>
previous:
  unpin: true                  # the thread before is unpinned once the new one is pinned
  comment: "The new thread is up: [come over]({{ edition.url }})."
---
{# From here on it is the post itself, in Markdown. What stands between braces is filled in each week. #}
{{ preamble.text }}

{% if previous %}
The thread before this one: [{{ previous.title | escape_md }}]({{ previous.url }}).
{% endif %}

## Where to look

{# All files of sections/ as headings that open; the numbers in their names set the order. #}
{{ sections() }}
"""

_FROM_THREAD = """\
{# Made of the thread that was there. Take out what belongs to that week alone: an essay goes into a file of
   its own, preambles/<<name>>/2026-W47.md for that week, and stands where preamble.text is. The address of
   the thread before is previous.url; docs/template.md has all names. The sections are files of sections/. #}
{{ preamble.text }}

"""

_PREAMBLE = """\
Welcome to this week's thread. Say what you found, with a link where there is one.
"""

_SECTION = """\
---
title: Useful places
---
A first section, to be replaced by yours. Each file in this folder is one.

- [An example](https://example.org) says what a link leads to, in a sentence.
"""
