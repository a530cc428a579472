"""The guards of tests/conftest.py guard."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CALLERS = ("MEGABOT_PASSWORD", "GIT_DIR", "WATCHDOG_USEC", "STATE_DIRECTORY", "XDG_DATA_HOME")
FAR = "192.0.2.1"  # documentation only (RFC 5737): nobody is there even if the guard fails


@pytest.fixture(scope="module", autouse=True)
def a_callers_settings() -> Iterator[None]:
    """Are there before the guards of a test are set up."""
    with pytest.MonkeyPatch.context() as environment:
        for name in CALLERS:
            environment.setenv(name, "the caller's")
        yield


def test_connecting_beyond_this_machine_fails_the_test() -> None:
    with socket.socket() as door, pytest.raises(pytest.fail.Exception, match="may not reach 192"):
        door.connect((FAR, 80))


def test_connecting_quietly_beyond_this_machine_fails_the_test_too() -> None:
    with socket.socket() as door, pytest.raises(pytest.fail.Exception):
        door.connect_ex((FAR, 80))


@pytest.mark.parametrize("name", ["lemmy.example", b"lemmy.example", FAR])
def test_looking_up_a_name_fails_the_test(name: str | bytes) -> None:
    with pytest.raises(pytest.fail.Exception, match="may not reach"):
        socket.getaddrinfo(name, 443)


def test_code_that_swallows_exceptions_cannot_swallow_a_guard() -> None:
    assert not issubclass(pytest.fail.Exception, Exception)


def test_a_name_that_never_exists_is_unknown_as_everywhere() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("lemmy.invalid", 443))


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((name, port)) as client:
            assert client.getpeername()[1] == port


def test_a_unix_socket_can_be_reached(tmp_path: Path) -> None:
    where = str(tmp_path / "door")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(where)
        server.listen()
        client.connect(where)

        assert client.getpeername() == where


def test_real_sleep_fails_the_test() -> None:
    with pytest.raises(pytest.fail.Exception, match="may not sleep"):
        time.sleep(0.06)


def test_a_moment_of_sleep_is_allowed() -> None:
    before = time.monotonic()

    time.sleep(0.01)

    assert time.monotonic() > before


def test_home_and_every_folder_of_a_user_are_one_that_is_thrown_away(nobodys_home: Path) -> None:
    folders = [Path(value) for name, value in os.environ.items() if name.startswith("XDG_")]

    assert Path.home() == Path.cwd() == nobodys_home
    assert len(folders) == 3
    assert all(folder.is_relative_to(nobodys_home) for folder in folders)


def test_home_is_empty(nobodys_home: Path) -> None:
    assert list(nobodys_home.iterdir()) == []


def test_settings_of_the_caller_are_gone() -> None:
    assert [name for name in CALLERS if name in os.environ] == []
