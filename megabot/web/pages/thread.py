"""The current thread: refresh, repost, undo, its note and its highlights."""

from starlette.exceptions import HTTPException

from megabot.commands import status
from megabot.i18n import sentences
from megabot.ledger.current_post import current_post_record
from megabot.ports import OfflinePorts
from megabot.web.edition_routes import Visitor
from megabot.web.orders import own_order
from megabot.web.pages.times import local_field

_NOT_FOUND = 404


def values(ports: OfflinePorts, visitor: Visitor, order: str, *, name: str) -> dict[str, object]:
    """Return the values of the page of one thread. Raises `HTTPException` if it is not the visitor's."""
    shown = status.read(ports)
    found = next((one for one in shown.threads if one.thread == name and name in visitor.threads), None)
    if found is None:
        raise HTTPException(_NOT_FOUND)
    record = current_post_record(ports.ledger, name)
    note = ports.ledger.thread(name).note
    applies = note is not None and record is not None and note.applies_to(record.edition, shown.now)
    highlights = ports.ledger.highlights(name, record.edition) if record else ()
    return {
        "order": own_order(ports, visitor, order),
        "name": name,
        "edition": found.edition,
        "url": found.url,
        "empty": found.empty,
        "next": found.next_edition,
        "copy": record.copy if record else 0,
        "note": note if applies else None,
        "until": sentences.local_moment(note.until, found.timezone) if note and note.until else "",
        "timezone": found.timezone,
        "soonest": local_field(shown.now, found.timezone),
        "highlights": [
            {"id": one.comment_id, "url": one.url, "author": one.author, "line": one.line, "by": one.by}
            for one in highlights
        ],
    }
