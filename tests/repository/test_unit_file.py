"""The systemd units: what they promise, and what systemd itself says of them."""

import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from megabot.lemmy.auth.budget import IN_WINDOW, WINDOW
from megabot.service.accounts.turns import LIMITS, STUCK_AFTER
from megabot.settings_sources import SYSTEM_ACCOUNTS

FOLDER = Path(__file__).parents[2] / "systemd"
NAMES = ["megabot.service", "megabot@.service"]
ACCOUNTS = "megabot-accounts.service"
WEB = "megabot-web.service"
WEB_OF_BOT = "megabot-web@.service"
LONGEST_DEADLINE, LONGEST_TICK, SPARE = 75, 60, 30

each = pytest.mark.parametrize("name", [*NAMES, ACCOUNTS])
every = pytest.mark.parametrize("name", [*NAMES, ACCOUNTS, WEB, WEB_OF_BOT])


def settings(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    text = (FOLDER / name).read_text(encoding="utf-8")
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def one(name: str, key: str) -> str:
    (value,) = settings(name)[key]
    return value


@each
def test_the_service_says_when_it_is_ready_and_is_fed_by_progress(name: str) -> None:
    assert one(name, "Type") == "notify"
    assert int(one(name, "WatchdogSec")) > LONGEST_DEADLINE + LONGEST_TICK + SPARE


@each
def test_a_crash_loop_cannot_use_up_the_sign_ins_and_is_never_given_up(name: str) -> None:
    """Were each start to sign in, the budget on disk lost, it would be no more than the budget."""
    minutes = int(one(name, "RestartSec").removesuffix("min"))
    assert WINDOW / timedelta(minutes=minutes) <= IN_WINDOW
    assert one(name, "StartLimitIntervalSec") == "0"
    assert (one(name, "Restart"), one(name, "RestartPreventExitStatus")) == ("on-failure", "2")


@each
def test_settings_come_from_the_file_so_that_they_can_be_read_again(name: str) -> None:
    assert one(name, "WorkingDirectory") == "/etc/megabot"
    assert one(name, "ExecReload") == "/bin/sh -c 'kill -HUP $MAINPID'"
    assert {"Environment", "EnvironmentFile"} & settings(name).keys() == set()


def test_the_service_and_the_verbs_share_settings_and_state() -> None:
    assert one(NAMES[0], "ExecStart") == "/usr/local/bin/megabot --env /etc/megabot/config.env run"
    assert (one(NAMES[0], "User"), one(NAMES[0], "StateDirectory")) == ("megabot", "megabot")


def test_one_of_several_bots_has_settings_and_state_by_its_name() -> None:
    assert one(NAMES[1], "ExecStart") == "/usr/local/bin/megabot --bot %i run"
    assert (one(NAMES[1], "User"), one(NAMES[1], "StateDirectory")) == ("megabot", "megabot/bots/%i")


def test_many_accounts_have_one_unit_with_a_folder_of_settings_files() -> None:
    assert one(ACCOUNTS, "ExecStart") == f"/usr/local/bin/megabot run --accounts {SYSTEM_ACCOUNTS}"
    assert (one(ACCOUNTS, "User"), one(ACCOUNTS, "StateDirectory")) == ("megabot", "megabot")
    assert int(one(ACCOUNTS, "WatchdogSec")) > STUCK_AFTER
    assert int(one(ACCOUNTS, "TasksMax")) > 4 * LIMITS.threads
    assert int(one(ACCOUNTS, "LimitNOFILE")) > 10_000


def test_the_unit_for_many_accounts_is_as_shut_as_the_others() -> None:
    first, many = settings(NAMES[0]), settings(ACCOUNTS)

    assert many.keys() - first.keys() == {"LimitNOFILE"}
    assert {key for key in first if first[key] != many[key]} == {
        "Description",
        "ExecStart",
        "MemoryMax",
        "TasksMax",
    }


def test_the_units_differ_in_names_alone() -> None:
    first, second = (settings(name) for name in NAMES)

    assert first.keys() == second.keys()
    assert {key for key in first if first[key] != second[key]} == {
        "Description",
        "ExecStart",
        "StateDirectory",
    }


def test_the_page_cannot_read_what_signs_in_to_lemmy() -> None:
    """Without the first folder it does not start; a file that is replaced could not be hidden by its path."""
    first, *others = one(WEB, "InaccessiblePaths").split()

    assert first == "/var/lib/megabot/token"
    assert others == [
        "-/var/lib/megabot/token.json",
        "-/var/lib/megabot/bots",
        "-/var/lib/megabot/accounts",
        "-/etc/megabot/password",
        "-/run/credentials",
    ]
    assert "d /var/lib/megabot/token 0700 megabot megabot -" in (FOLDER / "tmpfiles.conf").read_text()
    # In a namespace of its own, it may not look into another process of the same account (ptrace(2)).
    assert one(WEB, "PrivateUsers") == "yes"
    assert "LoadCredential" not in settings(WEB)
    assert one(WEB, "ExecStart").endswith("config.env web --listen 127.0.0.1:8642")


def test_the_unit_of_the_page_is_as_shut_as_the_others() -> None:
    first, page = settings(NAMES[0]), settings(WEB)

    assert page.keys() - first.keys() == {"InaccessiblePaths"}
    # It reports nothing to systemd, and reads no settings again.
    assert first.keys() - page.keys() == {"NotifyAccess", "ExecReload", "WatchdogSec", "TimeoutStartSec"}
    assert {key for key in first.keys() & page.keys() if first[key] != page[key]} == {
        "Description",
        "ExecStart",
        "Type",
        "RestartSec",
        "TasksMax",
    }


def test_the_page_of_one_of_several_bots_differs_in_names_and_in_its_socket() -> None:
    first, second = settings(WEB), settings(WEB_OF_BOT)

    assert second.keys() - first.keys() == {"RuntimeDirectory"}
    assert {key for key in first if first[key] != second[key]} == {
        "Description",
        "ExecStart",
        "StateDirectory",
        "InaccessiblePaths",
    }
    assert one(WEB_OF_BOT, "StateDirectory") == one(NAMES[1], "StateDirectory")
    folder = one(WEB_OF_BOT, "RuntimeDirectory")
    command = f"/usr/local/bin/megabot --bot %i web --socket /run/{folder}/page.sock"
    assert one(WEB_OF_BOT, "ExecStart") == command
    assert one(WEB_OF_BOT, "InaccessiblePaths").split() == [
        "/var/lib/megabot/bots/%i/token",
        "-/var/lib/megabot/bots/%i/token.json",
        "-/var/lib/megabot/token",
        "-/var/lib/megabot/token.json",
        "-/var/lib/megabot/accounts",
        "-/etc/megabot/%i.password",
        "-/run/credentials",
    ]


@every
def test_the_state_is_nobody_elses(name: str) -> None:
    assert (one(name, "StateDirectoryMode"), one(name, "UMask")) == ("0700", "0077")


@every
def test_the_renderer_may_still_limit_itself(name: str) -> None:
    assert settings(name)["SystemCallFilter"] == ["@system-service", "~@privileged"]


@every
def test_no_setting_is_given_twice_by_mistake(name: str) -> None:
    assert [key for key, values in settings(name).items() if len(values) > 1] == ["SystemCallFilter"]


@every
def test_systemd_finds_no_mistake_in_the_unit(name: str, tmp_path: Path) -> None:
    copy = tmp_path / name
    text = (FOLDER / name).read_text(encoding="utf-8")
    copy.write_text(text.replace("/usr/local/bin/megabot", sys.executable), encoding="utf-8")
    done = analyze("verify", "--recursive-errors=no", str(copy))

    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_can_listen_on_a_socket_with_the_changes_that_the_docs_name(tmp_path: Path) -> None:
    page = (FOLDER.parent / "docs/how-to/serve-the-page.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^    ```ini\n(.*?)^    ```$", page, re.MULTILINE | re.DOTALL)
    _none, command = re.findall(r"^ +ExecStart=(.*)$", block, re.MULTILINE)
    assert one(WEB, "ExecStart").partition(" --listen ")[0] == command.partition(" --socket ")[0]
    assert f"d {Path(command.split()[-1]).parent} 2750 megabot www-data -" in page

    changed = tmp_path / f"{WEB}.d/override.conf"
    changed.parent.mkdir()
    changed.write_text(
        re.sub("^ +", "", block, flags=re.MULTILINE).replace(command.split()[0], sys.executable)
    )
    (tmp_path / WEB).write_text((FOLDER / WEB).read_text(encoding="utf-8"), encoding="utf-8")
    done = analyze("verify", "--recursive-errors=no", str(tmp_path / WEB))
    assert (done.returncode, done.stderr) == (0, "")


@each
def test_systemd_calls_the_unit_well_shut(name: str) -> None:
    """G09."""
    done = analyze("security", "--offline=yes", "--threshold=20", str(FOLDER / name))

    assert done.returncode == 0, done.stdout


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which("systemd-analyze")
    assert found is not None, "this needs systemd-analyze (Debian: apt install systemd)"
    return subprocess.run(
        [found, "--no-pager", *arguments], capture_output=True, text=True, timeout=30, check=False
    )
