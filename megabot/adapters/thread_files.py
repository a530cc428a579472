"""Which files of a source are threads, and what their front matter says, as values or as problems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from megabot.adapters.front_matter import ThreadModel
from megabot.adapters.front_matter_mistakes import mistakes
from megabot.adapters.front_matter_values import did_you_mean
from megabot.adapters.yaml_text import Parsed, split
from megabot.core.preambles import nearest_two
from megabot.core.problems import Problem
from megabot.core.threads import Snapshot, Thread

SUFFIX = ".md.j2"
_DEFAULT = "thread"  # a file of this name says nothing about the thread's


@dataclass(frozen=True, slots=True)
class _Template:
    """One template's front matter, read as far as it goes: the thread only if nothing in it is wrong."""

    path: str
    front: Parsed
    name: str
    thread: Thread | None
    problems: tuple[Problem, ...]


def is_thread(path: str) -> bool:
    """Tell whether a path of the source is a thread's template: `_` begins a partial."""
    return path.endswith(SUFFIX) and "/" not in path and not path.startswith("_")


def threads(snapshot: Snapshot) -> tuple[tuple[Thread, ...], tuple[Problem, ...]]:
    """Parse all threads of a source; every mistake of every file."""
    templates = [_read(path, snapshot.files[path]) for path in sorted(filter(is_thread, snapshot.files))]
    problems = list(snapshot.problems)
    for number, template in enumerate(templates):
        problems += template.problems
        problems += _same_name(template, templates[:number])
        problems += _strangers(template, templates)
    if not templates and not problems:
        problems.append(Problem(".", 0, "the source has no thread", "write a thread.md.j2: see megabot init"))
    return tuple(one.thread for one in templates if one.thread is not None), tuple(problems)


def parse_thread(path: str, text: str) -> tuple[Thread | None, tuple[Problem, ...]]:
    """Parse one template's front matter; the thread only if nothing is wrong."""
    template = _read(path, text)
    return template.thread, template.problems


def _read(path: str, text: str) -> _Template:
    file = split(path, text)
    settings: dict[str, Any] = dict(file.mapping())
    stem = path.removesuffix(SUFFIX)
    if stem != _DEFAULT:
        settings.setdefault("name", stem)
    thread, problems = None, file.front.problems
    if file.first_line == 1 and not problems:
        hint = "begin it with ---, its settings, ---; the name of a part begins with _"
        problems = (Problem(path, 1, "the file has no front matter", hint),)
    elif not problems or file.front.lines:  # else it is not even YAML: nothing more can be said
        thread, problems = _checked(path, file.front, settings)
    return _Template(path, file.front, str(settings.get("name", "")), thread, problems)


def _checked(path: str, front: Parsed, settings: dict[str, Any]) -> tuple[Thread | None, tuple[Problem, ...]]:
    try:
        model = ThreadModel.model_validate(settings)
    except ValidationError as error:
        return None, tuple(sorted({*front.problems, *mistakes(path, front, error)}))
    thread = _thread(path, model)
    problems = (*front.problems, *_idle_skips(path, front, model, thread))
    return (None if problems else thread), problems


def _thread(path: str, model: ThreadModel) -> Thread:
    return Thread(
        name=model.name,
        path=path,
        title=model.title,
        schedule=model.schedule.value(),
        image=model.image,
        image_alt=model.image_alt,
        thumbnail=model.thumbnail,
        community=model.community,
        pin=model.pin_value(),
        previous=model.previous.value(),
        companions=tuple(one.value(name) for name, one in model.companions.items()),
        refresh=model.refresh_value(),
        locale=model.locale,
        language=model.language,
        nsfw=model.nsfw,
        mentions=model.mentions,
        tags=model.tags,
        cap=model.cap,
        unpin_after=model.unpin_after,
        lock_after=model.lock_after,
    )


def _idle_skips(path: str, front: Parsed, model: ThreadModel, thread: Thread) -> Iterator[Problem]:
    """Find days in `skip` that are no slot's: a slip that would only show when the thread goes up."""
    schedule = thread.schedule
    for number, day in enumerate(model.schedule.skip):
        moment = datetime.combine(day, schedule.at, ZoneInfo(schedule.timezone))
        days = [edition.start for edition in nearest_two(thread, moment)]
        if day not in days:
            line = front.line(("schedule", "skip", number))
            hint = f"the nearest are {days[0]} and {days[1]}"
            yield Problem(path, line, f"schedule.skip: {day} is not the day of a slot", hint)


def _same_name(template: _Template, before: Sequence[_Template]) -> Iterator[Problem]:
    for other in before:
        if template.name and other.name == template.name:
            line = template.front.line(("name",))
            what = f"name: {other.path} is called {template.name} too"
            yield Problem(template.path, line, what, "one of them needs another name")


def _strangers(template: _Template, templates: Sequence[_Template]) -> Iterator[Problem]:
    """Find companions that are no thread of this source."""
    names = [one.name for one in templates]
    for companion in template.thread.companions if template.thread else ():
        if companion.thread and companion.thread not in names:
            place = ("companions", companion.name, "thread")
            what = f"{'.'.join(place)}: there is no thread {companion.thread}"
            hint = did_you_mean(companion.thread, names, otherwise=f"there is: {', '.join(names)}")
            yield Problem(template.path, template.front.line(place), what, hint)
