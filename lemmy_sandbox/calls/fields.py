"""Read the fields of an API request, with the error messages of serde. Knows no calls."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar
from urllib.parse import parse_qsl

from lemmy_sandbox.rules.refusal import Refusal

Json: TypeAlias = dict[str, object]

_T = TypeVar("_T")
_PAIR = 2
_DECODER = json.JSONDecoder()
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Fields:
    """The parameters of a query or the members of a JSON body; unknown ones are ignored."""

    values: Mapping[str, object]
    complaint: str  # the start of an error message
    place: str = ""  # its end: the place in the body
    source: str = ""  # the body as sent

    def text(self, name: str) -> str:
        """Return a required string."""
        return self._required(name, self.text_or_none(name))

    def text_or_none(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, value, "a string")

    def number(self, name: str) -> int:
        """Return a required integer."""
        return self._required(name, self.number_or_none(name))

    def number_or_none(self, name: str) -> int | None:
        """Return an integer if there is one; digits in a string count only in a query."""
        value = self.values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, str) and not self.place:
            return self._parsed(value)
        raise self._wrong(name, value, "i32")

    def flag(self, name: str) -> bool:
        """Return a required boolean."""
        return self._required(name, self.flag_or_none(name))

    def flag_or_none(self, name: str) -> bool | None:
        """Return a boolean if there is one; in a query only `true` and `false` count."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and not self.place:
            if value not in _FLAGS:
                raise self._refusal("provided string was not `true` or `false`")
            return _FLAGS[value]
        raise self._wrong(name, value, "a boolean")

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return a required word from a closed set."""
        return self._required(name, self.choice_or_none(name, choices))

    def choice_or_none(self, name: str, choices: Sequence[str]) -> str | None:
        """Return a word from a closed set if there is one; letter case matters."""
        value = self.text_or_none(name)
        if value is None or value in choices:
            return value
        named = [f"`{choice}`" for choice in choices]
        expected = " or ".join(named) if len(named) == _PAIR else f"one of {', '.join(named)}"
        raise self._refusal(f"unknown variant `{value}`, expected {expected}", self._place_of(name))

    def filter_or_none(self, name: str, choices: Sequence[str], filter_name: str) -> str | None:
        """Return a word from a set, if serde reads the enum in two parts and cannot list it in errors."""
        value = self.text_or_none(name)
        if value is None or value in choices:
            return value
        raise self._refusal(f"data did not match any variant of untagged enum {filter_name}")

    def numbers_or_none(self, name: str) -> list[int] | None:
        """Return a list of integers if there is one."""
        members = self._members_or_none(name)
        return None if members is None else [self._number_in(name, member) for member in members]

    def texts_or_none(self, name: str) -> list[str] | None:
        members = self._members_or_none(name)
        return None if members is None else [str(member) for member in members]

    def _members_or_none(self, name: str) -> list[object] | None:
        value = self.values.get(name)
        if value is None or isinstance(value, list):
            return value
        raise self._wrong(name, value, "a sequence")

    def _number_in(self, name: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self._wrong(name, value, "i32")

    def _parsed(self, value: str) -> int:
        if not value.removeprefix("-").removeprefix("+").isdecimal() or not value.isascii():
            empty = "cannot parse integer from empty string"
            raise self._refusal("invalid digit found in string" if value else empty)
        return int(value)

    def _required(self, name: str, value: _T | None) -> _T:
        if value is None:
            raise self._refusal(f"missing field `{name}`")
        return value

    def _wrong(self, name: str, value: object, expected: str) -> Refusal:
        kinds: dict[type, str] = {str: f'string "{value}"', bool: f"boolean `{str(value).lower()}`"}
        kind = kinds.get(type(value), f"integer `{value}`" if isinstance(value, int) else "map")
        return self._refusal(f"invalid type: {kind}, expected {expected}", self._place_of(name))

    def _place_of(self, name: str) -> str:
        """Return where the value of a member ends, which is how far serde has read."""
        member = re.search(rf'"{re.escape(name)}"\s*:\s*', self.source)
        if member is None:
            return self.place
        _, end = _DECODER.raw_decode(self.source, member.end())
        return _place(self.source[:end])

    def _refusal(self, message: str, place: str | None = None) -> Refusal:
        return Refusal(
            "unknown", message=f"{self.complaint}{message}{self.place if place is None else place}"
        )


def from_query(query: str) -> Fields:
    """Parse the query string of an address."""
    return Fields(dict(parse_qsl(query, keep_blank_values=True)), "Query deserialize error: ")


def from_body(body: bytes) -> Fields:
    """Parse a JSON body. A refusal names the place of the mistake."""
    complaint = "Json deserialize error: "
    try:
        text = body.decode()
        values = json.loads(text)
    except json.JSONDecodeError as error:
        # At the end of the text, serde names the last character, not the missing one.
        column = error.colno - (error.pos >= len(error.doc))
        place = f" at line {error.lineno} column {column}"
        raise Refusal("unknown", message=complaint + _serde_words(error) + place) from error
    except UnicodeDecodeError as error:
        raise Refusal("unknown", message=f"{complaint}invalid unicode code point") from error
    fields = Fields(values, complaint, _place(text), text)
    if not isinstance(values, dict):
        raise Refusal("unknown", message=f"{complaint}invalid type, expected struct{fields.place}")
    return fields


def _place(text: str) -> str:
    """Return where a text ends."""
    lines = text.split("\n")
    return f" at line {len(lines)} column {len(lines[-1])}"


def _serde_words(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc):
        return "EOF while parsing a value"
    return "key must be a string" if "property name" in error.msg else "expected value"
