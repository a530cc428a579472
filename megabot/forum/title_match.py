"""Compare titles: whether two belong to the same series, whether one matches a pattern. No I/O."""

import re
from fnmatch import fnmatchcase

# Month and day names change from week to week in the title of a series (decision 4).
_NAMES = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b"
)
_NOT_LETTERS = re.compile(r"[\W\d_]+")


def titles_are_alike(one: str, other: str) -> bool:
    """Return whether two titles are equal except for case, digits, dates and punctuation (decision 4)."""
    # Two titles of nothing but dates say nothing about their series.
    return _core(one) == _core(other) != ""


def _core(title: str) -> str:
    words = _NOT_LETTERS.sub(" ", _NAMES.sub(" ", title.casefold()))
    return " ".join(words.split())


def title_matches(title: str, pattern: str) -> bool:
    """Return whether a title matches a pattern, in any letter case. Only `*` and `?` are special.

    Brackets are common in titles (`[Weekly] News`), so they match literally.
    """
    literal = pattern.casefold().strip().replace("[", "[[]")
    return fnmatchcase(title.casefold().strip(), literal)
