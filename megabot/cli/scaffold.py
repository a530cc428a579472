"""The first files of a new bot: settings and a short template, built from a few answers.

Functions that check an answer raise `ValueError` with a sentence for the user. Only `write` touches the disk.
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
    """The checked answers. `weekday` is 0 for Monday; `name` is the name of the thread.

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
    """Return 0 (Monday) to 6 for the name of a day or its first three letters."""
    wanted = text.strip().lower()
    for number, name in enumerate(WEEKDAYS):
        if wanted in {name, name[:3]}:
            return number
    raise ValueError("enter a day of the week, like monday")


def hour(text: str) -> time:
    """Read a time of day: `18`, `18:00` or `6pm`."""
    clock_time = clock_times.time_of_day(text)
    if clock_time is None:
        raise ValueError("enter a time of day, like 18:00 or 6pm")
    return clock_time


def timezone(text: str) -> str:
    """Return the name of a time zone as the database spells it; suggest a region for anything else.

    EST, MST and HST are refused: they are in the database, but without daylight saving time, and few people
    who type them mean that.
    """
    name = time_zones.find_zone(text)
    if name is None or name in ("EST", "MST", "HST"):
        raise ValueError(f"{text.strip()!r} is not a time zone: {time_zones.suggestion(text)}")
    return name


def thread_name(text: str) -> str:
    name = text.strip()
    if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
        raise ValueError("use 1 to 40 characters from a-z, 0-9 and -, like weekly")
    return name


def obstacle(folder: Path) -> str:
    """Return why a bot cannot be set up in a folder, "" if it can."""
    # lexists, because a link that leads nowhere takes the name, too.
    if os.path.lexists(folder) and not folder.is_dir():
        return f"{folder} is a file, not a folder"
    there = [name for name in (str(SETTINGS), f"{TEMPLATES}/") if _is_taken(folder / name)]
    if there:
        where = "This folder" if folder == Path() else f"The folder {folder}"
        return f"{where} already contains {' and '.join(there)}, and megabot init overwrites nothing"
    # `write` also creates missing parents, so the nearest existing folder must be writable.
    parent = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    return "" if os.access(parent, os.W_OK) else f"You do not have permission to write to {parent}"


def _is_taken(path: Path) -> bool:
    # An empty folder is free: nothing in it can be overwritten.
    return any(path.iterdir()) if path.is_dir() else os.path.lexists(path)


def free_name(beside: Path) -> Path:
    names = ("my-bot", *(f"my-bot-{number}" for number in range(2, 100)))
    parent = beside if beside == Path() else beside.parent
    return next((one for one in (parent / name for name in names) if not obstacle(one)), parent / names[0])


def post(url: str) -> tuple[str, int]:
    """Return the server and the number of a post from its address."""
    match = re.fullmatch(r"(https?://[^/]+)/post/(\d{1,18})(?:[/?#].*)?", url.strip())
    if match is None:
        raise ValueError("enter the address of a post, like https://lemmy.example/post/7")
    return addresses.instance(match[1]), int(match[2])


def first_day(answers: Answers, now: datetime) -> date:
    """Return the day of the newest slot, which `megabot post` posts; today if its time has come.

    The service does not post it automatically: the slot passed before megabot knew the schedule (decision 6).
    """
    local = now.astimezone(zoneinfo.ZoneInfo(answers.timezone))
    days = (local.weekday() - answers.weekday) % 7
    if days == 0 and local.time() < answers.at:
        days = 7
    return local.date() - timedelta(days=days)


def first_of_thread(answers: Answers, taken: TemplateDraft, now: datetime) -> tuple[date, int]:
    """Return the first day and number for a bot that continues the series of an existing thread.

    That is the slot nearest to the thread, so that it can be adopted. If that slot is in the future, the
    schedule starts one week later; otherwise the bot would post the same thread again at its slot.
    """
    # A thread up to three days after a slot is nearer to it than to the next one.
    late = (taken.title.day.weekday() - answers.weekday) % 7
    own = taken.title.day - timedelta(days=late if late <= _LATE.days else late - 7)
    number = taken.title.number or 1
    return (own, number) if own <= first_day(answers, now) else (own + timedelta(weeks=1), number + 1)


def files(answers: Answers, *, now: datetime, taken: TemplateDraft | None = None) -> dict[PurePosixPath, str]:
    """Return the first files as path in the new folder -> text, built from `taken` if it is given."""
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
        "comes": "run megabot post for this one; later ones are automatic",
    }
    if taken is not None:
        first, number = first_of_thread(answers, taken, now)
        values |= {"first": first.isoformat(), "number": str(number)}
        is_own = first <= first_day(answers, now)
        values["comes"] = "the thread this was built from" if is_own else "the next thread"
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
    texts = {SETTINGS: _filled(_SETTINGS, values), IGNORED: _IGNORED, TEMPLATES / "thread.md.j2": template}
    texts |= {TEMPLATES / path: text for path, text in taken.sections.items()}
    # An empty text is never sent (T06), so a thread without one gets a default preamble.
    if not (taken.body.strip() or taken.sections):
        texts[TEMPLATES / "preambles" / values["name"] / "_default.md"] = _PREAMBLE
    if taken.left_over:
        texts[LEFT_OVER] = taken.left_over
    return texts


