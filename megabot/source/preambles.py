"""Finds an edition's preamble, and preambles that no edition will use because of a mistyped name. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from megabot.schedule.calendar import Edition
from megabot.source.model import Snapshot, Thread
from megabot.source.problems import Problem

BY_MESSAGE = "message"
"""Used as the path of a preamble that was sent by message and is not a file."""
SOON = timedelta(hours=24)
_FOLDER = "preambles/"
_DEFAULT = "_default"
_EMPTY = re.compile(r"(?:---\s*---)?\s*")
_TO_A_DAY = ("", "-1", "-01")  # completes a date as it is, a week (its Monday) or a month (its first day)


def preambles_without_slot(
    snapshot: Snapshot, threads: Sequence[Thread], *, only: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Find preamble files that no edition will use: not for a slot, one of two for a slot, or empty.

    With `only`, check only the folders of these threads.
    """
    folders = (_FOLDER,) if only is None else tuple(f"{_FOLDER}{name}/" for name in only)
    paths = sorted(path for path in snapshot.files if path.startswith(folders))
    return tuple(problem for path in paths for problem in _idle(snapshot, path, threads))


def is_edition_preamble(origin: str) -> bool:
    """Return whether the preamble at `origin` was written for its edition, so that it is not the default."""
    return bool(origin) and not origin.endswith(f"/{_DEFAULT}.md")


def file_of(snapshot: Snapshot, thread: Thread, key: str, start: date, *, alone: bool) -> str:
    """Return an edition's preamble file, by key or first day, "" for none. `alone`: the only thread."""
    folders = [f"{_FOLDER}{thread.name}/", *([_FOLDER] if alone else [])]
    names = [f"{folder}{name}.md" for name in (key, start.isoformat()) for folder in folders]
    return next((name for name in names if name in snapshot.files), "")


def text_of(snapshot: Snapshot, thread: Thread, key: str, start: date) -> str:
    """Return the text of the file that an edition's preamble comes from, or of the default; "" for none."""
    alone = snapshot.has_one_thread
    own = file_of(snapshot, thread, key, start, alone=alone)
    folders = [f"{_FOLDER}{thread.name}/", *([_FOLDER] if alone else [])]
    paths = [own, *(f"{folder}{_DEFAULT}.md" for folder in folders)]
    return next((snapshot.files[path] for path in paths if path in snapshot.files), "")


def missing_soon(
    snapshot: Snapshot, thread: Thread, now: datetime, *, alone: bool, posted: Collection[str] = ()
) -> Edition | None:
    """Return the edition due within 24 hours if it has no post and no preamble file."""
    coming = next(thread.calendar.upcoming(now), None)
    if coming is None or coming.slot - now > SOON or coming.skipped or coming.key in posted:
        return None
    return None if file_of(snapshot, thread, coming.key, coming.start, alone=alone) else coming


def has_some(snapshot: Snapshot, thread: Thread, *, alone: bool) -> bool:
    """Return whether a thread has preamble files for editions; `_default.md` does not count.

    `alone`: whether it is the only thread of the source.
    """
    folders = {f"{_FOLDER}{thread.name}/", *([_FOLDER] if alone else [])}
    files = (path.rpartition("/") for path in snapshot.files)
    return any(f"{folder}/" in folders and name != f"{_DEFAULT}.md" for folder, _, name in files)


def nearest_two(thread: Thread, moment: datetime) -> list[Edition]:
    """Return the two editions with slots nearest to a moment, in order."""
    nearest = thread.calendar.nearest(moment)
    around = [
        nearest,
        *islice(thread.calendar.upcoming(nearest.slot), 1),
        *islice(thread.calendar.earlier(nearest), 1),
    ]
    by_distance = sorted(around, key=lambda edition: abs(edition.slot - moment))
    return sorted(by_distance[:2], key=lambda edition: edition.slot)


def _idle(snapshot: Snapshot, path: str, threads: Sequence[Thread]) -> Iterator[Problem]:
    folder, _, name = path.removeprefix(_FOLDER).removesuffix(".md").rpartition("/")
    thread = next((one for one in threads if one.name == folder), None)
    if not folder and len(threads) == 1:
        thread = threads[0]
    if thread is None:
        folders = ", ".join(f"{_FOLDER}{one.name}/" for one in threads)
        yield Problem(path, 0, "no thread uses this preamble", f"move it to one of {folders}")
    elif name != _DEFAULT:
        edition = _of_a_slot(thread, name)
        alone = len(threads) == 1
        taken = file_of(snapshot, thread, edition.key, edition.start, alone=alone) if edition else path
        if edition is None:
            what = f"{name} is not a posting date of {thread.name}"
            yield Problem(path, 0, what, _suggestion(thread, name))
        elif taken != path:
            yield Problem(path, 0, f"{taken} is used for the same edition", "delete one of the two")
        elif _EMPTY.fullmatch(snapshot.files[path]):
            what = f"the file is empty, so {edition.key} will be posted without a preamble"
            yield Problem(path, 0, what, "write a text, or delete the file")


def _of_a_slot(thread: Thread, name: str) -> Edition | None:
    edition = thread.calendar.edition(name)
    if edition is not None:
        return edition
    try:
        nearest = thread.calendar.nearest(_moment(thread, date.fromisoformat(name)))
    except (ValueError, OverflowError):  # not a date, or one at the end of Python's dates
        return None
    return nearest if nearest.start.isoformat() == name else None


def _suggestion(thread: Thread, name: str) -> str:
    for rest in _TO_A_DAY:
        try:
            moment = _moment(thread, date.fromisoformat(name + rest))
            edition, other = nearest_two(thread, moment)
        except (ValueError, OverflowError):
            continue
        return f"the nearest are {edition.key}.md for {edition.start} and {other.key}.md for {other.start}"
    first = thread.calendar.nearest(_moment(thread, thread.schedule.first))
    return f"name it after an edition, like {first.key}.md or {first.start}.md"


def _moment(thread: Thread, day: date) -> datetime:
    return datetime.combine(day, thread.schedule.at, ZoneInfo(thread.schedule.timezone))
