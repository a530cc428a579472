"""List new notices in the inbox of an account on Lemmy 0.19, read or unread.

plemmy's own calls are not used: its list of messages sends `unread_only=True`, which 0.19 refuses like `none`
(recorded: 083). Comments are sorted by when they were written, not by when they mentioned the bot, so a
comment that mentions the bot by a late edit is found among the newest 50 mentions. Shapes as recorded from
0.19.20 (079, 085, 088, 090).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from megabot.forum.models import Person
from megabot.forum.notices import Listing, Notice, Origin, Watermark, read_until_seen
from megabot.lemmy.calls import Calls, Operation
from megabot.lemmy.json_fields import JsonObject
from megabot.lemmy.paging import LAST_PAGE, PAGE, Page
from megabot.lemmy.v3.parse import page_reader, person

FIRST_PAGES = 10
"""Page limit per list for an inbox that was never read: nothing in it is obeyed anyway."""

_MESSAGES = "private_message/list"
_TOP_LEVEL = 2  # the path of a top-level comment is the root and itself: `0.7`


def list_new(calls: Calls, above: Watermark, now: datetime, me: Callable[[], Person]) -> Listing:
    """List notices above a watermark, oldest first, except the account's own."""
    author = me().id
    most = LAST_PAGE if above.at else FIRST_PAGES
    unsorted: list[Notice] = []
    newest: dict[str, int] = {}
    for name, operation in _LISTS.items():
        new, newest[name] = read_until_seen(above, name, calls.iter_pages(operation, most=most))
        # The list of messages mixes sent and received ones (lemmy-api 1.15).
        unsorted += [notice for notice in new if notice.author.id != author]
    notices = sorted(_each_once(unsorted), key=lambda notice: (notice.published, notice.content_id))
    return Listing(notices=tuple(notices), watermark=Watermark(at=now, newest=newest))


def list_sent(calls: Calls, person_id: int) -> tuple[str, ...]:
    """List the account's messages to a user, among the newest messages between the two."""
    sent = Operation.get(_MESSAGES, lambda answer: texts_to(answer, person_id), limit=PAGE)
    return calls.signed_in(sent, creator_id=person_id)


def mentions(answer: JsonObject) -> tuple[Notice, ...]:
    """Return a page of comments that mention the bot, in the server's order."""
    return tuple(
        _of_comment(view, notification=view.child("person_mention"), origin=Origin.COMMENT)
        for view in answer.children("mentions")
    )


def replies(answer: JsonObject) -> tuple[Notice, ...]:
    """Return a page of replies to the bot's comments or posts, in the server's order."""
    return tuple(
        _of_comment(view, notification=view.child("comment_reply"), origin=_answered(view.child("comment")))
        for view in answer.children("replies")
    )


def messages(answer: JsonObject) -> tuple[Notice, ...]:
    """Return a page of private messages, in the server's order."""
    return tuple(_of_message(view) for view in answer.children("private_messages"))


def texts_to(answer: JsonObject, person_id: int) -> tuple[str, ...]:
    """Return the texts of the messages on a page that went to a user, in the server's order."""
    rows = [view.child("private_message") for view in answer.children("private_messages")]
    return tuple(row.text("content") for row in rows if row.number("recipient_id") == person_id)


def _answered(comment: JsonObject) -> Origin:
    """Return REPLY for a reply to one of the bot's comments, COMMENT for a top-level comment."""
    return Origin.COMMENT if len(comment.text("path").split(".")) <= _TOP_LEVEL else Origin.REPLY


def _of_comment(view: JsonObject, *, notification: JsonObject, origin: Origin) -> Notice:
    comment = view.child("comment")
    return Notice(
        id=notification.number("id"),
        origin=origin,
        content_id=comment.number("id"),
        author=person(view.child("creator"), admin=view.flag("creator_is_admin")),
        text=comment.text("content"),
        published=notification.time("published"),
        post_id=comment.number("post_id"),
        community_id=view.child("community").number("id"),
        gone=_is_gone(comment),
        unread=not notification.flag("read"),
    )


def _of_message(view: JsonObject) -> Notice:
    message = view.child("private_message")
    return Notice(
        id=message.number("id"),
        origin=Origin.MESSAGE,
        content_id=message.number("id"),
        author=person(view.child("creator")),
        text=message.text("content"),
        published=message.time("published"),
        gone=_is_gone(message),
        unread=not message.flag("read"),
    )


def _is_gone(content: JsonObject) -> bool:
    return content.flag("removed") or content.flag("deleted")


# Keys are the names in the watermark. Without a sort, 0.19 lists mentions by Hot (lemmy-api 1.14).
_LISTS: dict[str, Operation[Page[Notice]]] = {
    "v3 mention": Operation.get("user/mention", page_reader(mentions), sort="New", limit=PAGE),
    "v3 reply": Operation.get("user/replies", page_reader(replies), sort="New", limit=PAGE),
    "v3 message": Operation.get(_MESSAGES, page_reader(messages), limit=PAGE),
}


def _each_once(notices: Iterable[Notice]) -> Iterable[Notice]:
    """Merge a comment that came both as a mention and as a reply."""
    once: dict[str, Notice] = {}
    for notice in notices:
        earlier = once.get(notice.key, notice)
        once[notice.key] = replace(earlier, unread=earlier.unread or notice.unread)
    return once.values()
