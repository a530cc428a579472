"""`make install` into a folder that stands for the machine, and the wheel for those who run verbs only."""

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from lemmy_sandbox import Sandbox
from tests.processes import LONGEST, PASSWORD

ROOT = Path(__file__).parents[2]
DEVELOPERS = ROOT / "requirements-dev.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A folder that DESTDIR names, and a source of templates."""

    folder: Path
    source: Path
    url: str
    pip: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "etc/megabot/config.env"

    @property
    def state(self) -> Path:
        return self.folder / "var/lib/megabot"

    @property
    def versions(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("opt/megabot/versions/*"))

    def make(self, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = ["make", "--no-print-directory", target, f"DESTDIR={self.folder}"]
        return self._run(command, **{"PYTHON": sys.executable, **self.pip, **environment})

    def megabot(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run(self.command(*words), MEGABOT_STATE_DIR=str(self.state))

    def command(self, *words: str) -> list[str]:
        return [str(self.folder / "opt/megabot/current/bin/megabot"), "--env", str(self.config), *words]

    def configure(self) -> None:
        lines = {"INSTANCE": self.url, "USERNAME": "megabot", "COMMUNITY": "news", "SOURCE": self.source}
        lines["PASSWORD"] = f'"{PASSWORD}"'
        with self.config.open("a") as file:
            file.writelines(f"MEGABOT_{name}={value}\n" for name, value in lines.items())

    def _run(self, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture
def root(tmp_path: Path, sandbox: Sandbox, source: Path, pip_cache: str) -> Root:
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    pip |= {"PIP_CACHE_DIR": pip_cache, "PIP_NO_COMPILE": "1"}  # the second saves half of the time
    return Root(folder=tmp_path / "root", source=source, url=sandbox.url, pip=pip)


@pytest.mark.slow
def test_it_is_installed_started_upgraded_and_taken_away(root: Root, sandbox: Sandbox) -> None:
    """The whole way in one test: each step stands on the one before, and an installation takes seconds."""
    done = root.make("install")
    assert done.returncode == 0, done.stderr
    it_is_said_that_there_is_no_account_yet(root, done.stdout)
    assert root.config.stat().st_mode & 0o777 == 0o640
    root.configure()

    assert root.megabot("check", "--online").returncode == 0
    running_through_an_upgrade(root)
    a_failed_upgrade_changes_nothing(root)
    assert taken_away(root, sandbox) == ["etc", "opt", "usr", "var"]


def it_is_said_that_there_is_no_account_yet(root: Root, said: str) -> None:
    """With DESTDIR none is made, so the first step is to make it; files named there were installed."""
    assert f"is in {root.folder}; no account was created and no unit was started." in said
    steps = [line.split()[:2] for line in said.splitlines() if line.startswith("  ")]
    assert [step[0] for step in steps[:4]] == [
        "systemd-sysusers",
        "systemd-tmpfiles",
        "systemctl",
        "sudoedit",
    ]
    assert (root.folder / steps[0][1].lstrip("/")).is_file()


def running_through_an_upgrade(root: Root) -> None:
    """The service posts, goes on while the new version is put in place, and the settings stay."""
    settings, (first,) = root.config.read_text(), root.versions
    environment = {**os.environ, "MEGABOT_STATE_DIR": str(root.state)}
    with subprocess.Popen(root.command("run"), env=environment, stderr=subprocess.PIPE, text=True) as service:
        upgraded = root.make("install")
        service.send_signal(signal.SIGTERM)
        _, log = service.communicate(timeout=LONGEST)

    assert (service.returncode, upgraded.returncode) == (0, 0), log + upgraded.stderr
    assert f"the previous version is kept in /opt/megabot/versions/{first}" in upgraded.stdout
    assert root.config.read_text() == settings
    assert len(root.versions) == 2


def a_failed_upgrade_changes_nothing(root: Root) -> None:
    before = (root.versions, (root.folder / "opt/megabot/current").readlink())

    failed = root.make("install", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(root.folder / "nowhere"))

    assert failed.returncode != 0
    assert (root.versions, (root.folder / "opt/megabot/current").readlink()) == before
    assert root.megabot("status").returncode == 0


def taken_away(root: Root, sandbox: Sandbox) -> list[str]:
    """Settings and ledger stay, and so do folders that may be others' too; the token is given back."""
    done = root.make("uninstall")

    assert done.returncode == 0, done.stderr
    assert sandbox.requests[-1].path == "/api/v3/user/logout"
    assert f"rm -r {root.folder}/etc/megabot {root.folder}/var/lib/megabot" in done.stdout
    files = {path.name for path in root.folder.rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert files == {"config.env", "ledger.db", "token.json", ".megabot-state", ".gitignore"}
    return sorted(path.name for path in root.folder.iterdir())


def test_what_is_not_there_is_taken_away_without_harm(root: Root) -> None:
    done = root.make("uninstall")

    assert (done.returncode, done.stderr) == (0, "")
    assert "is not installed" in done.stdout


def test_another_program_of_that_name_is_not_replaced(root: Root) -> None:
    link = root.folder / "usr/local/bin/megabot"
    link.parent.mkdir(parents=True)
    link.write_text("another's")

    done = root.make("install")

    assert done.returncode != 0
    assert "belongs to another megabot; remove it first" in done.stderr
    assert link.read_text() == "another's"


def test_the_wheel_runs_the_verbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pipx and uv install it: nothing of the checkout is there, the sample and the version are."""
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        wheel.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    environment |= {"MEGABOT_SOURCE": str(tmp_path / "site/megabot/sample"), "MEGABOT_COMMUNITY": "news"}
    verb = [sys.executable, "-P", "-m", "megabot", "check"]
    done = subprocess.run(verb, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "site/tests").exists()


@pytest.mark.parametrize(
    "name", ["requirements-build.txt", "requirements-postgres.txt", "requirements-web.txt"]
)
def test_what_the_installation_needs_is_locked_as_for_developers(name: str) -> None:
    needed, dev = (
        {line for line in path.read_text().splitlines() if "==" in line or "--hash" in line}
        for path in (ROOT / name, DEVELOPERS)
    )

    assert needed
    assert needed <= dev


@pytest.mark.parametrize(
    ("function", "settings", "wanted"),
    [
        ("wants_postgres", "#MEGABOT_DATABASE_URL=\n", False),
        ("wants_postgres", "MEGABOT_DATABASE_URL=postgresql://db/megabot\n", True),
        ("wants_web", "#MEGABOT_WEB_URL=\n", False),
        ("wants_web", "MEGABOT_WEB_URL=https://megabot.example\n", True),
    ],
)
def test_libraries_are_installed_if_the_settings_need_them(
    tmp_path: Path, function: str, settings: str, *, wanted: bool
) -> None:
    (tmp_path / "etc/megabot/accounts").mkdir(parents=True)
    (tmp_path / "etc/megabot/accounts/news.env").write_text(settings)
    script = (ROOT / "systemd/install.sh").read_text()
    functions = script[script.index("wants_postgres() {") : script.index("# The builder's pip")]
    asked = f"settings=/etc/megabot; home=/opt/megabot; destdir={tmp_path}\n{functions}\n{function}"

    assert (subprocess.run(["sh", "-c", asked], check=False).returncode == 0) is wanted
