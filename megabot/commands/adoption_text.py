"""Questions before threads are adopted or imported. Wording only."""

from collections.abc import Iterator
from datetime import datetime

from megabot.i18n.sentences import local_moment
from megabot.reconcile.rules.adopt import Effects
from megabot.source.model import Thread


def consequences(
    thread: Thread, url: str, published: datetime, edition: str, effects: Effects, *, others: int = 0
) -> Iterator[str]:
    """Say which edition a thread becomes, what is pinned and unpinned, and how to undo it."""
    found = thread.calendar.edition(edition)
    zone = thread.schedule.timezone
    slot = f", due {local_moment(found.slot, zone)}" if found else ""
    yield (
        f"{url}, posted {local_moment(published, zone)}, becomes edition {edition} of "
        f"{thread.name}{slot}. For another edition: --edition KEY"
    )
    if effects.current != url:
        yield f"It is not the current thread: {effects.current} is newer and stays that."
    elif effects.pinned:
        yield "It becomes the current thread and is pinned."
    else:
        yield "It becomes the current thread. Its pin is not changed."
    yield from (f"Unpinned: {other}" for other in effects.unpinned)
    if others:
        yield f"{others} older threads are only recorded: nothing is changed or said in them."
    yield "The bot comments in it; its title and text stay as they are. To undo it: megabot unadopt " + url


def ask_adopt() -> str:
    """Ask before a thread is adopted."""
    return "Adopt it?"


def ask_import(number: int) -> str:
    """Ask before past threads are imported."""
    return f"Import {number} {'thread' if number == 1 else 'threads'}?"


def all_known(thread: str, number: int) -> str:
    """Say that every thread that was found is registered already."""
    return f"{thread}: every thread that was found ({number}) is already registered as an edition"


def no_import(thread: str) -> str:
    """Say that there is no import to undo."""
    return f"{thread}: no imported threads are recorded, so there is nothing to undo"


def ask_undo(thread: str, number: int) -> str:
    """Ask before imported threads are forgotten."""
    return f"Forget {number} imported threads of {thread}? Their posts stay as they are."


def threads_forgotten(thread: str, number: int) -> str:
    """Say that imported threads are forgotten."""
    return f"{thread}: {number} imported threads are forgotten"
