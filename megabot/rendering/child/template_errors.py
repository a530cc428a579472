"""Turns an error in a template into a problem with file, line and a suggestion. Runs in the child."""

import difflib
import re
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

import jinja2
from jinja2 import nodes

from megabot.rendering.child.environment import Environment, failure
from megabot.source.child_limits import OutOfTime
from megabot.source.problems import Problem

_NODES: dict[str, type[nodes.Filter | nodes.Test]] = {"filter": nodes.Filter, "test": nodes.Test}
_SUFFIX = ".md.j2"
_UNKNOWN = re.compile(r"(?:No filter named '|Encountered unknown tag ')?(\w+)(?:'| is not defined)")
_INSTEAD = {
    "now": "edition.start or edition.slot, because a text must not depend on when it is rendered",
    "today": "edition.start, because a text must not depend on when it is rendered",
    "date": "the filter: {{ edition.start | date('d MMMM y') }}",
    "datetime": "edition.slot, or the filter: | date('d MMMM y')",
    "strftime": "the filter date: {{ edition.start | date('d MMMM y') }}",
    "dateformat": "the filter date: {{ edition.start | date('d MMMM y') }}",
    "format_date": "the filter date: {{ edition.start | date('d MMMM y') }}",
    "len": "the filter: | length",
    "str": "the filter: | string",
    "int": "the filter: | int",
    "sorted": "the filter: | sort",
    "sum": "the filter: | sum",
    "min": "the filter: | min",
    "max": "the filter: | max",
    "enumerate": "loop.index, which counts from 1",
    "title": "edition.key, edition.number or preamble.theme: the title is in the front matter",
    "number": "edition.number",
    "key": "edition.key",
    "markdown": "it without a filter, because the text already is Markdown",
    "do": "{% set ... %}; a loop can change values only in a namespace()",
}
"""Names that people know from other programs, and what to write instead."""


class BrokenError(Exception):
    """A job that cannot be rendered, with all problems, and whether it used up its CPU time."""

    def __init__(self, problems: list[Problem], *, out_of_time: bool = False) -> None:
        super().__init__()
        self.problems = problems
        self.out_of_time = out_of_time


def problem_of(error: BaseException, environment: Environment, path: str, names: dict[str, Any]) -> Problem:
    """Return a problem at the line of the innermost template."""
    where, line = path, 0
    if isinstance(error, jinja2.TemplateSyntaxError):
        where, line = error.filename or path, error.lineno
    elif isinstance(error, OutOfTime):
        where, line = error.path or path, error.line
    else:
        # jinja2 puts the templates' own lines into a traceback; the last one is the innermost.
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename.endswith(_SUFFIX):
                where, line = frame.f_code.co_filename, number
    if (where, line) == (path, 1):  # jinja2 reports line 1, the front matter, if it does not know the line
        line = 0
    what, hint = failure(error)
    return Problem(where, line, what, hint or _hint(error, environment, names))


def unknown_words(environment: Environment, path: str, text: str) -> Iterator[Problem]:
    """Find misspelt filters and tests, also in branches that were not taken."""
    try:
        tree = environment.parse(text, path)
    except (jinja2.TemplateSyntaxError, RecursionError, MemoryError, OutOfTime):
        return  # rendering a text that uses it reports this
    for kind, known in (("filter", environment.filters), ("test", environment.tests)):
        for node in tree.find_all(_NODES[kind]):
            if node.name not in known:
                error = jinja2.TemplateRuntimeError(f"No {kind} named {node.name!r} found.")
                what, hint = failure(error)
                yield Problem(path, node.lineno, what, hint or _hint(error, environment, {}))


def _hint(error: BaseException, environment: Environment, names: dict[str, Any]) -> str:
    """Return a hint with the name that was probably meant."""
    if isinstance(error, jinja2.TemplateNotFound):
        near = nearest(str(error.name), environment.list_templates())
        return f"did you mean {near}?" if near else "partials are files like _footer.md.j2"
    unknown = re.match(
        r"(?:No filter named '|Encountered unknown tag ')?(\w+)(?:'| is not defined)", str(error)
    )
    if unknown and unknown[1] in _INSTEAD:
        return f"write {_INSTEAD[unknown[1]]}"
    for pattern, known in (
        (r"(\w+) is not defined", [*names, *environment.globals]),
        (r"No filter named '(\w+)'", environment.filters),
        (r"No test named '(\w+)'", environment.tests),
    ):
        match = re.match(pattern, str(error))
        if match:
            near = nearest(match[1], known)
            listed = f"use one of: {', '.join(sorted(names))}"
            others = listed if "defined" in pattern else "see docs/reference/template.md"
            return f"did you mean {near}?" if near else others
    return ""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, "" for none."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), "")
