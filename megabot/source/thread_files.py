"""Reads the front matter of all threads of a source, as values or problems."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from pydantic import ValidationError

from megabot.schedule.calendar import slot_days
from megabot.source.child_limits import OutOfTime
from megabot.source.front_matter.model import ThreadModel, mistakes
from megabot.source.front_matter.values import did_you_mean, known_names_hint
from megabot.source.front_matter.yaml import YamlDocument, split
from megabot.source.model import SUFFIX, Snapshot, Thread, is_thread_file
from megabot.source.problems import Problem

WHOLE = "."
"""The path of a problem with the whole source."""
_DEFAULT = "thread"  # thread.md.j2 is the only file name that does not set the thread's name
_MOST_A_FILE = 20
_MOST = 100
_NOT_LISTED = ("the front matter has mistakes too", "they will be listed once the other files are fixed")
_UNREAD = ("the front matter takes too long to read", "make it shorter: move data to data/")


@dataclass(frozen=True, slots=True)
class _Template:
    """One template's front matter, as far as it could be read. `thread` is None if it has problems."""

    path: str
    front: YamlDocument
    name: str
    thread: Thread | None
    problems: tuple[Problem, ...]


def threads(snapshot: Snapshot) -> tuple[tuple[Thread, ...], tuple[Problem, ...]]:
    """Return the threads that can be used, and the problems of the others.

    Problems with other files, such as sections, are found when a thread that uses them is rendered. A source
    that could not be read completely has no usable thread. Only the first of many problems are listed, but
    each thread file with a problem is named.
    """
    templates: list[_Template] = []
    of_all = [one for one in snapshot.problems if one.path == WHOLE]
    problems = of_all + [one for one in snapshot.problems if is_thread_file(one.path)]
    by_name: dict[str, str] = {}
    out_of_time = False  # CPU_SECONDS_MORE is enough to name the files that were not read
    broken: set[str] = set()
    for path in sorted(filter(is_thread_file, snapshot.files)):
        room = _MOST - len(problems)
        template = _unread(path) if out_of_time else _read(path, snapshot.files[path], room=room)
        out_of_time = _UNREAD[0] in (one.what for one in template.problems)
        twins = tuple(_same_name(template, by_name))
        problems += [*template.problems, *twins]
        broken |= {template.name} if twins else set()  # both files, because either may be meant
        templates.append(template)
        by_name.setdefault(template.name, path)
    if not problems:  # otherwise the companion may be one of the broken threads
        lost = {template.name: tuple(_strangers(template, by_name)) for template in templates}
        broken |= {name for name, problems in lost.items() if problems}
        problems += islice(chain(*lost.values()), _MOST)
    usable = (one.thread for one in templates if one.thread is not None and one.name not in broken)
    if not templates and not problems:
        hint = "to create thread.md.j2, run: megabot init"
        problems.append(Problem(WHOLE, 0, "there is no thread template", hint))
    return () if of_all else tuple(usable), tuple(problems)


def parse_thread(path: str, text: str) -> tuple[Thread | None, tuple[Problem, ...]]:
    """Parse one template's front matter. Returns the thread only if there are no problems."""
    template = _read(path, text, room=_MOST)
    return template.thread, template.problems


def _read(path: str, text: str, *, room: int) -> _Template:
    """Read one file's front matter; `room` is how many more problems may be listed."""
    try:
        return _parsed(path, text, most=min(room, _MOST_A_FILE))
    except (MemoryError, OutOfTime):  # the limits of the child
        return _unread(path)


def _unread(path: str) -> _Template:
    return _Template(path, YamlDocument({}), "", None, (Problem(path, 1, *_UNREAD),))


def _parsed(path: str, text: str, *, most: int) -> _Template:
    file = split(path, text)
    settings: dict[str, Any] = dict(file.mapping())
    stem = path.removesuffix(SUFFIX)
    if stem != _DEFAULT:
        settings.setdefault("name", stem)
    thread, problems = None, iter(file.front.problems)
    if file.first_line == 1 and not file.front.problems:
        hint = "start it with ---, settings, ---; or start the file name with _ if it is a partial"
        problems = iter([Problem(path, 1, "the file has no front matter", hint)])
    elif (
        not file.front.problems or file.front.lines
    ):  # otherwise it is not YAML and cannot be checked further
        thread, problems = _checked(path, file.front, settings, most=most)
    listed = tuple(islice(problems, max(most, 1)))
    return _Template(path, file.front, str(settings.get("name", "")), None if listed else thread, listed)


def _checked(
    path: str, front: YamlDocument, settings: dict[str, Any], *, most: int
) -> tuple[Thread | None, Iterator[Problem]]:
    try:
        model = ThreadModel.model_validate(settings)
    except ValidationError as error:
        if most <= 0:  # wording the mistakes takes longer than finding them
            return None, iter([Problem(path, 1, *_NOT_LISTED)])
        problems = dict.fromkeys(chain(front.problems, islice(mistakes(path, front, error), most)))
        return None, iter(sorted(problems))
    thread = _thread(path, model)
    return thread, chain(front.problems, _idle_skips(path, front, model, thread))


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
        first_comment=model.first_comment,
        max_comments=model.cap,
        unpin_after=model.unpin_after,
        lock_after=model.lock_after,
    )


def _idle_skips(path: str, front: YamlDocument, model: ThreadModel, thread: Thread) -> Iterator[Problem]:
    """Find days in `skip` that are not posting dates, a mistake that would go unnoticed until the slot."""
    schedule = thread.schedule
    for number, skipped in enumerate(model.schedule.skip):
        line = front.line(("schedule", "skip", number))
        day, at = skipped if isinstance(skipped, tuple) else (skipped, None)
        before, after = slot_days(schedule, day)
        if day != before:
            hint = f"the nearest are {before} and {after}" if before else f"the first is {after}"
            yield Problem(path, line, f"schedule.skip: {day} is not a posting date", hint)
        elif at is not None and (at not in schedule.times or not schedule.also_at):
            times = " and ".join(f"{one:%H:%M}" for one in schedule.times)
            hint = f"the thread is posted at {times}" if schedule.also_at else f"write the day only: {day}"
            yield Problem(path, line, f"schedule.skip: nothing is posted on {day} at {at:%H:%M}", hint)


def _same_name(template: _Template, by_name: Mapping[str, str]) -> Iterator[Problem]:
    if template.name and template.name in by_name:
        line = template.front.line(("name",))
        what = f"name: {by_name[template.name]} has the name {template.name} too"
        yield Problem(template.path, line, what, "give one of them another name")


def _strangers(template: _Template, names: Mapping[str, str]) -> Iterator[Problem]:
    """Find companions that are not threads of this source."""
    for companion in template.thread.companions if template.thread else ():
        if companion.thread and companion.thread not in names:
            place = ("companions", companion.name, "thread")
            what = f"{'.'.join(place)}: there is no thread {companion.thread}"
            hint = did_you_mean(companion.thread, names, otherwise=known_names_hint(names))
            yield Problem(template.path, template.front.line(place), what, hint)
