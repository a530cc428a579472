"""Renders editions from a source's files: plain data in, texts or problems out. Runs in the child.

Every mistake that a contributor can make becomes a problem with file and line.
"""

import datetime as dt
import functools
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import jinja2

from megabot.rendering.child import data_files, spoiler_losses, template_checks
from megabot.rendering.child.environment import Environment, LenientData, StrictData, UnavailableUrl, failure
from megabot.rendering.child.filters import spoiler
from megabot.rendering.child.namespaces import prefix_labels
from megabot.rendering.child.template_errors import BrokenError, nearest, problem_of, unknown_words
from megabot.rendering.model import EDITION_URL
from megabot.source import limits, sections
from megabot.source.child_limits import OutOfTime
from megabot.source.front_matter.yaml import FrontMatter, split
from megabot.source.model import is_thread_file
from megabot.source.preambles import BY_MESSAGE
from megabot.source.problems import Problem

Json = dict[str, Any]
SUFFIX = ".md.j2"
MOST_FLAWS = 20
MOST_PROBLEMS = 100


def render_all(
    files: dict[str, str], pictures: list[str], jobs: list[Json], unreadable: Iterable[Problem] = ()
) -> list[Json]:
    """Render each job, in order, to `{"text": {...}}` or `{"problems": [...]}`.

    A thread that used up the CPU time is not tried again: its next edition would use up the rest, the child
    would be killed, and the line of the mistake would be lost.
    """
    source = Source(files, pictures, unreadable)
    endless: dict[str, Json] = {}
    answers = []
    for job in jobs:
        path = job["thread"]["path"]
        answer = endless.get(path) or _answer(source, job)
        if answer.pop("out_of_time", False):
            endless[path] = answer
        answers.append(answer)
    return answers


class Source:
    """The files of a source, parsed once for all jobs. `unreadable` are the problems of other files."""

    def __init__(
        self, files: dict[str, str], pictures: Iterable[str] = (), unreadable: Iterable[Problem] = ()
    ) -> None:
        self.files = files
        self.unreadable = tuple(unreadable)
        self.pictures = frozenset(pictures)
        self.environment = functools.cache(
            lambda locale, timezone: Environment(self.templates, locale=locale, timezone=timezone)
        )
        self.front = functools.cache(lambda path: split(path, files[path]).front)
        self._glued_in = functools.cache(
            lambda path: tuple(template_checks.find_glued_lines(path, self.templates[path]))
        )
        self.templates = {path: _lines_kept(text) for path, text in files.items() if path.endswith(SUFFIX)}
        self.unknown = functools.cache(
            lambda environment, path: tuple(unknown_words(environment, path, self.templates[path]))
        )

    @functools.cached_property
    def sections(self) -> tuple[list[sections.Section], list[Problem]]:
        """All sections in the order of their files, and their problems."""
        valid: list[sections.Section] = []
        problems = self.unreadable_in("sections")
        for path in sorted(path for path in self.files if path.startswith("sections/")):
            file = split(path, self.files[path])
            section, mistakes = sections.parse_section(path, file.mapping(), file.body, file.first_line)
            if file.front.problems:  # other problems may only follow from these
                problems += file.front.problems
                continue
            reported = {one.line for one in mistakes}
            flaws = _flaws(path, file.body, file.first_line, mentions=True)
            problems += [*mistakes, *(one for one in flaws if one.line not in reported)]
            same = [one.path for one in valid if section is not None and one.name == section.name]
            problems += [
                Problem(path, 0, f"{one} has the name {sections.section_name(one)} too", "rename one of them")
                for one in same
            ]
            if section is not None and not same:
                valid.append(replace(section, body=prefix_labels(section.body, section.name)))
        return valid, problems

    def keys(self, path: str) -> dict[str, Any]:
        value = self.front(path).value
        return value if isinstance(value, dict) else {}

    def unused(self, thread: Json) -> Iterator[Problem]:
        """Find problems in parts of the templates and in files that a text did not use."""
        environment = self.environment(thread["locale"], thread["timezone"])
        own = [thread["path"], *(path for path in sorted(self.templates) if path.startswith("_"))]
        with suppress(
            MemoryError, RecursionError, OutOfTime
        ):  # the text is rendered already and does not need them
            for path in own:
                yield from self.unknown(environment, path)
            yield from dict.fromkeys([*self.unreadable, *self.sections[1], *self.data.problems()])

    @functools.cached_property
    def lines(self) -> list[tuple[tuple[str, int], str]]:
        """All lines of all files, each with its path and number."""
        return [
            ((name, number), line)
            for name, text in self.files.items()
            for number, line in enumerate(text.split("\n"), 1)
        ]

    def glued(self, path: str) -> list[Problem]:
        """Find lines in a thread's template and in partials whose line break a tag removes."""
        names = (name for name in self.templates if name == path or name.startswith("_"))
        return [one for name in names for one in self._glued_in(name)][:MOST_FLAWS]

    @functools.cached_property
    def data(self) -> data_files.Data:
        return data_files.Data(self.files, self.unreadable)

    def unreadable_in(self, folder: str) -> list[Problem]:
        """Return the problems of unreadable files in a folder, or of the folder."""
        return [one for one in self.unreadable if one.path == folder or one.path.startswith(f"{folder}/")]

    def preamble(self, thread: str, key: str, day: str, *, alone: bool) -> tuple[str, FrontMatter | None]:
        """Find an edition's preamble by key, by day or the default (decision 28); "" and None for none."""
        folders = [f"preambles/{thread}/"] + (["preambles/"] if alone else [])
        for name in (key, day, "_default"):
            for folder in folders:
                path = f"{folder}{name}.md"
                # An unreadable file may be the edition's own preamble, so the default must not take its
                # place.
                places = (path, folder.rstrip("/"), "preambles")
                broken = [one for one in self.unreadable if one.path in places]
                if broken:
                    raise BrokenError(broken)
                if path in self.files:
                    return path, split(path, self.files[path])
        return "", None


