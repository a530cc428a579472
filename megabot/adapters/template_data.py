"""The data files of a source: YAML, JSON and CSV as plain values. Runs in the child."""

import csv
import io
import json
from typing import Any

from megabot.adapters.template_time import OutOfTime
from megabot.adapters.yaml_text import parse
from megabot.core.problems import Problem


def parse_all(files: dict[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Parse every file of `data/`, by its name without the ending, and say what is wrong."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    named: dict[str, str] = {}
    for path in sorted(path for path in files if path.startswith("data/")):
        name = path.removeprefix("data/").rpartition(".")[0]
        if name in named:
            problems.append(Problem(path, 0, f"{named[name]} is called {name} too", "rename one"))
        named[name] = path
        try:
            value, mistakes = _parse(path, files[path])
        except (MemoryError, OutOfTime):  # the limits of the child
            return {}, [Problem(path, 0, "the data is too much to be read", "delete what no template uses")]
        values[name] = value
        problems += mistakes
    return values, problems


def _parse(path: str, text: str) -> tuple[Any, list[Problem]]:
    if path.endswith(".json"):
        try:
            return json.loads(text), []
        except json.JSONDecodeError as error:
            return None, [Problem(path, error.lineno, f"this is not JSON: {error.msg}")]
        except RecursionError:
            return None, [Problem(path, 0, "the data nests too deeply")]
        except ValueError:  # thousands of digits
            return None, [Problem(path, 0, "a number is too long")]
    if path.endswith(".csv"):
        return _table(path, text)
    document = parse(path, text)
    return document.value, list(document.problems)


def _table(path: str, text: str) -> tuple[list[dict[str, str]], list[Problem]]:
    """Read the rows under a line of names. Every row must have as many cells."""
    rows: list[dict[str, str]] = []
    problems: list[Problem] = []
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                what = "a row with more or fewer cells than the first line"
                problems.append(
                    Problem(path, reader.line_num, what, 'a cell with a comma needs quotes: "..."')
                )
            rows.append(row)
    except csv.Error:
        problems.append(
            Problem(path, reader.reader.line_num, "this is not CSV", "look for a quote that is not closed")
        )
    return rows, problems
