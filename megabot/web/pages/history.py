"""The history: what the bot did and who ordered what, from Lemmy, the shell and the page, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from megabot.commands.status_text import channel
from megabot.i18n import sentences
from megabot.i18n.translation import _, pgettext
from megabot.ledger.records import CommandRecord, Intent, IntentState
from megabot.ports import OfflinePorts
from megabot.preview.fragments import text
from megabot.reconcile.describe import KINDS
from megabot.web.edition_routes import Visitor

LIMIT = 100
"""How many entries are shown."""
_SEARCHED = 500
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line."""

    at: datetime
    about: str
    what: str
    by: str
    details: str | Markup = ""

    @property
    def when(self) -> str:
        return sentences.moment(self.at)


def values(ports: OfflinePorts, visitor: Visitor, _order: str) -> dict[str, object]:
    """Return the values of the page, of the visitor's threads only."""
    found = [*_writes(ports, visitor), *_commands(ports, visitor)]
    return {"entries": sorted(found, key=lambda one: one.at, reverse=True)[:LIMIT]}


def _writes(ports: OfflinePorts, visitor: Visitor) -> Iterator[Entry]:
    orders: dict[str, str] = {}
    for intent in ports.ledger.history(_SEARCHED):
        if intent.new.thread in visitor.threads:
            yield _write(intent, _by(ports, intent.new.order, orders))


def _write(intent: Intent, by: str) -> Entry:
    state = intent.state
    names = {
        IntentState.SENDING: _("not known yet"),
        IntentState.UNKNOWN: _("not known yet"),
        IntentState.NOT_SENT: _("not sent"),
        IntentState.REFUSED: _("refused"),
        IntentState.ABSENT: _("did not happen"),
    }
    return Entry(
        at=intent.new.at,
        about=f"{intent.new.thread}/{intent.new.edition}",
        what=pgettext(*KINDS[intent.new.kind]),
        by=by,
        details=", ".join(filter(None, [names.get(state, ""), intent.note])),
    )


def _by(ports: OfflinePorts, order: str, known: dict[str, str]) -> str:
    """Return who ordered a write, "" if nobody did."""
    if order and order not in known:
        record = ports.ledger.command(order)
        known[order] = record.by if record else ""
    return known.get(order, "")


def _commands(ports: OfflinePorts, visitor: Visitor) -> Iterator[Entry]:
    for record in ports.ledger.commands(_SEARCHED):
        if record.verb and record.threads and set(record.threads) & set(visitor.threads):
            yield _command(record, visitor)


def _command(record: CommandRecord, visitor: Visitor) -> Entry:
    return Entry(
        at=record.at,
        about=", ".join(name for name in record.threads if name in visitor.threads),
        what=record.verb,
        by=f"{record.by} {channel(record)}",
        # The text of an order may name threads of other communities.
        details=_cleaned(record.answer[:_SHOWN]) if set(record.threads) <= set(visitor.threads) else "",
    )


def _cleaned(answer: str) -> Markup:
    """Return an answer, which is Markdown with names of others in it, as Lemmy would show it."""
    return Markup(text(answer, prefix="order-"))  # noqa: S704  it is sanitized
