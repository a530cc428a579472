"""The inbox of API v4 as values: notifications of all kinds, each content once. No I/O.

Shapes as recorded from 1.0.0-beta.1 (099, 101). Two things are not what they seem: a comment below the bot's
own post or comment is a reply even where it names the bot (recorded: 100), and the notification's own
`creator_id` is 0 for all but admins.
"""

from collections.abc import Iterable
from dataclasses import replace

from megabot.adapters.lemmy_fields import Fields
from megabot.adapters.lemmy_wire_v4 import person
from megabot.core.commands import Origin
from megabot.core.notices import Notice
from megabot.core.posts import Person

NOBODY = Person(id=0, name="", actor="")
"""The author of what nobody said to the bot."""

_TOP_LEVEL = 2  # the tree's root and the comment itself: `0.7`


def notice(item: Fields) -> Notice:
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
    for one in notices:
        newer = once.get(one.key)
        if newer is not None:
            unread = newer.unread or one.unread
            once[one.key] = replace(one, text=newer.text, gone=newer.gone, unread=unread)
        else:
            once[one.key] = one
    return tuple(once.values())


def sent(item: Fields) -> tuple[int, int, str]:
    """Read a private message out of its notification: its id, whom it went to, its text."""
    message = item.child("data").child("private_message")
    return message.number("id"), message.number("recipient_id"), message.text("content")


def _of_comment(told: Fields, data: Fields) -> Notice:
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


def _of_message(told: Fields, data: Fields) -> Notice:
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


def _notice(told: Fields, origin: Origin, *, content_id: int, author: Person, text: str) -> Notice:
    return Notice(
        id=told.number("id"),
        origin=origin,
        content_id=content_id,
        author=author,
        text=text,
        published=told.time("published_at"),
        unread=not told.flag("read"),
    )


def _is_gone(content: Fields) -> bool:
    return content.flag("removed") or content.flag("deleted")
