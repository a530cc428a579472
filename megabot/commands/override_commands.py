"""Commands that override one edition: hold, skip, move, resume and preamble.

Each change is made under the pass lock; otherwise the shell and the service could overwrite each other's.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from megabot.commands import override_text as said
from megabot.commands.model import Command
from megabot.commands.web_orders import preamble_digest, text_digest
from megabot.errors import ConfigError, NotApplicable, NothingToDo
from megabot.i18n import sentences
from megabot.ledger.current_post import current_post_record
from megabot.ledger.records import PostRecord
from megabot.ports import OfflinePorts
from megabot.reconcile.override_facts import active_overrides, posts_by_edition
from megabot.rendering import context_json
from megabot.schedule import overrides as rules
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import upcoming_or_last
from megabot.schedule.overrides import (
    Override,
    OverrideKind,
    OverrideRefusal,
    find_override,
    remove_overrides,
)
from megabot.source.model import Refresh, Thread
from megabot.source.problems import Problem


def apply_override(
    ports: OfflinePorts, thread: Thread, command: Command, *, by: str, ordered: datetime
) -> str:
    """Hold, skip or move an edition, and return the reply. Raises `ConfigError` if it cannot be, and `Busy`.

    `ordered` is when the command was given: a day such as `tomorrow` is counted from then.
    """
    with ports.ledger.pass_lock():
        return _change(ports, thread, command, by, ordered)


def _change(ports: OfflinePorts, thread: Thread, command: Command, by: str, ordered: datetime) -> str:
    kind = OverrideKind(command.verb.value)
    now, overrides = ports.clock.now(), ports.ledger.overrides(thread.name)
    skipped = rules.repeated_skip(thread.calendar, overrides, now)
    # Two moderators may say it at once (C09), which must not skip a second edition.
    if kind is OverrideKind.SKIP and skipped and command.edition in ("", skipped.edition):
        following = rules.next_edition(thread.calendar, now, posts_by_edition(ports, thread))
        return said.already_skipped(thread, skipped, following)
    edition = _edition(ports, thread, command.edition)
    _refuse(ports, thread, edition)
    hold = find_override(overrides, OverrideKind.HOLD, edition.key)
    if kind is OverrideKind.HOLD and hold:
        return said.already_on_hold(thread, edition, hold)
    slot = None
    if command.when is not None:
        slot = rules.moved_slot(thread.schedule, edition, command.when, ordered)
        if slot != edition.slot and not rules.may_move(thread.calendar, edition, slot, now):
            raise NotApplicable(said.cannot_move(thread, edition, slot))
    new = Override(kind=kind, edition=edition.key, by=by, at=now, slot=slot)
    if slot is None or slot != edition.slot:
        usual = slot == rules.usual_slot(thread.schedule, edition)
        _keep(
            ports,
            thread,
            remove_overrides(overrides, {kind}, edition.key) if usual else rules.add_override(overrides, new),
        )
    return said.override_set(thread, new, edition)


def _refuse(ports: OfflinePorts, thread: Thread, edition: Edition) -> None:
    """Raise `NotApplicable` if an edition can no longer be changed."""
    posts = posts_by_edition(ports, thread, edition.key)
    against = rules.find_refusal(thread.calendar, edition, ports.clock.now(), posts)
    if against is not None:
        url = posts[edition.key].url if edition.key in posts else ""
        raise NotApplicable(said.override_refused(against, edition, url))


def resume(ports: OfflinePorts, thread: Thread, key: str = "") -> str:
    """Cancel all holds, skips and moves of a thread, or of one edition. Raises `ConfigError` and `Busy`."""
    with ports.ledger.pass_lock():
        return _resume(ports, thread, key)


def _resume(ports: OfflinePorts, thread: Thread, key: str) -> str:
    overrides = ports.ledger.overrides(thread.name)
    if key:
        _edition(ports, thread, key)
    turns = [
        override
        for override, _ in active_overrides(ports, thread)
        if override.kind is not OverrideKind.PREAMBLE and key in ("", override.edition)
    ]
    if not turns:
        return said.nothing_to_resume(thread.name, key)
    _keep(ports, thread, tuple(one for one in overrides if one not in turns))
    return said.overrides_cancelled(thread.name, key)


Flaws = Callable[[Edition, str], Sequence[Problem]]
"""Checks a text as the preamble of an edition."""


def set_preamble(  # noqa: PLR0913  what a moderator says of a preamble
    ports: OfflinePorts, thread: Thread, key: str, text: str, *, by: str, flaws: Flaws, expects: str = ""
) -> tuple[str, str]:
    """Store a preamble for an edition. Returns the edition's key and the reply.

    `expects` is the digest of the preamble that it shall replace, "" for any. Raises `ConfigError` if there
    is no such edition, the text cannot be used or another preamble is in effect, and `Busy`; then a preamble
    that was stored before stays.
    """
    edition, _ = _of_preamble(ports, thread, key)
    problems = flaws(edition, text)  # before the lock, because rendering takes a while
    with ports.ledger.pass_lock():
        # Again, because the edition may have been posted or ended while the text was rendered.
        edition, other = _of_preamble(ports, thread, edition.key)
        now, post = ports.clock.now(), posts_by_edition(ports, thread, edition.key).get(edition.key)
        # No posts are passed: an edition that is posted can still get its preamble (decision 28).
        if rules.find_refusal(thread.calendar, edition, now, ()) is OverrideRefusal.OVER:
            raise NotApplicable(said.preamble_too_late(edition))
        if problems:
            raise NotApplicable(said.preamble_refused(edition, problems))
        if post is not None:
            _require_current(ports, thread, edition, post)
        # After a crash the order is run again, and then its own text may be in effect already.
        _require_expected(ports, thread, edition, {expects, text_digest(text)} if expects else ())
        new = Override(kind=OverrideKind.PREAMBLE, edition=edition.key, by=by, at=now, text=text)
        _keep(ports, thread, rules.add_override(ports.ledger.overrides(thread.name), new))
        return edition.key, said.preamble_kept(thread, edition, other, posted=post is not None)


def _require_current(ports: OfflinePorts, thread: Thread, edition: Edition, post: PostRecord) -> None:
    """Raise `NotApplicable` unless the post of an edition can still get a preamble."""
    # Only the current post is edited. After a post ahead of time, the edition due now has an older one.
    if post != current_post_record(ports.ledger, thread.name):
        raise NotApplicable(said.preamble_too_late(edition))
    if post.adopted:
        raise NotApplicable(said.preamble_of_adopted(post.url))


def _require_expected(
    ports: OfflinePorts, thread: Thread, edition: Edition, expected: Collection[str]
) -> None:
    """Raise `NotApplicable` if a preamble with none of these digests is in effect; none stands for any."""
    if not expected:
        return
    if preamble_digest(ports.ledger, ports.source.snapshot(), thread, edition) in expected:
        return
    sent = find_override(ports.ledger.overrides(thread.name), OverrideKind.PREAMBLE, edition.key)
    raise NotApplicable(said.preamble_changed(edition, sent.by if sent else ""))


def clear_preamble(ports: OfflinePorts, thread: Thread, key: str, *, expects: str = "") -> tuple[str, str]:
    """Delete the preamble that was sent for an edition. Returns the edition's key and the reply.

    Raises `NothingToDo` if there is none, `ConfigError` if there is no such edition or `expects` is not the
    digest of its preamble, and `Busy`.
    """
    with ports.ledger.pass_lock():
        overrides, (edition, _) = ports.ledger.overrides(thread.name), _of_preamble(ports, thread, key)
        if find_override(overrides, OverrideKind.PREAMBLE, edition.key) is None:
            others = [
                one.edition for one, _ in active_overrides(ports, thread) if one.kind is OverrideKind.PREAMBLE
            ]
            raise NothingToDo(said.no_preamble_to_clear(edition, others))
        _require_expected(ports, thread, edition, {expects} if expects else ())
        _keep(ports, thread, remove_overrides(overrides, {OverrideKind.PREAMBLE}, edition.key))
        return edition.key, said.preamble_cleared(edition)


def edition_of_preamble(ports: OfflinePorts, thread: Thread, key: str) -> Edition:
    """Return the edition that a preamble is for. Raises `ConfigError` if there is none with that key."""
    return _of_preamble(ports, thread, key)[0]


def _of_preamble(ports: OfflinePorts, thread: Thread, key: str) -> tuple[Edition, Edition | None]:
    """Return the edition of a preamble, the same for set and clear, and another one that may be meant."""
    posts, bare = posts_by_edition(ports, thread), _posted_without_preamble(ports, thread)
    meant = rules.edition_for_preamble(thread.calendar, ports.clock.now(), posts, without_one=bare)
    edition, other = meant or (_edition(ports, thread, key), None)
    if key in ("", edition.key):
        return edition, other
    return _edition(ports, thread, key), edition


def _posted_without_preamble(ports: OfflinePorts, thread: Thread) -> str:
    """Return the current edition's key if it was posted without its own preamble and may still get one."""
    due = thread.calendar.current(ports.clock.now())
    record = posts_by_edition(ports, thread).get(due.key) if due else None
    # Without a context it is an adopted post, which megabot never edits.
    if record is None or not record.context or thread.refresh is Refresh.NEVER:
        return ""
    if record != current_post_record(ports.ledger, thread.name):
        return ""  # the next edition was posted ahead of time, and only the current post is edited
    return record.edition if context_json.from_json(record.context).bare else ""


def _next(ports: OfflinePorts, thread: Thread) -> Edition:
    edition = rules.next_edition(thread.calendar, ports.clock.now(), posts_by_edition(ports, thread))
    if edition is None:
        raise ConfigError(sentences.no_next_edition(thread.name))
    return edition


def _edition(ports: OfflinePorts, thread: Thread, key: str) -> Edition:
    if not key:
        return _next(ports, thread)
    edition = thread.calendar.edition(key)
    if edition is None:
        raise ConfigError(
            sentences.no_such_edition(
                thread.name,
                key,
                example=upcoming_or_last(thread.calendar, ports.clock.now()).key,
            )
        )
    return edition


def _keep(ports: OfflinePorts, thread: Thread, overrides: Sequence[Override]) -> None:
    lasting = rules.drop_expired(thread.calendar, overrides, ports.clock.now())
    ports.ledger.set_overrides(thread.name, lasting)
