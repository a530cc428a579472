"""Which files of a source are threads, and what their front matter says, as values or as problems."""

import difflib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from megabot.adapters.front_matter import (
    CompanionModel,
    First,
    PreviousModel,
    ScheduleModel,
    ThreadModel,
)
from megabot.adapters.yaml_text import Parsed, split
from megabot.core import calendar
from megabot.core.problems import Problem
from megabot.core.threads import Snapshot, Thread

SUFFIX = ".md.j2"
_DEFAULT = "thread"  # a file of this name says nothing about the thread's


def is_thread(path: str) -> bool:
    """Tell whether a path of the source is a thread's template: `_` begins a partial."""
    return path.endswith(SUFFIX) and "/" not in path and not path.startswith("_")


def threads(snapshot: Snapshot) -> tuple[tuple[Thread, ...], tuple[Problem, ...]]:
    """Parse all threads of a source; every mistake of every file."""
    found: list[Thread] = []
    problems: list[Problem] = list(snapshot.problems)
    for path in sorted(filter(is_thread, snapshot.files)):
        thread, mistakes = parse_thread(path, snapshot.files[path])
        problems += mistakes
        double = next((one for one in found if thread and one.name == thread.name), None)
        if double is not None:
            problems.append(Problem(path, 1, f"{double.path} has the same name", "give one of them another"))
        elif thread is not None:
            found.append(thread)
    if not found and not problems:
        problems.append(Problem(".", 0, "the source has no thread", "write a thread.md.j2: see megabot init"))
    return tuple(found), tuple(problems)


def parse_thread(path: str, text: str) -> tuple[Thread | None, tuple[Problem, ...]]:
    """Parse one template's front matter; the thread only if nothing is wrong."""
    file = split(path, text)
    front: dict[str, Any] = dict(file.mapping())
    stem = path.removesuffix(SUFFIX)
    if stem != _DEFAULT:
        front.setdefault("name", stem)
    if file.front.problems and not file.front.lines:  # not even YAML: nothing more can be said
        return None, file.front.problems
    try:
        model = ThreadModel.model_validate(front)
    except ValidationError as error:
        return None, tuple(sorted({*file.front.problems, *_problems(path, file.front, error)}))
    thread = _thread(path, model)
    problems = (*file.front.problems, *_idle_skips(path, file.front, model, thread))
    return (None if problems else thread), problems


def _thread(path: str, model: ThreadModel) -> Thread:
    return Thread(
        name=model.name,
        path=path,
        title=model.title,
        schedule=model.schedule.value(),
        community=model.community,
        pin=model.pin_value(),
        previous=model.previous.value(),
        companions=tuple(one.value(name) for name, one in model.companions.items()),
        refresh=model.refresh_value(),
        locale=model.locale,
        language=model.language,
        nsfw=model.nsfw,
        mentions=model.mentions,
    )


def _idle_skips(path: str, front: Parsed, model: ThreadModel, thread: Thread) -> Iterator[Problem]:
    """Find days in `skip` that are no slot's: a slip that would only show when the thread goes up."""
    schedule = thread.schedule
    for number, day in enumerate(model.schedule.skip):
        if not _is_slot(thread, datetime.combine(day, schedule.at, ZoneInfo(schedule.timezone))):
            line = front.line(("schedule", "skip", number))
            yield Problem(path, line, f"skip: {day} is not the day of a slot", "write the day it would go up")


def _is_slot(thread: Thread, moment: datetime) -> bool:
    try:
        return calendar.nearest(thread.name, thread.schedule, moment).start == moment.date()
    except OverflowError:  # the last day that dates can be
        return False


def _problems(path: str, front: Parsed, error: ValidationError) -> Iterator[Problem]:
    for mistake in error.errors(include_input=False, include_url=False):
        place = tuple(part for part in mistake["loc"] if part != "in")
        what, hint = _words(mistake, place)
        yield Problem(path, front.line(tuple(mistake["loc"])), what, hint)


def _words(mistake: ErrorDetails, place: tuple[int | str, ...]) -> tuple[str, str]:
    name = ".".join(str(part) for part in place)
    if mistake["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(place[-1]), _known(place[:-1]), n=1)
        return f"{name} is not a setting", f"did you mean {near[0]}?" if near else "delete it"
    if mistake["type"] == "missing":
        return f"{name} is missing", f"write {place[-1]}: ..."
    if mistake["type"] == "literal_error":
        return f"{name} has a value that it does not take", f"write {mistake.get('ctx', {}).get('expected')}"
    if mistake["type"] in _KINDS:
        what, hint = _KINDS[mistake["type"]]
        return f"{name} is {what}", hint
    return name, mistake["msg"].removeprefix("Value error, ")


def _known(place: tuple[int | str, ...]) -> list[str]:
    """Name the keys that may stand at a place of the front matter."""
    model = _MODELS.get(tuple(str(part) for part in place)[:1], ThreadModel)
    if place[1:] == ("first",):
        model = First
    return [field.alias or name for name, field in model.model_fields.items()]


_SETTINGS = ("no list of settings", "write key: value lines under it")
_KINDS = {
    "string_type": ("not a text", 'put it in quotes: "..."'),
    "bool_type": ("neither true nor false", "write true or false"),
    "list_type": ("not a list", "write it in brackets: [...]"),
    "dict_type": _SETTINGS,
    "model_type": _SETTINGS,
}
"""What pydantic says of a value of the wrong kind, in words."""

_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    ("schedule",): ScheduleModel,
    ("previous",): PreviousModel,
    ("companions",): CompanionModel,
}
