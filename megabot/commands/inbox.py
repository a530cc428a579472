"""Read the bot's inbox: find new commands, authorize them, run them, and reply.

New means above the watermark in the ledger, never unread, because people read the bot's inbox too
(decision 27). Each step is recorded in the ledger before it is taken, so that after a crash nothing is done
twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from megabot.commands import reply_text, status_text
from megabot.commands.authority import (
    CommandScope,
    command_scope,
    needs_confirmation,
    threads_to_command,
    threads_to_order,
)
from megabot.commands.dispatch import ask_to_confirm, run_command
from megabot.commands.model import Command, Handle, ParseFailure, Verb
from megabot.commands.parser import parse
from megabot.commands.replies import send_answers
from megabot.commands.web_orders import is_order
from megabot.errors import ForumError, NotFound, SourceBroken, SourceMissing
from megabot.forum.models import Person
from megabot.forum.notices import Notice, Origin, answered_by, parse_watermark
from megabot.i18n import sentences
from megabot.ledger.records import CommandRecord, CommandState
from megabot.ports import Ports
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

# A command that is older gets a reply but is not carried out (C18).
TOO_OLD = timedelta(days=2)
_ANSWERED = frozenset({CommandState.ANSWER_DUE, CommandState.CODE_DUE})
log = logging.getLogger("megabot")


class Inbox:
    """One account's inbox. Commands are run through the ports `acting`."""

    def __init__(self, ports: Ports, *, acting: Ports | None = None) -> None:
        self._ports = ports
        self._acting = acting or ports
        self._bot: Person | None = None
        self._known: tuple[Thread, ...] = ()
        # The previous process may have ended after marking everything as read and before listing again.
        self._must_list = True

    def poll(self, *, waiting: bool, threads: tuple[Thread, ...], check: bool = False) -> None:
        """Read what is new, run the commands, and send the replies that are due.

        `waiting` is whether the server counts anything as unread, `threads` the threads of the last pass, for
        use while the source is broken. `check`: list even if nothing is unread, because someone may have read
        the inbox in a browser. Raises the errors of the forum and the ledger.
        """
        self._known = threads
        if waiting or check or self._must_list:
            self._read_new(waiting=waiting)
        for command in self._ports.ledger.open_commands():
            if command.state is CommandState.ACTING and is_order(command):
                self._carry_out(command)
            elif command.state is CommandState.ACTING:
                self._act(command)
        send_answers(self._ports)

    def _read_new(self, *, waiting: bool) -> None:
        self._must_list = True
        self._list()
        if waiting:
            self._mark_all()
            # Once more, for what came in just before everything was marked as read (decision 27).
            self._list()
        self._must_list = False

    def _list(self) -> None:
        position = self._ports.ledger.account().inbox_position
        listing, record = self._ports.forum.inbox(parse_watermark(position)), self._ports.ledger.command
        new = [notice for notice in listing.notices if record(notice.key) is None]
        if position is None:
            new = self._skip_older_than_ledger(new)
        if new:
            self._authorize(new)
        # Only after the notices are recorded, so that a crash in between loses nothing.
        reached = listing.watermark.text()
        self._ports.ledger.change_account(lambda account: replace(account, inbox_position=reached))

    def _skip_older_than_ledger(self, notices: Sequence[Notice]) -> list[Notice]:
        """Ignore what is older than a new ledger, which does not know what was obeyed, and return the rest.

        The rest is not empty if a command in the shell began the ledger, and the service started only later.
        """
        start, recent = self._ports.ledger.account().started, self._ports.clock.now() - TOO_OLD
        old = [one for one in notices if start is None or one.published <= start]
        for notice in old:
            if notice.unread or notice.published > recent:
                self._keep(notice, CommandState.IGNORED)
        unread = sum(notice.unread and notice.origin is not Origin.SERVER for notice in old)
        if unread:
            log.warning("%s", sentences.old_commands_ignored(unread))
        return [notice for notice in notices if notice not in old]

    def _authorize(self, notices: Sequence[Notice]) -> None:
        bot, threads = self._account(), self._read_threads()
        names = [thread.name for thread in threads]
        read = {
            notice.key: parse(notice.text, origin=notice.origin, bot=_handle(bot), threads=names)
            for notice in notices
            if notice.speaks
        }
        # Without a command nothing is read: other users' comments cost no request (C14).
        scopes = self._command_scopes(threads) if any(read.values()) else ()
        for notice in notices:
            parsed = read.get(notice.key)
            allowed = threads_to_command(notice, scopes, bot) if parsed else ()
            if isinstance(parsed, Command) and parsed.verb is Verb.OPTOUT and not allowed:
                self._accept_opt_out(notice, parsed)
            # In silence: otherwise anyone could make the bot write (C14).
            elif parsed is None or not allowed:
                self._keep(notice, CommandState.IGNORED)
            else:
                self._accept(notice, parsed, allowed)

    def _accept_opt_out(self, notice: Notice, command: Command) -> None:
        """Opt a user out of highlights. Anyone may do that, but non-moderators get no reply."""
        self._ports.ledger.opt_out(notice.author.actor)
        self._keep(notice, CommandState.CLOSED, command)

    def _accept(self, notice: Notice, parsed: Command | ParseFailure, allowed: tuple[str, ...]) -> None:
        """Record an authorized command, or the reply if there is nothing to run."""
        bot = self._account()
        if isinstance(parsed, ParseFailure):
            answer = reply_text.parse_failure(parsed, _handle(bot))
            self._keep(notice, CommandState.ANSWER_DUE, answer=answer)
        # By the time of arrival: a date from another server can be made up (C12).
        elif self._ports.clock.now() - notice.published > TOO_OLD:
            self._keep(notice, CommandState.ANSWER_DUE, parsed, answer=reply_text.too_old(TOO_OLD.days))
        elif needs_confirmation(parsed.verb, notice, bot):
            answer = ask_to_confirm(self._ports, _handle(bot))
            self._keep(notice, CommandState.CODE_DUE, parsed, answer=answer, may=allowed)
        else:
            self._keep(notice, CommandState.ACTING, parsed, may=allowed)

    def _keep(
        self,
        notice: Notice,
        state: CommandState,
        command: Command | None = None,
        *,
        answer: str = "",
        may: tuple[str, ...] = (),
    ) -> None:
        record = CommandRecord(
            key=notice.key,
            at=notice.published,
            state=state,
            by=notice.author.name,
            actor=notice.author.actor,
            verb=command.verb.value if command else "",
            threads=may,
            said=notice.text if command else "",
            answer=answer,
            person_id=notice.author.id,
            post_id=notice.post_id,
            comment_id=notice.content_id if notice.origin is not Origin.MESSAGE else 0,
        )
        if state in _ANSWERED and self._was_answered(record):
            record = replace(record, state=CommandState.CLOSED)
        self._ports.ledger.keep_command(record)

    def _act(self, record: CommandRecord) -> None:
        """Run a command; after a crash it is run again, and then finds what was done already."""
        if self._was_answered(record):
            self._ports.ledger.keep_command(replace(record, state=CommandState.CLOSED))
            return
        log.info("running the command: %s", status_text.command_line(record))
        result = run_command(self._acting, record, self._read_threads(), _handle(self._account()))
        state = CommandState.ANSWER_DUE if result.answer else CommandState.CLOSED
        finished = replace(record, state=state, answer=result.answer, threads=result.threads)
        self._ports.ledger.keep_command(finished)

    def _carry_out(self, order: CommandRecord) -> None:
        """Run an order from the page, and close it with an answer, which only the page shows.

        After a crash it is run again, and then finds what was done already.
        """
        threads, bot = self._read_threads(), self._account()
        scopes = self._command_scopes([thread for thread in threads if thread.name in order.threads])
        allowed = threads_to_order(order.actor, order.threads, scopes, bot)
        names = [thread.name for thread in threads]
        read = parse(order.said, origin=Origin.MESSAGE, bot=_handle(bot), threads=names)
        about: tuple[str, ...] = order.threads
        # Its thread may have been removed from the source since then.
        if not isinstance(read, Command):
            answer = reply_text.parse_failure(read, _handle(bot)) if read else ""
        elif read.thread not in allowed:
            answer = reply_text.no_longer_moderator(order.by, read.thread)
        elif self._ports.clock.now() - order.at > TOO_OLD:
            answer = reply_text.too_old(TOO_OLD.days)
        else:
            log.info("running the order: %s", status_text.command_line(order))
            result = run_command(self._acting, replace(order, threads=allowed), threads, _handle(bot))
            answer, about = result.answer, result.threads
        closed = replace(order, state=CommandState.CLOSED, answer=answer, threads=about)
        self._ports.ledger.keep_command(closed)

    def _was_answered(self, record: CommandRecord) -> bool:
        """Return whether a reply exists that the ledger, restored from a backup, does not know of (C08)."""
        if record.comment_id:
            content = self._ports.forum.own_content(since=record.at)
            replies = tuple(comment.content for comment in content.comments)
        else:
            replies = self._ports.forum.messages_to(record.person_id)
        return any(answered_by(text) == record.key for text in replies)

    def _mark_all(self) -> None:
        try:
            self._ports.forum.mark_all_read()
        except ForumError as error:  # no harm: the watermark in the ledger says what is new (decision 27)
            log.info("%s", error)

    def _command_scopes(self, threads: Sequence[Thread]) -> tuple[CommandScope, ...]:
        """Read who may command now (C03). Raises if that fails: then commands wait (C04)."""
        # Not from memory: someone who was an admin a minute ago is not obeyed (C03).
        admins = self._ports.forum.site(anew=True).admins if self._ports.admins else ()
        names: dict[str, list[str]] = {}
        for thread in threads:
            names.setdefault(thread.community or self._ports.community, []).append(thread.name)
        return tuple(
            scope
            for name, living in names.items()
            if (scope := self._command_scope(name, living, admins)) is not None
        )

    def _command_scope(self, name: str, threads: list[str], admins: Sequence[Person]) -> CommandScope | None:
        try:
            community = self._ports.forum.community(name)
        except NotFound:
            return None
        return command_scope(community, threads, admins)

    def _read_threads(self) -> tuple[Thread, ...]:
        """Return the threads; a broken one as it was in the last pass that could use it.

        Raises if none are known, because a moderator would be ignored without a thread to command.
        """
        try:
            usable = usable_threads(self._ports.source, self._ports.source.snapshot())
        except (SourceBroken, SourceMissing):
            if not self._known:
                raise
            return self._known
        names = {thread.name for thread in usable.threads}
        broken = (thread for thread in self._known if thread.name not in names) if usable.broken else ()
        return (*usable.threads, *broken)

    def _account(self) -> Person:
        self._bot = self._bot or self._ports.forum.account().person
        return self._bot


def _handle(bot: Person) -> Handle:
    return Handle(bot.name, urlsplit(bot.actor).netloc)