def _answer(source: Source, job: Json) -> Json:
    try:
        return {"text": _render(source, job)}
    except BrokenError as error:
        # Nobody reads thousands of mistakes, and the answer must stay below the parent's limit.
        listed = [_plain(one) for one in islice(dict.fromkeys(error.problems), MOST_PROBLEMS)]
        return {"problems": listed, "out_of_time": error.out_of_time}
    except (MemoryError, RecursionError, OutOfTime) as error:  # outside the templates
        return {"problems": [_plain(Problem(job["thread"]["path"], 0, *failure(error)))]}


def _render(source: Source, job: Json) -> Json:
    thread, context = job["thread"], job["context"]
    path = thread["path"]
    essay_path, preamble = _preamble(source, job)
    names = _names(source, thread, context, preamble)
    # A copy of the first edition has no previous edition; its comment goes to the post that it replaces.
    before = context["previous"] or context["replaced"]
    # Only comments can have the post's address: they are sent when the post exists (decision 15).
    later = names | {"edition": StrictData({**names["edition"], "url": EDITION_URL})}
    later |= {"previous": before and StrictData(before)}
    lines = source.front(path)
    comment = thread["comment"] if before else ""  # without a previous thread there is no place for it
    title_line = lines.line(("title",))
    parts = {
        "title": (_at_line(thread["title"], title_line), names),
        "body": (source.templates[path], names),
        "comment": (_at_line(comment, lines.line(("previous", "comment"))), later),
        "first_comment": (_at_line(thread["first_comment"], lines.line(("first_comment",))), later),
    }
    for part in template_checks.IMAGE_PARTS:
        parts[part] = (_at_line(thread[part], lines.line((part,))), names)
    text = _run(source, thread, parts)
    text = {part: value if part == "body" else value.strip() for part, value in text.items()}
    text |= {part: compose_name(text[part]) for part in ("image", "thumbnail") if "://" not in text[part]}
    text |= {"preamble": essay_path, "words": preamble["text"]}
    _check(source, thread, text, title_line)
    flaws = chain(*map(limits.oddities, (text["body"], text["comment"])), spoiler_losses.losses(text["body"]))
    odd = [_located(source, path, flaw) for flaw in islice(flaws, MOST_FLAWS)]
    odd += [_of_image(source, thread, text, *flaw) for flaw in template_checks.image_oddities(text)]
    odd += _slips(source, thread)
    odd += template_checks.find_miswritten_keys(source.files, path, essay_path, keys=source.keys)
    odd += source.glued(path)
    unused = [_plain(one) for one in islice(source.unused(thread), MOST_FLAWS)]
    return text | {"warnings": [_plain(one) for one in odd], "unused": unused}


