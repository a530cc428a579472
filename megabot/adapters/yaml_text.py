"""YAML that people type, read with line numbers and without YAML 1.1's surprises; one clear line per mistake.

Booleans are `true` and `false` only (`no` is Norway, `on` a key), `12:00` is a text, doubled keys, anchors
and aliases are mistakes. Reads text, knows nothing of what the keys mean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import yaml

from megabot.core.problems import Problem

Value = None | bool | int | float | str | date | list["Value"] | dict[str, "Value"]
Place = tuple[str | int, ...]

_FENCE = "---"
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?")
_CUT = re.compile(r"[ \t]+#(?=\S)(?!#)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document's value, the line of every key and item in its file, and what was wrong with it."""

    value: Value
    lines: dict[Place, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, place: Place) -> int:
        """Give the line of a place, or of the nearest one around it that is known."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file taken apart: its front matter (an empty mapping if it has none) and its body.

    `first_line` is the line of the file that the body begins at.
    """

    front: Parsed
    body: str
    first_line: int

    def mapping(self) -> dict[str, Value]:
        """Give the front matter's keys, none where it is no mapping."""
        return self.front.value if isinstance(self.front.value, dict) else {}


def split(path: str, text: str) -> FrontMatter:
    """Take a file apart at its `---` lines and parse what is between them."""
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != _FENCE:
        return FrontMatter(Parsed({}), text, 1)
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == _FENCE:
            front = parse(path, "\n".join(lines[1:number]), first_line=2)
            front = Parsed({}, front.lines, front.problems) if front.value is None else front
            if not isinstance(front.value, dict):
                what = Problem(path, 2, "the front matter is no list of settings", "write key: value lines")
                front = Parsed({}, {}, (*front.problems, what))
            return FrontMatter(front, "\n".join(lines[number + 1 :]), number + 2)
    hint = "write a line --- after the last setting"
    return FrontMatter(Parsed({}, {}, (Problem(path, 1, "the front matter never ends", hint),)), "", 1)


def parse(path: str, text: str, *, first_line: int = 1) -> Parsed:
    """Parse one YAML document that begins at a line of its file."""
    tabs = [
        Problem(path, first_line + number, "a tab at the start of the line", "YAML wants spaces there")
        for number, line in enumerate(text.split("\n"))
        if line[: len(line) - len(line.lstrip())].count("\t")
    ]
    if tabs:
        return Parsed(None, {}, tuple(tabs))
    try:
        aliases = [token for token in yaml.scan(text, yaml.CSafeLoader) if isinstance(token, _REFERENCES)]
        node = yaml.compose(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        return Parsed(None, {}, (_syntax(path, error, first_line),))
    except yaml.YAMLError:
        return Parsed(None, {}, (Problem(path, first_line, "a character that YAML does not take"),))
    reader = _Reader(path, text.split("\n"), first_line)
    for token in aliases:
        reader.complain(token.start_mark.line, "an anchor or alias (& or *)", "put the text in quotes")
    value = None if node is None or aliases else reader.read(node, ())
    return Parsed(value, reader.lines, tuple(reader.problems))


_REFERENCES = (yaml.AnchorToken, yaml.AliasToken)


class _Reader:
    """Turns nodes into values and remembers where each stood."""

    def __init__(self, path: str, source: list[str], first_line: int) -> None:
        self._path = path
        self._source = source
        self._first = first_line
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []

    def complain(self, line: int, what: str, hint: str) -> None:
        """Note a mistake at a line of the document, counted from 0."""
        self.problems.append(Problem(self._path, self._first + line, what, hint))

    def read(self, node: yaml.Node, place: Place) -> Value:
        """Give a node's value."""
        self.lines.setdefault(place, self._first + node.start_mark.line)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, place))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*place, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        return None

    def _pairs(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, Value]]:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in seen:
                self.complain(key.start_mark.line, f"{name} stands here a second time", "keep one of them")
            seen.add(name)
            self.lines[(*place, name)] = self._first + key.start_mark.line
            yield name, self.read(value, (*place, name))

    def _scalar(self, node: yaml.ScalarNode) -> Value:
        text = str(node.value)
        if node.style:  # quoted or a block
            return text
        rest = self._source[node.end_mark.line][node.end_mark.column :]
        if node.start_mark.line == node.end_mark.line and text and _CUT.match(rest):
            what = "the text after ` #` is a comment and is lost"
            self.complain(node.start_mark.line, what, 'put the whole value in quotes: "..."')
        return plain(text)


def plain(text: str) -> Value:
    """Give what an unquoted text stands for."""
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    number = _NUMBER.fullmatch(text)
    if number:
        return float(text) if number["fraction"] else int(text)
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-16") else text
    except ValueError:
        return text


def _syntax(path: str, error: yaml.MarkedYAMLError, first_line: int) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = first_line + (mark.line if mark else 0)
    what = (error.problem or "").replace("could not find", "there is no")
    if "cannot start any token" in what:
        return Problem(
            path, line, "a value begins with a character that YAML reserves", 'put it in quotes: "..."'
        )
    if "mapping values are not allowed" in what:
        return Problem(path, line, "a second colon in one line", 'put the value in quotes: "..."')
    if "flow" in (error.context or "") or "quoted scalar" in (error.context or ""):
        start = error.context_mark or mark
        line = first_line + (start.line if start else 0)
        return Problem(path, line, "a quote or bracket that is never closed", "close it")
    return Problem(path, line, "this is not YAML", what or "check colons, quotes and indentation")
