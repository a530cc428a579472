"""A process between the tests and their PostgreSQL server, which ends the server if the tests are killed.

Run as `python keeper.py PROGRAMS FOLDER USER`. It reads one command per line and answers each with one line.
At the end of its input, or when its parent is gone, it ends the server and removes FOLDER. If the keeper
itself is killed, the kernel kills the server. It is a program of its own, with the standard library alone,
because it must start fast and outlive the tests.
"""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

LONGEST = 60.0
"""Seconds for a start or a stop; longer than any recovery of a test's small database on a busy machine."""
_POLL = 0.005  # seconds
_PARENT_CHECK = 0.5  # seconds; only for the case that a fork of the parent holds our input open
_PR_SET_PDEATHSIG = 1
_OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "dynamic_shared_memory_type=mmap",  # in the data folder: a killed server leaves nothing in /dev/shm
    "shared_buffers=16MB",
    "max_wal_size=64MB",
    "min_wal_size=32MB",
    "max_connections=60",
    "autovacuum=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
)
_ACCESS = """\
# The folder is private, so anyone who reaches the socket may be these two. Roles that a test creates need a
# password.
local all postgres,megabot trust
local all all scram-sha-256
"""


class Keeper:
    """Starts and signals one server. Raises `OSError` or `CalledProcessError` if that fails."""

    def __init__(self, programs: Path, folder: Path, user: str) -> None:
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._user = user or None
        self._server: subprocess.Popen[bytes] | None = None

    def obey(self, command: str) -> None:
        commands: dict[str, Callable[[], None]] = {
            "create": self.create,
            "start": self.start,
            "stop": self.stop,
            "kill": self.kill,
            "sweep": self.sweep,
            "freeze": lambda: self._signal_all(signal.SIGSTOP),
            "thaw": lambda: self._signal_all(signal.SIGCONT),
            "be-replica": (self._data / "standby.signal").touch,
            "be-primary": lambda: (self._data / "standby.signal").unlink(missing_ok=True),
        }
        commands[command]()

    def create(self) -> None:
        """Create the data folder, with the superuser `postgres`."""
        words = ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
        self._run("initdb", f"--pgdata={self._data}", *words, "--no-instructions")
        (self._data / "pg_hba.conf").write_text(_ACCESS)

    def start(self) -> None:
        """Start the server unless it runs, and wait until it accepts connections."""
        if self._server is not None and self._server.poll() is None:
            return
        options = [word for option in _OPTIONS for word in ("-c", option)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self._folder, *options],
                cwd=self._folder,
                env=_environment(),
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_the_keeper,  # noqa: PLW1509 - one thread; runs after the user is changed
            )
        end = time.monotonic() + LONGEST
        while not self._is_ready(self._server.pid):
            if self._server.poll() is not None or time.monotonic() > end:
                log_end = (self._folder / "log").read_text(errors="replace")[-2000:]
                raise OSError(f"it did not start: {log_end}")
            time.sleep(_POLL)

    def stop(self) -> None:
        """Stop the server cleanly; connections are ended first."""
        if self._server is not None:
            self._signal_all(signal.SIGCONT)
            self._server.send_signal(signal.SIGINT)
            self._server.wait(LONGEST)

    def kill(self) -> None:
        """Kill all of the server's processes at once, like a power failure of its machine."""
        if self._server is not None:
            self._signal_all(signal.SIGKILL)
            self._server.wait(LONGEST)

    def end(self) -> None:
        """End the server quickly and without a trace, whatever state it is in."""
        if self._server is None:
            return
        if self._server.poll() is not None and (self._data / "postmaster.pid").exists():
            self.sweep()
        self._signal_all(signal.SIGCONT)
        self._server.send_signal(signal.SIGQUIT)
        try:
            self._server.wait(LONGEST)
        except subprocess.TimeoutExpired:
            self.kill()

    def sweep(self) -> None:
        """Start after a kill, the only way to remove the shared memory that a killed server leaves.

        The lock files must go first: they name a process, which may still be there as a zombie.
        """
        for lock in (self._data / "postmaster.pid", self._folder / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)
        self.start()

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # As pg_ctl does: line 8 is the state, and the file of an earlier server has another number.
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _signal_all(self, number: signal.Signals) -> None:
        """Signal the server's first process, then its children, so that it cannot replace any of them."""
        if self._server is None or self._server.poll() is not None:
            return
        children = _children(self._server.pid)
        self._server.send_signal(number)
        for pid in {*children, *_children(self._server.pid)}:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [self._programs / program, *words],
            cwd=self._folder,
            env=_environment(),
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )


def _environment() -> dict[str, str]:
    """Return an environment without the caller's PG variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _die_with_the_keeper() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _children(pid: int) -> set[int]:
    """Return the children of a process. Each of PostgreSQL's has its own session, so no group has all."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:  # it ended
            continue
        if parent == str(pid):
            found.add(int(entry.name))
    return found


def _next_command(parent: int) -> str:
    """Wait for a command; return nothing when there will be none because the tests have ended."""
    while os.getppid() == parent:
        if select.select([sys.stdin], [], [], _PARENT_CHECK)[0]:
            return sys.stdin.readline().strip()
    return ""


def main(programs: Path, folder: Path, user: str) -> None:
    parent = os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    keeper = Keeper(programs, folder, user)
    try:
        while command := _next_command(parent):
            sys.stdout.write(f"{_answer(keeper, command)}\n")
            sys.stdout.flush()
    except BrokenPipeError:  # the tests are gone
        pass
    finally:
        try:
            keeper.end()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _answer(keeper: Keeper, command: str) -> str:
    """Obey; return "done", or why not, in one line."""
    try:
        keeper.obey(command)
    except subprocess.CalledProcessError as error:
        return f"{command} failed: {error.stderr!r}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command} failed: {str(error)!r}"
    return "done"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
