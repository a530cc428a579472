"""What is said about changes of one edition. Wording only."""

from datetime import datetime

from megabot.core.amendments import Amendment, Kind, Objection, usual_slot
from megabot.core.calendar import Edition
from megabot.core.threads import Thread
from megabot.language import Language
from megabot.texts import local_moment


def changed(lang: Language, thread: Thread, one: Amendment, edition: Edition) -> str:
    """Say what was changed, and how it is taken back."""
    if one.kind is Kind.MOVE and one.slot is not None:
        usual = _local(lang, thread, usual_slot(thread.schedule, edition))
        return lang.moved.format(edition=edition.id, at=_local(lang, thread, one.slot), usual=usual)
    return (lang.held if one.kind is Kind.HOLD else lang.skipped).format(edition=edition.id)


def held_already(lang: Language, thread: Thread, edition: Edition, one: Amendment) -> str:
    """Say that an edition is held, by whom and since when."""
    return lang.held_already.format(edition=edition.id, by=one.by, at=_local(lang, thread, one.at))


def skipped_already(lang: Language, thread: Thread, one: Amendment, following: Edition | None) -> str:
    """Say that an edition is left out, by whom, and how another one is."""
    if following is None:
        return lang.skipped.format(edition=f"{thread.name}/{one.edition}")
    return lang.skipped_already.format(
        edition=f"{thread.name}/{one.edition}",
        by=one.by,
        at=_local(lang, thread, one.at),
        following=f"{thread.name} {following.key}",
    )


def objection(lang: Language, against: Objection, edition: Edition, url: str) -> str:
    """Say why an edition cannot be held, left out or moved."""
    return lang.objections[against].format(edition=edition.id, url=url)


def cannot_move(lang: Language, thread: Thread, edition: Edition, slot: datetime) -> str:
    """Say that a slot cannot be moved there."""
    return lang.cannot_move.format(edition=edition.id, at=_local(lang, thread, slot))


def resumed(lang: Language, thread: str, key: str) -> str:
    """Say that a thread, or one edition of it, is as the template says again."""
    return lang.resumed.format(what=f"{thread}/{key}" if key else thread)


def nothing_to_resume(lang: Language, thread: str, key: str) -> str:
    """Say that there is nothing to take back."""
    return lang.nothing_to_resume.format(what=f"{thread}/{key}" if key else thread)


def preamble_kept(lang: Language, edition: Edition, other: Edition | None, *, stands: bool) -> str:
    """Say which edition a preamble is for, and how it is given to another or taken back. Markdown."""
    where = (lang.preamble_put_in if stands else lang.preamble_kept).format(edition=edition.id)
    if other is None:
        return where
    return f"{where} {lang.preamble_other.format(other=other.id, key=other.key, own=edition.key)}"


def preamble_too_late(lang: Language, edition: Edition) -> str:
    """Say that an edition gets no preamble any more."""
    return lang.preamble_too_late.format(edition=edition.id)


def preamble_cleared(lang: Language, edition: Edition) -> str:
    """Say that the file counts again."""
    return lang.preamble_cleared.format(edition=edition.id)


def no_preamble_to_clear(lang: Language, thread: str) -> str:
    """Say that no preamble came by message."""
    return lang.no_preamble_to_clear.format(thread=thread)


def in_force(lang: Language, one: Amendment, edition: Edition, timezone: str) -> str:
    """Say which change waits for its edition."""
    facts = {"edition": edition.id, "verb": one.kind.value, "by": one.by}
    at = local_moment(lang, one.at, timezone)
    if one.slot is None:
        return lang.changed.format(**facts, at=at)
    return lang.changed_to.format(**facts, at=at, slot=local_moment(lang, one.slot, timezone))


def _local(lang: Language, thread: Thread, at: datetime) -> str:
    return local_moment(lang, at, thread.schedule.timezone)
