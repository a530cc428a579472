"""The v4 views: records joined with what concerns one reader."""

from lemmy_sandbox.calls.call import Reader
from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.calls.rows import image_details, time_or_none, without_none
from lemmy_sandbox.records import (
    Comment,
    Community,
    ModAction,
    Notification,
    Person,
    Post,
    PrivateMessage,
    Tag,
)
from lemmy_sandbox.rules import notifications, rights
from lemmy_sandbox.v4 import rows
from lemmy_sandbox.v4.rows import is_of_the_server
from lemmy_sandbox.world import World

site = rows.site


def post_view(world: World, post: Post, reader: Reader) -> Json:
    """Return a post's view. A gone post's body is empty to everyone except moderators, even its author."""
    return {
        "post": rows.post(world, post, blank=is_blank(world, post, reader)),
        **_around(world, post, reader),
        **_if_any("post_actions", _post_actions(post, reader)),
        "tags": tags(world, post),
        **image_details(world, post),
    }


def is_blank(world: World, thing: Post | Comment, reader: Reader) -> bool:
    """Return whether a gone thing's text is hidden from a reader."""
    return thing.is_gone and not _can_moderate(world, thing, reader)


def comment_view(world: World, comment: Comment, reader: Reader) -> Json:
    """Return a comment's view; gone content is hidden as in a post's, but the post itself is not."""
    post = world.posts[comment.post_id]
    return {
        "comment": rows.comment(world, comment, blank=is_blank(world, comment, reader)),
        "post": rows.post(world, post),
        **_around(world, comment, reader),
        **_if_any("comment_actions", _vote(comment, reader)),
        "tags": tags(world, post),
    }


def comment_answer(world: World, comment: Comment, reader: Reader, told: list[int]) -> Json:
    """Return the view of a comment that was written or changed; v4 does not say whom it notified."""
    return {"comment_view": comment_view(world, comment, reader)}


def community_view(world: World, community: Community, reader: Reader) -> Json:
    return {
        "community": rows.community(world, community),
        **_if_any("community_actions", _community_actions(community, reader)),
        "can_mod": rights.is_mod_or_admin(reader, community),
        "tags": [rows.tag(world, tag) for tag in world.tags.values() if _is_offered(tag, community)],
    }


def tags(world: World, post: Post) -> list[Json]:
    """Return a post's tags, except deleted ones."""
    post_tags = (world.tags[number] for number in post.tags)
    return [rows.tag(world, tag) for tag in post_tags if not tag.deleted]


def seat(world: World, community: Community, person: Person) -> Json:
    """Return the view of a moderator of a community."""
    return {"community": rows.community(world, community), "moderator": rows.person(world, person)}


def person_view(world: World, person: Person, reader: Reader) -> Json:
    return {
        "person": rows.person(world, person),
        **_if_any("person_actions", _person_actions(world, person, reader)),
        "is_admin": person.admin,
        "banned": person.banned,
    }


def vote(fields: Fields) -> int:
    """Parse a vote; without a direction it withdraws the vote."""
    return {None: 0, True: 1, False: -1}[fields.flag_or_none("is_upvote")]


def message_view(world: World, message: PrivateMessage) -> Json:
    """Return a private message's view, for sender and recipient."""
    return {
        "private_message": rows.message(world, message),
        "creator": rows.person(world, world.people[message.creator_id]),
        "recipient": rows.person(world, world.people[message.recipient_id]),
    }


def notification_view(world: World, notification: Notification, reader: Person) -> Json:
    """Return a notification with its subject; only admins get the id of the person who caused it."""
    # Everyone else gets 0 (lemmy-api 2.10).
    creator_id = notifications.author_of(world, notification).id if reader.admin else 0
    return {
        "notification": rows.notification(world, notification, creator_id),
        "data": _data(world, notification, reader),
    }


def action_view(world: World, action: ModAction, target_id: int | None, *, named: bool) -> Json:
    """Return a row of the modlog with everything it concerns; `named` adds the moderator."""
    post, comment = world.posts.get(action.post_id or 0), world.comments.get(action.comment_id or 0)
    community = world.communities.get(action.community_id or 0)
    moderator = world.people[action.mod_person_id] if named else None
    target = world.people.get(target_id or 0)
    concerned: Json = {
        "moderator": moderator and rows.person(world, moderator),
        "target_person": target and rows.person(world, target),
        "target_instance": rows.instance(world) if is_of_the_server(action) else None,
        "target_community": community and rows.community(world, community),
        "target_post": post and rows.post(world, post),
        "target_comment": comment and rows.comment(world, comment),
    }
    return {"modlog": rows.action(action), **without_none(concerned)}


