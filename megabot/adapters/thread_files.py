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
from megabot.core.threads import Snapshot, Thread, is_thread_file

SUFFIX = ".md.j2"
WHOLE = "."
"""The path of a problem that concerns the whole source."""
_DEFAULT = "thread"  # a file of this name says nothing about the thread's


@dataclass(frozen=True, slots=True)
class _Template:
    """One template's front matter, read as far as it goes: the thread only if nothing in it is wrong."""

    path: str
    front: Parsed
    name: str
    thread: Thread | None
    problems: tuple[Problem, ...]


def threads(snapshot: Snapshot) -> tuple[tuple[Thread, ...], tuple[Problem, ...]]:
    """Return the threads that can be used, and every mistake that keeps another one from being used.

    What is wrong with other files, such as sections, concerns the threads that use them, and shows when
    they are rendered; only a source that was not read to its end has no usable thread.
    """
    templates = [_read(path, snapshot.files[path]) for path in sorted(filter(is_thread_file, snapshot.files))]
    of_all = [one for one in snapshot.problems if one.path == WHOLE]
    problems = of_all + [one for one in snapshot.problems if is_thread_file(one.path)]
    all_read = not problems and all(one.thread is not None for one in templates)
    usable = []
    for number, template in enumerate(templates):
        own = [*template.problems, *_same_name(template, templates[:number])]
        own += _strangers(template, templates) if all_read else ()  # else a broken one may be meant
        twins = [other for other in templates if template.name and other.name == template.name]
        problems += own
        if template.thread is not None and not own and len(twins) <= 1 and not of_all:
            usable.append(template.thread)
    if not templates and not problems:
        hint = "write a thread.md.j2: see megabot init"
        problems.append(Problem(WHOLE, 0, "the source has no thread", hint))
    return tuple(usable), tuple(problems)


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
