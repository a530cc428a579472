"""List new notices in the inbox of an account on Lemmy 1.0, read or unread.

Notifications of all kinds are listed. A list of mentions alone omits those in the bot's own threads
(recorded: 100), and what is never listed would count as unread forever.

Shapes as recorded from 1.0.0-beta.1 (099, 101). Two things are not what they seem: a comment below the bot's
own post or comment is a reply even if it mentions the bot (recorded: 100), and the notification's own
`creator_id` is 0 to everyone except admins.
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
"""Page limit for an inbox that was never read: nothing in it is obeyed anyway."""

_LIST = "account/notification/list"
_NAME = "v4 notification"  # in the watermark

NOBODY = Person(id=0, name="", actor="")
"""The author of notices that nobody wrote to the bot."""

_TOP_LEVEL = 2  # the path of a top-level comment is the root and itself: `0.7`


def list_new(calls: Calls, above: Watermark, now: datetime, me: Callable[[], Person]) -> Listing:
    """List notices above a watermark, oldest first. 1.0 never notifies authors of their own comments."""
    most = LAST_PAGE if above.at else FIRST_PAGES
    pages = calls.iter_pages(Operation.get(_LIST, list_reader(notice), limit=PAGE), most=most)
    notices_read, newest = read_until_seen(above, _NAME, pages)
    notices = sorted(each_once(notices_read), key=lambda notice: (notice.published, notice.content_id))
    return Listing(notices=tuple(notices), watermark=Watermark(at=now, newest={_NAME: newest}))


def list_sent(calls: Calls, person_id: int) -> tuple[str, ...]:
    """List the account's messages to a user, among the newest messages between the two."""
    messages = Operation.get(_LIST, list_reader(sent_message), type_="private_message", limit=PAGE)
    page = calls.signed_in(messages, creator_id=person_id)
    own = {number: text for number, to, text in page.items if to == person_id}
    return tuple(own.values())


def notice(item: JsonObject) -> Notice:
    """Return one notification as a notice. Only comments and messages count as words to the bot."""
    notification, data = item.child("notification"), item.child("data")
    match data.text("type_"):
        case "comment":
            return _of_comment(notification, data)
        case "private_message":
            return _of_message(notification, data)
        case _:
            number = notification.number("id")
            return _notice(notification, Origin.SERVER, content_id=number, author=NOBODY, text="")


def each_once(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Merge the notifications of one comment or message: each edit adds a new one (lemmy-api 2.10)."""
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
    """Return a message's id, recipient and text from its notification."""
    message = item.child("data").child("private_message")
    return message.number("id"), message.number("recipient_id"), message.text("content")


def _of_comment(notification: JsonObject, data: JsonObject) -> Notice:
    comment = data.child("comment")
    below = len(comment.text("path").split(".")) > _TOP_LEVEL
    # 1.0 calls a top-level comment on the bot's own post a reply, too (lemmy-api 2.10).
    answers = below and notification.text("kind") == "reply"
    return replace(
        _notice(
            notification,
            Origin.REPLY if answers else Origin.COMMENT,
            content_id=comment.number("id"),
            author=person(data.child("creator"), admin=data.flag("creator_is_admin")),
            text=comment.text("content"),
        ),
        post_id=comment.number("post_id"),
        community_id=data.child("community").number("id"),
        gone=_is_gone(comment),
    )


def _of_message(notification: JsonObject, data: JsonObject) -> Notice:
    message = data.child("private_message")
    return replace(
        _notice(
            notification,
            Origin.MESSAGE,
            content_id=message.number("id"),
            author=person(data.child("creator")),
            text=message.text("content"),
        ),
        gone=_is_gone(message),
    )


def _notice(
    notification: JsonObject, origin: Origin, *, content_id: int, author: Person, text: str
) -> Notice:
    return Notice(
        id=notification.number("id"),
        origin=origin,
        content_id=content_id,
        author=author,
        text=text,
        published=notification.time("published_at"),
        unread=not notification.flag("read"),
    )


def _is_gone(content: JsonObject) -> bool:
    return content.flag("removed") or content.flag("deleted")
