"""The v3 calls about mentions, replies and private messages; the rules are in `inbox`."""

from dataclasses import asdict

from megabot.sandbox import comment_list, inbox, v3_views
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.records import Notice
from megabot.sandbox.v3_posts import page


def mentions(ask: Ask) -> Json:
    """GET /user/mention; the sort is Hot unless one is asked for."""
    return {"mentions": _notices(ask, ask.world.mentions, "person_mention", "Hot")}


def replies(ask: Ask) -> Json:
    """GET /user/replies; the sort is New unless one is asked for."""
    return {"replies": _notices(ask, ask.world.replies, "comment_reply", "New")}


def mark_mention(ask: Ask) -> Json:
    """POST /user/mention/mark_as_read."""
    number, read = ask.fields.number("person_mention_id"), ask.fields.flag("read")
    missing = "couldnt_find_person_mention"
    done = inbox.mark_notice(ask.person(), ask.world.mentions, number, missing, read=read)
    return {"person_mention_view": v3_views.notice_view(ask.world, "person_mention", done, ask.person())}


def mark_reply(ask: Ask) -> Json:
    """POST /comment/mark_as_read."""
    number, read = ask.fields.number("comment_reply_id"), ask.fields.flag("read")
    missing = "couldnt_find_comment_reply"
    done = inbox.mark_notice(ask.person(), ask.world.replies, number, missing, read=read)
    return {"comment_reply_view": v3_views.notice_view(ask.world, "comment_reply", done, ask.person())}


def mark_all(ask: Ask) -> Json:
    """POST /user/mark_all_as_read."""
    inbox.mark_all(ask.world, ask.person())
    return {"replies": []}


def unread_count(ask: Ask) -> Json:
    """GET /user/unread_count."""
    return asdict(inbox.unread(ask.world, ask.person()))


def send(ask: Ask) -> Json:
    """POST /private_message."""
    content, recipient_id = ask.fields.text("content"), ask.fields.number("recipient_id")
    message = inbox.send(ask.world, ask.person(), recipient_id, content)
    return {"private_message_view": v3_views.message_view(ask.world, message)}


def edit_message(ask: Ask) -> Json:
    """PUT /private_message."""
    number, content = ask.fields.number("private_message_id"), ask.fields.text("content")
    message = inbox.edit(ask.world, ask.person(), number, content)
    return {"private_message_view": v3_views.message_view(ask.world, message)}


def messages(ask: Ask) -> Json:
    """GET /private_message/list."""
    unread_only = bool(ask.fields.flag_or_none("unread_only"))
    creator_id = ask.fields.number_or_none("creator_id")
    cut, person = page(ask.fields), ask.person()
    found = inbox.messages(ask.world, person, unread_only=unread_only, creator_id=creator_id)
    return {"private_messages": [v3_views.message_view(ask.world, message) for message in cut.of(found)]}


def mark_message(ask: Ask) -> Json:
    """POST /private_message/mark_as_read."""
    number, read = ask.fields.number("private_message_id"), ask.fields.flag("read")
    message = inbox.mark_message(ask.world, ask.person(), number, read=read)
    return {"private_message_view": v3_views.message_view(ask.world, message)}


def _notices(ask: Ask, kept: dict[int, Notice], name: str, usual_sort: str) -> list[Json]:
    sort = ask.fields.choice_or_none("sort", comment_list.COMMENT_SORTS) or usual_sort
    unread_only = bool(ask.fields.flag_or_none("unread_only"))
    cut, person = page(ask.fields), ask.person()
    found = inbox.notices(ask.world, person, kept, unread_only=unread_only, sort=sort, page=cut)
    return [v3_views.notice_view(ask.world, name, notice, person) for notice in found]
