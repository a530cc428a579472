"""docs/operating.md names each metric; the pages agree about exit codes and crash loops."""

import re
from datetime import UTC, datetime
from pathlib import Path

import megabot.__main__ as main_module
from megabot.cli.help import help_page
from megabot.commands import reply_text
from megabot.i18n.tables import EXIT_CODES
from megabot.service.metrics import Metrics, exposition

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operating.md").read_text(encoding="utf-8")


def test_a_crash_loop_is_told_the_same_by_the_unit_and_by_both_pages() -> None:
    unit = (ROOT / "systemd/megabot.service").read_text("utf-8")
    faults = (ROOT / "docs/faults.md").read_text("utf-8")
    minutes = re.findall(r"^RestartSec=(\d+)min$", unit, re.MULTILINE)

    assert re.findall(r"^\| R13 \|.* (\d+) minutes later", faults, re.MULTILINE) == minutes
    assert re.findall(r"again (\d+) minutes after a crash", PAGE) == minutes
    assert "`systemctl reload`" in next(line for line in faults.splitlines() if line.startswith("| G06 |"))


def test_the_exit_codes_are_the_same_in_the_program_its_help_and_the_page() -> None:
    scripts = (ROOT / "docs/reference/exit-codes.md").read_text("utf-8")
    on_page = {int(code) for code in re.findall(r"^\| (\d+) \|", scripts, re.MULTILINE)}
    in_help = {int(code) for code in re.findall(r"\b(\d+) [a-z]", help_page().partition("Exit codes:")[2])}

    assert (
        on_page
        == in_help
        == {
            *EXIT_CODES.values(),
            main_module.A_BUG,
            main_module.OFFLINE,
            main_module.INTERRUPTED,
        }
    )
    assert "with 130 on Ctrl-C" in scripts


def test_each_form_of_a_command_that_help_names_is_on_the_page_of_commands() -> None:
    page = " ".join((ROOT / "docs/reference/commands.md").read_text("utf-8").split())
    forms = {form for said in reply_text.VERBS.values() for form in re.findall(r"`([^`]+)`", said)}

    assert {form for form in forms if f"`{form}`" not in page and f" {form}`" not in page} == set()


def test_each_metric_is_named() -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    snapshot = Metrics(
        version="1",
        measured=now,
        verified=now,
        verified_passes=1,
        failed_passes=1,
        slots={"news": now},
        unknown={"news": 1},
        alerts=1,
        token_issued=now,
    )
    names = set(re.findall(r"^# TYPE (\w+)", exposition(snapshot), re.MULTILINE))

    assert {name for name in names if f"`{name}" not in PAGE} == set()
