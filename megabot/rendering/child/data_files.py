"""Reads the data files of a source: YAML, JSON and CSV as plain values. Runs in the child."""

import csv
import functools
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from megabot.rendering.child.environment import StrictData
from megabot.rendering.child.template_errors import BrokenError
from megabot.source.child_limits import OutOfTime
from megabot.source.front_matter.yaml import parse
from megabot.source.problems import Problem


class Data(StrictData):
    """The data files by name, parsed only when a template uses them; their problems are raised then."""

    def __init__(self, files: dict[str, str], unreadable: Iterable[Problem] = ()) -> None:
        self._files = files
        self._paths: dict[str, list[str]] = {}
        self._unreadable = [one for one in unreadable if one.path.partition("/")[0] == "data"]
        for path in sorted([path for path in files if path.startswith("data/")]):
            self._paths.setdefault(_name(path), []).append(path)
        super().__init__(dict.fromkeys(self._paths))
        self._file = functools.cache(lambda path: _parse_within_limits(path, files[path]))

    def __contains__(self, name: object) -> bool:
        """Return whether a file exists, including unreadable ones."""
        return super().__contains__(name) or bool(self._flaws(str(name)))

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  any value of a data file
        """Return a file's value, or raise `BrokenError` with its problems."""
        flaws = self._flaws(name)
        if flaws:
            raise BrokenError(flaws)
        return self._file(self._paths[name][0])[0]

    def __iter__(self) -> Iterator[str]:
        """Yield the names. Without this method Python would copy the values without calling `__getitem__`."""
        return super().__iter__()

    def items(self) -> Any:  # noqa: ANN401  a view in `dict`
        """Return all names and values, or raise the problems of any file."""
        if self._unreadable:
            raise BrokenError(self._unreadable)
        return [(name, self[name]) for name in self]

    def problems(self) -> list[Problem]:
        """Parse all files and return their problems."""
        return self._unreadable + [flaw for name in self._paths for flaw in self._parsing(name)]

    def _flaws(self, name: str) -> list[Problem]:
        return [one for one in self._unreadable if _name(one.path) in ("", name)] + self._parsing(name)

    def _parsing(self, name: str) -> list[Problem]:
        paths = self._paths.get(name, [])
        twins = [
            Problem(path, 0, f"{paths[0]} has the name {name} too", "rename one of them")
            for path in paths[1:]
        ]
        return [flaw for path in paths for flaw in self._file(path)[1]] + twins


def _name(path: str) -> str:
    """Return the name of a file in `data/` without its extension, "" for the folder itself."""
    return path.removeprefix("data").removeprefix("/").rpartition(".")[0]


def _parse_within_limits(path: str, text: str) -> tuple[Any, list[Problem]]:
    try:
        return _parse(path, text)
    except (MemoryError, OutOfTime):  # the limits of the child
        return None, [Problem(path, 0, "the data is too large to read", "delete what no template uses")]


def _parse(path: str, text: str) -> tuple[Any, list[Problem]]:
    if path.endswith(".json"):
        try:
            return json.loads(text), []
        except json.JSONDecodeError as error:
            return None, [Problem(path, error.lineno, f"this is not JSON: {error.msg}")]
        except RecursionError:
            return None, [Problem(path, 0, "the data is nested too deeply", "use fewer levels")]
        except ValueError:  # thousands of digits
            return None, [Problem(path, 0, "a number is too long", "put it in quotes")]
    if path.endswith(".csv"):
        return _table(path, text)
    document = parse(path, text)
    return document.value, list(document.problems)


def _table(path: str, text: str) -> tuple[list[dict[str, str]], list[Problem]]:
    """Read the rows under a header line. Every row must have the same number of cells."""
    rows: list[dict[str, str]] = []
    problems: list[Problem] = []
    # Without strict, an unclosed quote would silently take in the rest of the file.
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            # DictReader keeps cells without a name under None, and fills missing cells with None.
            if None in row or None in row.values():
                what = "the row has more or fewer cells than the first line"
                problems.append(
                    Problem(path, reader.line_num, what, 'a cell with a comma needs quotes: "..."')
                )
            rows.append(row)
    except csv.Error:
        problems.append(
            Problem(path, reader.reader.line_num, "this is not valid CSV", "check for an unclosed quote")
        )
    return rows, problems
