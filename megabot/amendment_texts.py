"""What is said about changes of one edition. Wording only."""

from datetime import datetime
from zoneinfo import ZoneInfo

from megabot.core.calendar import Edition
from megabot.core.threads import Thread
from megabot.texts import moment


def changed(thread: Thread, kind: str, edition: Edition, slot: datetime | None) -> str:
    """Say what was changed, and how it is taken back."""
    zone = ZoneInfo(thread.schedule.timezone)
    what = {
        "hold": "is held: it is not posted by itself",
        "skip": "is left out",
        "move": f"is posted {slot.astimezone(zone):%a %d %b %H:%M %Z}" if slot else "",
    }[kind]
    return f"{edition.id} {what}; taken back by: resume"


def cannot_move(edition: Edition, slot: datetime) -> str:
    """Say that a slot cannot be moved there."""
    return f"{edition.id} cannot be moved to {moment(slot)}: it is over, or beyond the slot before or after"


def resumed(thread: str) -> str:
    """Say that everything is as the template says again."""
    return f"{thread}: every hold, skip and move is taken back"


def nothing_to_resume(thread: str) -> str:
    """Say that there is nothing to take back."""
    return f"{thread}: nothing is held, left out or moved"


def preamble_kept(edition: Edition) -> str:
    """Say which edition a preamble is for, and how it is given to another or taken back."""
    return (
        f"The preamble of {edition.id} is this one now, whatever the file says. For another edition begin "
        "with `preamble KEY`; `preamble clear` takes it back"
    )


def preamble_cleared(edition: Edition) -> str:
    """Say that the file counts again."""
    return f"The preamble of {edition.id} is the file's again"


def in_force(kind: str, edition: Edition, by: str, at: datetime) -> str:
    """Say which change waits for its edition."""
    return f"{edition.id}: {kind} by {by}, {moment(at)}"