def _data(world: World, notification: Notification, reader: Person) -> Json:
    action = notification.action
    if action is not None:
        target_id = notification.recipient_id
        return {"type_": "mod_action", **action_view(world, action, target_id, named=reader.admin)}
    if notification.message_id is not None:
        return {"type_": "private_message", **message_view(world, world.messages[notification.message_id])}
    if notification.comment_id is not None:
        return {"type_": "comment", **comment_view(world, world.comments[notification.comment_id], reader)}
    return {"type_": "post", **post_view(world, world.posts[notification.post_id or 0], reader)}


def _around(world: World, thing: Post | Comment, reader: Reader) -> Json:
    """Return the author and community of a thing, and what the reader may do there."""
    creator, community = world.people[thing.creator_id], _community_of(world, thing)
    return {
        "creator": rows.person(world, creator),
        "community": rows.community(world, community),
        **_if_any("community_actions", _community_actions(community, reader)),
        **_if_any("person_actions", _person_actions(world, creator, reader)),
        "creator_is_admin": creator.admin,
        "can_mod": _can_moderate(world, thing, reader),
        "creator_banned": creator.banned,
        "creator_is_moderator": creator.id in community.moderators,
        "creator_banned_from_community": creator.id in community.banned,
    }


def _community_of(world: World, thing: Post | Comment) -> Community:
    return world.community_of(thing if isinstance(thing, Post) else world.posts[thing.post_id])


def _can_moderate(world: World, thing: Post | Comment, reader: Reader) -> bool:
    """Return whether the reader ranks at least as high as the author; ranks go by time of appointment."""
    creator, community = world.people[thing.creator_id], _community_of(world, thing)
    if reader is None or reader.admin:
        return reader is not None
    if creator.admin or reader.id not in community.moderators:
        return False
    since = community.moderating_since
    return creator.id not in community.moderators or since[creator.id] >= since[reader.id]


def _community_actions(community: Community, reader: Reader) -> Json:
    if reader is None:
        return {}
    followed = community.followers.get(reader.id)
    seated = community.moderating_since.get(reader.id) if reader.id in community.moderators else None
    return without_none(
        {
            "followed_at": time_or_none(followed),
            "became_moderator_at": time_or_none(seated),
            "received_ban_at": time_or_none(community.banned.get(reader.id)),
            "follow_state": None if followed is None else "accepted",
        }
    )


def _person_actions(world: World, creator: Person, reader: Reader) -> Json:
    """Return what the reader did to the author; vote counts stay, even if all votes were withdrawn."""
    if reader is None:
        return {}
    blocked = without_none({"blocked_at": time_or_none(reader.blocked.get(creator.id))})
    if creator.id not in reader.voted_on:
        return blocked
    things: list[Post | Comment] = [*world.posts.values(), *world.comments.values()]
    votes = [thing.votes.get(reader.id, 0) for thing in things if thing.creator_id == creator.id]
    voted = time_or_none(reader.voted_on[creator.id])
    return blocked | {"voted_at": voted, "upvotes": votes.count(1), "downvotes": votes.count(-1)}


def _post_actions(post: Post, reader: Reader) -> Json:
    if reader is None:
        return {}
    seen = post.comments_seen.get(reader.id)
    counted: Json = (
        {"read_comments_at": time_or_none(seen.at), "read_comments_amount": seen.amount} if seen else {}
    )
    return without_none(
        {"read_at": time_or_none(post.read_by.get(reader.id)), **counted, **_vote(post, reader)}
    )


def _vote(thing: Post | Comment, reader: Reader) -> Json:
    if reader is None or reader.id not in thing.votes:
        return {}
    return {
        "voted_at": time_or_none(thing.voted_at.get(reader.id)),
        "vote_is_upvote": thing.votes[reader.id] > 0,
    }


def _is_offered(tag: Tag, community: Community) -> bool:
    return tag.community_id == community.id and not tag.deleted


def _if_any(name: str, actions: Json) -> Json:
    return {name: actions} if actions else {}
