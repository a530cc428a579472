"""What moderators change about one edition, kept in the ledger; the source as it is with their changes."""

from megabot import amendment_texts as said
from megabot import texts
from megabot.core import calendar
from megabot.core.amendments import (
    Amendment,
    Kind,
    added,
    amended,
    edition_for_preamble,
    from_json,
    may_move,
    moved_slot,
    next_edition,
    of_edition,
    to_json,
    without,
)
from megabot.core.calendar import Edition
from megabot.core.commands import Command
from megabot.core.preambles import file_of
from megabot.core.threads import Snapshot, Thread
from megabot.errors import ConfigError
from megabot.ports import Desk, Ledger, Source

_TURNS = {Kind.HOLD, Kind.SKIP, Kind.MOVE}


class Amended:
    """A source as it is with the changes that the ledger keeps: skipped and moved slots."""

    def __init__(self, source: Source, ledger: Ledger) -> None:
        self._source = source
        self._ledger = ledger

    def snapshot(self) -> Snapshot:
        """Read everything as it is now."""
        return self._source.snapshot()

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        """Read a picture."""
        return self._source.picture(snapshot, path)

    def sections_at(self, commit: str) -> dict[str, str] | None:
        """Read the sections of another time."""
        return self._source.sections_at(commit)

    def refresh(self) -> None:
        """Fetch now."""
        self._source.refresh()

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the threads, and give each the slots that moderators chose."""
        return tuple(amended(one, kept(self._ledger, one.name)) for one in self._source.threads(snapshot))


def kept(ledger: Ledger, thread: str) -> tuple[Amendment, ...]:
    """Give the changes to a thread's editions, past ones too."""
    return from_json(ledger.recall(f"amendments:{thread}") or "")


def preamble_of(ledger: Ledger, thread: str, key: str) -> str | None:
    """Give the preamble that came for an edition by message, None where none did."""
    found = of_edition(kept(ledger, thread), Kind.PREAMBLE, key)
    return found.text if found else None


def held(ledger: Ledger, thread: str, key: str) -> tuple[str, ...]:
    """Give who holds an edition back and since when; empty where nobody does."""
    found = of_edition(kept(ledger, thread), Kind.HOLD, key)
    return (found.by, texts.moment(found.at)) if found else ()


def change(desk: Desk, thread: Thread, kind: Kind, command: Command, by: str) -> str:
    """Hold, skip or move an edition, and say so. Raises `ConfigError` where that cannot be."""
    edition = _edition(desk, thread, command.edition)
    slot = None
    if kind is Kind.MOVE:
        slot = moved_slot(thread.schedule, edition, span=command.span, at=command.at, on=command.on)
        if not may_move(thread, edition, slot, desk.clock.now()):
            raise ConfigError(said.cannot_move(edition, slot))
    _keep(desk, thread, Amendment(kind=kind, edition=edition.key, by=by, at=desk.clock.now(), slot=slot))
    return said.changed(thread, kind.value, edition, slot)


def resume(desk: Desk, thread: Thread) -> str:
    """Take every hold, skip and move of a thread back."""
    now = kept(desk.ledger, thread.name)
    left = tuple(one for one in now if one.kind not in _TURNS)
    desk.ledger.remember(f"amendments:{thread.name}", to_json(left))
    return said.resumed(thread.name) if left != now else said.nothing_to_resume(thread.name)


def has_preamble(desk: Desk, snapshot: Snapshot, thread: Thread, edition: Edition, *, alone: bool) -> bool:
    """Tell whether an edition has a preamble of its own, by message or by file."""
    by_message = preamble_of(desk.ledger, thread.name, edition.key) is not None
    return by_message or bool(file_of(snapshot, thread, edition, alone=alone))


def set_preamble(desk: Desk, thread: Thread, command: Command, by: str) -> str:
    """Keep a preamble for an edition, or with an empty text take it back; say which edition it is."""
    if command.edition:
        edition = _edition(desk, thread, command.edition)
    else:
        edition = edition_for_preamble(thread, desk.clock.now(), without_one=_without_one(desk, thread))
    if not command.text:
        left = without(kept(desk.ledger, thread.name), {Kind.PREAMBLE}, edition.key)
        desk.ledger.remember(f"amendments:{thread.name}", to_json(left))
        return said.preamble_cleared(edition)
    new = Amendment(kind=Kind.PREAMBLE, edition=edition.key, by=by, at=desk.clock.now(), text=command.text)
    _keep(desk, thread, new)
    return said.preamble_kept(edition)


def _without_one(desk: Desk, thread: Thread) -> str:
    """Give the key of the current edition if it was posted and has no preamble of its own."""
    snapshot = desk.source.snapshot()
    due = calendar.due(thread.name, thread.schedule, desk.clock.now())
    posted = {record.edition for record in desk.ledger.posts(thread.name)}
    alone = len(desk.source.threads(snapshot)) == 1
    if due is None or due.key not in posted or has_preamble(desk, snapshot, thread, due, alone=alone):
        return ""
    return due.key


def in_force(desk: Desk, thread: Thread) -> tuple[str, ...]:
    """Say which changes wait for their edition, each with who made it and when."""
    posted = {record.edition for record in desk.ledger.posts(thread.name)}
    coming = next_edition(thread, desk.clock.now(), posted)
    lines = []
    for one in kept(desk.ledger, thread.name):
        edition = calendar.by_key(thread.name, thread.schedule, one.edition)
        if edition is not None and edition.slot >= coming.slot:
            lines.append(said.in_force(one.kind.value, edition, one.by, one.at))
    return tuple(lines)


def _edition(desk: Desk, thread: Thread, key: str) -> Edition:
    posted = {record.edition for record in desk.ledger.posts(thread.name)}
    if not key:
        return next_edition(thread, desk.clock.now(), posted)
    edition = calendar.by_key(thread.name, thread.schedule, key)
    if edition is None:
        example = next_edition(thread, desk.clock.now(), posted).key
        raise ConfigError(texts.no_such_edition(thread.name, key, example=example))
    return edition


def _keep(desk: Desk, thread: Thread, new: Amendment) -> None:
    now = added(kept(desk.ledger, thread.name), new)
    desk.ledger.remember(f"amendments:{thread.name}", to_json(now))
