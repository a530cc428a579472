"""Orders from the page: a form becomes a record in the ledger, which the service carries out within one tick.

POST /orders    fields: verb, thread, edition, back, and what the verb needs; `sure` for what asks first
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from megabot.commands.model import Command, Verb, Word
from megabot.commands.web_orders import WEB, UnwritableOrderError, is_order, order_record
from megabot.errors import UserError
from megabot.i18n.sentences import moment
from megabot.i18n.translation import N_, _
from megabot.ledger.records import CommandRecord, CommandState
from megabot.ports import OfflinePorts
from megabot.preview.fragments import text
from megabot.schedule.clock_times import TimeExpression
from megabot.web.console import Console
from megabot.web.edition_html import waiting_words
from megabot.web.edition_routes import Visitor

GIVEN = frozenset(
    {
        Verb.POST,
        Verb.REPOST,
        Verb.REFRESH,
        Verb.UNDO,
        Verb.HOLD,
        Verb.SKIP,
        Verb.MOVE,
        Verb.RESUME,
        Verb.NOTE,
        Verb.UNNOTE,
        Verb.FEATURE,
        Verb.UNFEATURE,
    }
)
"""The verbs of these forms; a preamble has a form of its own."""
QUESTIONS = {
    Verb.POST: N_("Post the edition now? The new thread is pinned, and the current one is unpinned."),
    Verb.REPOST: N_(
        "Post a fresh copy of the current thread? The copy is pinned and links the current one, whose "
        "comments stay where they are. Undo brings the current thread back."
    ),
    Verb.UNDO: N_("Undo the last repost? The earlier thread is pinned again, and the copy is locked."),
}
"""What is asked before an order that readers notice at once."""
_ON_OWN_THREAD = frozenset({Verb.HOLD, Verb.SKIP, Verb.MOVE, Verb.RESUME, Verb.POST})
_COMMENT = re.compile(r"(?:.*/comment/)?(\d{1,18})(?:[/?#].*)?")
_KEY = re.compile(r"[0-9a-f]{1,64}")
_SHOWN = 200
MOST_WAITING = 50
"""How many orders of one moderator may wait for the service."""


class OrderMistake(UserError):
    """A form that is no order; the sentence says how to correct it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOrder:
    """An order as the page shows it."""

    at: str
    by: str
    said: str
    pending: bool
    words: Markup


def routes(console: Console) -> list[Route]:
    """Return the route of the orders."""
    return [Route("/orders", _Orders(console).given, methods=["POST"])]


class _Orders:
    """The endpoint."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def given(self, request: Request) -> Response:
        visitor = await run_in_threadpool(self._console.visitor, request)
        form = {name: text for name, text in (await request.form()).items() if isinstance(text, str)}
        if form.get("thread", "") not in visitor.threads:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        command = command_of(form)
        if command.verb in QUESTIONS and form.get("sure") != "1":
            values = {
                "fields": {name: text for name, text in form.items() if name not in {"csrf", "sure", "key"}}
                | {"key": self._console.draw_key()},
                "question": _(QUESTIONS[command.verb]),
                "back": back_of(form),
                "edition": command.edition,
            }
            return self._console.show(request, "confirm.html", command.thread, values)
        key = form.get("key", "")
        # One that asked first has its key from the question, so that a double click gives one order.
        key = key if _KEY.fullmatch(key) else self._console.draw_key()
        await run_in_threadpool(self._keep, command, key, visitor, comment_of(form))
        return RedirectResponse(f"{back_of(form)}?order={quote(key)}", HTTPStatus.SEE_OTHER)

    def _keep(self, command: Command, key: str, visitor: Visitor, comment: int) -> None:
        with self._console.ports() as ports:
            # Given already, and perhaps carried out.
            if ports.ledger.command(f"{WEB}{key}") is not None:
                return
            open_orders = (one for one in ports.ledger.open_commands() if one.actor == visitor.actor)
            if sum(map(is_order, open_orders)) >= MOST_WAITING:
                raise OrderMistake(
                    _("Too many of your orders wait for the bot. Try again when they are carried out.")
                )
            try:
                record = order_record(
                    command,
                    key=f"{WEB}{key}",
                    actor=visitor.actor,
                    by=visitor.name,
                    at=ports.clock.now(),
                    threads=visitor.threads,
                )
            except UnwritableOrderError as error:
                raise OrderMistake(_("This text cannot be used: write it in one short line.")) from error
            ports.ledger.keep_command(replace(record, comment_id=comment))


def command_of(form: Mapping[str, str]) -> Command:
    """Return the command that a form gives. Raises `OrderMistake`."""
    try:
        verb = Verb(form.get("verb", ""))
    except ValueError:
        verb = Verb.HELP
    if verb not in GIVEN:
        raise OrderMistake(_("There is no such order."))
    command = Command(verb=verb, thread=form.get("thread", ""))
    if verb in _ON_OWN_THREAD:
        command = replace(command, edition=form.get("edition", "").strip())
    if verb is Verb.POST and form.get("early") == "1":
        command = replace(command, edition="", word=Word.NEXT)
    match verb:
        case Verb.REPOST:
            return replace(command, word=Word.YES)
        case Verb.MOVE:
            return replace(command, when=_when(form.get("when", "")))
        case Verb.NOTE:
            return _note(command, form.get("text", ""), form.get("until", ""))
        case _:
            return command


def _note(command: Command, text: str, until: str) -> Command:
    line = " ".join(text.split())
    if not line:
        raise OrderMistake(_("Write the text of the note first."))
    return replace(command, text=line, when=_when(until) if until else None)


def comment_of(form: Mapping[str, str]) -> int:
    """Return the id of the comment that a form is about, 0 if it is about none. Raises `OrderMistake`."""
    if form.get("verb") not in {Verb.FEATURE, Verb.UNFEATURE}:
        return 0
    match = _COMMENT.fullmatch(form.get("comment", "").strip())
    if match is None or not int(match[1]):
        raise OrderMistake(_("Write the address of the comment, as in https://lemmy.example/comment/123."))
    return int(match[1])


def back_of(form: Mapping[str, str]) -> str:
    """Return the page that a form is on; never an address from the form itself."""
    pages = {"calendar": "/calendar", "thread": f"/threads/{quote(form.get('thread', ''), safe='')}"}
    return pages.get(form.get("back", ""), "/")


def shown(record: CommandRecord, now: datetime) -> ShownOrder:
    """Return an order as the page shows it."""
    pending = record.state is not CommandState.CLOSED
    words = waiting_words(record.at, now) if pending else record.answer
    return ShownOrder(
        at=moment(record.at),
        by=record.by,
        said=record.said.partition("\n")[0][:_SHOWN],
        pending=pending,
        # Answers are Markdown, with names of others in it; this is how Lemmy would show it, cleaned.
        words=Markup(text(words, prefix="order-")),  # noqa: S704
    )


def own_order(ports: OfflinePorts, visitor: Visitor, key: str) -> ShownOrder | None:
    """Return what became of the visitor's own order; None if there is none with that key."""
    record = ports.ledger.command(f"{WEB}{key}") if _KEY.fullmatch(key) else None
    return shown(record, ports.clock.now()) if record and record.actor == visitor.actor else None


def _when(text: str) -> TimeExpression:
    """Read the value of a field for a date and a time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise OrderMistake(_("Choose a date and a time."))
    return TimeExpression(day=at.date(), at=at.time().replace(second=0, microsecond=0))
