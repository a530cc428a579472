"""Records as rows of v4, the same to all readers. Counts that v3 has beside a row are inside it here."""

from collections.abc import Callable

from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import (
    COMMENT,
    COMMUNITY,
    MESSAGE,
    PERSON,
    POST,
    V4_VISIBILITIES,
    row,
    time,
    time_or_none,
)
from lemmy_sandbox.records import (
    Comment,
    Community,
    ModAction,
    ModKind,
    Notification,
    Person,
    Post,
    PrivateMessage,
    Tag,
)
from lemmy_sandbox.rules.sort_orders import vote_counts
from lemmy_sandbox.world import World

NAMES = {"published": "published_at", "updated": "updated_at", "description": "summary"}
"""v4's names for the fields that it renamed."""
NO_ACTIVITY: Json = {
    "users_active_day": 0,
    "users_active_week": 0,
    "users_active_month": 0,
    "users_active_half_year": 0,
}
_NO_REPORTS: Json = {"report_count": 0, "unresolved_report_count": 0}
_FRONT_PAGE = "admin_feature_post_site"
_KINDS = {
    ModKind.REMOVE_POST: "mod_remove_post",
    ModKind.LOCK_POST: "mod_lock_post",
    ModKind.FEATURE_POST: "mod_feature_post_community",
    ModKind.REMOVE_COMMENT: "mod_remove_comment",
    ModKind.REMOVE_COMMUNITY: "admin_remove_community",
    ModKind.BAN_FROM_COMMUNITY: "mod_ban_from_community",
    ModKind.BAN: "admin_ban",
    ModKind.ADD_COMMUNITY: "mod_add_to_community",
    ModKind.PURGE_POST: "admin_purge_post",
}
ALL_KINDS = (
    "all", "admin_add", "admin_ban", "admin_allow_instance", "admin_block_instance", "admin_purge_comment",
    "admin_purge_community", "admin_purge_person", "admin_purge_post", "mod_add_to_community",
    "mod_ban_from_community", _FRONT_PAGE, "mod_feature_post_community", "mod_change_community_visibility",
    "mod_lock_post", "mod_remove_comment", "admin_remove_community", "mod_remove_post",
    "mod_transfer_community", "mod_lock_comment", "mod_warn_comment", "mod_warn_post",
)  # fmt: skip


def person(world: World, record: Person) -> Json:
    counts = _count_once(world, ("person", record.id), lambda: _count_of_person(world, record))
    return row(
        world, record, PERSON, NAMES, last_refreshed_at=time(record.published), deleted=False, **counts
    )


def community(world: World, record: Community) -> Json:
    return row(
        world,
        record,
        COMMUNITY,
        NAMES,
        last_refreshed_at=time(record.published),
        visibility=V4_VISIBILITIES.get(record.visibility),
        subscribers=len(record.followers),
        **_count_once(world, ("community", record.id), lambda: _count_of_community(world, record)),
        **NO_ACTIVITY,
        subscribers_local=len(record.followers),
        **_NO_REPORTS,
        local_removed=False,
    )


def post(world: World, record: Post, *, blank: bool = False) -> Json:
    """Return a post's row, with an empty body for readers who may not see it."""
    newest = max((comment.published for comment in world.comments_of[record.id]), default=None)
    return row(
        world,
        record,
        (*POST, "federation_pending"),
        NAMES,
        body="" if blank else record.body,
        newest_comment_time_at=time_or_none(newest),
        comments=sum(1 for _ in world.visible_comments(record)),
        **vote_counts(record.votes),
        **_NO_REPORTS,
    )


def comment(world: World, record: Comment, *, blank: bool = False) -> Json:
    """Return a comment's row, with empty content for readers who may not see it."""
    under = (other for other in world.comments_of[record.post_id] if record.id in other.path[:-1])
    return row(
        world,
        record,
        (*COMMENT, "federation_pending"),
        NAMES,
        content="" if blank else record.content,
        child_count=sum(1 for _ in under),
        locked=False,
        **vote_counts(record.votes),
        **_NO_REPORTS,
    )


def message(world: World, record: PrivateMessage) -> Json:
    """Return a private message's row; whether it was read is in its notification."""
    return row(world, record, MESSAGE, NAMES, deleted=False, removed=False, deleted_by_recipient=False)


def notification(world: World, record: Notification, creator_id: int) -> Json:
    """Return a notification's row. `creator_id` is a parameter: most readers get 0 (lemmy-api 2.10)."""
    return row(
        world,
        record,
        ("id", "recipient_id", "comment_id", "read", "published", "post_id"),
        NAMES,
        kind=record.kind.value,
        private_message_id=record.message_id,
        modlog_id=record.action and record.action.serial,
        creator_id=creator_id,
    )


def action(record: ModAction) -> Json:
    """Return a row of the modlog, including None values, unlike other rows."""
    return {
        "id": record.serial,
        "kind": kind_of(record),
        "is_revert": not record.turned_on,
        "reason": record.reason,
        "expires_at": None,
        "published_at": time(record.when),
        "bulk_action_parent_id": None,
        "child_count": 0,
    }


def kind_of(action: ModAction) -> str:
    """Return the kind of a row; community pins and front-page pins are two kinds here."""
    if action.kind is ModKind.FEATURE_POST and not action.in_community:
        return _FRONT_PAGE
    return _KINDS[action.kind]


def is_of_the_server(action: ModAction) -> bool:
    """Return whether an admin's action affects the whole server."""
    return kind_of(action) in {_FRONT_PAGE, "admin_ban", "admin_remove_community"}


def tag(world: World, record: Tag) -> Json:
    """Return the row of a community's tag."""
    community_name = world.communities[record.community_id].name
    names = ("id", "name", "display_name", "community_id", "published", "updated", "deleted", "color")
    return row(world, record, names, NAMES, ap_id=world.address("c", f"{community_name}/tag/{record.name}"))


def site(world: World) -> Json:
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
    """Return the server's row in the list of servers."""
    published = time(world.site.published)
    return {"id": 1, "domain": world.hostname, "published_at": published, "updated_at": published}


def _count_once(world: World, key: tuple[str, int], count: Callable[[], Json]) -> Json:
    """Count once per response, however many of its items show the same person or community."""
    if key not in world.counted:
        world.counted[key] = count()
    return world.counted[key]


def _count_of_person(world: World, person: Person) -> Json:
    return {
        "post_count": sum(post.creator_id == person.id and not post.is_gone for post in world.posts.values()),
        "comment_count": sum(
            comment.creator_id == person.id and not comment.is_gone for comment in world.comments.values()
        ),
    }


def _count_of_community(world: World, community: Community) -> Json:
    posts = [post for post in world.posts_in(community) if not post.is_gone]
    return {"posts": len(posts), "comments": sum(1 for post in posts for _ in world.visible_comments(post))}
