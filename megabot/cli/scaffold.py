"""The first files of a new bot: settings and a short template, from a few answers. Asks nothing by itself.

Checks of answers raise `ValueError` with a sentence; `write` alone touches the disk.
"""

import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePosixPath

from megabot.errors import NeedsPerson
from megabot.forum import addresses
from megabot.schedule import clock_times, time_zones
from megabot.source.from_post import TemplateDraft, quote_yaml

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SETTINGS = PurePosixPath(".env")
IGNORED = PurePosixPath(".gitignore")
TEMPLATES = PurePosixPath("templates")
LEFT_OVER = PurePosixPath("left-over.md")
_LATE = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person was asked, checked. `weekday` is 0 for Monday; `name` is the thread's own.

    `language` is the code of the thread's language as Lemmy lists it, "" if it is not known.
    """

    instance: str
    username: str
    community: str
    weekday: int
    at: time
    timezone: str
    name: str = "weekly"
    language: str = ""


instance, username, community = addresses.instance, addresses.username, addresses.community


def weekday(text: str) -> int:
    """Give 0 to 6 for the name of a day, whole or its first three letters."""
    wanted = text.strip().lower()
    for number, name in enumerate(WEEKDAYS):
        if wanted in {name, name[:3]}:
            return number
    raise ValueError("write the day of the week, as in monday")


def hour(text: str) -> time:
    """Return the time of day: `18`, `18:00` or `6pm`."""
    found = clock_times.time_of_day(text)
    if found is None:
        raise ValueError("write a time of day, as in 18:00 or 6pm")
    return found


def timezone(text: str) -> str:
    """Return the name of a time zone as the database spells it; suggest a region for anything else.

    EST, MST and HST are names too, but have no daylight saving time, which few who write them mean.
    """
    name = time_zones.find_zone(text)
    if name is None or name in ("EST", "MST", "HST"):
        raise ValueError(f"{text.strip()!r} is not a time zone: {time_zones.suggestion(text)}")
    return name


def thread_name(text: str) -> str:
    """Check the thread's own name."""
    name = text.strip()
    if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
        raise ValueError("write 1 to 40 of a to z, 0 to 9 and -, as in weekly")
    return name


def obstacle(folder: Path) -> str:
    """Say why a bot cannot be set up in a folder, "" if it can."""
    if os.path.lexists(folder) and not folder.is_dir():
        return f"The file {folder} is not a folder"
    there = [name for name in (str(SETTINGS), f"{TEMPLATES}/") if _is_taken(folder / name)]
    if there:
        where = "This folder" if folder == Path() else f"The folder {folder}"
        return f"{where} already has {' and '.join(there)}, and nothing is overwritten"
    parent = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    return "" if os.access(parent, os.W_OK) else f"Your account may not write to {parent}"


def _is_taken(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else os.path.lexists(path)


def free_name(beside: Path) -> Path:
    """Return a folder that a bot can be set up in."""
    names = ("my-bot", *(f"my-bot-{number}" for number in range(2, 100)))
    parent = beside if beside == Path() else beside.parent
    return next((one for one in (parent / name for name in names) if not obstacle(one)), parent / names[0])


def post(url: str) -> tuple[str, int]:
    """Take the address of a post apart into its server's and its number."""
    match = re.fullmatch(r"(https?://[^/]+)/post/(\d{1,18})(?:[/?#].*)?", url.strip())
    if match is None:
        raise ValueError("write a post's address, as in https://lemmy.example/post/7")
    return addresses.instance(match[1]), int(match[2])


def first_day(answers: Answers, now: datetime) -> date:
    """Give the day of the newest slot, today if its hour has come: that one is what `megabot post` posts.

    By itself it is not posted: it came before megabot knew the schedule (decision 6).
    """
    local = now.astimezone(zoneinfo.ZoneInfo(answers.timezone))
    days = (local.weekday() - answers.weekday) % 7
    if days == 0 and local.time() < answers.at:
        days = 7
    return local.date() - timedelta(days=days)


def first_of_thread(answers: Answers, taken: TemplateDraft, now: datetime) -> tuple[date, int]:
    """Return the day and number with which a bot that goes on from an existing thread starts.

    That is the slot of the thread itself, some days early or late, so that it can be adopted. If that slot is
    still to come, the schedule starts with the next one: the thread would be posted again at its slot.
    """
    late = (taken.title.day.weekday() - answers.weekday) % 7
    own = taken.title.day - timedelta(days=late if late <= _LATE.days else late - 7)
    number = taken.title.number or 1
    return (own, number) if own <= first_day(answers, now) else (own + timedelta(weeks=1), number + 1)


def files(answers: Answers, *, now: datetime, taken: TemplateDraft | None = None) -> dict[PurePosixPath, str]:
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
        "title": quote_yaml(
            "Weekly thread {{ edition.number }}, from {{ edition.start | date('d MMMM y') }}"
        ),
        "number": "1",
        "language": f"language: {answers.language}\n" if answers.language else "",
        "comes": "posted by: megabot post; the later ones come by themselves",
    }
    if taken is not None:
        first, number = first_of_thread(answers, taken, now)
        values |= {"first": first.isoformat(), "number": str(number)}
        is_own = first <= first_day(answers, now)
        values["comes"] = "the thread that this was made from" if is_own else "the next thread"
        return _from_thread(values, taken)
    return {
        SETTINGS: _filled(_SETTINGS, values),
        IGNORED: _IGNORED,
        TEMPLATES / "thread.md.j2": _filled(_THREAD, values),
        TEMPLATES / "preambles" / answers.name / "_default.md": _PREAMBLE,
        TEMPLATES / "sections" / "10-example.md": _SECTION,
    }


