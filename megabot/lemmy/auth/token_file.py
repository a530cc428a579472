"""The file with the token, the record of sign-ins and the rejected credentials. Only this module reads it.

It is replaced atomically (temporary file, fsync, `os.replace`), so a crash leaves either the old or the new
file. A file that cannot be parsed counts as missing: a sign-in gets a new token, and the log has a warning.
"""

import logging
import os
import stat
from contextlib import AbstractContextManager
from pathlib import Path

from typing_extensions import override

from megabot import state_dir
from megabot.clock import Clock
from megabot.errors import ConfigError, LedgerError
from megabot.lemmy.auth.token_store import StoredToken, TokenStore, from_text, to_text

log = logging.getLogger(__name__)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class TokenFile(TokenStore):
    """`token.json` in the state folder, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @override
    def any_account(self) -> StoredToken | None:
        try:
            self._close_to_others()
            return from_text(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            log.warning("%s cannot be parsed and is ignored; the next sign-in replaces it", self._path)
            return None
        except OSError as error:
            raise LedgerError(f"{self._path} cannot be read: {error.strerror}.") from error

    @override
    def alone(self, clock: Clock) -> AbstractContextManager[None]:
        return state_dir.token_lock(self._path.parent, clock)

    @override
    def write(self, stored: StoredToken) -> None:
        text = to_text(stored)
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with open(beside, "wb", opener=_private) as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise LedgerError(f"{self._path} cannot be written: {error.strerror}.") from error

    def _close_to_others(self) -> None:
        facts = self._path.stat()
        if not facts.st_mode & _OTHERS:
            return
        if facts.st_uid != os.geteuid():
            raise ConfigError(
                f"{self._path} contains the token and other users can read it; "
                "run `chmod 600` on it as its owner."
            )
        self._path.chmod(0o600)
        log.warning(
            "Other users could read %s. That is fixed; to replace the token, sign out and in again",
            self._path,
        )


def _private(path: str, flags: int) -> int:
    # O_NOFOLLOW: never write the token through a link that someone put in its place.
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _sync_folder(folder: Path) -> None:
    # The rename is on disk only once the folder is, too.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
