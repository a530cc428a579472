"""The log: one line per record on stderr, with secrets redacted.

A password that is an ordinary word is redacted only in text from elsewhere (libraries, tracebacks). In
megabot's own sentences the gap would reveal the word.

With many accounts in one process, a record names the account that it is about (`about_account`).

Under journald a line is `<6>level=info msg="..."`. The number is the syslog priority: the journal removes it
and filters by it, so each line of a traceback has it too.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
BLOT = "[secret]"
_SHORT, _LONG = 6, 16
"""A secret shorter than the first, or of one kind of character and shorter than the second, may be a word."""
_TELLING = 8
"""The shortest part of an address that counts as a secret; a shorter one is a word like `ping`."""
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=Bearer )[^\s'\"]+")
"""The token is not known when the log is set up, so it is recognised by its form (a JWT)."""


@dataclass(frozen=True, slots=True)
class LoggedAccount:
    """One of many accounts: its name, and the lowest level of its records that are logged."""

    name: str
    level: int


_account: ContextVar[LoggedAccount | None] = ContextVar("account", default=None)


@contextmanager
def about_account(name: str, level: str) -> Iterator[None]:
    """Name an account in every record that this thread logs within a block, from `level` on."""
    token = _account.set(LoggedAccount(name, logging.getLevelNamesMapping()[level.upper()]))
    try:
        yield
    finally:
        _account.reset(token)


class _AccountFilter(logging.Filter):
    """Note the account in a record, and drop the record if it is below the account's level."""

    def filter(self, record: logging.LogRecord) -> bool:
        account = _account.get()
        record.account = account.name if account else ""
        record.prefix = f"{account.name}: " if account else ""
        return account is None or record.levelno >= account.level


class RedactingFormatter(logging.Formatter):
    """Formats a record, then replaces every known secret and every token, also in tracebacks."""

    def __init__(self, pattern: str, secrets: Sequence[str]) -> None:
        super().__init__(pattern, "%Y-%m-%d %H:%M:%S")
        # The longest first, because one secret can be a part of another.
        self._secrets = sorted(set(_spellings(secrets)), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return self.redacted(super().format(record), own=_is_own(record.name))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802  the name is the library's
        """Format a traceback, which quotes values and not sentences, so that plain words are redacted too."""
        return self.redacted(super().formatException(ei), own=False)

    def redacted(self, text: str, *, own: bool) -> str:
        """Return a text with every secret replaced; in megabot's `own` sentences ordinary words stay."""
        for secret in self._secrets:
            if not (own and _is_plain(secret)):
                text = text.replace(secret, BLOT)
        return _TOKEN.sub(BLOT, text)


class JournalFormatter(RedactingFormatter):
    """Formats a record for journald, which adds the time itself."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(message)s", secrets)

    def format(self, record: logging.LogRecord) -> str:
        return journal_lines(super().format(record), record.levelno, getattr(record, "account", ""))


def journal_lines(text: str, level: int, account: str = "") -> str:
    """Return a text for journald, with the priority, the level and the account on each line."""
    name = logging.getLevelName(level).lower()
    # A line break in a message must not begin a record with a priority that someone else chose.
    first, *rest = text.splitlines() or [""]
    start = f"<{_PRIORITIES.get(level, 6)}>level={name}{f' account={account}' if account else ''}"
    lines = [f"{start} msg={_quoted(first)}", *(f"{start} trace={_quoted(line)}" for line in rest)]
    return "\n".join(lines)


def goes_to_journal(environ: Mapping[str, str], descriptor: int) -> bool:
    """Return whether a file descriptor leads to journald: `JOURNAL_STREAM` has its device and inode."""
    # https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html, under JOURNAL_STREAM
    device, _, inode = environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        status = os.fstat(descriptor)
    except OSError:
        return False
    return (device, inode) == (str(status.st_dev), str(status.st_ino))


def set_up(level: str, *, secrets: Sequence[str], journal: bool = False) -> None:
    """Log to stderr from `level` on, libraries from WARNING on; `journal`: whether stderr is journald."""
    handler = logging.StreamHandler(sys.stderr)
    people = RedactingFormatter("%(asctime)s %(levelname)s %(prefix)s%(message)s", secrets)
    handler.setFormatter(JournalFormatter(secrets) if journal else people)
    handler.addFilter(_AccountFilter())
    root = logging.getLogger()
    # Replaced, not added, because settings can be read again while the service runs (G06).
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("megabot").setLevel(level.upper())


def redact(text: str, *, own: bool) -> str:
    """Redact a text that is printed without the log, like the log does once it is set up."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, RedactingFormatter):
            text = handler.formatter.redacted(text, own=own)
    return text


def _is_own(name: str) -> bool:
    return name.partition(".")[0] == "megabot"


def _is_plain(secret: str) -> bool:
    """Return whether a secret could be a word or number in an ordinary sentence."""
    word = secret.isalpha() and secret in {secret.lower(), secret.upper(), secret.capitalize()}
    return len(secret) < _SHORT or (len(secret) < _LONG and (word or secret.isdecimal()))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Yield each secret, its form in Python's error messages, and the secret parts of an address."""
    for secret in filter(None, secrets):
        yield secret
        yield repr(secret)[1:-1]
        if "://" in secret:
            parts = (urlsplit(secret).path.strip("/"), urlsplit(secret).query)
            yield from (part for part in parts if len(part) >= _TELLING)
