"""Decide which alerts are sent to the moderators, and which are reported as resolved. Pure.

A message is sent at most once. One with an unknown outcome is not sent again for a day (decision 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from megabot.ledger.state import SentAlert, SentAlertState
from megabot.schedule.interval import Interval

AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AlertDigest:
    """What to send now: new alerts and resolved ones, each as its key and sentence."""

    new: tuple[tuple[str, str], ...] = ()
    over: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.over)


def due_digest(active: Mapping[str, str], sent_alerts: Mapping[str, SentAlert], now: datetime) -> AlertDigest:
    """Return what to send: each active alert once, and once that it is resolved if it was sent."""
    return AlertDigest(
        new=tuple((key, sentence) for key, sentence in active.items() if _is_news(sent_alerts.get(key), now)),
        over=tuple((key, one.sentence) for key, one in sent_alerts.items() if _is_over(key, one, active)),
    )


def _is_news(alert: SentAlert | None, now: datetime) -> bool:
    # A clock that was set back must not prolong the day (K04).
    return alert is None or (
        alert.state is not SentAlertState.SENT and now not in Interval.after(alert.at, AGAIN)
    )


def _is_over(key: str, alert: SentAlert, active: Mapping[str, str]) -> bool:
    return key not in active and alert.state is not SentAlertState.ENDING


def expired_keys(active: Mapping[str, str], sent_alerts: Mapping[str, SentAlert]) -> tuple[str, ...]:
    """Return the keys to forget: the alert is resolved, and so is the message about it."""
    return tuple(
        key for key, one in sent_alerts.items() if key not in active and one.state is SentAlertState.ENDING
    )
