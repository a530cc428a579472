"""Carrying out what somebody who may command said on Lemmy, and what to answer."""

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
)
from megabot.commands.model import Command, Handle, Verb, Word
from megabot.commands.parser import parse
from megabot.commands.replies import CODE, WAITING
from megabot.errors import ConfigError, NotFound, NotSent, UserError
from megabot.forum.escaping import escape
from megabot.forum.notices import Origin
from megabot.i18n.long_messages import diff_block, split_message
from megabot.i18n.translation import _
from megabot.ledger import alert_subscriptions
from megabot.ledger.records import CommandRecord
from megabot.ports import OfflinePorts, Ports
from megabot.preview import preview
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
    """A command with what is needed to carry it out. `names` are the threads that its author may command."""

    ports: Ports
    record: CommandRecord
    command: Command
    names: tuple[str, ...]
    bot: Handle
    threads: tuple[Thread, ...] = ()

    @property
    def thread(self) -> str | None:
        """The thread that is meant: the one named, the one it was written in, the only one; else None."""
        if self.command.thread:
            return self.command.thread
        if len(self.names) == 1:
            return self.names[0]
        return next((name for name in self.names if self._is_in(name)), None)

    def _is_in(self, name: str) -> bool:
        posts = self.ports.ledger.posts(name)
        return any(record.post_id == self.record.post_id for record in posts)


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of a command: the answer, Markdown, and the threads that it was about."""

    answer: str
    threads: tuple[str, ...]


def carry_out(ports: Ports, record: CommandRecord, threads: Sequence[Thread], bot: Handle) -> CommandResult:
    """Do what was said. What was done already is found done.

    Trouble that is over by itself is raised (`ForumError`): the command is tried again then.
    """
    origin = Origin.REPLY if record.comment_id else Origin.MESSAGE
    command = parse(record.said, origin=origin, bot=bot, threads=[thread.name for thread in threads])
    if not isinstance(command, Command):
        raise TypeError(f"{record.key} was kept as a command and is none")
    task = Task(
        ports=ports, record=record, command=command, names=record.threads, bot=bot, threads=tuple(threads)
    )
    about = (task.thread,) if task.thread else task.names
    try:
        return CommandResult(_done(task), about)
    except NotSent:
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
    return reply_text.help_text(task.bot, task.names)


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
    answer = run_order.carry_out(task.ports, order, task.thread, patience=timedelta(0))
    return reply_text.with_result(answer.said, answer.complaints)


def _part(task: Task) -> str:
    if task.thread is None:
        return reply_text.which_thread(Verb.POST, task.names, task.bot)
    order = continuation_order(task.ports, task.thread, task.command.part, at=task.record.at)
    answer = run_order.carry_out(task.ports, order, task.thread, patience=timedelta(0))
    return reply_text.with_result(answer.said, answer.complaints)


def _adopt(task: Task) -> str:
    if not task.record.post_id:
        return _("Say `adopt` in a comment in the thread that you mean.")
    url = task.ports.forum.post(task.record.post_id).url
    order, name = run_order.adoption_order(
        task.ports, url, id_=task.record.key, thread=task.thread, key=task.command.edition
    )
    answer = run_order.carry_out(task.ports, order, name, patience=timedelta(0))
    return reply_text.with_result(answer.said, answer.complaints)


def _unadopt(task: Task) -> str:
    if not task.record.post_id:
        return _("Say `unadopt` in a comment in the thread that you mean.")
    url = task.ports.forum.post(task.record.post_id).url
    order, name = run_order.release_order(task.ports, url, id_=task.record.key, thread=task.thread)
    answer = run_order.carry_out(task.ports, order, name, patience=timedelta(0))
    return reply_text.with_result(answer.said, answer.complaints)


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
    """Keep the preamble that came, and show what it makes of its edition."""
    thread, command = _thread(task), task.command
    if command.word is Word.CLEAR:
        key, said = override_commands.clear_preamble(task.ports, thread, command.edition)
    else:
        key, said = override_commands.set_preamble(
            task.ports,
            thread,
            command.edition,
            command.text,
            by=task.record.by,
            flaws=partial(preview.preamble_flaws, task.ports, thread),
        )
    (first, *_) = _show_edition(task.ports, thread.name, key, whole=False)
    return f"{reply_text.with_result((said,))}.\n\n{first}"


def _put_forward(task: Task) -> str:
    names = (task.command.thread,) if task.command.thread else task.names
    deed = annotation_commands.feature if task.command.verb is Verb.FEATURE else annotation_commands.unfeature
    return deed(task.ports, task.record, names)


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
    """Show the next edition by message: it may be long, and is not for every reader yet."""
    names = (task.thread,) if task.thread else task.names
    key, whole = task.command.edition, task.command.word is Word.ALL
    parts = [part for name in names for part in _show_edition(task.ports, name, key, whole=whole)]
    if not task.record.comment_id and len(parts) == 1:
        return parts[0]
    for part in parts:
        task.ports.forum.message(task.record.person_id, part)
    return _("I have sent it to you by private message.")


def _alerts(task: Task) -> str:
    on = task.command.word is Word.ON
    alert_subscriptions.subscribe(task.ports.ledger, task.record.person_id, on=on)
    return reply_text.alerts(on=on)


def ask_to_confirm(ports: Ports, bot: Handle) -> str:
    """Ask for an order to be confirmed in public. The answer has `CODE` where its code is filled in."""
    return reply_text.confirm(bot, CODE, int(confirmations.WITHIN.total_seconds() // 60))


def _confirm(task: Task) -> str:
    """Carry out what its author had ordered by message, once; the order keeps its own key."""
    ports, record = task.ports, task.record
    if not record.comment_id:  # whoever forges the order by message can forge this too (C11)
        return _("Confirm this in a comment in the community: a private message cannot confirm anything.")
    waiting_orders = confirmations.from_json(ports.ledger.get_fact(WAITING) or "")
    waiting = confirmations.find_confirmed(
        waiting_orders, code=task.command.text, actor=record.actor, by=record.key, at=record.at
    )
    meant = ports.ledger.command(waiting.order) if waiting and _is_in_public(task) else None
    names = [thread.name for thread in task.threads]
    command = parse(meant.said, origin=Origin.MESSAGE, bot=task.bot, threads=names) if meant else None
    if waiting is None or meant is None or not isinstance(command, Command):
        return _("Nothing from you is waiting for that code. Give the command again.")
    if command.thread and command.thread not in task.names:  # the code still counts in its own community
        return reply_text.not_here(command.thread, task.names)
    ports.ledger.set_fact(
        WAITING, confirmations.to_json(confirmations.mark_confirmed(waiting_orders, waiting, by=record.key))
    )
    return _done(replace(task, command=command, record=replace(meant, post_id=record.post_id)))


def _is_in_public(task: Task) -> bool:
    """Read the confirmation from the server: it has to be there for everyone, and its author's own."""
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
    **dict.fromkeys((Verb.FEATURE, Verb.UNFEATURE), _put_forward),
    **dict.fromkeys((Verb.NOTE, Verb.UNNOTE), _note),
    Verb.OPTOUT: _opt_out,
    **dict.fromkeys(_ORDERS, _order),
}


def _status_lines(ports: OfflinePorts, names: tuple[str, ...]) -> tuple[str, ...]:
    """Tell what is, a line for each of the threads, for the source, and for what needs a person."""
    return status_text.status_lines(status.read(ports), names)


def _show_edition(ports: OfflinePorts, name: str, key: str, *, whole: bool) -> tuple[str, ...]:
    """Show an edition, the next one without a key, in messages: what is new in it, or its `whole` text."""
    threads = ports.source.threads(ports.source.snapshot())
    made = preview.preview(ports, key or None, choose=lambda: [one for one in threads if one.name == name])
    if made.source_problems:
        return (reply_text.problems(str(one) for one in made.source_problems),)
    (shown,) = made.editions
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
