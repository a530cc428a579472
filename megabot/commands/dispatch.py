"""Run authorized commands from Lemmy, and return the replies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from megabot.commands import (
    annotation_commands,
    confirmations,
    override_commands,
    reply_text,
    run_order,
    status,
    status_text,
    web_access,
)
from megabot.commands.model import Command, Handle, Verb, Word
from megabot.commands.parser import parse
from megabot.commands.replies import CODE
from megabot.commands.web_orders import is_order
from megabot.errors import ClaimLost, ConfigError, DatabaseAway, NotFound, NotSent, UserError
from megabot.forum.escaping import escape
from megabot.forum.notices import Origin, answer_marker
from megabot.i18n.long_messages import diff_block, split_message
from megabot.i18n.translation import _
from megabot.ledger.records import CommandRecord
from megabot.ports import OfflinePorts, Ports
from megabot.reconcile.content.continuations import continuation_order
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import RenderProblem
from megabot.source.model import Thread

_ORDERS = {
    Verb.POST: OrderKind.POST,
    Verb.REPOST: OrderKind.REPOST,
    Verb.REFRESH: OrderKind.REFRESH,
    Verb.UNDO: OrderKind.UNDO,
}
_OF_ONE_THREAD = frozenset(
    {
        Verb.NOTE,
        Verb.UNNOTE,
        Verb.REPOST,
        Verb.UNDO,
        Verb.ADOPT,
        Verb.UNADOPT,
        Verb.HOLD,
        Verb.SKIP,
        Verb.MOVE,
        Verb.RESUME,
        Verb.PREAMBLE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A command with what is needed to run it. `names` are the threads that its author may command."""

    ports: Ports
    record: CommandRecord
    command: Command
    names: tuple[str, ...]
    bot: Handle
    threads: tuple[Thread, ...] = ()

    @property
    def thread(self) -> str | None:
        """The thread that is meant: the one named, the only one, or the one it was written in; else None."""
        if self.command.thread:
            return self.command.thread
        if len(self.names) == 1:
            return self.names[0]
        return next((name for name in self.names if self._is_in(name)), None)

    def _is_in(self, name: str) -> bool:
        record = self.ports.ledger.post(self.record.post_id)
        return record is not None and record.thread == name


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of a command: the reply in Markdown, and the threads that it was about.

    The reply is "" if nothing is left to say, because the command itself sent a message.
    """

    answer: str
    threads: tuple[str, ...]


def run_command(ports: Ports, record: CommandRecord, threads: Sequence[Thread], bot: Handle) -> CommandResult:
    """Run a command. What was done already is not done again.

    Raises temporary errors (`ForumError`), after which the command is run again.
    """
    origin = Origin.REPLY if record.comment_id and not is_order(record) else Origin.MESSAGE
    # The text as it was authorized: a later edit of the comment changes nothing (C07).
    command = parse(record.said, origin=origin, bot=bot, threads=[thread.name for thread in threads])
    if not isinstance(command, Command):
        raise TypeError(f"{record.key} was recorded as a command, but cannot be parsed as one")
    task = Task(
        ports=ports, record=record, command=command, names=record.threads, bot=bot, threads=tuple(threads)
    )
    about = (task.thread,) if task.thread else task.names
    if command.verb is Verb.WEB:
        about = ()
    try:
        return CommandResult(_done(task), about)
    # Nothing happened on the server, or another host carries it out: so the command can safely be run again.
    except (NotSent, ClaimLost, DatabaseAway):
        raise
    except (ConfigError, UserError) as error:
        return CommandResult(reply_text.order_failed(error), about)


def _done(task: Task) -> str:
    named, verb = task.command.thread, task.command.verb
    if named and named not in task.names:
        return reply_text.not_here(named, task.names)
    if verb in _OF_ONE_THREAD and task.thread is None:
        return reply_text.which_thread(verb, task.names, task.bot)
    return _DOES[verb](task)


def _help(task: Task) -> str:
    return reply_text.help_text(task.bot, task.names, has_page=bool(task.ports.web_url))


def _order(task: Task) -> str:
    if task.command.part:
        return _part(task)
    kind = _ORDERS[task.command.verb]
    early, key = task.command.word is Word.NEXT, task.command.edition
    title = task.command.word is Word.TITLE
    order = Order(kind, task.record.key, at=task.record.at, edition=key, early=early, title=title)
    if kind is OrderKind.REPOST and task.command.word is not Word.YES:
        lines = run_order.repost_questions(task.ports, task.thread)
        if lines:
            return reply_text.with_result((), lines)
    result = run_order.carry_out(task.ports, order, task.thread, max_wait=timedelta(0))
    return reply_text.with_result(result.said, result.complaints)


def _part(task: Task) -> str:
    if task.thread is None:
        return reply_text.which_thread(Verb.POST, task.names, task.bot)
    order = continuation_order(task.ports, task.thread, task.command.part, at=task.record.at)
    result = run_order.carry_out(task.ports, order, task.thread, max_wait=timedelta(0))
    return reply_text.with_result(result.said, result.complaints)


def _adopt(task: Task) -> str:
    if not task.record.post_id:
        return _("Say `adopt` in a comment in the thread that you mean.")
    url = task.ports.forum.post(task.record.post_id).url
    order, name = run_order.adoption_order(
        task.ports, url, id_=task.record.key, thread=task.thread, key=task.command.edition
    )
    result = run_order.carry_out(task.ports, order, name, max_wait=timedelta(0))
    return reply_text.with_result(result.said, result.complaints)


def _unadopt(task: Task) -> str:
    if not task.record.post_id:
        return _("Say `unadopt` in a comment in the thread that you mean.")
    url = task.ports.forum.post(task.record.post_id).url
    order, name = run_order.release_order(task.ports, url, id_=task.record.key, thread=task.thread)
    result = run_order.carry_out(task.ports, order, name, max_wait=timedelta(0))
    return reply_text.with_result(result.said, result.complaints)


def _change(task: Task) -> str:
    record = task.record
    said = override_commands.apply_override(
        task.ports, _thread(task), task.command, by=record.by, ordered=record.at
    )
    return reply_text.with_result((said,))


def _resume(task: Task) -> str:
    said = override_commands.resume(task.ports, _thread(task), task.command.edition)
    return reply_text.with_result((said,))


def _preamble(task: Task) -> str:
    """Store or clear a preamble, and show the edition with the result."""
    # Imported when used, as below.
    from megabot.preview import preview

    thread, command = _thread(task), task.command
    if command.word is Word.CLEAR:
        key, said = override_commands.clear_preamble(
            task.ports, thread, command.edition, expects=task.record.expects
        )
    else:
        key, said = override_commands.set_preamble(
            task.ports,
            thread,
            command.edition,
            command.text,
            by=task.record.by,
            flaws=partial(preview.preamble_flaws, task.ports, thread),
            expects=task.record.expects,
        )
    (first, *_) = _show_edition(task.ports, thread.name, key, whole=False)
    return f"{reply_text.with_result((said,))}.\n\n{first}"


def _highlight(task: Task) -> str:
    names = (task.command.thread,) if task.command.thread else task.names
    is_new = task.command.verb is Verb.FEATURE
    change = annotation_commands.feature if is_new else annotation_commands.unfeature
    return change(task.ports, task.record, names)


def _note(task: Task) -> str:
    if task.command.verb is Verb.UNNOTE:
        return annotation_commands.unnote(task.ports, task.record, _thread(task))
    return annotation_commands.note(task.ports, task.record, _thread(task), task.command)


def _opt_out(task: Task) -> str:
    return annotation_commands.opt_out(task.ports, task.record)


def _thread(task: Task) -> Thread:
    return next(thread for thread in task.threads if thread.name == task.thread)


def _status(task: Task) -> str:
    return reply_text.with_result(_status_lines(task.ports, task.names))


def _preview(task: Task) -> str:
    """Send the next edition by private message: it may be long, and is not public yet."""
    names = (task.thread,) if task.thread else task.names
    key, whole = task.command.edition, task.command.word is Word.ALL
    parts = [part for name in names for part in _show_edition(task.ports, name, key, whole=whole)]
    # The reply to a message is private anyway.
    if not task.record.comment_id and len(parts) == 1:
        return parts[0]
    for part in parts:
        task.ports.forum.message(task.record.person_id, part)
    return _("I have sent it to you by private message.")


def _web(task: Task) -> str:
    """Send a link to the page for moderators by private message, or sign its author out there."""
    ports, record = task.ports, task.record
    if not ports.web_url:
        return reply_text.no_page()
    if task.command.word is Word.LOGOUT:
        ports.ledger.change_web_access(lambda access: web_access.sign_out_everywhere(access, record.actor))
        return reply_text.signed_out()
    token, now = ports.draw_token(), ports.clock.now()
    ports.ledger.change_web_access(
        lambda access: web_access.new_link(access, token, record.actor, record.by, now)
    )
    # Sent at once instead of as a reply, because a reply is stored in the ledger, which never knows a token.
    link = f"{ports.web_url}/sign-in?token={token}"
    text = reply_text.page_link(link, int(web_access.LINK_VALID.total_seconds() // 60))
    # After a crash the marker shows that the message was sent.
    ports.forum.message(record.person_id, f"{text}\n\n{answer_marker(record.key)}")
    # A confirmed command came by message too, but its reply is a comment below the confirmation.
    in_public = record.comment_id or record.post_id
    return reply_text.page_link_sent() if in_public else ""


def _alerts(task: Task) -> str:
    on = task.command.word is Word.ON
    task.ports.ledger.set_alert_wish(task.record.person_id, on=on)
    return reply_text.alerts(on=on)


def ask_to_confirm(ports: Ports, bot: Handle) -> str:
    """Return the request to confirm a command in public, with the placeholder `CODE` for its code."""
    return reply_text.confirm(bot, CODE, int(confirmations.WITHIN.total_seconds() // 60))


def _confirm(task: Task) -> str:
    """Run the command that its author sent by message, once. It keeps its own key."""
    ports, record = task.ports, task.record
    if not record.comment_id:  # a server that forges the command by message can forge this too (C11)
        return _("Confirm this in a comment in the community: a private message cannot confirm anything.")
    waiting_orders = ports.ledger.confirmations()
    waiting = confirmations.find_confirmed(
        waiting_orders, code=task.command.text, actor=record.actor, by=record.key, at=record.at
    )
    meant = ports.ledger.command(waiting.order) if waiting and _is_in_public(task) else None
    names = [thread.name for thread in task.threads]
    command = parse(meant.said, origin=Origin.MESSAGE, bot=task.bot, threads=names) if meant else None
    if waiting is None or meant is None or not isinstance(command, Command):
        return _("No command of yours is waiting for that code. Give the command again.")
    if command.thread and command.thread not in task.names:  # the code stays valid for the right community
        return reply_text.not_here(command.thread, task.names)
    # Marked before the command is run, so that a crash cannot make the code count twice (C11).
    ports.ledger.set_confirmations(confirmations.mark_confirmed(waiting_orders, waiting, by=record.key))
    return _done(replace(task, command=command, record=replace(meant, post_id=record.post_id)))


def _is_in_public(task: Task) -> bool:
    """Return whether the server shows the confirmation as a public comment by the command's author."""
    try:
        comment = task.ports.forum.comment_by_id(task.record.comment_id)
    except NotFound:
        return False
    author = comment.creator.actor if comment.creator else ""
    return comment.open and author == task.record.actor and comment.post_id == task.record.post_id


