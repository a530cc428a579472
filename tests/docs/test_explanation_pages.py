"""Numbers in docs/explanation are those of the program and of the unit."""

import re
from datetime import timedelta
from pathlib import Path

from megabot.reconcile.rules import publish
from megabot.settings import Settings
from megabot.source.front_matter.model import ScheduleModel

ROOT = Path(__file__).parents[2]
PASS = " ".join((ROOT / "docs/explanation/pass.md").read_text("utf-8").split())
NEVER_TWICE = " ".join((ROOT / "docs/explanation/never-twice.md").read_text("utf-8").split())
WORDS = {10: "ten"}


def test_the_wait_after_a_crash_is_that_of_the_unit() -> None:
    unit = (ROOT / "systemd/megabot.service").read_text("utf-8")

    assert re.findall(r"again, (\d+) minutes after a crash", PASS) == re.findall(r"RestartSec=(\d+)min", unit)


def test_the_defaults_are_those_of_the_settings() -> None:
    tick = Settings.model_fields["tick"].default
    grace = ScheduleModel.model_fields["grace"].default

    assert f"every {tick.seconds} seconds (`MEGABOT_TICK`)" in PASS
    assert f"({grace.days} days by default)" in PASS


def test_the_wait_after_an_unknown_outcome_is_that_of_the_rule() -> None:
    minutes = publish.UNKNOWN_HOLD // timedelta(minutes=1)

    assert f"sends nothing for at least {WORDS[minutes]} minutes" in NEVER_TWICE
