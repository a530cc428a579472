"""Keeping a text from being read as Markdown. Pure."""

import re

_MARKDOWN = re.compile(r"([\\`*_\[\]<>~|^{}@]|&(?=#?\w+;))")
_LINE_START = re.compile(r"^([ \t]*\d{0,9})([#+=:.)-])", re.MULTILINE)
_URL = re.compile(r"(https?://[^\s<>\"\[\]]+)")


def escaped(text: str) -> str:
    """Escape what Markdown would read as its own; an address in the text stays as it is."""
    parts = enumerate(_URL.split(text))
    plain = "".join(part if index % 2 else _MARKDOWN.sub(r"\\\1", part) for index, part in parts)
    return _LINE_START.sub(r"\1\\\2", plain)