def changes(answers: Answers, taken: TemplateDraft, now: datetime) -> tuple[str, ...]:
    """Describe what will differ from the thread that the files were built from."""
    start, (first, number) = taken.title.start, first_of_thread(answers, taken, now)
    coming = max(first, first_day(answers, now) + timedelta(weeks=1))
    number += (coming - first).days // 7
    notes = [f"the next thread will be number {number}, for {coming:%A}, {coming.day} {coming:%B %Y}"]
    notes += [*taken.title.notes, *taken.changes]
    if start is not None and start.weekday() != answers.weekday:
        named, chosen = WEEKDAYS[start.weekday()].capitalize(), WEEKDAYS[answers.weekday].capitalize()
        notes.append(f"the date in the title was a {named}; it will be the posting day, a {chosen}")
    if not (taken.body.strip() or taken.sections):
        notes.append("the thread had no text: write one in the file in preambles/")
    return tuple(notes)


def write(texts: Mapping[PurePosixPath, str], folder: Path) -> None:
    """Write all files or none; no existing file is changed. Only the owner may read the settings file."""
    there = [str(path) for path in texts if (folder / path).exists()]
    if there:
        raise NeedsPerson(
            f"{folder} already contains {', '.join(there)}, and megabot init overwrites nothing; "
            "choose another folder"
        )
    paths: list[Path] = []
    try:
        for path, text in texts.items():
            _make(folder / path, text, private=path == SETTINGS, paths=paths)
    # After Ctrl-C, too: the next run would refuse a folder with half of the files.
    except BaseException as error:
        _unmake(paths)
        if isinstance(error, OSError):
            raise NeedsPerson(
                f"nothing was written: {error.filename}: {error.strerror}; fix this or choose another folder"
            ) from error
        raise


def _make(path: Path, text: str, *, private: bool, paths: list[Path]) -> None:
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        paths.append(parent)
    # The mode is set before there is a text to read, and exist_ok=False overwrites nothing.
    path.touch(mode=0o600 if private else 0o644, exist_ok=False)
    paths.append(path)
    path.write_text(text, encoding="utf-8")


def _unmake(paths: list[Path]) -> None:
    # Files before their folders, because rmdir removes only empty ones.
    for path in reversed(paths):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Replace each <<name>> with its value; braces would clash with Jinja's own."""
    # Not str.format, because braces belong to Jinja in these texts.
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", value)
    return text


_SETTINGS = """\
# Settings of megabot; docs/reference/settings.md lists them all. Keep this file private: chmod 600.

MEGABOT_INSTANCE=<<instance>>
MEGABOT_USERNAME=<<username>>
MEGABOT_SOURCE=templates

# The record of what this bot posted, and its token. Every bot needs a separate folder. Delete this line if
# you run the systemd service, which uses /var/lib/megabot.
MEGABOT_STATE_DIR=state

# No password is needed here: megabot login asks for it once and stores only a token.
"""

_IGNORED = """\
# Keep the settings and the token out of git.
/.env
/state/
"""

_THREAD = """\
---
# Settings of this thread. Lines that start with # are notes for you and are not posted.
name: <<name>>                 # also the folder in preambles/; a different name starts a new series
title: <<title>>
community: <<community>>
<<language>>schedule:
  every: week
  on: <<weekday>>
  at: "<<at>>"
  timezone: <<timezone>>
  first: {date: <<first>>, number: <<number>>}   # <<comes>>
previous:
  unpin: true                  # unpin the previous thread after the new one is pinned
  comment: "The new thread is [here]({{ edition.url }})."
---
{# The post itself starts here, in Markdown. Each week, megabot fills in what is between braces. #}
{{ preamble.text }}

{% if previous %}
Previous thread: [{{ previous.title | escape_md }}]({{ previous.url }}).
{% endif %}

## Where to look

{# All files in sections/ as headings that open; the numbers in their names set the order. #}
{{ sections() }}
"""

_FROM_THREAD = """\
{# Built from an existing thread. Remove whatever belongs to that week only. An essay goes into a separate
   file, like preambles/<<name>>/2026-W47.md, and appears where preamble.text is. The address of the previous
   thread is previous.url; docs/reference/template.md lists all names. The sections are the files in
   sections/. #}
{{ preamble.text }}

"""

_PREAMBLE = """\
Welcome to this week's thread. Share what you found, with a link if there is one.
"""

_SECTION = """\
---
title: Useful places
---
An example section: replace it with your own. Each file in this folder is a section.

- [An example](https://example.org) with a sentence that describes the link.
"""
