"""The inbox of an account on a Lemmy 1.0 server: what is new in it, read or not.

Notifications of all kinds are listed: asked for mentions alone, the server leaves out those in the bot's own
threads (recorded: 100), and what was never listed would be counted as unread for ever.

Shapes as recorded from 1.0.0-beta.1 (099, 101). Two things are not what they seem: a comment below the bot's
own post or comment is a reply even where it names the bot (recorded: 100), and the notification's own
`creator_id` is 0 for all but admins.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from megabot.forum.models import Person
from megabot.forum.notices import Listing, Notice, Origin, Watermark, read_until_seen
from megabot.lemmy.calls import Calls, Operation
from megabot.lemmy.json_fields import JsonObject
from megabot.lemmy.paging import LAST_PAGE, PAGE
from megabot.lemmy.v4.parse import list_reader, person

FIRST_PAGES = 30
"""The most that is listed of an inbox that was never listed: nothing in it is obeyed anyway."""

_LIST = "account/notification/list"
_NAME = "v4 notification"  # in the watermark

NOBODY = Person(id=0, name="", actor="")
"""The author of what nobody said to the bot."""

_TOP_LEVEL = 2  # the tree's root and the comment itself: `0.7`


def list_new(calls: Calls, above: Watermark, now: datetime, me: Callable[[], Person]) -> Listing:
    """List what is above a watermark, oldest first. 1.0 tells nobody of what they wrote themselves."""
    most = LAST_PAGE if above.at else FIRST_PAGES
    pages = calls.iter_pages(Operation.get(_LIST, list_reader(notice), limit=PAGE), most=most)
    found, newest = read_until_seen(above, _NAME, pages)
    notices = sorted(each_once(found), key=lambda notice: (notice.published, notice.content_id))
    return Listing(notices=tuple(notices), watermark=Watermark(at=now, newest={_NAME: newest}))


def list_sent(calls: Calls, person_id: int) -> tuple[str, ...]:
    """List what the account wrote to a person: among the newest messages between the two."""
    messages = Operation.get(_LIST, list_reader(sent_message), type_="private_message", limit=PAGE)
    page = calls.signed_in(messages, creator_id=person_id)
    own = {number: text for number, to, text in page.items if to == person_id}
    return tuple(own.values())


def notice(item: JsonObject) -> Notice:
    """Read one notification. What is neither a comment nor a message is nobody's words to the bot."""
    told, data = item.child("notification"), item.child("data")
    match data.text("type_"):
        case "comment":
            return _of_comment(told, data)
        case "private_message":
            return _of_message(told, data)
        case _:
            number = told.number("id")
            return _notice(told, Origin.SERVER, content_id=number, author=NOBODY, text="")


def each_once(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Make one of all notifications of a content, newest first: an edit makes another (lemmy-api 2.10)."""
    once: dict[str, Notice] = {}
    for item in notices:
        newer = once.get(item.key)
        if newer is not None:
            unread = newer.unread or item.unread
            once[item.key] = replace(item, text=newer.text, gone=newer.gone, unread=unread)
        else:
            once[item.key] = item
    return tuple(once.values())


def sent_message(item: JsonObject) -> tuple[int, int, str]:
    """Read a private message out of its notification: its id, whom it went to, its text."""
    message = item.child("data").child("private_message")
    return message.number("id"), message.number("recipient_id"), message.text("content")


def _of_comment(told: JsonObject, data: JsonObject) -> Notice:
    comment = data.child("comment")
    below = len(comment.text("path").split(".")) > _TOP_LEVEL
    answers = below and told.text("kind") == "reply"
    return replace(
        _notice(
            told,
            Origin.REPLY if answers else Origin.COMMENT,
            content_id=comment.number("id"),
            author=person(data.child("creator"), admin=data.flag("creator_is_admin")),
            text=comment.text("content"),
        ),
        post_id=comment.number("post_id"),
        community_id=data.child("community").number("id"),
        gone=_is_gone(comment),
    )


def _of_message(told: JsonObject, data: JsonObject) -> Notice:
    message = data.child("private_message")
    return replace(
        _notice(
            told,
            Origin.MESSAGE,
            content_id=message.number("id"),
            author=person(data.child("creator")),
            text=message.text("content"),
        ),
        gone=_is_gone(message),
    )


def _notice(told: JsonObject, origin: Origin, *, content_id: int, author: Person, text: str) -> Notice:
    return Notice(
        id=told.number("id"),
        origin=origin,
        content_id=content_id,
        author=author,
        text=text,
        published=told.time("published_at"),
        unread=not told.flag("read"),
    )


def _is_gone(content: JsonObject) -> bool:
    return content.flag("removed") or content.flag("deleted")
