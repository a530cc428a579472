"""A file with the sentences that people on Lemmy read, in another language: TOML, checked whole."""

import difflib
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

from megabot.errors import ConfigError
from megabot.i18n.catalogue import ENGLISH, Language

Sentences = Mapping[str, str]

_LISTS = {"weekdays": 7, "months": 12}


def read_language(path: Path) -> Language:
    """Read a language, or raise `ConfigError` with a line for every sentence that is wrong or missing."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    said = dict(_flat(found))
    mistakes = list(_mistakes(said, dict(sentences(ENGLISH))))
    if mistakes:
        raise ConfigError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    changed: dict[str, object] = {}
    for one in fields(Language):
        english = getattr(ENGLISH, one.name)
        if isinstance(english, str):
            changed[one.name] = said[one.name]
        else:
            changed[one.name] = {key: said[f"{one.name}.{key}"] for key in english}
    return replace(ENGLISH, **changed)  # type: ignore[arg-type]


def sentences(language: Language) -> Iterator[tuple[str, str]]:
    """Give every sentence by its name in the file, `holds.there` for one of a table."""
    for one in fields(Language):
        value = getattr(language, one.name)
        if isinstance(value, str):
            yield one.name, value
        else:
            yield from ((f"{one.name}.{key}", sentence) for key, sentence in value.items())


def _flat(found: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _mistakes(said: Mapping[str, object], english: Sentences) -> Iterator[str]:
    for name in said.keys() - english.keys():
        near = difflib.get_close_matches(name, english, n=1)
        yield f"there is no sentence {name}" + (f"; did you mean {near[0]}?" if near else "")
    for name, meant in english.items():
        if name not in said:
            yield f"the sentence {name} is missing; in English: {meant}"
        elif (mistake := _mistake(name, said[name], meant)) is not None:
            yield f"{name}: {mistake}"


def _mistake(name: str, sentence: object, meant: str) -> str | None:
    if not isinstance(sentence, str) or not sentence.strip():
        return "write a sentence in quotes"
    if name in _LISTS and len(sentence.split()) != _LISTS[name]:
        return f"write {_LISTS[name]} words with spaces between them"
    try:
        used, known = set(_facts(sentence)), set(_facts(meant))
    except ValueError:
        return "a brace is open or closed that has no other; write {{ or }} for one as it is"
    if used == known:
        return None
    listed = ", ".join(sorted(f"{{{fact}}}" for fact in known)) or "nothing"
    wrong = ", ".join(sorted(f"{{{fact}}}" for fact in used ^ known))
    return f"{wrong} is misspelt, missing or too much; what is filled in is {listed}"


def _facts(sentence: str) -> Iterator[str]:
    for _, name, form, conversion in string.Formatter().parse(sentence):
        if name is not None:
            yield f"{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}"
