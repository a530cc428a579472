"""The overview: of each thread the current post, the next edition and what needs attention; the orders."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from megabot.commands import override_text, status
from megabot.commands.status import Status, ThreadStatus
from megabot.commands.web_orders import is_order
from megabot.i18n import sentences
from megabot.i18n.translation import _, ngettext
from megabot.ports import OfflinePorts
from megabot.schedule.overrides import OverrideKind, find_override
from megabot.web.edition_routes import Visitor
from megabot.web.orders import own_order, shown
from megabot.web.pages.times import from_now

_ORDERS, _SEARCHED = 5, 100


def values(ports: OfflinePorts, visitor: Visitor, order: str) -> dict[str, object]:
    """Return the values of the page, of the visitor's threads only. Raises what reading the source raises."""
    read = status.read(ports)
    records = (record for record in ports.ledger.commands(_SEARCHED) if is_order(record))
    # Of each answer the first paragraph: below it, that to an essay has the whole preview.
    orders = [
        shown(replace(one, answer=one.answer.partition("\n\n")[0]), read.now)
        for one in records
        if set(one.threads) <= set(visitor.threads) and one.threads
    ]
    return {
        "threads": [_thread(ports, one, read) for one in read.threads if one.thread in visitor.threads],
        "alerts": list(_alerts(read, visitor.threads)),
        "order": own_order(ports, visitor, order),
        "orders": orders[:_ORDERS],
    }


def _alerts(read: Status, names: Collection[str]) -> Iterator[str]:
    """Return the problems of these threads, and those of the whole account."""
    sees_all = set(names) >= {one.thread for one in read.threads}
    for key, sentence in read.alerts:
        if key == "source" and not sees_all:
            # Its sentence quotes the files of threads of other communities.
            yield _("Templates have mistakes. Tell whoever edits them to run: megabot check")
        elif ":" not in key or key.partition(":")[0] in names:
            yield str(sentence)


def _preamble(ports: OfflinePorts, one: ThreadStatus) -> str:
    """Return where the next edition's preamble comes from, "" if its thread never has one."""
    if one.preamble == "message":
        sent = find_override(ports.ledger.overrides(one.thread), OverrideKind.PREAMBLE, one.next_edition)
        return _("by {name}").format(name=sent.by if sent else "")
    if one.preamble == "missing":
        return _("missing")
    return one.preamble


def _comments(ports: OfflinePorts, url: str) -> str:
    """Return how many comments the service saw when it last checked a post, "" without a post."""
    number = url.rpartition("/")[2]
    if not number.isdecimal():
        return ""
    text = ports.ledger.text(int(number))
    if text is None:
        return _("comments: not known")
    return ngettext(
        "{number} comment at the last check", "{number} comments at the last check", text.comments
    ).format(number=text.comments)


def _thread(ports: OfflinePorts, one: ThreadStatus, read: Status) -> dict[str, object]:
    slot = one.next_slot
    pinned = {True: _("pinned: yes"), False: _("pinned: no"), None: _("not pinned by megabot")}
    return {
        "name": one.thread,
        "edition": one.edition,
        "url": one.url,
        "pinned": pinned[one.pinned],
        "comments": _comments(ports, one.url),
        "next": one.next_edition,
        "at": sentences.local_moment(slot, one.timezone) if slot else "",
        "span": from_now(slot, read.now) if slot else "",
        "preamble": _preamble(ports, one),
        "missing": one.preamble == "missing",
        "empty": one.empty,
        "changes": [override_text.pending_override(change, of, one.timezone) for change, of in one.changes],
        "companions": ", ".join(one.missing),
        "unknown": len(one.unknown),
    }
