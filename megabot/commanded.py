"""Carrying out what somebody who may command said on Lemmy, and what to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from megabot import amending, answers, glimpse, messages, orders, preview, promoting
from megabot.core import confirming
from megabot.core.commands import Command, Handle, Origin, Verb, Word
from megabot.core.grammar import parse
from megabot.core.heard import CommandRecord
from megabot.core.seen import Order, OrderKind
from megabot.core.threads import Thread
from megabot.errors import ConfigError, NotFound, NotSent, UserError
from megabot.parts import continuation_order
from megabot.ports import Ports
from megabot.replies import CODE, WAITING

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
        return CommandResult(answers.order_failed(ports.language, error), about)


def _done(task: Task) -> str:
    named, verb = task.command.thread, task.command.verb
    if named and named not in task.names:
        return answers.not_here(task.ports.language, named, task.names)
    if verb in _OF_ONE_THREAD and task.thread is None:
        return answers.which_thread(task.ports.language, verb, task.names, task.bot)
    return _DOES[verb](task)


def _help(task: Task) -> str:
    return answers.help_text(task.ports.language, task.bot, task.names)


def _order(task: Task) -> str:
    if task.command.part:
        return _part(task)
    kind = _ORDERS[task.command.verb]
    early, key = task.command.word is Word.NEXT, task.command.edition
    title = task.command.word is Word.TITLE
    order = Order(kind, task.record.key, at=task.record.at, edition=key, early=early, title=title)
    if kind is OrderKind.REPOST and task.command.word is not Word.YES:
        lines = orders.repost_questions(task.ports, task.thread)
        if lines:
            return answers.with_result((), lines)
    answer = orders.carry_out(task.ports, order, task.thread, patience=timedelta(0))
    return answers.with_result(answer.said, answer.complaints)


def _part(task: Task) -> str:
    if task.thread is None:
        return answers.which_thread(task.ports.language, Verb.POST, task.names, task.bot)
    order = continuation_order(task.ports, task.thread, task.command.part, at=task.record.at)
    answer = orders.carry_out(task.ports, order, task.thread, patience=timedelta(0))
    return answers.with_result(answer.said, answer.complaints)


def _adopt(task: Task) -> str:
    if not task.record.post_id:
        return task.ports.language.adopt_where
    url = task.ports.forum.post(task.record.post_id).url
    order, name = orders.adoption_order(
        task.ports, url, id_=task.record.key, thread=task.thread, key=task.command.edition
    )
    answer = orders.carry_out(task.ports, order, name, patience=timedelta(0))
    return answers.with_result(answer.said, answer.complaints)


def _unadopt(task: Task) -> str:
    if not task.record.post_id:
        return task.ports.language.unadopt_where
    url = task.ports.forum.post(task.record.post_id).url
    order, name = orders.release_order(task.ports, url, id_=task.record.key, thread=task.thread)
    answer = orders.carry_out(task.ports, order, name, patience=timedelta(0))
    return answers.with_result(answer.said, answer.complaints)


def _change(task: Task) -> str:
    record = task.record
    said = amending.apply_override(task.ports, _thread(task), task.command, by=record.by, ordered=record.at)
    return answers.with_result((said,))


def _resume(task: Task) -> str:
    said = amending.resume(task.ports, _thread(task), task.command.edition)
    return answers.with_result((said,))


def _preamble(task: Task) -> str:
    """Keep the preamble that came, and show what it makes of its edition."""
    thread, command = _thread(task), task.command
    if command.word is Word.CLEAR:
        key, said = amending.clear_preamble(task.ports, thread, command.edition)
    else:
        key, said = amending.set_preamble(
            task.ports,
            thread,
            command.edition,
            command.text,
            by=task.record.by,
            flaws=partial(preview.preamble_flaws, task.ports, thread),
        )
    (first, *_) = glimpse.show_edition(task.ports, thread.name, key, whole=False)
    return f"{answers.with_result((said,))}.\n\n{first}"


def _put_forward(task: Task) -> str:
    names = (task.command.thread,) if task.command.thread else task.names
    deed = promoting.feature if task.command.verb is Verb.FEATURE else promoting.unfeature
    return deed(task.ports, task.record, names)


def _note(task: Task) -> str:
    if task.command.verb is Verb.UNNOTE:
        return promoting.unnote(task.ports, task.record, _thread(task))
    return promoting.note(task.ports, task.record, _thread(task), task.command)


def _opt_out(task: Task) -> str:
    return promoting.opt_out(task.ports, task.record)


def _thread(task: Task) -> Thread:
    return next(thread for thread in task.threads if thread.name == task.thread)


def _status(task: Task) -> str:
    return answers.with_result(glimpse.status_lines(task.ports, task.names))


def _preview(task: Task) -> str:
    """Show the next edition by message: it may be long, and is not for every reader yet."""
    names = (task.thread,) if task.thread else task.names
    key, whole = task.command.edition, task.command.word is Word.ALL
    parts = [part for name in names for part in glimpse.show_edition(task.ports, name, key, whole=whole)]
    if not task.record.comment_id and len(parts) == 1:
        return parts[0]
    for part in parts:
        task.ports.forum.message(task.record.person_id, part)
    return task.ports.language.sent_by_message


def _alerts(task: Task) -> str:
    on = task.command.word is Word.ON
    messages.subscribe(task.ports, task.record.person_id, on=on)
    return answers.alerts(task.ports.language, on=on)


def ask_to_confirm(ports: Ports, bot: Handle) -> str:
    """Ask for an order to be confirmed in public. The answer has `CODE` where its code is filled in."""
    return answers.confirm(ports.language, bot, CODE, int(confirming.WITHIN.total_seconds() // 60))


def _confirm(task: Task) -> str:
    """Carry out what its author had ordered by message, once; the order keeps its own key."""
    ports, record, lang = task.ports, task.record, task.ports.language
    if not record.comment_id:  # whoever forges the order by message can forge this too (C11)
        return lang.confirm_in_public
    waiting_orders = confirming.from_json(ports.ledger.get_fact(WAITING) or "")
    waiting = confirming.find_confirmed(
        waiting_orders, code=task.command.text, actor=record.actor, by=record.key, at=record.at
    )
    meant = ports.ledger.command(waiting.order) if waiting and _is_in_public(task) else None
    names = [thread.name for thread in task.threads]
    command = parse(meant.said, origin=Origin.MESSAGE, bot=task.bot, threads=names) if meant else None
    if waiting is None or meant is None or not isinstance(command, Command):
        return lang.nothing_to_confirm
    if command.thread and command.thread not in task.names:  # the code still counts in its own community
        return answers.not_here(lang, command.thread, task.names)
    ports.ledger.set_fact(
        WAITING, confirming.to_json(confirming.mark_confirmed(waiting_orders, waiting, by=record.key))
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
