"""The v3 views: records joined with what concerns one reader."""

from lemmy_sandbox.calls.call import Reader
from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.calls.rows import image_details, time
from lemmy_sandbox.records import Comment, Community, Notice, Person, Post, PrivateMessage
from lemmy_sandbox.rules.sort_orders import newest_comment_time, vote_counts
from lemmy_sandbox.v3 import rows
from lemmy_sandbox.world import World

NO_ACTIVITY: Json = {
    "users_active_day": 0,
    "users_active_week": 0,
    "users_active_month": 0,
    "users_active_half_year": 0,
}
site = rows.site


def post_view(world: World, post: Post, reader: Reader) -> Json:
    comments = sum(1 for _ in world.visible_comments(post))
    seen = post.comments_seen[reader.id].amount if reader and reader.id in post.comments_seen else 0
    return {
        "post": rows.post(world, post),
        **_around(world, world.people[post.creator_id], world.community_of(post), reader),
        "counts": {
            "post_id": post.id,
            "comments": comments,
            **vote_counts(post.votes),
            "published": time(post.published),
            "newest_comment_time": time(newest_comment_time(world, post)),
        },
        "read": reader is not None and reader.id in post.read_by,
        "hidden": False,
        "unread_comments": comments - seen,
        **_own_vote(post.votes, reader),
        **image_details(world, post),
    }


def comment_view(world: World, comment: Comment, reader: Reader, *, raw: bool = False) -> Json:
    """Return a comment's view. A gone comment is blank to everyone except admins, its author included.

    `raw` keeps the content, as the lists of mentions and replies do.
    """
    post = world.posts[comment.post_id]
    blank = comment.is_gone and not raw and not (reader and reader.admin)
    children = (other for other in world.visible_comments(post) if comment.id in other.path[:-1])
    return {
        "comment": rows.comment(world, comment, blank=blank),
        "post": rows.post(world, post),
        **_around(world, world.people[comment.creator_id], world.community_of(post), reader),
        "counts": {
            "comment_id": comment.id,
            **vote_counts(comment.votes),
            "published": time(comment.published),
            "child_count": sum(1 for _ in children),
        },
        **_own_vote(comment.votes, reader),
    }


def comment_answer(world: World, comment: Comment, reader: Reader, told: list[int]) -> Json:
    """Return the view of a comment that was written or changed, and the accounts it notified."""
    return {"comment_view": comment_view(world, comment, reader), "recipient_ids": told}


def community_view(world: World, community: Community, reader: Reader) -> Json:
    posts = [post for post in world.posts_in(community) if not post.is_gone]
    published = time(community.published)
    return {
        "community": rows.community(world, community),
        "subscribed": _subscribed(community, reader),
        "blocked": False,
        "counts": {
            "community_id": community.id,
            "subscribers": len(community.followers),
            "posts": len(posts),
            "comments": sum(1 for post in posts for _ in world.visible_comments(post)),
            "published": published,
            **NO_ACTIVITY,
            "subscribers_local": len(community.followers),
        },
        "banned_from_community": _is_banned(community, reader),
    }


def seat(world: World, community: Community, person: Person) -> Json:
    """Return the view of a moderator of a community."""
    return {"community": rows.community(world, community), "moderator": rows.person(world, person)}


def person_view(world: World, person: Person, reader: Reader) -> Json:
    """Return a user's view, the same to all readers."""
    return {
        "person": rows.person(world, person),
        "counts": person_counts(world, person),
        "is_admin": person.admin,
    }


def person_counts(world: World, person: Person) -> Json:
    """Count a user's posts and comments that are neither removed nor deleted."""
    posts = sum(post.creator_id == person.id and not post.is_gone for post in world.posts.values())
    comments = (comment for comment in world.comments.values() if comment.creator_id == person.id)
    return {
        "person_id": person.id,
        "post_count": posts,
        "comment_count": sum(not comment.is_gone for comment in comments),
    }


def vote_display_mode(account_id: int) -> Json:
    """Return how an account sees votes, which is the same for all here."""
    return {
        "local_user_id": account_id,
        "score": False,
        "upvotes": True,
        "downvotes": True,
        "upvote_percentage": False,
    }


def vote(fields: Fields) -> int:
    return fields.number("score")


def notice_view(world: World, name: str, notice: Notice, reader: Person) -> Json:
    """Return the view of a mention or a reply, under its name in the API."""
    return {
        name: rows.notice(world, notice),
        **comment_view(world, world.comments[notice.comment_id], reader, raw=True),
        "recipient": rows.person(world, world.people[notice.recipient_id]),
    }


def message_view(world: World, message: PrivateMessage) -> Json:
    """Return a private message's view, for sender and recipient."""
    return {
        "private_message": rows.message(world, message),
        "creator": rows.person(world, world.people[message.creator_id]),
        "recipient": rows.person(world, world.people[message.recipient_id]),
    }


def _around(world: World, creator: Person, community: Community, reader: Reader) -> Json:
    return {
        "creator": rows.person(world, creator),
        "community": rows.community(world, community),
        "creator_banned_from_community": creator.id in community.banned,
        "banned_from_community": _is_banned(community, reader),
        "creator_is_moderator": creator.id in community.moderators,
        "creator_is_admin": creator.admin,
        "subscribed": _subscribed(community, reader),
        "saved": False,
        "creator_blocked": reader is not None and creator.id in reader.blocked,
    }


def _is_banned(community: Community, reader: Reader) -> bool:
    return reader is not None and reader.id in community.banned


def _subscribed(community: Community, reader: Reader) -> str:
    return "Subscribed" if reader and reader.id in community.followers else "NotSubscribed"


def _own_vote(votes: dict[int, int], reader: Reader) -> Json:
    return {"my_vote": votes[reader.id]} if reader and reader.id in votes else {}
