"""`megabot run --accounts` and `megabot status --accounts` as real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from megabot.__main__ import main
from tests.raw_server import RawServer

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass
class Service:
    """A `megabot run --accounts` and the folder that it runs."""

    home: Path
    sandbox: Sandbox
    source: Path
    said: list[str] = field(default_factory=list)
    process: "subprocess.Popen[str] | None" = None

    @property
    def folder(self) -> Path:
        return self.home / "accounts"

    def write(self, name: str, **settings: str) -> Path:
        """Write an account's settings file, and its account on the server if there is none."""
        if self.sandbox.world.person_named(name) is None:
            self.sandbox.add_person(name, bot=True)
        values = {
            "INSTANCE": self.sandbox.url,
            "USERNAME": name,
            "PASSWORD": '"correct horse"',
            "COMMUNITY": "news",
            "SOURCE": str(self.source),
            "TICK": "5",
            **settings,
        }
        file = self.folder / f"{name}.env"
        unfinished = self.folder / f".{name}.new"
        unfinished.write_text("".join(f"MEGABOT_{key}={value}\n" for key, value in values.items()))
        unfinished.chmod(0o600)
        unfinished.replace(file)
        return file

    def start(self, **environment: str) -> None:
        surroundings = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "megabot", "run", "--accounts", str(self.folder)],
            env={**surroundings, **environment},
            stderr=subprocess.PIPE,
            text=True,
        )

    def says(self, words: str) -> str:
        """Read the log on to the line that has these words."""
        assert self.process is not None
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if words in line:
                return line
        pytest.fail(f"{words!r} was not said: {self.said}")

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def end(self) -> int:
        """Stop it as systemd does, and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        self.said += self.process.stderr
        return self.process.wait(PATIENCE)

    def asked_by(self, name: str) -> bool:
        return any(request.person == name for request in self.sandbox.requests)


@pytest.fixture
def service(sandbox: Sandbox, source: Path, nobodys_home: Path) -> Iterator[Service]:
    service = Service(nobodys_home, sandbox, source)
    service.folder.mkdir()
    yield service
    if service.process is not None:
        service.process.kill()
        service.process.communicate()


def test_accounts_come_and_go_while_it_runs(service: Service) -> None:
    service.write("books")
    bad = service.write("films", TICK="soon")
    twin = service.write("twin", USERNAME="books")
    service.start(MEGABOT_USERNAME="other")

    assert "ignored with --accounts" in service.says("MEGABOT_USERNAME")
    assert f"MEGABOT_TICK ({bad}:6): write whole seconds" in service.says("films.env")
    assert f"{twin}: books.env is for the same account" in service.says("twin.env")
    service.says("running 1 account of ")
    service.says("INFO books: news: the next edition is due")
    service.write("films")
    twin.unlink()
    service.signal(signal.SIGHUP)
    service.says("INFO films: news: the next edition is due")
    service.write("twin")
    service.signal(signal.SIGHUP)
    service.says("INFO twin: news: the next edition is due")
    (service.folder / "books.env").unlink()
    service.signal(signal.SIGHUP)
    service.says("books: its settings file is gone, so this account no longer runs")
    service.write("films", LOG_LEVEL="debug")
    service.signal(signal.SIGHUP)
    service.says(" DEBUG films: GET /api/")
    service.write("films", SOURCE="/nowhere")
    service.signal(signal.SIGHUP)
    assert "/nowhere" in service.says("the new settings cannot be used, so the old ones stay in effect")

    assert service.end() == 0
    assert service.said[-1].endswith(" INFO stopped\n")
    assert "Traceback" not in "".join(service.said)


def test_a_file_that_appears_is_found_without_a_signal(service: Service) -> None:
    service.start()
    service.says("there is no account in ")
    service.write("books")
    service.says("INFO books: news: the next edition is due")

    assert service.end() == 0


def test_it_ends_in_time_while_a_server_is_silent(service: Service) -> None:
    over = threading.Event()

    def say_nothing(_: socket.socket) -> None:
        over.wait(PATIENCE)

    with RawServer(*[say_nothing] * 9) as hangs:
        service.write("hangs", INSTANCE=hangs.url)
        service.start()
        service.says("running 1 account of ")
        end = time.monotonic() + PATIENCE
        while not hangs.requests:
            assert time.monotonic() < end
            time.sleep(0.02)
        began = time.monotonic()
        code = service.end()
        took = time.monotonic() - began
        over.set()

    assert code == 0
    assert took < 10  # TimeoutStopSec


def test_ctrl_c_ends_it_with_130(service: Service) -> None:
    service.start()
    service.says("there is no account in ")
    service.signal(signal.SIGINT)
    assert service.process is not None

    assert service.process.wait(PATIENCE) == 130


def test_the_watchdog_is_fed_and_systemd_hears_when_it_is_ready(service: Service, tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(PATIENCE)
        service.start(NOTIFY_SOCKET=str(address))
        heard = [systemd.recv(1000).decode() for _ in range(3)]
        service.end()
        rest = systemd.recv(1000).decode()

    assert heard == ["READY=1", "WATCHDOG=1", "STATUS=0 accounts"]
    assert rest in {"STOPPING=1", "WATCHDOG=1"}


def test_status_lists_every_account_and_what_is_wrong(
    service: Service, capsys: pytest.CaptureFixture[str], quiet_log: None
) -> None:
    service.write("books")
    service.write("films", TICK="soon")
    service.start()
    service.says("INFO books: news: the next edition is due")
    record = service.home / ".local/state/megabot/accounts/books/last-turn.json"
    end = time.monotonic() + PATIENCE
    while not record.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    service.write("games")
    service.end()

    assert main(["status", "--accounts", str(service.folder)]) == 0
    books, films, games, summary = capsys.readouterr().out.splitlines()
    assert books.startswith("books  turn now")
    assert "news 20" in books
    assert "MEGABOT_TICK" in films
    assert games.split()[:2] == ["games", "has"]
    assert summary == "3 accounts, 1 with broken settings, 0 in need of attention"
    assert main(["status", "--accounts", str(service.folder), "--json"]) == 0
    accounts = json.loads(capsys.readouterr().out)["accounts"]
    assert [one["name"] for one in accounts] == ["books", "films", "games"]
    assert accounts[0]["last_turn"]
    assert accounts[0]["settings"] is None
    assert "MEGABOT_TICK" in accounts[1]["settings"]
    assert accounts[2]["last_turn"] is None


def test_every_verb_works_on_one_account_by_its_file(
    service: Service, capsys: pytest.CaptureFixture[str], quiet_log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEGABOT_USERNAME", "other")  # belongs to no account
    file = service.write("books")

    assert main(["--account", str(file), "login"]) == 0
    assert (service.home / ".local/state/megabot/accounts/books/token/token.json").exists()
    assert main(["--account", str(file), "status"]) == 0
    assert "signed in" in capsys.readouterr().out


def test_one_settings_file_and_many_are_not_mixed(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    file = service.write("books")

    assert main(["--account", str(file), "--bot", "books", "status"]) == 2
    assert "use only one of" in capsys.readouterr().err
    assert main(["--env", str(file), "run", "--accounts", str(service.folder)]) == 2
    assert "leave out --env" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_a_mistake(
    nobodys_home: Path, capsys: pytest.CaptureFixture[str], quiet_log: None
) -> None:
    assert main(["run", "--accounts", str(nobodys_home / "accounts")]) == 2
    assert "create it, with a settings file NAME.env for each account" in capsys.readouterr().err
