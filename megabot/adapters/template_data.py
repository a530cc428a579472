"""The data files of a source: YAML, JSON and CSV as plain values. Runs in the child."""

import csv
import io
import json
from typing import Any

from megabot.adapters.yaml_text import parse
from megabot.core.problems import Problem


def parse_all(files: dict[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Parse every file of `data/`, by its name without the ending, and say what is wrong."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for path in sorted(path for path in files if path.startswith("data/")):
        name = path.removeprefix("data/").rpartition(".")[0]
        if name in values:
            problems.append(Problem(path, 0, f"another data file is called {name} too", "rename one"))
        value, mistakes = _parse(path, files[path])
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
    if path.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(text))), []
    document = parse(path, text)
    return document.value, list(document.problems)
