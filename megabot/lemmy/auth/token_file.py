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
    """`token.json` in a folder of its own, both for their owner only.

    `earlier` is where earlier versions kept the file. It is moved from there when it is first used.
    """

    def __init__(self, path: Path, *, earlier: Path | None = None) -> None:
        self._path = path
        self._earlier = earlier

    @override
    def any_account(self) -> StoredToken | None:
        path = self._path
        try:
            path = self._found()
            _close_to_others(path)
            return from_text(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            log.warning("%s cannot be parsed and is ignored; the next sign-in replaces it", path)
            return None
        except OSError as error:
            raise LedgerError(f"{path} cannot be read: {error.strerror}.") from error

    @override
    def alone(self, clock: Clock) -> AbstractContextManager[None]:
        self._create_folder()
        return state_dir.token_lock(self._path.parent, clock)

    @override
    def write(self, stored: StoredToken) -> None:
        text = to_text(stored)
        self._create_folder()
        # First of all: another process that moves the earlier file later would replace this one with it.
        self._found()
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

    def _found(self) -> Path:
        """Return where the file is, or would be; move it there from its earlier place.

        What is at both places is used at the new one, and deleted at the other.
        """
        earlier = self._earlier
        facts = _facts(earlier)
        if earlier is None or facts is None:
            return self._path
        # Moved by its owner only: root would move it into a folder that the service cannot read.
        if facts.st_uid != os.geteuid():
            return self._path if self._path.exists() else earlier
        try:
            if self._path.exists():
                earlier.unlink()
            else:
                self._path.parent.mkdir(mode=0o700, exist_ok=True)
                earlier.rename(self._path)
                _sync_folder(self._path.parent)
            _sync_folder(earlier.parent)
        except OSError:
            # Another process has just moved it, or it must stay where it is: the disk is full or read-only.
            return earlier if _facts(earlier) and not self._path.exists() else self._path
        return self._path

    def _create_folder(self) -> None:
        if self._earlier is not None:
            create_folder(self._path.parent)


def create_folder(folder: Path) -> None:
    """Create the folder of a token, for its owner only, if it is missing. Raises `LedgerError`."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"the folder {folder} cannot be created: {error.strerror}.") from error


def _facts(path: Path | None) -> os.stat_result | None:
    """Return the owner and mode of a file; None for a link or a folder, and if there is nothing."""
    try:
        facts = path.lstat() if path else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    return facts if facts and stat.S_ISREG(facts.st_mode) else None


def _close_to_others(path: Path) -> None:
    facts = path.stat()
    if not facts.st_mode & _OTHERS:
        return
    if facts.st_uid != os.geteuid():
        raise ConfigError(
            f"{path} contains the token and other users can read it; run `chmod 600` on it as its owner."
        )
    path.chmod(0o600)
    log.warning("Other users could read %s. That is fixed; to replace the token, sign out and in again", path)


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
