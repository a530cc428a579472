"""Keep text that someone else wrote from being read as Markdown. No I/O.

Whatever megabot quotes in a post, comment or message goes through `escape` or `address`. The result mentions
nobody by the server's rule (lemmy-api 2.10) and contains no image, link, definition, spoiler or HTML.
"""

import re

_MARKDOWN = re.compile(r"([\\`*_\[\]<>~|^{}@]|&(?=#?\w+;))")
# A heading, list, underline or ::: counts only at the start of a line.
_LINE_START = re.compile(r"^([ \t]*\d{0,9})([#+=:.)-])", re.MULTILINE)
# A carriage return alone ends a line, too: https://spec.commonmark.org/0.31.2/#line-ending
_LINE_END = re.compile(r"\r\n?")
_URL = re.compile(r"(https?://[^\s<>\"\[\]]+)")
# A mention inside an address notifies too, and code, emphasis or a table could start there. An underscore
# inside a word means nothing to Markdown.
_ACTIVE = re.compile(r"[\\`*~|^{}@<>\"\[\]]|(?<![^\W_])_|_(?![^\W_])")


def escape(text: str) -> str:
    """Escape Markdown in a text; addresses stay clickable."""
    parts = enumerate(_URL.split(_LINE_END.sub("\n", text)))
    plain = "".join(address(part) if index % 2 else _MARKDOWN.sub(r"\\\1", part) for index, part in parts)
    return _LINE_START.sub(r"\1\\\2", plain)


def address(url: str) -> str:
    """Percent-encode the characters of an address that the server or Markdown would interpret."""
    return "".join(
        char if char.isprintable() else _encoded(char) for char in _ACTIVE.sub(_match_encoded, url)
    )


def _match_encoded(match: re.Match[str]) -> str:
    return _encoded(match[0])


def _encoded(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="replace"))
