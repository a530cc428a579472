"""The calls about mentions, replies and messages that v3 has in its own way; the rules are in `inbox`."""

from dataclasses import asdict

from lemmy_sandbox.calls.accounts import message_answer
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Notice
from lemmy_sandbox.rules import comment_list, inbox
from lemmy_sandbox.v3 import views
from lemmy_sandbox.v3.lists import page


def mentions(call: Call) -> Json:
    """GET /user/mention; the sort is Hot unless one is asked for."""
    return {"mentions": _notices(call, call.world.mentions, "person_mention", "Hot")}


def replies(call: Call) -> Json:
    """GET /user/replies; the sort is New unless one is asked for."""
    return {"replies": _notices(call, call.world.replies, "comment_reply", "New")}


def mark_mention(call: Call) -> Json:
    """POST /user/mention/mark_as_read."""
    number, read = call.fields.number("person_mention_id"), call.fields.flag("read")
    missing = "couldnt_find_person_mention"
    done = inbox.mark_notice(call.person(), call.world.mentions, number, missing, read=read)
    return {"person_mention_view": views.notice_view(call.world, "person_mention", done, call.person())}


def mark_reply(call: Call) -> Json:
    """POST /comment/mark_as_read."""
    number, read = call.fields.number("comment_reply_id"), call.fields.flag("read")
    missing = "couldnt_find_comment_reply"
    done = inbox.mark_notice(call.person(), call.world.replies, number, missing, read=read)
    return {"comment_reply_view": views.notice_view(call.world, "comment_reply", done, call.person())}


def mark_all(call: Call) -> Json:
    """POST /user/mark_all_as_read."""
    inbox.mark_all(call.world, call.person())
    return {"replies": []}


def unread_count(call: Call) -> Json:
    """GET /user/unread_count."""
    return asdict(inbox.count_unread(call.world, call.person()))


def messages(call: Call) -> Json:
    """GET /private_message/list."""
    unread_only = bool(call.fields.flag_or_none("unread_only"))
    creator_id = call.fields.number_or_none("creator_id")
    cut, person = page(call.fields), call.person()
    found = inbox.list_messages(call.world, person, unread_only=unread_only, creator_id=creator_id)
    return {"private_messages": [views.message_view(call.world, message) for message in cut.of(found)]}


def mark_message(call: Call) -> Json:
    """POST /private_message/mark_as_read."""
    number, read = call.fields.number("private_message_id"), call.fields.flag("read")
    message = inbox.mark_message(call.world, call.person(), number, read=read)
    return message_answer(call, message)


def _notices(call: Call, kept: dict[int, Notice], name: str, usual_sort: str) -> list[Json]:
    sort = call.fields.choice_or_none("sort", comment_list.COMMENT_SORTS) or usual_sort
    unread_only = bool(call.fields.flag_or_none("unread_only"))
    cut, person = page(call.fields), call.person()
    found = inbox.list_notices(call.world, person, kept, unread_only=unread_only, sort=sort, page=cut)
    return [views.notice_view(call.world, name, notice, person) for notice in found]
