"""The service as a real process: how it starts, how it ends, that there is only one."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from tests.raw_server import RawServer

PATIENCE = 60.0
"""Seconds within which a process must have ended: far more than it needs, far less than what it waits for."""


@contextmanager
def running(url: str, source: Path, state: Path) -> Iterator["subprocess.Popen[str]"]:
    """A `megabot run` of its own; killed at the end if it is still there."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(state.parent),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "MEGABOT_INSTANCE": url,
        "MEGABOT_USERNAME": "megabot",
        "MEGABOT_PASSWORD": "correct horse",
        "MEGABOT_COMMUNITY": "news",
        "MEGABOT_SOURCE": str(source),
        "MEGABOT_STATE_DIR": str(state),
        "MEGABOT_TICK": "5",
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "megabot", "run"],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def ended_within(child: "subprocess.Popen[str]", seconds: float) -> int:
    return child.wait(timeout=seconds)


def wait_for(sandbox: Sandbox, path: str) -> None:
    """Wait until the service asked for something; it is the service's work that takes the time, not luck."""
    until = time.monotonic() + 20
    while not any(request.path == path for request in sandbox.requests):
        assert time.monotonic() < until, sandbox.requests
        time.sleep(0.02)


def test_sigterm_while_it_waits_ends_it_at_once_with_success(sandbox: Sandbox, source: Path) -> None:
    with running(sandbox.url, source, source.parent / "state") as child:
        wait_for(sandbox, "/api/v3/user")
        child.send_signal(signal.SIGTERM)

        assert ended_within(child, PATIENCE) == 0


def test_ctrl_c_ends_it_with_130_as_it_ends_every_verb(sandbox: Sandbox, source: Path) -> None:
    with running(sandbox.url, source, source.parent / "state") as child:
        wait_for(sandbox, "/api/v3/user")
        child.send_signal(signal.SIGINT)
        code = ended_within(child, PATIENCE)
        said = child.stderr.read() if child.stderr else ""

    assert code == 130
    assert said.splitlines()[-1] == "megabot: stopped"


def test_sigterm_in_the_middle_of_a_request_ends_it_before_the_answer_comes(source: Path) -> None:
    """R09."""
    over = threading.Event()

    def say_nothing(_: socket.socket) -> None:
        over.wait(10 * PATIENCE)

    with RawServer(say_nothing) as server, running(server.url, source, source.parent / "state") as child:
        until = time.monotonic() + 20
        while not server.requests:
            assert time.monotonic() < until
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)

        code = ended_within(child, PATIENCE)
        over.set()

    assert code == 0


def test_a_second_service_on_the_same_state_folder_is_refused(sandbox: Sandbox, source: Path) -> None:
    state = source.parent / "state"
    with running(sandbox.url, source, state):
        wait_for(sandbox, "/api/v3/user")
        with running(sandbox.url, source, state) as second:
            code = ended_within(second, 20)
            said = second.stderr.read() if second.stderr else ""

    assert code == 1
    assert "a megabot service is already running" in said
    logins = [request for request in sandbox.requests if request.path.endswith("/login")]
    assert len(logins) == 1


@pytest.mark.parametrize("secret", ["correct horse"])
def test_no_secret_is_in_the_arguments_or_the_ledger(sandbox: Sandbox, source: Path, secret: str) -> None:
    state = source.parent / "state"
    with running(sandbox.url, source, state) as child:
        wait_for(sandbox, "/api/v3/user")
        arguments = Path(f"/proc/{child.pid}/cmdline").read_bytes()
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=PATIENCE)

    token = json.loads((state / "token/token.json").read_text())["token"]
    ledger = (state / "ledger.db").read_bytes()
    for one in (secret, token):
        assert one.encode() not in arguments
        assert one.encode() not in ledger


def test_a_source_that_is_broken_when_it_starts_does_not_end_it(sandbox: Sandbox, source: Path) -> None:
    (source / "thread.md.j2").write_text("---\n\tname: news\n---\n")
    with running(sandbox.url, source, source.parent / "state") as child:
        wait_for(sandbox, "/api/v3/user/unread_count")
        child.send_signal(signal.SIGTERM)

        assert ended_within(child, PATIENCE) == 0


def test_a_backup_goes_to_stdout_while_the_service_runs(sandbox: Sandbox, source: Path) -> None:
    """So that it can be kept where the bot's account may not write."""
    state = source.parent / "state"
    with running(sandbox.url, source, state) as child:
        wait_for(sandbox, "/api/v3/user")
        settings = {"PYTHONPATH": str(Path(__file__).parents[2]), "MEGABOT_STATE_DIR": str(state)}
        command = [sys.executable, "-m", "megabot", "backup", "-"]
        done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, check=False)
        assert child.poll() is None

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"SQLite format 3")
