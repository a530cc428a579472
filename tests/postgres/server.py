"""One private server: a temporary folder, a Unix socket in it, no port. Only its owner and root can reach it.

PostgreSQL refuses to run as root, so root's server runs as `postgres`. Nothing is synced to disk. If there is
room, the files are in memory, where a new database with its tables is ready in half the time.
"""

import contextlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.memory import memory_folder

INSTALL = "the tests need the PostgreSQL server; on Debian: apt install postgresql"
CHOSEN = "MEGABOT_TEST_POSTGRES"
"""A folder with `initdb` and `postgres`, such as /usr/lib/postgresql/17/bin, to test with another version."""
_WISH = os.environ.get(CHOSEN, "")  # read now: each test's environment lacks it
_DEBIAN = Path("/usr/lib/postgresql")
_PROGRAMS = ("initdb", "postgres")
_KEEPER = Path(__file__).with_name("keeper.py")
_FILE_COPY_SINCE = 150000  # CREATE DATABASE ... STRATEGY; before, this was the only one


class PostgresMissing(Exception):
    """There are no server programs."""


def find_programs(wish: str = _WISH, installed: Path = _DEBIAN) -> Path:
    """Return the folder that `wish` names, else the newest version below `installed`, else that of the PATH.

    Raises `PostgresMissing`.
    """
    if wish:
        if not _has_programs(Path(wish)):
            needed = " and ".join(_PROGRAMS)
            raise PostgresMissing(f"{CHOSEN}={wish} has no {needed}; name a folder that has both")
        return Path(wish)
    versions = [path for path in installed.glob("*/bin") if _has_programs(path)]
    if versions:
        return max(versions, key=_version)
    on_path = shutil.which("initdb")
    if on_path is None or not _has_programs(Path(on_path).resolve().parent):
        raise PostgresMissing(INSTALL)
    return Path(on_path).resolve().parent


def _version(programs: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", programs.parent.name)]


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in _PROGRAMS)


@dataclass(frozen=True, slots=True)
class Database:
    """A database that belongs to the role `megabot`, who is no superuser."""

    server: "PostgresServer"
    name: str

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    def terminate_connections(self) -> int:
        """End every connection, as an admin or a restart would; return how many there were."""
        return self._count("count(pg_terminate_backend(pid))")

    def connections(self) -> int:
        return self._count("count(*)")

    def make_read_only(self) -> None:
        """Make transactions read-only, for connections that are opened from now on."""
        self._alter("SET default_transaction_read_only = on")

    def make_writable(self) -> None:
        self._alter("RESET default_transaction_read_only")

    def refuse_connections(self) -> None:
        """Refuse new connections; open ones go on."""
        self._alter("ALLOW_CONNECTIONS false")

    def accept_connections(self) -> None:
        self._alter("ALLOW_CONNECTIONS true")

    def drop(self) -> None:
        """Remove it, whoever is connected."""
        words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self.server.admin() as admin:
            admin.execute(words.format(sql.Identifier(self.name)))

    def _count(self, what: str) -> int:
        words = sql.SQL("SELECT {} FROM pg_stat_activity WHERE datname = %s").format(sql.SQL(what))
        with self.server.admin() as admin:
            found = admin.execute(words, [self.name]).fetchone()
        assert found is not None
        return int(found[0])

    def _alter(self, change: str) -> None:
        words = sql.SQL("ALTER DATABASE {} " + change)
        with self.server.admin() as admin:
            admin.execute(words.format(sql.Identifier(self.name)))


class PostgresServer:
    """Runs while it is entered; it can be stopped and started meanwhile.

    Raises `PostgresMissing`, and `OSError` if a command to it fails.
    """

    def __init__(self, programs: Path | None = None) -> None:
        self._programs = programs or find_programs()
        self._user = _user_for_root() if os.geteuid() == 0 else ""
        self.folder = Path(tempfile.mkdtemp(prefix="megabot-postgres-", dir=memory_folder()))
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        self._numbers = count(1)
        self._is_replica = False
        self._keeper = self._start_keeper()

    def __enter__(self) -> Self:
        try:
            self._tell("create")
            self._tell("start")
            with self.admin() as admin:
                admin.execute("CREATE ROLE megabot LOGIN")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server and remove its folder."""
        self._keeper.communicate()
        if self.folder.exists():  # the keeper was killed; another one cleans up
            self._keeper = self._start_keeper()
            with contextlib.suppress(OSError):
                self._tell("sweep")
            self._keeper.communicate()

    @property
    def keeper(self) -> int:
        """Return the number of the process that ends the server."""
        return self._keeper.pid

    def url(self, database: str, *, user: str = "megabot", password: str = "") -> str:
        """Return an address of a database. Roles other than `megabot` and `postgres` need their password."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={quote(str(self.folder), safe='')}"

    def admin(self, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """Connect as the superuser, without a transaction."""
        return psycopg.connect(self.url(database, user="postgres"), autocommit=True, connect_timeout=10)

    def create_database(self) -> Database:
        """Create an empty database."""
        name = f"test_{next(self._numbers)}"
        with self.admin() as admin:
            # Copying files is faster than the default, which writes everything to the log instead.
            fast = "STRATEGY file_copy" if admin.info.server_version >= _FILE_COPY_SINCE else ""
            admin.execute(f"CREATE DATABASE {name} OWNER megabot TEMPLATE template0 {fast}")
        return Database(self, name)

    def start(self) -> None:
        """Start a server that `stop` or `kill` ended."""
        self._tell("start")

    def stop(self) -> None:
        """End all connections and stop the server, as a restart of its machine does."""
        self._tell("stop")

    def kill(self) -> None:
        """Kill every process of the server, as a power failure does."""
        self._tell("kill")

    def freeze(self) -> None:
        """Suspend every process of the server: connections stay open, and new ones get no response."""
        self._tell("freeze")

    def thaw(self) -> None:
        self._tell("thaw")

    def become_replica(self) -> None:
        """Restart as a read-only replica, whose primary is never heard from."""
        self._is_replica = True
        self._tell("stop", "be-replica", "start")

    def become_primary(self) -> None:
        """Restart as an ordinary server."""
        self._tell("stop", "be-primary", "start")
        self._is_replica = False

    def restore(self) -> None:
        """Undo what a test did to the server."""
        self._tell("thaw")
        if self._is_replica:
            self.become_primary()
        self._tell("start")

    def _start_keeper(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-I", "-S", _KEEPER, self._programs, self.folder, self._user],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,  # Ctrl-C is for the tests; the keeper ends after them
        )

    def _tell(self, *commands: str) -> None:
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        for command in commands:
            answer = ""
            with contextlib.suppress(BrokenPipeError):
                self._keeper.stdin.write(f"{command}\n")
                answer = self._keeper.stdout.readline().strip()
            if answer != "done":
                reason = answer or "its keeper is gone"
                raise OSError(f"the tests' PostgreSQL server ({self._programs}): {reason}")


def _user_for_root() -> str:
    """Return an account that may run the server."""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:  # programs of another origin than Debian's package, which creates the account
        return pwd.getpwnam("nobody").pw_name
