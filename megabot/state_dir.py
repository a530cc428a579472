"""The state folder and the locks in it. Holds nothing but the right to act; knows no file's content."""

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
"""How long a verb waits for a running pass, in seconds: more than a pass may take."""
SIGN_IN_WAIT = 90.0
"""How long a process waits for another one's sign-in, in seconds: more than the longest answer may take."""
SAYS_SO_AFTER = 2.0
POLL = 0.2
SERVICE_FOLDER = Path("/var/lib/megabot")


def prepare(folder: Path, *, chosen: bool, service: Path = SERVICE_FOLDER, uid: int | None = None) -> None:
    """Make the state folder if it is missing, and refuse one that is not this account's alone.

    `chosen` says that a setting named it: one that is merely the default is not begun beside the installed
    service's (decision 29), where a second ledger would know nothing of the first.
    """
    try:
        if not holds(folder.parent, folder.name):
            if not chosen and service.exists():
                raise _belongs_to(service)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # another megabot may begin it too
        status = folder.stat()
        if not folder.is_dir():
            raise ConfigError(f"{folder} is not a folder; set MEGABOT_STATE_DIR to one")
    except OSError as error:
        raise LedgerError(f"cannot make the state folder {folder}: {error.strerror}") from error
    if status.st_uid != (os.geteuid() if uid is None else uid):
        raise _belongs_to(folder)
    if status.st_mode & (S_IWGRP | S_IWOTH):
        mode = f"{S_IMODE(status.st_mode):o}"
        raise ConfigError(f"others may write to {folder} (mode {mode}); run: chmod 700 {folder}")


def holds(folder: Path, name: str) -> bool:
    """Tell whether a file is in the state folder; raise `WrongAccount` where another account's is shut."""
    try:
        return (folder / name).exists()
    except PermissionError:
        raise _belongs_to(folder) from None


def _belongs_to(folder: Path) -> WrongAccount:
    owner = _owner(folder)
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"  # what sudo takes where an account has no name
    return WrongAccount(f"the state folder {folder} belongs to {name}", account=name)


def _owner(folder: Path) -> int:
    """Tell whose a folder is, by one above it where it cannot be looked at."""
    for path in (folder, *folder.parents):
        with contextlib.suppress(PermissionError):
            return path.stat().st_uid
    return 0


@contextmanager
def pass_lock(folder: Path, clock: Clock, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the right to act on a state folder; wait for whoever has it, and say so after two seconds."""
    with _opened(folder / "pass.lock") as lock:
        if not _came_free(lock, clock, patience=PASS_WAIT, on_wait=on_wait):
            raise Busy(
                f"another megabot is still at work on {folder} after {PASS_WAIT:.0f} s; try again later"
            )
        yield


@contextmanager
def service_lock(folder: Path) -> Iterator[None]:
    """Be the one service of a state folder, for life."""
    with _opened(folder / "service.lock") as lock:
        if not _taken(lock):
            raise Busy(f"a megabot service is running on {folder} already; one is enough, stop it first")
        yield


@contextmanager
def opening_lock(folder: Path, clock: Clock, *, patience: float) -> Iterator[None]:
    """Be the only one who checks, makes or sets aside the ledger's file."""
    with _opened(folder / "ledger.lock") as lock:
        if not _came_free(lock, clock, patience=patience):
            raise Busy(f"another megabot is opening the ledger in {folder}; try again in a moment")
        yield


@contextmanager
def token_lock(folder: Path, clock: Clock) -> Iterator[None]:
    """Be the only one who changes the token's file: two at once would each sign in, and lose a count."""
    with _opened(folder / "token.lock") as lock:
        if not _came_free(lock, clock, patience=SIGN_IN_WAIT):
            raise Busy(f"another megabot is signing in for {folder}; try again in a moment")
        yield


@contextmanager
def source_lock(folder: Path, clock: Clock, *, patience: float) -> Iterator[None]:
    """Be the only one who fetches the source's repository or throws its copy away."""
    with _opened(folder / "source.lock") as lock:
        if not _came_free(lock, clock, patience=patience):
            raise Busy(f"another megabot is fetching the source into {folder}; try again in a moment")
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a lock file. Closing it gives the lock back, and so does the death of the process."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LedgerError(f"cannot open {path}: {error.strerror}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _came_free(
    lock: int, clock: Clock, *, patience: float, on_wait: Callable[[], None] = lambda: None
) -> bool:
    """Poll until the lock is ours: in a blocking flock no SIGTERM is heard. False when patience ended."""
    waited, said = 0.0, False
    while not _taken(lock):
        if waited >= patience:
            return False
        if waited >= SAYS_SO_AFTER and not said:
            on_wait()
            said = True
        clock.sleep(POLL)
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
