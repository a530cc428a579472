"""The log, decided once as data: one line each on stderr, with secrets blotted out whatever happens.

A password that is a plain word is blotted out only in what others write (libraries, tracebacks): in a
sentence of megabot's own a blotted word would tell the password.

Under journald a line is `<6>level=info msg="..."`: the number is syslog's, which the journal takes off and
filters by, and each line of a traceback has it too.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from urllib.parse import urlsplit

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
BLOT = "[secret]"
_SHORT, _LONG = 6, 16
"""Shorter than the first, or of one kind of character and shorter than the second, is no rare text."""
_TELLING = 8
"""Characters that a part of an address must have to be a secret and not a word, such as `ping`."""
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=Bearer )[^\s'\"]+")
"""A token is not known yet when the log is set up: it is known by its looks."""


class RedactingFormatter(logging.Formatter):
    """Formats a record, then replaces every known secret and every token, tracebacks included."""

    def __init__(self, pattern: str, secrets: Sequence[str]) -> None:
        super().__init__(pattern, "%Y-%m-%d %H:%M:%S")
        self._secrets = sorted(set(_spellings(secrets)), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Format one record without any secret in it."""
        return self.redacted(super().format(record), own=_is_own(record.name))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802  the name is the library's
        """Format a traceback: what it quotes is nobody's sentence."""
        return self.redacted(super().formatException(ei), own=False)

    def redacted(self, text: str, *, own: bool) -> str:
        """Return a text with every secret in it replaced; in one of our `own`, plain words stay."""
        for secret in self._secrets:
            if not (own and _is_plain(secret)):
                text = text.replace(secret, BLOT)
        return _TOKEN.sub(BLOT, text)


class JournalFormatter(RedactingFormatter):
    """Formats a record for journald, which has the time itself."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(message)s", secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Format one record, every line of it on its own feet."""
        return journal_lines(super().format(record), record.levelno)


def journal_lines(text: str, level: int) -> str:
    """Write a text as journald takes it, a line for each of its lines."""
    name = logging.getLevelName(level).lower()
    first, *rest = text.splitlines() or [""]
    start = f"<{_PRIORITIES.get(level, 6)}>level={name}"
    lines = [f"{start} msg={_quoted(first)}", *(f"{start} trace={_quoted(line)}" for line in rest)]
    return "\n".join(lines)


def goes_to_journal(environ: Mapping[str, str], descriptor: int) -> bool:
    """Tell whether what is written to a file goes to journald: `JOURNAL_STREAM` is its device and inode."""
    device, _, inode = environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return (device, inode) == (str(found.st_dev), str(found.st_ino))


def set_up(level: str, *, secrets: Sequence[str], journal: bool = False) -> None:
    """Send the log to stderr from `level` on; libraries speak up only for warnings.

    `journal` says that stderr leads to journald.
    """
    handler = logging.StreamHandler(sys.stderr)
    people = RedactingFormatter("%(asctime)s %(levelname)s %(message)s", secrets)
    handler.setFormatter(JournalFormatter(secrets) if journal else people)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("megabot").setLevel(level.upper())


def redact(text: str, *, own: bool) -> str:
    """Blot out of a text that goes past the log what the log, once it is set up, would blot out of it."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, RedactingFormatter):
            text = handler.formatter.redacted(text, own=own)
    return text


def _is_own(name: str) -> bool:
    return name.partition(".")[0] == "megabot"


def _is_plain(secret: str) -> bool:
    """Return whether a secret could be a word or number of an ordinary sentence."""
    word = secret.isalpha() and secret in {secret.lower(), secret.upper(), secret.capitalize()}
    return len(secret) < _SHORT or (len(secret) < _LONG and (word or secret.isdecimal()))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Give each secret as it is, as Python shows it in errors, and of an address the part nobody may know."""
    for secret in filter(None, secrets):
        yield secret
        yield repr(secret)[1:-1]
        if "://" in secret:
            parts = (urlsplit(secret).path.strip("/"), urlsplit(secret).query)
            yield from (part for part in parts if len(part) >= _TELLING)
