"""The languages of Lemmy 0.19 in the order of their ids, as recorded in `languages.txt`."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

UNDETERMINED = 0


class Language(NamedTuple):
    """A language in the site's list; Undetermined has id 0."""

    id: int
    code: str
    name: str


@cache
def languages() -> tuple[Language, ...]:
    """Return all languages; the file is read on the first call."""
    lines = files(__package__).joinpath("languages.txt").read_text("utf-8").splitlines()
    return tuple(Language(number, *line.split(" ", 1)) for number, line in enumerate(lines))


@cache
def every_id() -> frozenset[int]:
    return frozenset(language.id for language in languages())
