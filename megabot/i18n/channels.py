"""Sentences that name commands: each channel, the shell or Lemmy, writes those in its own way. Pure."""

import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Self

_GAP = "\ue000"  # stands for a command while the text around it is escaped


@dataclass(frozen=True, slots=True)
class CommandWords:
    """A command as it is typed at the shell, and as it is said on Lemmy, in Markdown."""

    shell: str
    lemmy: str


class Sentence(str):
    """A sentence as the shell shows it, that knows which of its words are commands.

    What is made of it by the methods of `str` is plain: use `fill`, `join` and `cut`.
    """

    __slots__ = ("parts",)
    parts: tuple[str | CommandWords, ...]

    def __new__(cls, *parts: str | CommandWords) -> Self:
        """Put a sentence together."""
        flat = tuple(chain.from_iterable(_parts(part) for part in parts))
        words = (part.shell if isinstance(part, CommandWords) else part for part in flat)
        made = super().__new__(cls, "".join(words))
        made.parts = flat
        return made


def _parts(part: str | CommandWords) -> tuple[str | CommandWords, ...]:
    return part.parts if isinstance(part, Sentence) else (part,)


def fill(template: str, **facts: object) -> Sentence:
    """Fill the braces of a template, as `str.format` does; a fact may be a command or a sentence."""

    def filled() -> Iterator[str | CommandWords]:
        for text, name, form, _ in string.Formatter().parse(template):
            yield text
            if name is not None:
                fact = facts[name]
                yield fact if isinstance(fact, CommandWords | Sentence) else format(fact, form or "")

    return Sentence(*filled())


def join(separator: str, sentences: Iterable[str]) -> Sentence:
    """Put a separator between sentences."""
    first, *more = sentences
    return Sentence(first, *chain.from_iterable((separator, sentence) for sentence in more))


def cut(sentence: str, longest: int) -> Sentence:
    """Shorten a sentence to a number of characters, as the shell shows it; no command is cut in two."""
    kept: list[str | CommandWords] = []
    for part in _parts(sentence):
        length = len(part.shell) if isinstance(part, CommandWords) else len(part)
        if length > longest:
            return Sentence(*kept, *([part[:longest]] if isinstance(part, str) else []))
        kept.append(part)
        longest -= length
    return Sentence(*kept)


def markdown(sentence: str, escaped: Callable[[str], str]) -> str:
    """Write a sentence for Lemmy: its commands as they are said there, all else escaped by `escaped`."""
    parts = _parts(sentence)
    texts = "".join(_GAP if isinstance(part, CommandWords) else part.replace(_GAP, "") for part in parts)
    commands = [part.lemmy for part in parts if isinstance(part, CommandWords)]
    return "".join(chain.from_iterable(zip_longest(escaped(texts).split(_GAP), commands, fillvalue="")))


def to_json(sentence: str) -> object:
    """Give what JSON can hold of a sentence."""
    parts = _parts(sentence)
    if not any(isinstance(part, CommandWords) for part in parts):
        return str(sentence)
    return [[part.shell, part.lemmy] if isinstance(part, CommandWords) else part for part in parts]


def from_json(kept: object) -> Sentence:
    """Read what `to_json` gave."""
    parts = kept if isinstance(kept, list) else [kept]
    return Sentence(*(CommandWords(*part) if isinstance(part, list) else str(part) for part in parts))
