"""The v4 calls about the caller's account, notifications and people; the rules have the same names."""

import base64
import json

from lemmy_sandbox.calls import accounts as calls_accounts
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import time, without_none
from lemmy_sandbox.fixed_fields import fixed_fields
from lemmy_sandbox.languages import every_id
from lemmy_sandbox.records import Comment, Notification, NotificationKind, Person, Post
from lemmy_sandbox.rules import accounts, notifications, rights
from lemmy_sandbox.rules.notifications import NotificationQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v4 import paging, rows, views
from lemmy_sandbox.v4.fields import LISTING_TYPES, POST_SORTS, v3_word, v4_word

_PARTS = 3
_NOTIFICATION_TYPES = ("all", "mention", "reply", "subscribed", "private_message", "mod_action")
_NOTIFICATION_KINDS = {kind.value: kind for kind in NotificationKind}
_CONTENT_TYPES = ("all", "comments", "posts")


def validate(call: Call) -> Json:
    """GET /account/validate_auth; the cause says what is wrong with the token."""
    if call.caller is None:
        raise Refusal("not_logged_in", cause=_what_is_wrong(call))
    return {"success": True}


def read(call: Call) -> Json:
    """GET /account."""
    world, person = call.world, call.person()
    row = rows.person(world, person)
    blocked = (world.people[number] for number in sorted(person.blocked))
    return {
        "local_user_view": {
            "local_user": _account(person),
            "person": row,
            "banned": person.banned,
            "ban_expires_at": None,
        },
        "follows": [
            {"community": rows.community(world, community), "follower": row}
            for community in world.followed_by(person)
        ],
        "moderates": call.seats_of(person),
        "multi_community_follows": [],
        "community_blocks": [],
        "instance_communities_blocks": [],
        "instance_persons_blocks": [],
        "person_blocks": [rows.person(world, target) for target in blocked],
        "keyword_blocks": [],
        "discussion_languages": sorted(person.settings.languages or every_id()),
    }


def save_settings(call: Call) -> Json:
    """PUT /account/settings/save."""
    sort = call.fields.choice_or_none("default_post_sort_type", POST_SORTS)
    listing_type = call.fields.choice_or_none("default_listing_type", LISTING_TYPES)
    sort = "TopAll" if sort == "top" else sort and v3_word(sort)
    return calls_accounts.save_settings(call, sort, listing_type and v3_word(listing_type))


def _what_is_wrong(call: Call) -> str | None:
    """Return the error in the words of the server's JWT library; None if the token itself is fine."""
    token = call.token
    if token is None:
        return None
    if token in call.world.tokens:
        return "ExpiredSignature"
    parts = token.split(".")
    if len(parts) != _PARTS:
        return "InvalidToken"
    try:
        json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except ValueError:
        return "JSON error: expected value at line 1 column 1"
    return None if accounts.is_signed_here(token) else "InvalidSignature"


def _account(person: Person) -> Json:
    settings = person.settings
    sort = "top" if settings.default_sort_type.startswith("Top") else v4_word(settings.default_sort_type)
    return without_none(
        {
            "id": person.account_id,
            "person_id": person.id,
            "show_nsfw": settings.show_nsfw,
            "default_post_sort_type": sort,
            "default_post_time_range_seconds": settings.default_post_time_range_seconds,
            "default_listing_type": v4_word(settings.default_listing_type),
            "show_bot_accounts": settings.show_bot_accounts,
            "show_read_posts": settings.show_read_posts,
            "admin": person.admin,
            "totp_2fa_enabled": person.totp_secret is not None,
            **fixed_fields("v4 account"),
            "private_messages_enabled": settings.private_messages_enabled,
            "last_donation_notification_at": time(person.published),
        }
    )


def unread_counts(call: Call) -> Json:
    """GET /account/unread_counts; moderators and admins get more counts."""
    person = call.person()
    counts = {"notification_count": notifications.count_unread(call.world, person)}
    if person.admin or rights.moderates_anything(call.world, person):
        counts |= {"report_count": 0, "pending_follow_count": 0}
    return {**counts, **({"registration_application_count": 0} if person.admin else {})}


