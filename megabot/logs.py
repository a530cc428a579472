"""The log, decided once as data: one line each on stderr, with secrets blotted out whatever happens."""

import logging
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

BLOT = "[secret]"
_TELLING = 8
"""Characters that a part of an address must have to be a secret and not a word, such as `ping`."""
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=Bearer )[^\s'\"]+")
"""A token is not known yet when the log is set up: it is known by its looks."""


class Blotter(logging.Formatter):
    """Formats a record, then replaces every known secret and every token, tracebacks included."""

    def __init__(self, pattern: str, secrets: Sequence[str]) -> None:
        super().__init__(pattern, "%Y-%m-%d %H:%M:%S")
        self._secrets = sorted(set(_spellings(secrets)), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Format one record without any secret in it."""
        return self.blotted(super().format(record))

    def blotted(self, text: str) -> str:
        """Give a text with every secret in it replaced."""
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        return _TOKEN.sub(BLOT, text)


def set_up(level: str, *, secrets: Sequence[str]) -> None:
    """Send the log to stderr from `level` on; libraries speak up only for warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Blotter("%(asctime)s %(levelname)s %(message)s", secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("megabot").setLevel(level.upper())


def blotted(text: str) -> str:
    """Blot out of a text that goes past the log what the log, once it is set up, would blot out of it."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Blotter):
            text = handler.formatter.blotted(text)
    return text


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Give each secret as it is, as Python shows it in errors, and of an address the part nobody may know."""
    for secret in filter(None, secrets):
        yield secret
        yield repr(secret)[1:-1]
        if "://" in secret:
            parts = (urlsplit(secret).path.strip("/"), urlsplit(secret).query)
            yield from (part for part in parts if len(part) >= _TELLING)
