"""Replies about overrides of one edition. Wording only."""

from collections.abc import Sequence
from datetime import datetime

from megabot.commands.model import Verb
from megabot.i18n import suggestions
from megabot.i18n.channels import Sentence, fill, join
from megabot.i18n.sentences import local_moment
from megabot.i18n.translation import N_, _
from megabot.schedule.calendar import Edition
from megabot.schedule.overrides import Override, OverrideKind, OverrideRefusal, usual_slot
from megabot.source.model import Refresh, Thread
from megabot.source.problems import Problem

OBJECTIONS = {
    OverrideRefusal.POSTED: N_(
        "{edition} is already posted: {url}; hold, skip and move apply to upcoming editions only"
    ),
    OverrideRefusal.OVER: N_("{edition} is over; hold, skip and move apply to upcoming editions only"),
    OverrideRefusal.SKIPPED: N_("{edition} is skipped; if a moderator skipped it, undo that with: {command}"),
}
"""Why an edition cannot be held, skipped or moved."""


def override_set(thread: Thread, override: Override, edition: Edition) -> str:
    """Return the confirmation of an override, and how to undo it."""
    undo = suggestions.change(Verb.RESUME, thread.name, edition.key)
    if override.kind is OverrideKind.MOVE and override.slot is not None:
        usual = _local(thread, usual_slot(thread.schedule, edition))
        at = _local(thread, override.slot)
        if usual == at:
            return _("{edition} will be posted {at}, its usual time").format(edition=edition.id, at=at)
        return fill(
            _("{edition} will be posted {at} instead of {usual}; to undo that: {command}"),
            edition=edition.id,
            at=at,
            usual=usual,
            command=undo,
        )
    return fill(
        _("{edition} is on hold and will not be posted; to release it: {command}")
        if override.kind is OverrideKind.HOLD
        else _("{edition} will be skipped; to undo that: {command}"),
        edition=edition.id,
        command=undo,
    )


def already_on_hold(thread: Thread, edition: Edition, override: Override) -> Sentence:
    return fill(
        _("{edition} is already on hold, by {by} since {at}; to release it: {command}"),
        edition=edition.id,
        by=override.by,
        at=_local(thread, override.at),
        command=suggestions.change(Verb.RESUME, thread.name, edition.key),
    )


def already_skipped(thread: Thread, override: Override, following: Edition | None) -> Sentence:
    """Return who skipped an edition, and how to skip the `following` one, or to undo it if there is none."""
    if following is None:
        undo = suggestions.change(Verb.RESUME, thread.name, override.edition)
        return fill(
            _("{edition} will be skipped; to undo that: {command}"),
            edition=f"{thread.name}/{override.edition}",
            command=undo,
        )
    return fill(
        _("{edition} is already skipped, by {by} since {at}; to skip the next one too: {command}"),
        edition=f"{thread.name}/{override.edition}",
        by=override.by,
        at=_local(thread, override.at),
        command=suggestions.change(Verb.SKIP, thread.name, following.key),
    )


def override_refused(against: OverrideRefusal, edition: Edition, url: str) -> Sentence:
    undo = suggestions.change(Verb.RESUME, edition.thread, edition.key)
    return fill(_(OBJECTIONS[against]), edition=edition.id, url=url, command=undo)


def cannot_move(thread: Thread, edition: Edition, slot: datetime) -> str:
    return _(
        "{edition} cannot be moved to {at}: that is in the past, or past the time of the "
        "edition before or after it"
    ).format(edition=edition.id, at=_local(thread, slot))


def overrides_cancelled(thread: str, key: str) -> str:
    """Return the confirmation of `resume` for a thread, or for one edition if `key` is not empty."""
    return _("{what}: all holds, skips and moves are cancelled").format(
        what=f"{thread}/{key}" if key else thread
    )


def nothing_to_resume(thread: str, key: str) -> str:
    return _("{what}: nothing is on hold, skipped or moved").format(what=f"{thread}/{key}" if key else thread)


def preamble_kept(thread: Thread, edition: Edition, other: Edition | None, *, posted: bool) -> Sentence:
    """Say which edition a preamble is for, how to send one for `other`, and how to remove it."""
    if not posted:
        where = fill(_("The preamble of {edition} is saved; it overrides the file."), edition=edition.id)
    elif thread.refresh is Refresh.NEVER:
        where = fill(
            _("The preamble of {edition} is saved. To put it into the current thread: {command}."),
            edition=edition.id,
            command=suggestions.change(Verb.REFRESH, thread.name),
        )
    else:
        saved = _("The preamble of {edition} is saved and put into the current thread.")
        where = fill(saved, edition=edition.id)
    clear = suggestions.clear_preamble(edition.thread, edition.key)
    if other is None:
        return join(" ", [where, fill(_("To remove it: {clear}"), clear=clear)])
    to_other = suggestions.set_preamble(other.thread, other.key)
    return join(
        " ",
        [
            where,
            fill(
                _("For {other}: {command}. To remove this one: {clear}"),
                other=other.id,
                command=to_other,
                clear=clear,
            ),
        ],
    )


def preamble_too_late(edition: Edition) -> str:
    return _("{edition} is over; a preamble can be set for the current thread or an upcoming one").format(
        edition=edition.id
    )


def preamble_of_adopted(url: str) -> str:
    return _("{url} is another account's post, so the bot cannot put a preamble into it").format(url=url)


def preamble_refused(edition: Edition, problems: Sequence[Problem]) -> str:
    return _("this cannot be the preamble of {edition}, so nothing was changed: {why}").format(
        edition=edition.id, why="; ".join(str(one) for one in problems)
    )


def preamble_changed(edition: Edition, by: str) -> str:
    """Return that another preamble is in effect than expected, set by someone or, with "", by its file."""
    if by:
        return _(
            "{by} has changed the preamble of {edition} in the meantime, so nothing was done; compare it "
            "with yours, and save again"
        ).format(edition=edition.id, by=by)
    return _(
        "the file with the preamble of {edition} has changed in the meantime, so nothing was done; compare "
        "it with yours, and save again"
    ).format(edition=edition.id)


def preamble_cleared(edition: Edition) -> str:
    return _("{edition} uses the preamble file again").format(edition=edition.id)


def no_preamble_to_clear(edition: Edition, others: Sequence[str]) -> Sentence:
    """Return that no preamble was sent for an edition, and how to remove those of others."""
    clear = [suggestions.clear_preamble(edition.thread, key) for key in others]
    more = [fill(_("to remove that of another edition: {command}"), command=one) for one in clear]
    return join("; ", [_("no preamble was sent for {edition}").format(edition=edition.id), *more])


def pending_override(override: Override, edition: Edition, timezone: str) -> str:
    """Return a line about an override of an upcoming edition."""
    facts = {"edition": edition.id, "verb": override.kind.value, "by": override.by}
    at = local_moment(override.at, timezone)
    if override.slot is None:
        return _("{edition}: {verb} by {by}, {at}").format(**facts, at=at)
    return _("{edition}: {verb} to {slot} by {by}, {at}").format(
        **facts, at=at, slot=local_moment(override.slot, timezone)
    )


def _local(thread: Thread, at: datetime) -> str:
    return local_moment(at, thread.schedule.timezone)
