"""What is said about changes of one edition. Wording only."""

from datetime import datetime

from megabot.core.amendments import Amendment, Kind, Objection, usual_slot
from megabot.core.calendar import Edition
from megabot.core.threads import Thread
from megabot.texts import local_moment


def changed(thread: Thread, one: Amendment, edition: Edition) -> str:
    """Say what was changed, and how it is taken back."""
    usual = usual_slot(thread.schedule, edition)
    what = {
        Kind.HOLD: "is held: it is not posted by itself",
        Kind.SKIP: "is left out",
        Kind.MOVE: f"is posted {_local(thread, one.slot)} instead of {_local(thread, usual)}",
    }[one.kind]
    return f"{edition.id} {what}; taken back by: resume"


def held_already(thread: Thread, edition: Edition, one: Amendment) -> str:
    """Say that an edition is held, by whom and since when."""
    return f"{edition.id} is held already, by {one.by} since {_local(thread, one.at)}; taken back by: resume"


def skipped_already(thread: Thread, edition: str, one: Amendment, following: Edition) -> str:
    """Say that an edition is left out, by whom, and how another one is."""
    return (
        f"{thread.name}/{edition} is left out already, by {one.by} since {_local(thread, one.at)}; "
        f"for the next one say: skip {thread.name} {following.key}"
    )


def objection(against: Objection, edition: Edition, url: str) -> str:
    """Say why an edition cannot be held, left out or moved."""
    return {
        Objection.POSTED: f"{edition.id} is posted: {url}; hold, skip and move are for editions to come",
        Objection.OVER: f"{edition.id} is over; hold, skip and move are for editions to come",
        Objection.SKIPPED: f"{edition.id} is left out; if a moderator did that, resume takes it back",
    }[against]


def cannot_move(thread: Thread, edition: Edition, slot: datetime) -> str:
    """Say that a slot cannot be moved there."""
    return (
        f"{edition.id} cannot be moved to {_local(thread, slot)}: that is over, "
        "or beyond the slot before or after"
    )


def resumed(thread: str, key: str) -> str:
    """Say that a thread, or one edition of it, is as the template says again."""
    what = f"{thread}/{key}" if key else thread
    return f"{what}: every hold, skip and move is taken back"


def nothing_to_resume(thread: str, key: str) -> str:
    """Say that there is nothing to take back."""
    return f"{f'{thread}/{key}' if key else thread}: nothing is held, left out or moved"


def preamble_kept(edition: Edition, other: Edition, *, stands: bool) -> str:
    """Say which edition a preamble is for, and how it is given to another or taken back. Markdown."""
    what = "is put into the thread that stands" if stands else "is this one now, whatever the file says"
    return (
        f"The preamble of {edition.id} {what}. For {other.id} begin with `preamble {other.key}`; "
        f"`preamble {edition.key} clear` takes it back"
    )


def preamble_too_late(edition: Edition) -> str:
    """Say that an edition gets no preamble any more."""
    return f"{edition.id} is over; a preamble is for the thread that stands or for one to come"


def preamble_cleared(edition: Edition) -> str:
    """Say that the file counts again."""
    return f"The preamble of {edition.id} is the file's again"


def no_preamble_to_clear(thread: str) -> str:
    """Say that no preamble came by message."""
    return f"{thread}: no preamble of an edition that stands or is to come was sent by message"


def in_force(one: Amendment, edition: Edition, timezone: str) -> str:
    """Say which change waits for its edition."""
    to = f" to {local_moment(one.slot, timezone)}" if one.slot else ""
    return f"{edition.id}: {one.kind.value}{to} by {one.by}, {local_moment(one.at, timezone)}"


def _local(thread: Thread, at: datetime | None) -> str:
    return local_moment(at, thread.schedule.timezone) if at else ""
