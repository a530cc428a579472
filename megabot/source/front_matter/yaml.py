"""Reads YAML with line numbers, without YAML 1.1's surprises, and with one clear line for each mistake.

Booleans are only `true` and `false` (`no` is Norway, `on` is a key), `12:00` is text, and duplicate keys,
anchors and aliases are mistakes. Does not know the meaning of any key.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import yaml

from megabot.source.front_matter.fence import front_end
from megabot.source.problems import Problem

Value = None | bool | int | float | str | date | list["Value"] | dict[str, "Value"]
Place = tuple[str | int, ...]

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,99})(?P<fraction>\.[0-9]+)?")  # int() refuses 4300 digits
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_NO_SPACE = re.compile(
    r"\s*?[^\S ]"
)  # indentation with a tab, or with a space character that YAML does not accept
_CURLY = re.compile("[\u201c\u201d\u201e\u2018\u2019\u00ab].*[\u201c\u201d\u2018\u2019\u00bb]")
_OPEN_QUOTE = re.compile(r"""[^#"']*:\s+(?:"[^"]*|'[^']*)""")
_CUT = re.compile(r"[ \t]+#(?=\S)(?!#)")
_BLOCKS = ("|", ">")
_LEVELS = 50  # libyaml's own composer recurses: a hundred thousand brackets would end the process
_FRONT_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document's value, the line of every key and item in its file, and its problems."""

    value: Value
    lines: dict[Place, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest enclosing place with a known line."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter (an empty mapping if there is none) and the body of a file.

    `first_line` is the line of the file at which the body starts.
    """

    front: YamlDocument
    body: str
    first_line: int

    def mapping(self) -> dict[str, Value]:
        """Return the front matter's keys and values, none if it is not a mapping."""
        return self.front.value if isinstance(self.front.value, dict) else {}


def split(path: str, text: str) -> FrontMatter:
    """Split a file at its `---` lines and parse the front matter between them."""
    lines = text.split("\n")
    number = front_end(lines)
    if number == 0:
        return FrontMatter(YamlDocument({}), text, 1)
    if number is not None:
        front = _settings(path, "\n".join(lines[1:number]))
        return FrontMatter(front, "\n".join(lines[number + 1 :]), number + 2)
    hint = "add a line --- after the last setting"
    return FrontMatter(YamlDocument({}, {}, (Problem(path, 1, "the front matter never ends", hint),)), "", 1)


def _settings(path: str, text: str) -> YamlDocument:
    """Parse front matter, which must be a mapping or empty."""
    if len(text) > _FRONT_LARGEST:
        hint = f"write at most {_FRONT_LARGEST:,} characters; move data to data/"
        return YamlDocument({}, {}, (Problem(path, 2, "the front matter is too long", hint),))
    front = parse(path, text, first_line=2)
    if front.value is None:
        return YamlDocument({}, front.lines, front.problems)
    if not isinstance(front.value, dict):
        what = Problem(path, 2, "the front matter is not a list of settings", "write key: value lines")
        return YamlDocument({}, {}, (*front.problems, what))
    return front


def parse(path: str, text: str, *, first_line: int = 1) -> YamlDocument:
    """Parse one YAML document that starts at `first_line` of its file."""
    lines = text.split("\n")
    unseen = tuple(_unseen(path, lines, first_line))
    if unseen:
        return YamlDocument(None, {}, unseen)
    reader = _Reader(path, lines, first_line)
    try:
        reader.refuse(yaml.parse(text, yaml.CSafeLoader))
        node = None if reader.problems else yaml.compose(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        return YamlDocument(None, {}, (_syntax(path, error, lines, first_line),))
    value = None if node is None else reader.read(node, ())
    return YamlDocument(value, reader.lines, tuple(reader.problems))


def _unseen(path: str, lines: list[str], first_line: int) -> Iterator[Problem]:
    """Find characters that are invisible in an editor and break YAML."""
    for number, line in enumerate(lines, first_line):
        if _NO_SPACE.match(line):
            space = "tab" if "\t" in line else "non-breaking space"
            yield Problem(path, number, f"the line starts with a {space}", "use ordinary spaces")
        elif _ODD.search(line):
            what = "the line has an invisible character"
            yield Problem(path, number, what, "delete it, or type the line again")


class _Reader:
    """Turns nodes into values and records the line of each."""

    def __init__(self, path: str, source: list[str], first_line: int) -> None:
        self._path = path
        self._source = source
        self._first = first_line
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []

    def complain(self, line: int, what: str, hint: str) -> None:
        """Record a problem at a line of the document, counted from 0."""
        self.problems.append(Problem(self._path, self._first + line, what, hint))

    def refuse(self, events: Iterable[yaml.Event]) -> None:
        """Record what is refused before any value is built: anchors, aliases, tags and deep nesting."""
        depth = 0
        for event in events:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _LEVELS:
                self.complain(_line(event), "lists are nested too deeply", "close the brackets")
                return
            # An alias can repeat a large value many times over, and then that one again (T01).
            if getattr(event, "anchor", None):
                self.complain(_line(event), "the value starts with & or *", 'put it in quotes: "..."')
            elif getattr(event, "tag", None):
                self.complain(_line(event), "the value starts with !", 'put it in quotes: "..."')

    def read(self, node: yaml.Node, place: Place) -> Value:
        self.lines.setdefault(place, self._first + node.start_mark.line)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, place))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*place, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            if node.style in _BLOCKS:  # its text starts on the line after the key
                self.lines[place] = self._first + node.start_mark.line + 1
            return self._scalar(node)
        return None

    def _pairs(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, Value]]:
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.complain(
                    key.start_mark.line, "brackets instead of text", 'put {{ ... }} in quotes: "..."'
                )
                continue
            name = str(key.value)
            if name in seen:
                self.complain(key.start_mark.line, f"{name} is set twice", "delete one of them")
            seen.add(name)
            self.lines[(*place, name)] = self._first + key.start_mark.line
            yield name, self.read(value, (*place, name))

    def _scalar(self, node: yaml.ScalarNode) -> Value:
        text = str(node.value)
        if node.style:  # quoted or a block
            return text
        line = node.start_mark.line
        if _CURLY.fullmatch(text):
            self.complain(line, "curly quotes are part of the text in YAML", 'use straight quotes: "..."')
        rest = self._source[node.end_mark.line][node.end_mark.column :]
        if line == node.end_mark.line and text and _CUT.match(rest):
            what = "the text after ` #` is read as a comment"
            self.complain(line, what, 'put the whole value in quotes: "..."')
        return plain(text)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def plain(text: str) -> Value:
    """Return the value of an unquoted text."""
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    number = _NUMBER.fullmatch(text)
    if number:
        return float(text) if number["fraction"] else int(text)
    try:
        # Without the check of the length, Python would read the key 2026-W47 as a date.
        return date.fromisoformat(text) if len(text) == len("2026-11-16") else text
    except ValueError:
        return text


