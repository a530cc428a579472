"""Describes a change to one edition: on hold, skipped, moved, or with a preamble sent by message. Pure."""

from datetime import datetime

from megabot.i18n.tables import Span, Tone
from megabot.i18n.times import moment, time_until
from megabot.schedule.overrides import Override, OverrideKind


def change(override: Override, timezone: str, now: datetime, *, usual: datetime | None = None) -> Span:
    """Describe a change. A move names the time it was moved from if `usual` is given, else the new time."""
    words = {
        OverrideKind.HOLD: "on hold",
        OverrideKind.SKIP: "skipped",
        OverrideKind.MOVE: "moved",
        OverrideKind.PREAMBLE: "preamble sent by message",
    }[override.kind]
    if override.slot is not None:
        words += (
            f" from {moment(usual, timezone, now)}"
            if usual
            else f" to {moment(override.slot, timezone, now)}"
        )
    tone = Tone.ODD if override.kind in (OverrideKind.HOLD, OverrideKind.SKIP) else Tone.PLAIN
    return Span(f"{words} by {override.by}, {time_until(override.at, now)}", tone)
