"""What is said about changes of one edition. Wording only."""

from collections.abc import Sequence
from datetime import datetime

from megabot.commands.model import Verb
from megabot.i18n import suggestions
from megabot.i18n.catalogue import Language
from megabot.i18n.channels import Sentence, fill, join
from megabot.i18n.sentences import local_moment
from megabot.schedule.calendar import Edition
from megabot.schedule.overrides import Override, OverrideKind, OverrideRefusal, usual_slot
from megabot.source.model import Thread
from megabot.source.problems import Problem


def override_set(lang: Language, thread: Thread, override: Override, edition: Edition) -> str:
    """Say what was changed, and how that is undone."""
    undo = suggestions.change(Verb.RESUME, thread.name, edition.key)
    if override.kind is OverrideKind.MOVE and override.slot is not None:
        usual = _local(lang, thread, usual_slot(thread.schedule, edition))
        at = _local(lang, thread, override.slot)
        if usual == at:
            return lang.moved_back.format(edition=edition.id, at=at)
        return fill(lang.moved, edition=edition.id, at=at, usual=usual, command=undo)
    return fill(
        lang.held if override.kind is OverrideKind.HOLD else lang.skipped, edition=edition.id, command=undo
    )


def already_on_hold(lang: Language, thread: Thread, edition: Edition, override: Override) -> Sentence:
    """Say that an edition is held, by whom and since when."""
    return fill(
        lang.held_already,
        edition=edition.id,
        by=override.by,
        at=_local(lang, thread, override.at),
        command=suggestions.change(Verb.RESUME, thread.name, edition.key),
    )


def already_skipped(
    lang: Language, thread: Thread, override: Override, following: Edition | None
) -> Sentence:
    """Say that an edition is left out, by whom, and how another one is."""
    if following is None:
        undo = suggestions.change(Verb.RESUME, thread.name, override.edition)
        return fill(lang.skipped, edition=f"{thread.name}/{override.edition}", command=undo)
    return fill(
        lang.skipped_already,
        edition=f"{thread.name}/{override.edition}",
        by=override.by,
        at=_local(lang, thread, override.at),
        command=suggestions.change(Verb.SKIP, thread.name, following.key),
    )


def override_refused(lang: Language, against: OverrideRefusal, edition: Edition, url: str) -> Sentence:
    """Say why an edition cannot be held, left out or moved."""
    undo = suggestions.change(Verb.RESUME, edition.thread, edition.key)
    return fill(lang.objections[against], edition=edition.id, url=url, command=undo)


def cannot_move(lang: Language, thread: Thread, edition: Edition, slot: datetime) -> str:
    """Say that a slot cannot be moved there."""
    return lang.cannot_move.format(edition=edition.id, at=_local(lang, thread, slot))


def overrides_cancelled(lang: Language, thread: str, key: str) -> str:
    """Say that a thread, or one edition of it, is as the template says again."""
    return lang.resumed.format(what=f"{thread}/{key}" if key else thread)


def nothing_to_resume(lang: Language, thread: str, key: str) -> str:
    """Say that there is nothing to take back."""
    return lang.nothing_to_resume.format(what=f"{thread}/{key}" if key else thread)


def preamble_kept(lang: Language, edition: Edition, other: Edition | None, *, stands: bool) -> Sentence:
    """Say which edition a preamble is for, and how it is given to another or taken back. Markdown."""
    where = (lang.preamble_put_in if stands else lang.preamble_kept).format(edition=edition.id)
    clear = suggestions.clear_preamble(lang, edition.thread, edition.key)
    if other is None:
        return join(" ", [where, fill(lang.preamble_remove, clear=clear)])
    to_other = suggestions.set_preamble(lang, other.thread, other.key)
    return join(" ", [where, fill(lang.preamble_other, other=other.id, command=to_other, clear=clear)])


def preamble_too_late(lang: Language, edition: Edition) -> str:
    """Say that an edition gets no preamble any more."""
    return lang.preamble_too_late.format(edition=edition.id)


def preamble_refused(lang: Language, edition: Edition, problems: Sequence[Problem]) -> str:
    """Say why a text cannot be the preamble of an edition."""
    return lang.preamble_refused.format(edition=edition.id, why="; ".join(str(one) for one in problems))


def preamble_cleared(lang: Language, edition: Edition) -> str:
    """Say that the file counts again."""
    return lang.preamble_cleared.format(edition=edition.id)


def no_preamble_to_clear(lang: Language, edition: Edition, others: Sequence[str]) -> Sentence:
    """Say that no preamble was sent for an edition, and how to remove those of others."""
    clear = [suggestions.clear_preamble(lang, edition.thread, key) for key in others]
    more = [fill(lang.preamble_of_another, command=one) for one in clear]
    return join("; ", [lang.no_preamble_to_clear.format(edition=edition.id), *more])


def pending_override(lang: Language, override: Override, edition: Edition, timezone: str) -> str:
    """Say which change waits for its edition."""
    facts = {"edition": edition.id, "verb": override.kind.value, "by": override.by}
    at = local_moment(lang, override.at, timezone)
    if override.slot is None:
        return lang.changed.format(**facts, at=at)
    return lang.changed_to.format(**facts, at=at, slot=local_moment(lang, override.slot, timezone))


def _local(lang: Language, thread: Thread, at: datetime) -> str:
    return local_moment(lang, at, thread.schedule.timezone)