def _syntax(path: str, error: yaml.MarkedYAMLError, source: list[str], first_line: int) -> Problem:
    """Return a syntax error in plain words, at the line where the mistake starts."""
    mark = error.problem_mark or error.context_mark
    at = mark.line if mark else 0
    what, context = error.problem or "", error.context or ""
    opened = next((number for number, line in enumerate(source[:at]) if _OPEN_QUOTE.fullmatch(line)), None)
    if opened is not None:
        return Problem(path, first_line + opened, "a quote is never closed", "close it")
    if error.context_mark and any(part in context for part in _FROM_ITS_START):
        at = error.context_mark.line
    if "flow" in context or "quoted scalar" in context:
        return Problem(path, first_line + at, "a quote or bracket is never closed", "close it")
    words = next((words for message, words in _SYNTAX.items() if message in what), _SYNTAX[""])
    return Problem(path, first_line + at, *words)


_FROM_ITS_START = ("flow", "quoted scalar", "simple key")
_SYNTAX = {
    "cannot start any token": (
        "the value starts with a character that is reserved in YAML",
        'put it in quotes: "..."',
    ),
    "mapping values are not allowed": (
        "there is a second colon in the line",
        'put the value in straight quotes: "..."; or indent it like the lines around it',
    ),
    "did not find expected key": (
        'this is not a "key: value" line',
        "put a whole value that starts with {{ or a quote in quotes; or indent it like the lines around it",
    ),
    "could not find expected ':'": ('this is not a "key: value" line', "write a colon after the key"),
    "": ("this is not YAML", "check colons, quotes and indentation"),
}
"""The YAML parser's messages, in plain words."""
