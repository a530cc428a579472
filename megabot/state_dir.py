"""The state folder and the locks in it."""

import contextlib
import fcntl
import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE, S_IWGRP, S_IWOTH

from megabot.clock import Clock
from megabot.errors import Busy, ConfigError, LedgerError, WrongAccount

PASS_WAIT = 120.0
"""Seconds that a command waits for a running pass: longer than a pass may take."""
SIGN_IN_WAIT = 90.0
"""Seconds that a process waits for another one's sign-in: longer than the slowest response may take."""
SAYS_SO_AFTER = 2.0
POLL = 0.2
SERVICE_FOLDER = Path("/var/lib/megabot")


def prepare(folder: Path, *, chosen: bool, service: Path = SERVICE_FOLDER, uid: int | None = None) -> None:
    """Create the state folder if it is missing; refuse one that other accounts own or may write to.

    `chosen`: whether a setting names it. A default folder is not created if an installed service has its own
    (decision 29), because a second ledger would know nothing about the first.
    """
    try:
        if not holds(folder.parent, folder.name):
            if not chosen and service.exists():
                raise _belongs_to(service)
            folder.mkdir(
                mode=0o700, parents=True, exist_ok=True
            )  # another megabot may create it at the same time
        status = folder.stat()
        if not folder.is_dir():
            raise ConfigError(f"{folder} is not a folder; set MEGABOT_STATE_DIR to a folder")
    except OSError as error:
        raise LedgerError(
            f"cannot create the state folder {folder}: {error.strerror}; set MEGABOT_STATE_DIR to another one"
        ) from error
    if status.st_uid != (os.geteuid() if uid is None else uid):
        raise _belongs_to(folder)
    if status.st_mode & (S_IWGRP | S_IWOTH):
        mode = f"{S_IMODE(status.st_mode):o}"
        raise ConfigError(f"other users can write to {folder} (mode {mode}); run: chmod 700 {folder}")


def holds(folder: Path, name: str) -> bool:
    """Return whether a file is in the state folder. Raises `WrongAccount` if the folder may not be read."""
    try:
        return (folder / name).exists()
    except PermissionError:
        raise _belongs_to(folder) from None


def _belongs_to(folder: Path) -> WrongAccount:
    owner = _owner(folder)
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"  # sudo accepts #UID for an account without a name
    return WrongAccount(f"the state folder {folder} belongs to {name}", account=name)


def _owner(folder: Path) -> int:
    """Return the owner of a folder, or of the nearest folder above it that may be read."""
    for path in (folder, *folder.parents):
        with contextlib.suppress(PermissionError):
            return path.stat().st_uid
    return 0


@contextmanager
def pass_lock(folder: Path, clock: Clock, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock for a pass; wait for another holder, and call `on_wait` after two seconds."""
    with _opened(folder / "pass.lock") as lock:
        if not _came_free(lock, clock, patience=PASS_WAIT, on_wait=on_wait):
            raise Busy(f"another megabot is still using {folder} after {PASS_WAIT:.0f} s; try again later")
        yield


@contextmanager
def service_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the one service that may run on a state folder."""
    with _opened(folder / "service.lock") as lock:
        if not _taken(lock):
            raise Busy(f"a megabot service is already running on {folder}; stop it first")
        yield


@contextmanager
def opening_lock(folder: Path, clock: Clock, *, patience: float) -> Iterator[None]:
    """Hold the lock for checking, creating or setting aside the ledger's file."""
    with _opened(folder / "ledger.lock") as lock:
        if not _came_free(lock, clock, patience=patience):
            raise Busy(f"another megabot is opening the ledger in {folder}; try again in a moment")
        yield


@contextmanager
def token_lock(folder: Path, clock: Clock) -> Iterator[None]:
    """Hold the lock for changing the token's file: otherwise two processes sign in and one count is lost."""
    with _opened(folder / "token.lock") as lock:
        if not _came_free(lock, clock, patience=SIGN_IN_WAIT):
            raise Busy(f"another megabot is signing in for {folder}; try again in a moment")
        yield


@contextmanager
def source_lock(folder: Path, clock: Clock, *, patience: float) -> Iterator[None]:
    """Hold the lock for fetching the git repository or deleting its local copy."""
    with _opened(folder / "source.lock") as lock:
        if not _came_free(lock, clock, patience=patience):
            raise Busy(f"another megabot is fetching the git repository into {folder}; try again in a moment")
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a lock file. The lock is released when it is closed or the process dies."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LedgerError(f"cannot open the lock file {path}: {error.strerror}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _came_free(
    lock: int, clock: Clock, *, patience: float, on_wait: Callable[[], None] = lambda: None
) -> bool:
    """Poll for the lock; False after `patience` seconds."""
    waited, is_reported = 0.0, False
    while not _taken(lock):
        if waited >= patience:
            return False
        if waited >= SAYS_SO_AFTER and not is_reported:
            on_wait()
            is_reported = True
        # Polled, because a blocking flock would not react to SIGTERM.
        clock.sleep(POLL)
        # Added up, not measured, because the clock can be set back (K04).
        waited += POLL
    return True


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise LedgerError(f"the state folder cannot be locked: {error.strerror}") from error
    return True
