"""Compare titles: whether two name the same series, whether one matches a pattern. Pure."""

import re
from fnmatch import fnmatchcase

_NAMES = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b"
)
_NOT_LETTERS = re.compile(r"[\W\d_]+")


def titles_are_alike(one: str, other: str) -> bool:
    """Tell whether two titles are equal but for case, digits, dates and punctuation (decision 4)."""
    return _core(one) == _core(other) != ""


def _core(title: str) -> str:
    words = _NOT_LETTERS.sub(" ", _NAMES.sub(" ", title.casefold()))
    return " ".join(words.split())


def title_matches(title: str, pattern: str) -> bool:
    """Return whether a title matches a pattern, whatever the case. Only `*` and `?` are special.

    Brackets are common in titles (`[Weekly] News`), so they stand for themselves.
    """
    literal = pattern.casefold().strip().replace("[", "[[]")
    return fnmatchcase(title.casefold().strip(), literal)
