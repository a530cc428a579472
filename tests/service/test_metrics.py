"""What a monitor reads: the text that Prometheus wants, with nothing in it that is not known."""

import re
from datetime import UTC, datetime

import pytest

from megabot.lemmy.auth.budget import Attempt, Outcome, sign_ins_left
from megabot.service.metrics import Metrics, exposition

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
BORN = Metrics(version="1.2.3", measured=NOON, verified_passes=0, failed_passes=0)
WHOLE = Metrics(
    version="1.2.3",
    measured=NOON,
    verified_passes=41,
    failed_passes=2,
    verified=NOON,
    slots={"reading-group": NOON, "news": NOON},
    unknown={"news": 1},
    alerts=3,
    sign_ins_left=2,
    token_issued=NOON,
)
LINE = re.compile(r'megabot_[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.e+]+')


def test_everything_is_written_in_prometheus_format() -> None:
    text = exposition(WHOLE)

    assert text.endswith("\n")
    assert all(LINE.fullmatch(line) for line in text.splitlines() if not line.startswith("#"))
    assert 'megabot_passes_total{outcome="verified"} 41' in text
    assert f'megabot_next_slot_timestamp_seconds{{thread="news"}} {NOON.timestamp():.0f}' in text
    assert "megabot_alerts_standing 3" in text


def test_every_metric_has_one_help_and_one_type_before_its_samples() -> None:
    lines = exposition(WHOLE).splitlines()
    names = [line.split()[2] for line in lines if line.startswith("# HELP")]

    assert len(names) == len(set(names)) == 9
    for name in names:
        first = next(n for n, line in enumerate(lines) if re.match(rf"{name}[ {{]", line))
        assert lines[first - 2].startswith(f"# HELP {name} ")
        assert lines[first - 1].startswith(f"# TYPE {name} ")


def test_what_is_not_known_is_left_out() -> None:
    text = exposition(BORN)

    for name in ("verified_pass", "slot", "unknown", "alerts", "issued"):
        assert name not in text


@pytest.mark.parametrize(
    ("minutes", "outcome", "left"),
    [([], Outcome.SUCCEEDED, 2), ([30], Outcome.FAILED, 1), ([50, 30], Outcome.FAILED, 0)],
)
def test_sign_ins_left_are_those_of_the_budget(minutes: list[int], outcome: Outcome, left: int) -> None:
    attempts = [Attempt(at=NOON.replace(hour=11, minute=60 - ago), outcome=outcome) for ago in minutes]

    assert sign_ins_left(attempts, now=NOON) == left


def test_after_one_that_worked_there_is_none_for_a_while() -> None:
    attempt = Attempt(at=NOON.replace(hour=11, minute=50), outcome=Outcome.SUCCEEDED)

    assert sign_ins_left([attempt], now=NOON) == 0
