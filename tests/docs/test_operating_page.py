"""docs/operating.md says of each alert what to do, and names each metric."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import megabot.__main__ as main_module
from megabot.cli.help import help_page
from megabot.commands import reply_text
from megabot.i18n.tables import EXIT_CODES
from megabot.reconcile import describe
from megabot.reconcile.actions import NEEDS_PERSON, Blocked, BlockReason
from megabot.service.metrics import Metrics, exposition
from tests.builders import a_thread

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
BESIDE = {"cap", "failed", "inbox", "job", "preamble", "source", "tags"}
"""Alerts that are no reason to hold anything: see `needs`, `run` and `schedulers`."""
ORDER = re.compile(r"megabot [a-z]+(?: (?:--[a-z]+|[A-Z]+|\{\w+\}))*")
ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def test_each_alert_is_explained_and_no_other() -> None:
    rows = ROW.findall(PAGE)

    assert sorted(alert for alert, _, _ in rows) == sorted({*NEEDS_PERSON} | BESIDE)


def options_by_verb(text: str) -> dict[str, set[str]]:
    """Return the options that each verb is named with in a text."""
    found: dict[str, set[str]] = {}
    for order in ORDER.findall(text):
        verb, *rest = order.removeprefix("megabot ").split()
        found.setdefault(verb, set()).update(word for word in rest if word.startswith("--"))
    return found


@pytest.mark.parametrize("alert", sorted(NEEDS_PERSON))
def test_an_alert_and_the_page_name_the_same_commands_with_the_same_options(alert: BlockReason) -> None:
    page = options_by_verb(next(what for name, _, what in ROW.findall(PAGE) if name == alert))
    blocked = Blocked(reason=alert, edition="{edition}", url="{url}")
    said = options_by_verb(describe.blocked_sentence(a_thread(name="{thread}"), blocked))

    assert {verb: options for verb, options in said.items() if page.get(verb, options) != options} == {}


def test_a_crash_loop_is_told_the_same_by_the_unit_and_by_both_pages() -> None:
    unit = (ROOT / "systemd/megabot.service").read_text("utf-8")
    faults = (ROOT / "docs/faults.md").read_text("utf-8")
    minutes = re.findall(r"^RestartSec=(\d+)min$", unit, re.MULTILINE)

    assert re.findall(r"^\| R13 \|.* (\d+) minutes later", faults, re.MULTILINE) == minutes
    assert re.findall(r"again (\d+) minutes after a crash", PAGE) == minutes
    assert "`systemctl reload`" in next(line for line in faults.splitlines() if line.startswith("| G06 |"))


def test_the_exit_codes_are_the_same_in_the_program_its_help_and_the_page() -> None:
    scripts = (ROOT / "docs/scripts.md").read_text("utf-8")
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
    page = " ".join((ROOT / "docs/commands.md").read_text("utf-8").split())
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