def _preamble(source: Source, job: Json) -> tuple[str, LenientData]:
    thread, context = job["thread"], job["context"]
    edition = context["edition"]
    path, file = BY_MESSAGE, None if context["preamble"] is None else split(BY_MESSAGE, context["preamble"])
    if file is None:
        path, file = source.preamble(thread["name"], edition["key"], edition["start"], alone=job["alone"])
    if file is None:
        return "", LenientData(text="")
    problems = [*file.front.problems, *_flaws(path, file.body, file.first_line, mentions=thread["mentions"])]
    if problems:
        raise BrokenError(problems)
    words = "\n\n".join(filter(None, [file.body.strip(), context["added"]]))
    return path, LenientData(file.mapping(), text=words)


def _sections(source: Source) -> tuple[Callable[[], str], Callable[[str], str]]:
    """Return the template functions `sections` and `section`. They raise a file's problems only when used."""
    valid, problems = source.sections
    by_name = {section.name: section for section in valid}

    def all_sections() -> str:
        if problems:
            raise BrokenError(problems)
        return "\n\n".join(sections.spoiler(one) for one in valid)

    def section(name: str) -> str:
        name = compose_name(name)
        broken = [
            one for one in problems if compose_name(sections.section_name(one.path)) in (name, "sections")
        ]
        if broken:
            raise BrokenError(broken)
        if name not in by_name:
            near = nearest(name, by_name)
            hint = f"did you mean {near}?" if near else f"use one of: {', '.join(by_name)}"
            raise jinja2.TemplateRuntimeError(f"there is no section {name}; {hint}")
        return sections.spoiler(by_name[name])

    return all_sections, section


def _names(source: Source, thread: Json, context: Json, preamble: LenientData) -> Json:
    """Return everything that a template can use, by name."""
    edition = context["edition"]
    essay = LenientData(preamble, text=prefix_labels(preamble["text"], "essay"))
    revision = context["revision"]
    all_sections, section = _sections(source)
    return {
        "edition": StrictData(
            key=edition["key"],
            number=edition["number"],
            start=dt.date.fromisoformat(edition["start"]),
            end=dt.date.fromisoformat(edition["end"]),
            slot=dt.datetime.fromisoformat(edition["slot"]),
            url=UnavailableUrl(),
        ),
        "previous": context["previous"] and StrictData(context["previous"]),
        "preamble": essay,
        "companions": StrictData(
            {
                name: None if facts is None else StrictData(facts)
                for name, facts in context["companions"].items()
            }
        ),
        "data": source.data,
        "source": StrictData(revision=revision["commit"][:7], url=revision["url"]),
        "changes": context["changes"] and StrictData(context["changes"]),
        "community": context["community"],
        "sections": all_sections,
        "section": section,
        "spoiler": spoiler,
    }


def _run(source: Source, thread: Json, parts: dict[str, tuple[str, Json]]) -> dict[str, str]:
    """Compile and render the parts of a thread; each error becomes a problem with its line."""
    environment, path = source.environment(thread["locale"], thread["timezone"]), thread["path"]
    unreadable = {one.path: one for one in source.unreadable}
    done: dict[str, str] = {}
    problems: list[Problem] = []
    out_of_time = False
    for part, (text, names) in parts.items():
        try:
            done[part] = environment.text(path, text, names).strip("\n")
        except BrokenError as error:
            problems += error.problems
        except (Exception, OutOfTime) as error:  # noqa: BLE001  any error in a template becomes one problem
            out_of_time |= isinstance(error, OutOfTime)
            missing = unreadable.get(str(error.name)) if isinstance(error, jinja2.TemplateNotFound) else None
            # The other parts are rendered all the same, so that every mistake is listed at once.
            problems.append(missing or problem_of(error, environment, path, names))
    if problems:
        raise BrokenError(problems, out_of_time=out_of_time)
    return done


