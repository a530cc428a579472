"""The records as v4 writes them, without a reader; what v3 counts beside a row is in the row here."""

from collections.abc import Callable

from megabot.sandbox.fields import Json
from megabot.sandbox.records import (
    Comment,
    Community,
    ModAction,
    Notification,
    Person,
    Post,
    PrivateMessage,
    Tag,
)
from megabot.sandbox.sort_orders import score
from megabot.sandbox.v4_kinds import kind_of
from megabot.sandbox.wire_values import time, time_or_none, without_none
from megabot.sandbox.world import World

_NO_ACTIVITY: Json = {
    "users_active_day": 0,
    "users_active_week": 0,
    "users_active_month": 0,
    "users_active_half_year": 0,
}
_NO_REPORTS: Json = {"report_count": 0, "unresolved_report_count": 0}


def person(world: World, row: Person) -> Json:
    """Write a person."""
    return without_none(
        {
            "id": row.id,
            "name": row.name,
            "display_name": row.display_name,
            "published_at": time(row.published),
            "ap_id": row.ap_id or world.address("u", row.name),
            "local": row.ap_id is None,
            "last_refreshed_at": time(row.published),
            "deleted": False,
            "bot_account": row.bot_account,
            "instance_id": 1 if row.ap_id is None else 2,
            **_counted(world, ("person", row.id), lambda: _written(world, row)),
        }
    )


def community(world: World, row: Community) -> Json:
    """Write a community."""
    return without_none(
        {
            "id": row.id,
            "name": row.name,
            "title": row.title,
            "summary": row.description,
            "removed": row.removed,
            "published_at": time(row.published),
            "updated_at": time_or_none(row.updated),
            "deleted": row.deleted,
            "nsfw": row.nsfw,
            "ap_id": row.ap_id or world.address("c", row.name),
            "local": row.ap_id is None,
            "last_refreshed_at": time(row.published),
            "posting_restricted_to_mods": row.posting_restricted_to_mods,
            "instance_id": 1 if row.ap_id is None else 2,
            "visibility": {"Public": "public", "LocalOnly": "local_only_private"}.get(row.visibility),
            "subscribers": len(row.followers),
            **_counted(world, ("community", row.id), lambda: _held(world, row)),
            **_NO_ACTIVITY,
            "subscribers_local": len(row.followers),
            **_NO_REPORTS,
            "local_removed": False,
        }
    )


def post(world: World, row: Post, *, blank: bool = False) -> Json:
    """Write a post, its body empty for those who may not see it."""
    newest = max((comment.published for comment in world.comments_of[row.id]), default=None)
    return without_none(
        {
            "id": row.id,
            "name": row.name,
            "url": row.url,
            "body": "" if blank else row.body,
            "creator_id": row.creator_id,
            "community_id": row.community_id,
            "removed": row.removed,
            "locked": row.locked,
            "published_at": time(row.published),
            "updated_at": time_or_none(row.updated),
            "deleted": row.deleted,
            "nsfw": row.nsfw,
            "thumbnail_url": row.thumbnail_url,
            "ap_id": row.ap_id or world.address("post", row.id),
            "local": row.ap_id is None,
            "language_id": row.language_id,
            "featured_community": row.featured_community,
            "featured_local": row.featured_local,
            "url_content_type": row.url_content_type,
            "alt_text": row.alt_text,
            "newest_comment_time_at": time_or_none(newest),
            "comments": sum(1 for _ in world.visible_comments(row)),
            **_votes(row.votes),
            **_NO_REPORTS,
            "federation_pending": row.federation_pending,
        }
    )


