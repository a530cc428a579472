"""Guards around every test: no network, no real waiting, and not the user's home or settings.

A guard fails with pytest's own exception, which an `except Exception` in the code cannot swallow.
"""

import ipaddress
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

from megabot.i18n.translation import use_language
from tests.postgres import Database, PostgresMissing, PostgresServer

settings.register_profile("megabot", deadline=None)  # wall time lies on a busy machine
settings.load_profile("megabot")
LONGEST_SLEEP = 0.05  # seconds
FOREIGN = ("MEGABOT_", "XDG_", "GIT_", "WATCHDOG_", "PG")
"""GIT_: a git hook that runs the tests sets GIT_DIR. PG: PostgreSQL's library reads PGHOST and more."""
LIVE = urlsplit(os.environ.get("MEGABOT_LIVE_URL", "")).hostname
"""The one real server that tests may use, if it is set: docs/contributing/real-server.md."""
FOREIGN_NAMES = (
    "CREDENTIALS_DIRECTORY",
    "NOTIFY_SOCKET",
    "STATE_DIRECTORY",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "NO_COLOR",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests marked `slow` first, so that at the end no process waits for another one's long test."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def nobodys_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the test an empty home, which is also its working directory, and none of the user's settings."""
    home = tmp_path_factory.mktemp("home")
    for name in os.environ:
        if name.startswith(FOREIGN) or name in FOREIGN_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("CONFIG", ".config"), ("STATE", ".local/state"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    monkeypatch.chdir(home)
    return home


@pytest.fixture(autouse=True)
def the_log_stays_as_it_is() -> Iterator[None]:
    """Restore the log levels, which belong to the whole process, after a test or the program changed them."""
    logs = [logging.getLogger(), logging.getLogger("megabot")]
    levels = [log.level for log in logs]
    yield
    for log, level in zip(logs, levels, strict=True):
        log.setLevel(level)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English before and after each test: a fixture of its module may have set another language."""
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that really sleeps: code must wait with the clock port, which tests fake."""
    really_sleep = time.sleep

    def sleep(seconds: float) -> None:
        if seconds > LONGEST_SLEEP:
            pytest.fail(f"a test may not sleep for {seconds} s")
        really_sleep(seconds)

    monkeypatch.setattr(time, "sleep", sleep)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that reaches beyond this machine, by address or by a name lookup."""
    really_look_up = socket.getaddrinfo
    allowed = set() if LIVE is None else {LIVE, *(str(one[4][0]) for one in really_look_up(LIVE, None))}
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _only_near(getattr(socket.socket, name), allowed))

    def getaddrinfo(host: str | bytes | None, *args: object, **options: object) -> object:
        if host not in allowed:
            _forbid_far(host)
        return really_look_up(host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this worker alone: another worker's test may just stop or freeze its own."""
    try:
        server = PostgresServer()
    except PostgresMissing as missing:
        pytest.fail(str(missing), pytrace=False)
    with server:
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[Database]:
    """An empty PostgreSQL database; what the test does to the server is undone after it."""
    database = postgres.create_database()
    yield database
    postgres.restore()
    database.drop()


def _only_near(
    connect: Callable[[socket.socket, object], object], allowed: set[str]
) -> Callable[[socket.socket, object], object]:
    def guarded(self: socket.socket, address: object) -> object:
        if self.family != socket.AF_UNIX and isinstance(address, tuple) and address[0] not in allowed:
            _forbid_far(address[0])
        return connect(self, address)

    return guarded


def _forbid_far(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name.endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")  # as RFC 6761 requires
    if not _is_near(name):
        pytest.fail(f"a test may not reach {name}")


def _is_near(name: str | None) -> bool:
    if name in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False
