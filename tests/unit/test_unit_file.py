"""The systemd unit: what it promises, and what systemd itself says of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd/megabot.service"
ANALYZE = shutil.which("systemd-analyze")
LONGEST_DEADLINE, LONGEST_TICK, SPARE = 75, 60, 30

needs_systemd = pytest.mark.skipif(
    ANALYZE is None and not os.environ.get("CI"),
    reason="systemd-analyze is not installed (apt install systemd); with CI set this is a failure",
)


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def one(name: str) -> str:
    (value,) = settings()[name]
    return value


def test_the_service_says_when_it_is_ready_and_is_fed_by_progress() -> None:
    assert one("Type") == "notify"
    assert int(one("WatchdogSec")) > LONGEST_DEADLINE + LONGEST_TICK + SPARE


def test_a_crash_loop_cannot_use_up_the_sign_ins() -> None:
    assert (one("StartLimitIntervalSec"), one("StartLimitBurst"), one("RestartSec")) == ("1h", "5", "30")
    assert (one("Restart"), one("RestartPreventExitStatus")) == ("on-failure", "2")


def test_the_service_and_the_verbs_share_settings_and_state() -> None:
    assert one("EnvironmentFile") == "/etc/megabot/config.env"
    assert one("WorkingDirectory") == "/etc/megabot"
    assert "Environment" not in settings()
    assert (one("User"), one("StateDirectory"), one("StateDirectoryMode")) == ("megabot", "megabot", "0700")


def test_the_renderer_may_still_limit_itself() -> None:
    assert settings()["SystemCallFilter"] == ["@system-service", "~@privileged"]


def test_no_setting_is_given_twice_by_mistake() -> None:
    assert [name for name, values in settings().items() if len(values) > 1] == ["SystemCallFilter"]


@needs_systemd
def test_systemd_finds_no_mistake_in_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    copy.write_text(text.replace("/usr/local/bin/megabot", sys.executable), encoding="utf-8")
    done = analyze("verify", "--recursive-errors=no", str(copy))

    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_calls_the_unit_well_shut() -> None:
    """G09."""
    done = analyze("security", "--offline=yes", "--threshold=20", str(UNIT))

    assert done.returncode == 0, done.stdout


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None, "CI must install systemd-analyze (apt install systemd)"
    return subprocess.run(
        [ANALYZE, "--no-pager", *arguments], capture_output=True, text=True, timeout=30, check=False
    )