def comment(world: World, row: Comment, *, blank: bool = False) -> Json:
    """Write a comment, its content empty for those who may not see it."""
    under = (other for other in world.comments_of[row.post_id] if row.id in other.path[:-1])
    return without_none(
        {
            "id": row.id,
            "creator_id": row.creator_id,
            "post_id": row.post_id,
            "content": "" if blank else row.content,
            "removed": row.removed,
            "published_at": time(row.published),
            "updated_at": time_or_none(row.updated),
            "deleted": row.deleted,
            "ap_id": row.ap_id or world.address("comment", row.id),
            "local": row.ap_id is None,
            "path": ".".join(map(str, (0, *row.path))),
            "distinguished": row.distinguished,
            "language_id": row.language_id,
            **_votes(row.votes),
            "child_count": sum(1 for _ in under),
            **_NO_REPORTS,
            "federation_pending": row.federation_pending,
            "locked": False,
        }
    )


def message(world: World, row: PrivateMessage) -> Json:
    """Write a private message; whether it was read is in its notification."""
    values: Json = {
        "id": row.id,
        "creator_id": row.creator_id,
        "recipient_id": row.recipient_id,
        "content": row.content,
        "deleted": False,
        "published_at": time(row.published),
        "updated_at": time_or_none(row.updated),
        "ap_id": row.ap_id or world.address("private_message", row.id),
        "local": row.ap_id is None,
        "removed": False,
        "deleted_by_recipient": False,
    }
    return without_none(values)


def notification(row: Notification, creator_id: int) -> Json:
    """Write a notification; whose doing it is has to be said, for most are not told."""
    return without_none(
        {
            "id": row.id,
            "recipient_id": row.recipient_id,
            "comment_id": row.comment_id,
            "read": row.read,
            "published_at": time(row.published),
            "kind": row.kind.value,
            "post_id": row.post_id,
            "private_message_id": row.message_id,
            "modlog_id": row.action and row.action.serial,
            "creator_id": creator_id,
        }
    )


def action(row: ModAction) -> Json:
    """Write a row of the modlog; here what is none is written too."""
    return {
        "id": row.serial,
        "kind": kind_of(row),
        "is_revert": not row.turned_on,
        "reason": row.reason,
        "expires_at": None,
        "published_at": time(row.when),
        "bulk_action_parent_id": None,
        "child_count": 0,
    }


def tag(world: World, row: Tag) -> Json:
    """Write a community's tag."""
    name = world.communities[row.community_id].name
    return without_none(
        {
            "id": row.id,
            "ap_id": world.address("c", f"{name}/tag/{row.name}"),
            "name": row.name,
            "display_name": row.display_name,
            "community_id": row.community_id,
            "published_at": time(row.published),
            "updated_at": time_or_none(row.updated),
            "deleted": row.deleted,
            "color": row.color,
        }
    )


def site(world: World) -> Json:
    """Write the site."""
    return {
        "id": 1,
        "name": world.site.name,
        "published_at": time(world.site.published),
        "updated_at": time(world.site.updated),
        "ap_id": f"{world.origin}/",
        "last_refreshed_at": time(world.site.published),
        "inbox_url": f"{world.origin}/inbox",
        "instance_id": 1,
    }


def instance(world: World) -> Json:
    """Write the server as one among servers."""
    published = time(world.site.published)
    return {"id": 1, "domain": world.hostname, "published_at": published, "updated_at": published}


def _counted(world: World, what: tuple[str, int], count: Callable[[], Json]) -> Json:
    """Count once an answer, however many of its items show the same person or community."""
    if what not in world.counted:
        world.counted[what] = count()
    return world.counted[what]


def _written(world: World, row: Person) -> Json:
    posts = (post for post in world.posts.values() if post.creator_id == row.id)
    comments = (one for one in world.comments.values() if one.creator_id == row.id)
    return {
        "post_count": sum(not post.is_gone for post in posts),
        "comment_count": sum(not comment.is_gone for comment in comments),
    }


def _held(world: World, row: Community) -> Json:
    posts = [post for post in world.posts.values() if post.community_id == row.id and not post.is_gone]
    comments = sum(1 for post in posts for _ in world.visible_comments(post))
    return {"posts": len(posts), "comments": comments}


def _votes(votes: dict[int, int]) -> Json:
    up = sum(vote == 1 for vote in votes.values())
    return {"score": score(votes), "upvotes": up, "downvotes": len(votes) - up}
