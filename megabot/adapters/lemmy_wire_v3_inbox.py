"""The inbox of API v3 as values: mentions, replies, private messages. No I/O.

Shapes as recorded from 0.19.20 (079, 085, 088, 090).
"""

from megabot.adapters.lemmy_fields import Fields
from megabot.adapters.lemmy_wire_v3 import person
from megabot.core.commands import Origin
from megabot.core.notices import Notice

_TOP_LEVEL = 2  # the tree's root and the comment itself: `0.7`


def mentions(answer: Fields) -> tuple[Notice, ...]:
    """Read a page of comments that name the bot, in the server's order."""
    return tuple(
        _of_comment(view, notification=view.child("person_mention"), origin=Origin.COMMENT)
        for view in answer.children("mentions")
    )


def replies(answer: Fields) -> tuple[Notice, ...]:
    """Read a page of comments that answer the bot's comments or posts, in the server's order."""
    return tuple(
        _of_comment(view, notification=view.child("comment_reply"), origin=_answered(view.child("comment")))
        for view in answer.children("replies")
    )


def messages(answer: Fields) -> tuple[Notice, ...]:
    """Read a page of private messages, in the server's order."""
    return tuple(_of_message(view) for view in answer.children("private_messages"))


def texts_to(answer: Fields, person_id: int) -> tuple[str, ...]:
    """Read the texts of those messages of a page that went to a person, in the server's order."""
    found = [view.child("private_message") for view in answer.children("private_messages")]
    return tuple(one.text("content") for one in found if one.number("recipient_id") == person_id)


def _answered(comment: Fields) -> Origin:
    """Tell an answer to a comment of the bot's from a top-level comment, which is none to anybody."""
    return Origin.COMMENT if len(comment.text("path").split(".")) <= _TOP_LEVEL else Origin.REPLY


def _of_comment(view: Fields, *, notification: Fields, origin: Origin) -> Notice:
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


def _of_message(view: Fields) -> Notice:
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


def _is_gone(content: Fields) -> bool:
    return content.flag("removed") or content.flag("deleted")
