"""The commands `feature`, `unfeature`, `optout`, `note` and `unnote`. Each returns its reply."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from megabot.commands import reply_text, run_order
from megabot.commands.model import Command
from megabot.commands.web_orders import is_order
from megabot.errors import ConfigError, NotFound
from megabot.forum.models import Comment
from megabot.i18n import sentences
from megabot.i18n.translation import _, ngettext
from megabot.ledger.current_post import current_post_record
from megabot.ledger.records import CommandRecord, PostRecord
from megabot.ledger.state import Note
from megabot.ports import Ports
from megabot.reconcile.content import annotation_store, highlights
from megabot.reconcile.orders import Order, OrderKind
from megabot.schedule.clock_times import resolve
from megabot.source.model import Thread


def feature(ports: Ports, command_record: CommandRecord, names: Sequence[str]) -> str:
    """Highlight the comment that the command replies to."""
    ledger = ports.ledger
    comment, record = _meant(ports, command_record, names)
    who = comment.creator
    if not comment.open or who is None:
        raise ConfigError(_("that comment was deleted or removed"))
    if who.actor in ledger.opted_out() or who.bot:
        raise ConfigError(_("its author has opted out of highlights, or is a bot"))
    existing = ledger.highlights(record.thread, record.edition)
    new = annotation_store.highlight_of(comment, by=command_record.by, now=ports.clock.now())
    if len(highlights.insert_highlight(existing, new)) > highlights.MAX_HIGHLIGHTS:
        raise ConfigError(
            ngettext(
                "there is already {number} highlight; remove one first with unfeature",
                "there are already {number} highlights; remove one first with unfeature",
                highlights.MAX_HIGHLIGHTS,
            ).format(number=highlights.MAX_HIGHLIGHTS)
        )
    # Stored before the post is edited: if that fails, a later pass shows the highlight.
    annotation_store.add_highlight(ledger, record.thread, record.edition, new)
    return _shown(ports, command_record, record, _("Added to the highlights."))


def unfeature(ports: Ports, command_record: CommandRecord, names: Sequence[str]) -> str:
    """Remove the comment that the command replies to from the highlights."""
    comment, record = _meant(ports, command_record, names)
    highlights = ports.ledger.highlights(record.thread, record.edition)
    if all(one.comment_id != comment.id for one in highlights):
        raise ConfigError(_("that comment is not a highlight"))
    annotation_store.change_highlights(
        ports.ledger,
        record.thread,
        record.edition,
        lambda one: None if one.comment_id == comment.id else one,
    )
    return _shown(ports, command_record, record, _("Removed from the highlights."))


def opt_out(ports: Ports, record: CommandRecord) -> str:
    ports.ledger.opt_out(record.actor)
    return _("Your comments will no longer be highlighted.")


def note(ports: Ports, command_record: CommandRecord, thread: Thread, command: Command) -> str:
    """Put a line above the text of the current post."""
    record = _newest(ports, thread)
    until, zone = None, thread.schedule.timezone
    if command.when is not None:
        # From when the command was given: it may be carried out much later (C18).
        until = resolve(command.when, command_record.at, ZoneInfo(zone))
        if until <= ports.clock.now():
            over = sentences.local_moment(until, zone)
            raise ConfigError(
                _("the note would have ended already ({until}); send it again with a later end").format(
                    until=over
                )
            )
    new = Note(
        edition=record.edition,
        text=command.text,
        by=command_record.by,
        at=command_record.at,
        until=until,
    )
    annotation_store.keep_note(ports.ledger, thread.name, new)
    return _edited(ports, command_record, thread.name, sentences.note_set(until, zone))


def unnote(ports: Ports, record: CommandRecord, thread: Thread) -> str:
    if ports.ledger.thread(thread.name).note is None:
        raise ConfigError(_("there is no note on the thread"))
    annotation_store.keep_note(ports.ledger, thread.name, None)
    return _edited(ports, record, thread.name, _("Note removed."))


def _meant(ports: Ports, command_record: CommandRecord, names: Sequence[str]) -> tuple[Comment, PostRecord]:
    """Return the comment that a command is about, and the record of the post that it is in.

    On Lemmy it is the one that the command replies to; an order from the page names it.
    """
    comment = ports.forum.comment_by_id(command_record.comment_id) if command_record.comment_id else None
    is_meant = is_order(command_record)
    if comment is None or not (comment.parent_id or is_meant):
        raise ConfigError(_("say feature or unfeature in a reply to the comment that you mean"))
    # Only in threads that the author of the command may command (C10).
    record = annotation_store.record_of(ports.ledger, names, comment.post_id)
    if record is None:
        raise ConfigError(_("that comment is not in one of my threads here"))
    if is_meant:
        return comment, record
    try:
        return ports.forum.comment_by_id(comment.parent_id), record
    except NotFound as error:
        raise ConfigError(_("that comment was deleted or removed")) from error


def _newest(ports: Ports, thread: Thread) -> PostRecord:
    record = current_post_record(ports.ledger, thread.name)
    text = ports.ledger.text(record.post_id) if record else None
    if record is None or (text is not None and not text.open):
        raise ConfigError(_("nothing posted yet"))
    return record


def _shown(ports: Ports, command_record: CommandRecord, record: PostRecord, said: str) -> str:
    """Update the post if it is the current one; older editions show highlights only on the site."""
    current = current_post_record(ports.ledger, record.thread)
    if current is None or current.edition != record.edition:
        return said
    return _edited(ports, command_record, record.thread, said)


def _edited(ports: Ports, record: CommandRecord, thread: str, said: str) -> str:
    order = Order(OrderKind.REFRESH, record.key, at=record.at)
    result = run_order.carry_out(ports, order, thread, max_wait=timedelta(0))
    if result.complaints:
        return f"{said}\n\n{reply_text.with_result((), result.complaints)}"
    return said
