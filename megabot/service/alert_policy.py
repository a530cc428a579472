"""Which alerts are sent to the moderators as a message, and which are said to be over. Pure.

A message is sent at most once: one whose outcome is unknown is not sent again for a day (decision 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.schedule.interval import Interval

AGAIN = timedelta(days=1)


class SentAlertState(StrEnum):
    """How far the message about an alert came. SENDING is written before the first byte leaves."""

    SENDING = "sending"
    SENT = "sent"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class SentAlert:
    """What became of the message about one alert. `sentence` is what it said, `at` when it was sent."""

    state: SentAlertState
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlertDigest:
    """What is to be said now: new alerts, and those that are over, each by key with its sentence."""

    new: tuple[tuple[str, str], ...] = ()
    over: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.over)


def due_digest(
    standing: Mapping[str, str], sent_alerts: Mapping[str, SentAlert], now: datetime
) -> AlertDigest:
    """Choose what to tell: each alert once while it stands, and once that it is over if it was told."""
    return AlertDigest(
        new=tuple(
            (key, sentence) for key, sentence in standing.items() if _is_news(sent_alerts.get(key), now)
        ),
        over=tuple((key, one.sentence) for key, one in sent_alerts.items() if _is_over(key, one, standing)),
    )


def _is_news(alert: SentAlert | None, now: datetime) -> bool:
    return alert is None or (
        alert.state is not SentAlertState.SENT and now not in Interval.after(alert.at, AGAIN)
    )


def _is_over(key: str, alert: SentAlert, standing: Mapping[str, str]) -> bool:
    return key not in standing and alert.state is not SentAlertState.ENDING


def expired_keys(standing: Mapping[str, str], sent_alerts: Mapping[str, SentAlert]) -> tuple[str, ...]:
    """Name what need not be remembered any more: the alert is over, and so is the message about it."""
    return tuple(
        key for key, one in sent_alerts.items() if key not in standing and one.state is SentAlertState.ENDING
    )
