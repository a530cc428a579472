"""Which preambles no edition will ever use: a slip in a name that would only show at the slot. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from megabot.schedule.calendar import Edition
from megabot.source.model import Snapshot, Thread
from megabot.source.problems import Problem

BY_MESSAGE = "message"
"""Stands for the path of a preamble that is not a file."""
SOON = timedelta(hours=24)
_FOLDER = "preambles/"
_DEFAULT = "_default"
_EMPTY = re.compile(r"(?:---\s*---)?\s*")
_TO_A_DAY = ("", "-1", "-01")  # a day as it is, the Monday of a week, the first of a month


def preambles_without_slot(
    snapshot: Snapshot, threads: Sequence[Thread], *, only: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Find the preamble files that no edition will use: of no slot, one of two for an edition, or empty.

    With `only`, look at the folders of these threads alone.
    """
    folders = (_FOLDER,) if only is None else tuple(f"{_FOLDER}{name}/" for name in only)
    paths = sorted(path for path in snapshot.files if path.startswith(folders))
    return tuple(problem for path in paths for problem in _idle(snapshot, path, threads))


def is_edition_preamble(origin: str) -> bool:
    """Tell whether a text's preamble, by where it came from, is one that was written for its edition."""
    return bool(origin) and not origin.endswith(f"/{_DEFAULT}.md")


def file_of(snapshot: Snapshot, thread: Thread, key: str, start: date, *, alone: bool) -> str:
    """Find an edition's preamble file by its key or first day, empty for none; `alone`: of an only thread."""
    folders = [f"{_FOLDER}{thread.name}/", *([_FOLDER] if alone else [])]
    names = [f"{folder}{name}.md" for name in (key, start.isoformat()) for folder in folders]
    return next((name for name in names if name in snapshot.files), "")


def missing_soon(
    snapshot: Snapshot, thread: Thread, now: datetime, *, alone: bool, posted: Collection[str] = ()
) -> Edition | None:
    """Give the edition of the next 24 hours that has no post yet, and no preamble file of its own."""
    coming = next(thread.calendar.upcoming(now), None)
    if coming is None or coming.slot - now > SOON or coming.skipped or coming.key in posted:
        return None
    return None if file_of(snapshot, thread, coming.key, coming.start, alone=alone) else coming


def has_some(snapshot: Snapshot, thread: Thread, *, alone: bool) -> bool:
    """Tell whether a thread has preambles of single editions as files; `alone`: the source has one thread.

    `_default.md` is for those that get none.
    """
    folders = {f"{_FOLDER}{thread.name}/", *([_FOLDER] if alone else [])}
    files = (path.rpartition("/") for path in snapshot.files)
    return any(f"{folder}/" in folders and name != f"{_DEFAULT}.md" for folder, _, name in files)


def nearest_two(thread: Thread, moment: datetime) -> list[Edition]:
    """Give the two editions whose slots are nearest to a moment, in their order."""
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
        yield Problem(path, 0, "no thread reads this preamble", f"put it into one of {folders}")
    elif name != _DEFAULT:
        edition = _of_a_slot(thread, name)
        alone = len(threads) == 1
        taken = file_of(snapshot, thread, edition.key, edition.start, alone=alone) if edition else path
        if edition is None:
            yield Problem(path, 0, f"{name} is no slot of {thread.name}", _suggestion(thread, name))
        elif taken != path:
            yield Problem(path, 0, f"{taken} is taken for the same edition", "delete one of the two")
        elif _EMPTY.fullmatch(snapshot.files[path]):
            what = f"the file is empty, so {edition.key} is posted without a preamble"
            yield Problem(path, 0, what, "write a text, or delete the file")


def _of_a_slot(thread: Thread, name: str) -> Edition | None:
    edition = thread.calendar.edition(name)
    if edition is not None:
        return edition
    try:
        nearest = thread.calendar.nearest(_moment(thread, date.fromisoformat(name)))
    except (ValueError, OverflowError):  # no date, or one at the end of all dates
        return None
    return nearest if nearest.start.isoformat() == name else None


def _suggestion(thread: Thread, name: str) -> str:
    for rest in _TO_A_DAY:
        try:
            moment = _moment(thread, date.fromisoformat(name + rest))
            edition, other = nearest_two(thread, moment)
        except (ValueError, OverflowError):
            continue
        return f"the nearest are {edition.key}.md of {edition.start} and {other.key}.md of {other.start}"
    first = thread.calendar.nearest(_moment(thread, thread.schedule.first))
    return f"name it after a slot, as {first.key}.md or {first.start}.md"


def _moment(thread: Thread, day: date) -> datetime:
    return datetime.combine(day, thread.schedule.at, ZoneInfo(thread.schedule.timezone))
