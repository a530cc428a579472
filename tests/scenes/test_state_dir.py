"""The state folder on a real disk: whose it must be, and locks that die with their process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from megabot import state_dir
from megabot.errors import Busy, ConfigError, LedgerError, WrongAccount
from tests.fakes import FakeClock

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from megabot.state_dir import pass_lock, service_lock
from tests.fakes import FakeClock
folder = Path(sys.argv[1])
with service_lock(folder), pass_lock(folder, FakeClock(), on_wait=lambda: None):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run another process that holds both locks."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def never() -> None:
    pytest.fail("nobody waits")


def test_a_missing_folder_is_made_with_its_parents_for_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "a/b/megabot"
    state_dir.prepare(folder, chosen=True)

    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    state_dir.prepare(tmp_path, chosen=True)

    assert tmp_path.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o702, 0o720])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    """S08."""
    tmp_path.chmod(mode)

    with pytest.raises(ConfigError, match=f"chmod 700 {tmp_path}"):
        state_dir.prepare(tmp_path, chosen=True)


def test_a_folder_of_another_account_names_the_right_command(tmp_path: Path) -> None:
    """S08."""
    with pytest.raises(WrongAccount, match=r"belongs to .+") as told:
        state_dir.prepare(tmp_path, chosen=True, uid=os.geteuid() + 1)
    assert told.value.account == tmp_path.owner()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="is not a folder; set MEGABOT_STATE_DIR"):
        state_dir.prepare(tmp_path / "file", chosen=True)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(LedgerError, match="cannot create the state folder"):
        state_dir.prepare(tmp_path / "file/megabot", chosen=True)


def test_no_second_state_is_begun_beside_the_services(tmp_path: Path) -> None:
    service = tmp_path / "service"
    service.mkdir()

    with pytest.raises(WrongAccount, match=f"the state folder {service} belongs to"):
        state_dir.prepare(tmp_path / "mine", chosen=False, service=service)
    assert not (tmp_path / "mine").exists()


def test_a_state_that_was_chosen_or_begun_before_may_be_beside_the_services(tmp_path: Path) -> None:
    service = tmp_path / "service"
    service.mkdir()
    state_dir.prepare(tmp_path / "mine", chosen=True, service=service)
    state_dir.prepare(tmp_path / "mine", chosen=False, service=service)

    assert (tmp_path / "mine").is_dir()


def test_a_second_service_is_refused_at_once(tmp_path: Path) -> None:
    with (
        holder(tmp_path),
        pytest.raises(Busy, match="is already running on"),
        state_dir.service_lock(tmp_path),
    ):
        pytest.fail("two services hold the lock")


def test_a_verb_waits_two_minutes_for_a_pass_and_says_so_after_two_seconds(tmp_path: Path) -> None:
    clock = FakeClock()
    said_after: list[float] = []

    with (
        holder(tmp_path),
        pytest.raises(Busy, match="after 120 s"),
        state_dir.pass_lock(tmp_path, clock, on_wait=lambda: said_after.append(sum(clock.slept))),
    ):
        pytest.fail("two hold the pass lock")
    assert said_after == pytest.approx([2.0], abs=state_dir.POLL)
    assert sum(clock.slept) == pytest.approx(120.0, abs=state_dir.POLL)


def test_a_verb_goes_on_as_soon_as_the_pass_is_over(tmp_path: Path) -> None:
    clock = FakeClock()
    with holder(tmp_path) as process:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(10)

    with state_dir.pass_lock(tmp_path, clock, on_wait=never):
        assert clock.slept == []


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    with state_dir.service_lock(tmp_path), state_dir.pass_lock(tmp_path, FakeClock(), on_wait=never):
        pass


def test_a_program_that_is_started_does_not_keep_the_lock(tmp_path: Path) -> None:
    with state_dir.service_lock(tmp_path):
        command = [sys.executable, "-c", "import sys; print('on', flush=True); sys.stdin.read()"]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, close_fds=False
        )
        assert child.stdout is not None
        child.stdout.readline()

    with child, state_dir.service_lock(tmp_path):
        assert child.poll() is None


def test_lock_files_are_nobody_elses(tmp_path: Path) -> None:
    with state_dir.service_lock(tmp_path):
        pass

    assert (tmp_path / "service.lock").stat().st_mode & 0o777 == 0o600
