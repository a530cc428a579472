"""The process and the system around it: real signals, a real datagram socket."""

import errno
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import schedule

from megabot.clock import LONGEST_SLEEP, Stop, SystemClock, notify, read_clock
from megabot.errors import Stopping
from megabot.service.schedulers import next_slot
from tests.world import NEWS, SLOT, WEEK, World

ROOT = Path(__file__).parents[2]
LONG = 60.0

SLEEP = """
from megabot.clock import Stop, SystemClock
from megabot.errors import Stopping
stop = Stop()
with stop.on_signals():
    print("ready", flush=True)
    try:
        SystemClock(stop).sleep(60)
    except Stopping:
        print("stopped")
"""
REREAD = """
from megabot.clock import Stop, SystemClock
stop = Stop()
with stop.on_signals():
    print("ready", flush=True)
    SystemClock(stop).sleep(60)
    print("woken", stop.reread, stop.requested)
"""
READ = """
import socket
from megabot.clock import Stop
from megabot.errors import Stopping
stop = Stop(patience=0.2)
ours, theirs = socket.socketpair()
with stop.on_signals():
    print("ready", flush=True)
    try:
        ours.recv(1)
    except Stopping:
        print("stopped", stop.requested)
"""
WRITE = """
import os, signal
from megabot.clock import Stop
stop = Stop()
with stop.on_signals():
    print("ready", flush=True)
    while not stop.requested:
        pass
    print("went on to the end")
"""


def test_sighup_ends_a_wait_and_not_the_process() -> None:
    assert said_after(signal.SIGHUP, REREAD) == "woken True False\n"


def test_sighup_between_two_waits_ends_the_next_one_and_no_more() -> None:
    waited: list[float] = []
    stop = Stop(sleep=waited.append)
    with stop.on_signals():
        signal.raise_signal(signal.SIGHUP)
        stop.sleep(60)
        stop.sleep(0.0001)

    assert waited[0] == 0.0001


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("program", "said"),
    [(SLEEP, "stopped\n"), (READ, "stopped True\n"), (WRITE, "went on to the end\n")],
    ids=["in a sleep", "in a read that hangs", "in work that ends in time"],
)
def test_a_process_that_is_told_to_stop_ends_well_and_soon(
    program: str, said: str, number: signal.Signals
) -> None:
    assert said_after(number, program) == said


def said_after(number: signal.Signals, program: str) -> str:
    """Run a program, send it a signal when it is ready, and give what it said before it ended well."""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    rest, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    return rest


def test_who_was_told_before_does_not_begin_to_sleep() -> None:
    stop = Stop(patience=LONG)
    with stop.on_signals():
        signal.raise_signal(signal.SIGTERM)

        with pytest.raises(Stopping):
            SystemClock(stop).sleep(LONG)


def test_once_stopping_was_raised_no_alarm_interrupts_the_way_out() -> None:
    stop = Stop(patience=LONG)
    with stop.on_signals():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Stopping):
            stop.sleep(0)

        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_signals_are_as_before_afterwards() -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with Stop().on_signals():
        signal.raise_signal(signal.SIGTERM)

    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_clock_is_aware_and_in_utc() -> None:
    now = SystemClock(Stop()).now()

    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_sleep_of_less_than_nothing_is_over_at_once() -> None:
    waited: list[float] = []
    SystemClock(Stop(sleep=waited.append)).sleep(-5)

    assert waited == []


def test_a_wait_that_the_system_refuses_is_waited_in_another_way(  # what it does when the clock jumps
) -> None:
    refused: list[float] = []

    def refuse(seconds: float) -> None:
        refused.append(seconds)
        raise OSError(errno.EINVAL, "Invalid argument")

    SystemClock(Stop(sleep=refuse)).sleep(0.002)

    assert refused[0] == 0.002


def test_a_long_wait_is_made_of_short_ones() -> None:
    waited: list[float] = []

    class Enough(Exception):
        """The test has seen what it wanted."""

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise Enough

    with pytest.raises(Enough):
        Stop(sleep=wait).sleep(1e9)

    assert waited == [LONGEST_SLEEP] * 3


@pytest.mark.parametrize("seconds", [-1e30, -1.0, 0.0, 1e10, 1e30, float("inf")])
def test_whatever_a_clock_shows_is_a_time_that_can_be_reckoned_with(seconds: float) -> None:
    """K03, K04."""
    now = read_clock(seconds)

    assert now + 900 * timedelta(days=365) > now - 50 * timedelta(days=365)
    slot = next_slot(NEWS, now)
    assert slot is not None
    assert slot > now


def test_no_clock_ends_the_service(world: World) -> None:
    """K03, K04."""
    world.post()
    service = world.service()
    for clock in (read_clock(1e30), read_clock(-1e30), read_clock(2e9)):
        world.clock.ahead = clock - world.clock.at
        service.tick()
    world.clock.ahead = timedelta(0)
    world.clock.at = SLOT + WEEK
    service.tick()

    assert len(world.posts()) == 2


class Ticker:
    """A scheduler whose clock was set back by a year: it believes that nothing is due for as long."""

    def __init__(self) -> None:
        self.ran = 0

    idle_seconds = 365 * 86_400.0

    def every(self, _: int) -> "Ticker":
        return self

    @property
    def seconds(self) -> "Ticker":
        return self

    def do(self, job: Callable[[], object]) -> None:
        self._job = job

    def run_all(self) -> None:
        self.ran += 1
        self._job()

    def run_pending(self) -> None:
        """Nothing is due."""


def test_a_clock_that_was_set_back_does_not_stop_the_ticks(world: World) -> None:
    """K04."""
    ticker, began = Ticker(), world.clock.now()
    service = world.service()

    service.serve(leave=lambda: ticker.ran == 3, ticker=cast("schedule.Scheduler", ticker))

    assert world.clock.now() - began == timedelta(seconds=90)


@pytest.mark.parametrize("abstract", [True, False])
def test_systemd_is_told(tmp_path: Path, *, abstract: bool) -> None:
    name = f"megabot-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name if abstract else name)
        notify("READY=1\nSTATUS=möwe", environ={"NOTIFY_SOCKET": "@" + name if abstract else name})

        assert systemd.recv(100) == "READY=1\nSTATUS=möwe".encode()


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nowhere/notify"}])
def test_without_a_listening_systemd_nothing_happens(environ: dict[str, str]) -> None:
    notify("READY=1", environ=environ)