def _check(source: Source, thread: Json, text: Json, title_line: int) -> None:
    """Raise problems for what the server would refuse or what would harm readers."""
    path = thread["path"]
    problems = []
    if flaw := limits.title_flaw(text["title"]):
        problems.append(Problem(path, title_line, flaw, "correct the title or the theme"))
    if flaw := limits.size_flaw(text["body"]):
        problems.append(Problem(path, 0, flaw, _largest(source) if text["body"].strip() else ""))
        problems += () if text["body"].strip() else _slips(source, thread)
    for part in ("body", "comment", "first_comment"):
        flaws = limits.flaws(text[part], mentions=thread["mentions"])
        problems += _explained(source, path, list(islice(flaws, MOST_FLAWS)))
    if limits.utf16_units(text["comment"]) > limits.COMMENT_LONGEST - limits.MARKER_ROOM:
        problems.append(Problem(path, 0, "previous.comment is too long", "write at most 9,800 characters"))
    if limits.utf16_units(text["first_comment"]) > limits.COMMENT_LONGEST - limits.MARKER_ROOM:
        problems.append(Problem(path, 0, "first_comment is too long", "write at most 9,800 characters"))
    pictures = template_checks.image_mistakes(text, source.pictures)
    problems += [_of_image(source, thread, text, *mistake) for mistake in pictures]
    if problems:
        raise BrokenError(problems)


def _explained(source: Source, path: str, flaws: list[limits.Flaw]) -> Iterator[Problem]:
    """Report the lines whose line break a tag removed if a spoiler is broken, because they are the cause."""
    lines = source.glued(path) if any(":::" in flaw.text for flaw in flaws) else []
    yield from lines
    for flaw in flaws:
        if not lines or flaw.what != limits.SPOILER_WITHIN_A_LINE:
            yield _located(source, path, flaw)


def _slips(source: Source, thread: Json) -> Iterator[Problem]:
    """Find keys that no preamble has, because a misspelt one silently renders as nothing."""
    problems = template_checks.find_unknown_keys(
        source.files, thread["path"], thread["name"], keys=source.keys
    )
    return islice(problems, MOST_FLAWS)


def _of_image(source: Source, thread: Json, text: Json, part: str, what: str, hint: str) -> Problem:
    """Return a problem at the file and line of an image: in the thread's template, or in the preamble."""
    path: str = thread["path"]
    if "preamble." in thread[part] and text["preamble"] in source.files:
        path = text["preamble"]
    return Problem(path, source.front(path).line((part,)), what, hint)


def _largest(source: Source) -> str:
    sizes = sorted(((limits.utf16_units(one.body), one.path) for one in source.sections[0]), reverse=True)
    return "the largest: " + ", ".join(f"{path} {size:,}" for size, path in sizes[:3]) if sizes else ""


def _located(source: Source, path: str, flaw: limits.Flaw) -> Problem:
    """Return a problem at the file and line that contain a flaw's line, or at least its wrong part."""
    wanted = flaw.text.strip()
    whole = [place for place, line in source.lines if line.strip() == wanted]
    parts = [place for place, line in source.lines if flaw.part and flaw.part in line]
    parts = [place for place in parts if place[0] == path or not is_thread_file(place[0])]
    places = whole if len(whole) == 1 else sorted(parts, key=lambda place: place[0] != path)
    if places:
        return Problem(*places[0], flaw.what, flaw.hint)
    return Problem(path, 0, f"in line {flaw.line} of the rendered text: {flaw.what}", flaw.hint)


def _flaws(path: str, text: str, first_line: int, *, mentions: bool) -> Iterator[Problem]:
    for flaw in limits.flaws(text, mentions=mentions):
        yield Problem(path, first_line + flaw.line - 1, flaw.what, flaw.hint)


def compose_name(name: str) -> str:
    """Return a name in composed Unicode (NFC), like the names of files."""
    return unicodedata.normalize("NFC", name)


def _lines_kept(text: str) -> str:
    """Replace the front matter with empty lines, so that line numbers match the file."""
    file = split("", text)
    return "\n" * (file.first_line - 1) + file.body


def _at_line(text: str, line: int) -> str:
    return "\n" * (line - 1) + text


def _plain(problem: Problem) -> Json:
    return {"path": problem.path, "line": problem.line, "what": problem.what, "hint": problem.hint}