def _from_thread(values: dict[str, str], taken: TemplateDraft) -> dict[PurePosixPath, str]:
    values["title"] = quote_yaml(taken.title.title)
    if taken.title.locale:
        values["language"] += f"locale: {taken.title.locale}\n"
    front = _filled(_THREAD, values).partition("\n---\n")[0]
    template = f"{front}\n---\n{_filled(_FROM_THREAD, values)}{taken.body}"
    made = {SETTINGS: _filled(_SETTINGS, values), IGNORED: _IGNORED, TEMPLATES / "thread.md.j2": template}
    made |= {TEMPLATES / path: text for path, text in taken.sections.items()}
    if not (taken.body.strip() or taken.sections):
        made[TEMPLATES / "preambles" / values["name"] / "_default.md"] = _PREAMBLE
    if taken.left_over:
        made[LEFT_OVER] = taken.left_over
    return made


def changes(answers: Answers, taken: TemplateDraft, now: datetime) -> tuple[str, ...]:
    """Say what differs from the thread that the files were made of."""
    start, (first, number) = taken.title.start, first_of_thread(answers, taken, now)
    coming = max(first, first_day(answers, now) + timedelta(weeks=1))
    number += (coming - first).days // 7
    said = [f"the next thread is for {coming:%A}, {coming.day} {coming:%B %Y}, with number {number}"]
    said += [*taken.title.notes, *taken.changes]
    if start is not None and start.weekday() != answers.weekday:
        named, chosen = WEEKDAYS[start.weekday()].capitalize(), WEEKDAYS[answers.weekday].capitalize()
        said.append(f"the title's date was a {named}; it will be the day of the post, a {chosen}")
    if not (taken.body.strip() or taken.sections):
        said.append("the thread had no text: write a first one into the file in preambles/")
    return tuple(said)


def write(texts: Mapping[PurePosixPath, str], folder: Path) -> None:
    """Write all files, or none: nothing that exists is touched. The settings are nobody else's to read."""
    there = [str(path) for path in texts if (folder / path).exists()]
    if there:
        raise NeedsPerson(
            f"{folder} has {', '.join(there)} already, and nothing is overwritten; choose another folder"
        )
    paths: list[Path] = []
    try:
        for path, text in texts.items():
            _make(folder / path, text, private=path == SETTINGS, paths=paths)
    except BaseException as error:
        _unmake(paths)
        if isinstance(error, OSError):
            raise NeedsPerson(f"nothing was written: {error.filename}: {error.strerror}") from error
        raise


def _make(path: Path, text: str, *, private: bool, paths: list[Path]) -> None:
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        paths.append(parent)
    path.touch(mode=0o600 if private else 0o644, exist_ok=False)
    paths.append(path)
    path.write_text(text, encoding="utf-8")


def _unmake(paths: list[Path]) -> None:
    for path in reversed(paths):
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
# Settings of megabot; docs/reference/settings.md lists them all. Keep this file private: chmod 600.

MEGABOT_INSTANCE=<<instance>>
MEGABOT_USERNAME=<<username>>
MEGABOT_SOURCE=templates

# What this bot posted, and its token. Every bot needs a folder of its own. Delete this line for the service,
# which has /var/lib/megabot.
MEGABOT_STATE_DIR=state

# No password is needed here: megabot login asks for it once and keeps only the token.
"""

_IGNORED = """\
# The settings and the token are not for a repository.
/.env
/state/
"""

_THREAD = """\
---
# What megabot must know of this thread. Lines that begin with # are for you: nobody sees them on Lemmy.
name: <<name>>                 # the thread's own name, also in preambles/; another name starts another series
title: <<title>>
community: <<community>>
<<language>>schedule:
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
   the thread before is previous.url; docs/reference/template.md has all names. The sections are the files
   in sections/. #}
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