def list_notifications(call: Call) -> Json:
    """GET /account/notification/list."""
    kind = call.fields.filter_or_none("type_", _NOTIFICATION_TYPES, "NotificationTypeFilter")
    query = NotificationQuery(
        unread_only=bool(call.fields.flag_or_none("unread_only")),
        kind=_NOTIFICATION_KINDS.get(kind or "all"),
        creator_id=call.fields.number_or_none("creator_id"),
    )
    cut, person = paging.read_cut(call.fields), call.person()
    # Subscriptions to posts and communities are not modelled, so they never cause a notification.
    rows_found = [] if kind == "subscribed" else notifications.list_notifications(call.world, person, query)
    return paging.page(
        rows_found,
        cut,
        edge=_notification_edge(call, paging.number(cut)),
        order=notifications.sort_key,
        name=lambda notification: notification.id,
        view=lambda notification: views.notification_view(call.world, notification, person),
    )


def mark(call: Call) -> Json:
    """POST /account/notification/mark_as_read; someone else's number is not an error (lemmy-api 1.14)."""
    number, read = call.fields.number("notification_id"), call.fields.flag("read")
    notifications.mark(call.world, call.person(), number, read=read)
    return {"success": True}


def mark_all(call: Call) -> Json:
    """POST /account/notification/mark_as_read/all."""
    notifications.mark_all(call.world, call.person())
    return {"success": True}


def _notification_edge(call: Call, number: int | None) -> Notification | None:
    if number is None:
        return None
    if number not in call.world.notifications:
        raise Refusal("not_found")
    return call.world.notifications[number]


def read_person(call: Call) -> Json:
    """GET /person."""
    person = _wanted_person(call)
    return {
        "person_view": call.views.person_view(call.world, person, call.caller),
        "site": call.views.site(call.world),
        "moderates": call.seats_of(person),
        "multi_communities_created": [],
    }


def person_content(call: Call) -> Json:
    """GET /person/content: everything a user wrote, newest first, even removed or deleted, to anyone.

    No setting of the reader hides anything (lemmy-api 2.6).
    """
    kind = call.fields.choice_or_none("type_", _CONTENT_TYPES) or "all"
    cut, person, community_id = paging.read_cut(call.fields), _wanted_person(call), call.community_id()
    things = [thing for thing in _written(call, person) if _is_asked_for(call, thing, kind, community_id)]
    return paging.page(
        sorted(things, key=_content_order),
        cut,
        edge=_content_edge(call, cut),
        order=_content_order,
        name=lambda thing: f"{'P' if isinstance(thing, Post) else 'C'}{thing.id}",
        view=lambda thing: _content_view(call, thing),
    )


def _wanted_person(call: Call) -> Person:
    number, name = call.fields.number_or_none("person_id"), call.fields.text_or_none("username")
    call.check_may_read()
    if name is not None:
        return call.person_called(name)
    if number is None:
        raise Refusal("no_id_given")
    if number not in call.world.people:
        raise Refusal("couldnt_find_person")
    return call.world.people[number]


def _written(call: Call, person: Person) -> list[Post | Comment]:
    things: list[Post | Comment] = [*call.world.posts.values(), *call.world.comments.values()]
    return [thing for thing in things if thing.creator_id == person.id]


def _is_asked_for(call: Call, thing: Post | Comment, kind: str, community_id: int | None) -> bool:
    post = thing if isinstance(thing, Post) else call.world.posts[thing.post_id]
    if community_id not in {None, post.community_id}:
        return False
    return kind == "all" or (kind == "posts") == isinstance(thing, Post)


def _content_order(thing: Post | Comment) -> tuple[float, bool, int]:
    return (-thing.published.timestamp(), isinstance(thing, Post), -thing.id)


def _content_edge(call: Call, cut: paging.Cut) -> Post | Comment | None:
    if cut.name is None:
        return None
    kind, number = cut.name[:1], cut.name[1:]
    if kind not in {"P", "C"} or not number.isdecimal():
        raise paging.unreadable()
    thing = (call.world.posts if kind == "P" else call.world.comments).get(int(number))
    if thing is None:
        raise Refusal("not_found")
    return thing


def _content_view(call: Call, thing: Post | Comment) -> Json:
    if isinstance(thing, Post):
        return {"type_": "post", **call.views.post_view(call.world, thing, call.caller)}
    return {"type_": "comment", **call.views.comment_view(call.world, thing, call.caller)}
