"""SIGHUP: a running service takes its settings anew; bad ones change nothing and are said."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from megabot.cli.service_process import ServiceProcess
from megabot.clock import Stop
from megabot.errors import ConfigError, UserError

ROOT = Path(__file__).parents[2]


@dataclass
class Service:
    """A `megabot run` with a settings file that can be changed."""

    file: Path
    settings: dict[str, str]
    process: "subprocess.Popen[str]"

    def change(self, **settings: str) -> None:
        write(self.file, {**self.settings, **settings})
        self.process.send_signal(signal.SIGHUP)

    def says(self, words: str) -> str:
        """Read the log on to the line that has these words."""
        assert self.process.stderr is not None
        return next(line for line in self.process.stderr if words in line)


def settings_for(sandbox: Sandbox, source: Path) -> dict[str, str]:
    settings = {"INSTANCE": sandbox.url, "USERNAME": "megabot", "PASSWORD": '"correct horse"'}
    return settings | {"COMMUNITY": "news", "SOURCE": str(source), "STATE_DIR": str(source.parent / "state")}


def write(file: Path, settings: dict[str, str]) -> None:
    file.write_text("".join(f"MEGABOT_{name}={value}\n" for name, value in settings.items()))
    file.chmod(0o600)


@pytest.fixture
def service(sandbox: Sandbox, source: Path) -> Iterator[Service]:
    file = source.parent / "bot.env"
    settings = settings_for(sandbox, source)
    write(file, settings)
    command = [sys.executable, "-m", "megabot", "--env", str(file), "run"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(source.parent), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Service(file, settings, process)
        finally:
            process.kill()


def test_new_settings_are_taken_by_the_running_service(service: Service, tmp_path: Path) -> None:
    service.says("is due")
    figures = tmp_path / "megabot.prom"
    service.change(METRICS_FILE=str(figures), LOG_LEVEL="debug")

    service.says("settings reloaded")
    service.says(" DEBUG ")
    service.process.send_signal(signal.SIGTERM)
    service.says("stopped")
    assert service.process.wait(10) == 0


BAD: list[tuple[dict[str, str], str]] = [
    ({"TICK": "soon"}, "MEGABOT_TICK"),
    ({"SOURCE": "/nowhere"}, "/nowhere"),
    ({"COMMUNITY": ""}, "MEGABOT_COMMUNITY is not set"),
    ({"STATE_DIR": "/tmp/another"}, "needs a restart"),  # noqa: S108  never made
]


def test_bad_settings_change_nothing_and_are_said(service: Service) -> None:
    service.says("is due")
    for settings, hint in BAD:
        service.change(**settings)
        assert hint in service.says("the new settings cannot be used, so the old ones stay in effect")
    service.change()

    service.says("settings reloaded")
    assert service.process.poll() is None


def test_the_process_goes_on_by_the_new_settings_whole_or_by_the_old_ones(
    sandbox: Sandbox, source: Path, quiet_log: None
) -> None:
    file = source.parent / "bot.env"
    settings = settings_for(sandbox, source)
    write(file, settings)
    running = ServiceProcess({"env_file": str(file)}, Stop())
    write(file, {**settings, "TICK": "7"})
    running.reload()
    for bad, _ in BAD:
        write(file, {**settings, **bad})
        with pytest.raises((ConfigError, UserError)):
            running.reload()
    running.app.close()

    assert running.app.settings.tick == timedelta(seconds=7)
    assert not running.reload_requested()


def test_figures_are_there_after_the_first_pass(service: Service, tmp_path: Path) -> None:
    figures = tmp_path / "megabot.prom"
    service.says("is due")
    service.change(METRICS_FILE=str(figures))
    service.says("settings reloaded")

    until = time.monotonic() + 20
    while not figures.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    assert 'megabot_passes_total{outcome="verified"} 1' in figures.read_text()
