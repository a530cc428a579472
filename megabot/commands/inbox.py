"""What moderators tell the bot on Lemmy: heard once for ever, allowed or not, carried out, answered.

New is what is above the watermark in the ledger, never what is unread: people read the inbox too.

Each step is in the ledger before it is taken, so that whatever breaks in between, nothing is done twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from megabot.commands import reply_text, status_text
from megabot.commands.authority import CommandScope, needs_confirmation, threads_to_command
from megabot.commands.dispatch import ask_to_confirm, carry_out
from megabot.commands.model import Command, Handle, ParseFailure, Verb
from megabot.commands.parser import parse
from megabot.commands.replies import send_answers
from megabot.errors import ForumError, NotFound, SourceBroken, SourceMissing
from megabot.forum.models import Person
from megabot.forum.notices import Notice, Origin, answered_by, parse_watermark
from megabot.i18n import sentences
from megabot.ledger.records import CommandRecord, CommandState
from megabot.ports import Ports
from megabot.reconcile.content import annotation_store
from megabot.reconcile.memory import read_ledger_start
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

TOO_OLD = timedelta(days=2)
_WATERMARK = "inbox:watermark"
_ANSWERED = frozenset({CommandState.ANSWER_DUE, CommandState.CODE_DUE})
log = logging.getLogger("megabot")


class Inbox:
    """One account's inbox. Commands are carried out through the ports `acting`."""

    def __init__(self, ports: Ports, *, acting: Ports | None = None) -> None:
        self._ports = ports
        self._acting = acting or ports
        self._bot: Person | None = None
        self._known: tuple[Thread, ...] = ()
        self._owed = True  # the process before may have ended between marking and listing once more

    def poll(self, *, waiting: bool, threads: tuple[Thread, ...], anew: bool = False) -> None:
        """Hear what is new, carry out what was ordered, answer what is owed.

        `waiting` is whether the server counts anything unread, `threads` the threads of the last pass, to go
        by while the source is broken. `anew` lists where nothing waits too: somebody may have read the inbox
        in the browser. Raises what the forum and the ledger raise.
        """
        self._known = threads
        if waiting or anew or self._owed:
            self._read_new(waiting=waiting)
        for command in self._ports.ledger.open_commands():
            if command.state is CommandState.ACTING:
                self._act(command)
        send_answers(self._ports)

    def _read_new(self, *, waiting: bool) -> None:
        """Hear what is new, and what came in before all was marked as read: that waits no more."""
        self._owed = True
        self._list()
        if waiting:
            self._mark_all()
            self._list()
        self._owed = False

    def _list(self) -> None:
        """Write down what is new, and then that it is not so any more: a crash in between loses nothing."""
        fact = self._ports.ledger.get_fact(_WATERMARK)
        listing, record = self._ports.forum.inbox(parse_watermark(fact)), self._ports.ledger.command
        new = [notice for notice in listing.notices if record(notice.key) is None]
        if fact is None:
            new = self._skip_older_than_ledger(new)
        if new:
            self._authorize(new)
        self._ports.ledger.set_fact(_WATERMARK, listing.watermark.text())

    def _skip_older_than_ledger(self, notices: Sequence[Notice]) -> list[Notice]:
        """A new ledger does not know what was obeyed before it: that is not obeyed, and what waits counted.

        Gives the rest: a person posted by the shell, and the service began only later.
        """
        born, recent = read_ledger_start(self._ports.ledger), self._ports.clock.now() - TOO_OLD
        old = [one for one in notices if born is None or one.published <= born]
        for notice in old:
            if notice.unread or notice.published > recent:
                self._keep(notice, CommandState.IGNORED)
        said = sum(notice.unread and notice.origin is not Origin.SERVER for notice in old)
        if said:
            log.warning("%s", sentences.old_commands_ignored(said))
        return [notice for notice in notices if notice not in old]

    def _authorize(self, notices: Sequence[Notice]) -> None:
        bot, threads = self._account(), self._read_threads()
        names = [thread.name for thread in threads]
        read = {
            notice.key: parse(notice.text, origin=notice.origin, bot=_handle(bot), threads=names)
            for notice in notices
            if notice.speaks
        }
        scopes = self._command_scopes(threads) if any(read.values()) else ()
        for notice in notices:
            parsed = read.get(notice.key)
            allowed = threads_to_command(notice, scopes, bot) if parsed else ()
            if isinstance(parsed, Command) and parsed.verb is Verb.OPTOUT and not allowed:
                self._accept_opt_out(notice, parsed)
            elif parsed is None or not allowed:
                self._keep(notice, CommandState.IGNORED)
            else:
                self._accept(notice, parsed, allowed)

    def _accept_opt_out(self, notice: Notice, command: Command) -> None:
        """Anybody may have nothing of theirs put forward: done, and not answered, as strangers are not."""
        annotation_store.opt_out(self._ports.ledger, notice.author.actor)
        self._keep(notice, CommandState.CLOSED, command)

    def _accept(self, notice: Notice, parsed: Command | ParseFailure, allowed: tuple[str, ...]) -> None:
        """Keep what somebody who may command said, with its answer where that is all there is to it."""
        bot = self._account()
        if isinstance(parsed, ParseFailure):
            answer = reply_text.parse_failure(parsed, _handle(bot))
            self._keep(notice, CommandState.ANSWER_DUE, answer=answer)
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
        """Carry a command out; after a crash within, again: what was done is found done then."""
        if self._was_answered(record):
            self._ports.ledger.keep_command(replace(record, state=CommandState.CLOSED))
            return
        log.info("carrying out: %s", status_text.command_line(record))
        done = carry_out(self._acting, record, self._read_threads(), _handle(self._account()))
        kept = replace(record, state=CommandState.ANSWER_DUE, answer=done.answer, threads=done.threads)
        self._ports.ledger.keep_command(kept)

    def _was_answered(self, record: CommandRecord) -> bool:
        """Tell whether an answer is there that the ledger, restored from a backup, does not know of (C08)."""
        if record.comment_id:
            content = self._ports.forum.own_content(since=record.at)
            said = tuple(comment.content for comment in content.comments)
        else:
            said = self._ports.forum.messages_to(record.person_id)
        return any(answered_by(text) == record.key for text in said)

    def _mark_all(self) -> None:
        """Take everything out of what is counted. What was heard is known by the ledger, so this may fail."""
        try:
            self._ports.forum.mark_all_read()
        except ForumError as error:
            log.info("%s", error)

    def _command_scopes(self, threads: Sequence[Thread]) -> tuple[CommandScope, ...]:
        """Read who may command, now. Raises where that fails: then nobody may, until it works."""
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
        commanders = {person.actor for person in (*community.moderators, *admins)}
        return CommandScope(
            community_id=community.id, threads=tuple(threads), commanders=frozenset(commanders)
        )

    def _read_threads(self) -> tuple[Thread, ...]:
        """Read which threads there are; a broken one is as it was in the last pass that could use it.

        Where none are known it raises: nobody is taken for a stranger for want of a thread to command.
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
