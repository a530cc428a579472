"""docs/operating.md says of each alert what to do, and names each metric."""

import re
from datetime import UTC, datetime
from pathlib import Path

from megabot.core.actions import NEEDS_PERSON
from megabot.core.metrics import Vitals, exposition

PAGE = (Path(__file__).parents[2] / "docs/operating.md").read_text(encoding="utf-8")
BESIDE = {"cap", "preamble", "source", "tags"}
"""Alerts that are no reason to hold anything: see `needs` and `run`."""
ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def test_each_alert_is_explained_and_no_other() -> None:
    rows = ROW.findall(PAGE)

    assert sorted(alert for alert, _, _ in rows) == sorted({*NEEDS_PERSON} | BESIDE)


def test_alerts_of_other_kinds_are_raised_under_the_names_on_the_page() -> None:
    code = Path(__file__).parents[2] / "megabot"
    text = (code / "run.py").read_text("utf-8") + (code / "needs.py").read_text("utf-8")

    assert 'raise_alert("source"' in text
    assert ':preamble"] =' in text
    assert ':tags"] =' in text
    assert ':cap"] =' in text
    assert text.count("raise_alert(") == 2


def test_each_metric_is_named() -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    vitals = Vitals(
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
    names = set(re.findall(r"^# TYPE (\w+)", exposition(vitals), re.MULTILINE))

    assert {name for name in names if f"`{name}" not in PAGE} == set()
