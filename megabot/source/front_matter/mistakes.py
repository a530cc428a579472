"""What is wrong in front matter, in words: pydantic's findings as problems with their lines."""

from collections.abc import Iterator
from textwrap import shorten

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from megabot.source.front_matter.model import CompanionModel, First, PreviousModel, ScheduleModel, ThreadModel
from megabot.source.front_matter.values import LARGEST, BadValue, did_you_mean, known_names_hint
from megabot.source.front_matter.yaml import YamlDocument
from megabot.source.problems import Problem

_LONGEST = 160
_SETTINGS = ("is no list of settings", "write key: value lines under it")
_NOTHING = ("is empty", "write a value, or delete the line")
_KINDS = {
    "string_type": ("is not a text", 'put it in quotes: "..."'),
    "string_too_short": ("is empty", "write a text"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "list_type": ("is not a list", "write it in brackets: [...]"),
    "int_type": ("is no whole number", "write digits alone, without quotes"),
    "greater_than_equal": ("is below 0", "write 0 or more"),
    "less_than_equal": ("is too large", f"{LARGEST:,} is the most"),
    "dict_type": _SETTINGS,
    "model_type": _SETTINGS,
}
"""What pydantic says of a value of the wrong kind, in words."""

_MODELS: dict[str, type[BaseModel]] = {
    "": ThreadModel,
    "schedule": ScheduleModel,
    "schedule.first": First,
    "previous": PreviousModel,
}


def mistakes(path: str, front: YamlDocument, error: ValidationError) -> Iterator[Problem]:
    """Say everything that pydantic found, each at its line; nothing of a line that is no YAML as it is."""
    said = {problem.line for problem in front.problems}
    for mistake in error.errors(include_url=False):
        line = front.line(mistake["loc"])
        if line not in said:
            yield Problem(path, line, *_words(mistake))


def _words(mistake: ErrorDetails) -> tuple[str, str]:
    place = [part for part in mistake["loc"] if isinstance(part, str)]  # numbers are items of lists
    name = ".".join(place)
    if mistake["type"] == "extra_forbidden":
        known = _known(place[:-1])
        return f"{name} is not a setting", did_you_mean(place[-1], known, otherwise=known_names_hint(known))
    if mistake["type"] == "missing":
        return f"{name} is missing", f"write {place[-1]}: ..."
    if mistake["type"] == "literal_error":
        return _choice(name, mistake)
    wrong = mistake.get("ctx", {}).get("error")
    if isinstance(wrong, BadValue):
        return f"{name}: {_one_line(wrong.what)}", wrong.hint
    what, hint = _NOTHING if mistake["input"] is None else _KINDS[mistake["type"]]
    return f"{name} {what}", hint


def _choice(name: str, mistake: ErrorDetails) -> tuple[str, str]:
    known = mistake["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
    hint = did_you_mean(str(mistake["input"]), known.split(", "), otherwise="write one of them")
    return f"{name}: {_one_line(str(mistake['input']))} is none of {known}", hint


def _one_line(text: str) -> str:
    return shorten(text, _LONGEST, placeholder="...")


def _known(place: list[str]) -> list[str]:
    """Name the keys that may stand at a place of the front matter."""
    model = CompanionModel if place[:1] == ["companions"] else _MODELS[".".join(place)]
    return [field.alias or name for name, field in model.model_fields.items()]
