"""The v3 calls about accounts, people and inboxes; the rules are in `accounts` and `inbox`."""

from dataclasses import asdict

from lemmy_sandbox.calls import accounts as calls_accounts
from lemmy_sandbox.calls.accounts import message_answer
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Notice, Person
from lemmy_sandbox.rules import accounts, comment_list, inbox, post_list
from lemmy_sandbox.rules.comment_list import CommentQuery, comment_sort
from lemmy_sandbox.rules.post_list import LISTING_TYPES, POST_SORTS, PostQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v3 import views
from lemmy_sandbox.v3.lists import page


def validate(call: Call) -> Json:
    """GET /user/validate_auth."""
    call.check_signed_in()
    return {"success": True}


def change_password(call: Call) -> Json:
    """PUT /user/change_password."""
    new, repeated = call.fields.text("new_password"), call.fields.text("new_password_verify")
    old = call.fields.text("old_password")
    return calls_accounts.token_answer(
        accounts.change_password(call.world, call.person(), old, new, repeated)
    )


def save_settings(call: Call) -> Json:
    """PUT /user/save_user_settings."""
    sort = call.fields.choice_or_none("default_sort_type", POST_SORTS)
    listing_type = call.fields.choice_or_none("default_listing_type", LISTING_TYPES)
    return calls_accounts.save_settings(call, sort, listing_type)


def profile(call: Call) -> Json:
    """GET /user: a user with posts and comments, sorted by Hot by default."""
    fields, world = call.fields, call.world
    sort, cut = fields.choice_or_none("sort", POST_SORTS), page(fields)
    community_id = fields.number_or_none("community_id")
    person = _wanted(call, fields.number_or_none("person_id"), fields.text_or_none("username"))
    post_query = PostQuery(
        reader=call.caller,
        page=cut,
        sort=sort or "Hot",
        community_id=community_id,
        creator_id=person.id,
    )
    comment_query = CommentQuery(
        reader=call.caller,
        page=cut,
        sort=comment_sort(sort),
        community_id=community_id,
        creator_id=person.id,
    )
    posts = post_list.list_posts(world, post_query)
    comments = comment_list.list_comments(world, comment_query)
    return {
        "person_view": call.views.person_view(world, person, call.caller),
        "site": call.views.site(world),
        "comments": [call.views.comment_view(world, comment, call.caller) for comment in comments],
        "posts": [call.views.post_view(world, post, call.caller) for post in posts],
        "moderates": call.seats_of(person),
    }


def _wanted(call: Call, number: int | None, name: str | None) -> Person:
    if number is None and name is None:
        raise Refusal("no_id_given")
    call.check_may_read()
    if number is not None:
        if number not in call.world.people:
            raise Refusal("couldnt_find_person")
        return call.world.people[number]
    return call.person_called(name or "", "couldnt_find_person")


def mentions(call: Call) -> Json:
    """GET /user/mention, sorted by Hot by default."""
    return {"mentions": _notices(call, call.world.mentions, "person_mention", "Hot")}


def replies(call: Call) -> Json:
    """GET /user/replies, sorted by New by default."""
    return {"replies": _notices(call, call.world.replies, "comment_reply", "New")}


def mark_mention(call: Call) -> Json:
    """POST /user/mention/mark_as_read."""
    number, read = call.fields.number("person_mention_id"), call.fields.flag("read")
    missing = "couldnt_find_person_mention"
    mention = inbox.mark_notice(call.person(), call.world.mentions, number, missing, read=read)
    return {"person_mention_view": views.notice_view(call.world, "person_mention", mention, call.person())}


def mark_reply(call: Call) -> Json:
    """POST /comment/mark_as_read."""
    number, read = call.fields.number("comment_reply_id"), call.fields.flag("read")
    missing = "couldnt_find_comment_reply"
    reply = inbox.mark_notice(call.person(), call.world.replies, number, missing, read=read)
    return {"comment_reply_view": views.notice_view(call.world, "comment_reply", reply, call.person())}


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
    messages_found = inbox.list_messages(call.world, person, unread_only=unread_only, creator_id=creator_id)
    return {
        "private_messages": [views.message_view(call.world, message) for message in cut.of(messages_found)]
    }


def mark_message(call: Call) -> Json:
    """POST /private_message/mark_as_read."""
    number, read = call.fields.number("private_message_id"), call.fields.flag("read")
    message = inbox.mark_message(call.world, call.person(), number, read=read)
    return message_answer(call, message)


def _notices(call: Call, notices: dict[int, Notice], name: str, usual_sort: str) -> list[Json]:
    sort = call.fields.choice_or_none("sort", comment_list.COMMENT_SORTS) or usual_sort
    unread_only = bool(call.fields.flag_or_none("unread_only"))
    cut, person = page(call.fields), call.person()
    listed = inbox.list_notices(call.world, person, notices, unread_only=unread_only, sort=sort, page=cut)
    return [views.notice_view(call.world, name, notice, person) for notice in listed]