_DOES: dict[Verb, Callable[[Task], str]] = {
    Verb.HELP: _help,
    Verb.STATUS: _status,
    **dict.fromkeys((Verb.HOLD, Verb.SKIP, Verb.MOVE), _change),
    Verb.RESUME: _resume,
    Verb.PREAMBLE: _preamble,
    Verb.PREVIEW: _preview,
    Verb.ALERTS: _alerts,
    Verb.ADOPT: _adopt,
    Verb.UNADOPT: _unadopt,
    Verb.CONFIRM: _confirm,
    **dict.fromkeys((Verb.FEATURE, Verb.UNFEATURE), _highlight),
    **dict.fromkeys((Verb.NOTE, Verb.UNNOTE), _note),
    Verb.OPTOUT: _opt_out,
    Verb.WEB: _web,
    **dict.fromkeys(_ORDERS, _order),
}


def _status_lines(ports: OfflinePorts, names: tuple[str, ...]) -> tuple[str, ...]:
    return status_text.status_lines(status.read(ports), names)


def _show_edition(ports: OfflinePorts, name: str, key: str, *, whole: bool) -> tuple[str, ...]:
    """Return messages that show an edition, by default the next: what is new in it, or its `whole` text."""
    # Imported when used, because the page that it also makes takes half a megabyte, and the service has none.
    from megabot.preview import preview

    threads = ports.source.threads(ports.source.snapshot())
    result = preview.preview(ports, key or None, choose=lambda: [one for one in threads if one.name == name])
    if result.source_problems:
        return (reply_text.problems(str(one) for one in result.source_problems),)
    (shown,) = result.editions
    if isinstance(shown.text, RenderProblem):
        return (reply_text.problems(str(one) for one in shown.text.problems),)
    if whole:
        return split_message(f"{escape(shown.text.title)}\n\n{shown.text.body}")
    url, body = preview.current_text(ports, name)
    changes = diff_block(body, shown.text.body) if url else ""
    said = reply_text.preview(
        shown.edition.id, shown.text.title, shown.text.preamble_text, changes=changes, current=url
    )
    return split_message(said)
