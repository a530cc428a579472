"""The records as v3 writes them, without a reader: rows of a table, absent fields left out."""

from megabot.sandbox.fields import Json
from megabot.sandbox.records import Comment, Community, Notice, Person, Post, PrivateMessage
from megabot.sandbox.wire_values import time, time_or_none, without_none
from megabot.sandbox.world import World


def person(world: World, row: Person) -> Json:
    """Write a person."""
    return without_none(
        {
            "id": row.id,
            "name": row.name,
            "display_name": row.display_name,
            "banned": row.banned,
            "published": time(row.published),
            "actor_id": row.ap_id or world.address("u", row.name),
            "local": row.ap_id is None,
            "deleted": False,
            "bot_account": row.bot_account,
            "instance_id": 1 if row.ap_id is None else 2,
        }
    )


def community(world: World, row: Community) -> Json:
    """Write a community."""
    return without_none(
        {
            "id": row.id,
            "name": row.name,
            "title": row.title,
            "description": row.description,
            "removed": row.removed,
            "published": time(row.published),
            "updated": time_or_none(row.updated),
            "deleted": row.deleted,
            "nsfw": row.nsfw,
            "actor_id": row.ap_id or world.address("c", row.name),
            "local": row.ap_id is None,
            "hidden": False,
            "posting_restricted_to_mods": row.posting_restricted_to_mods,
            "instance_id": 1 if row.ap_id is None else 2,
            "visibility": row.visibility,
        }
    )


def post(world: World, row: Post) -> Json:
    """Write a post."""
    return without_none(
        {
            "id": row.id,
            "name": row.name,
            "url": row.url,
            "body": row.body,
            "creator_id": row.creator_id,
            "community_id": row.community_id,
            "removed": row.removed,
            "locked": row.locked,
            "published": time(row.published),
            "updated": time_or_none(row.updated),
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
        }
    )


def comment(world: World, row: Comment, *, blank: bool = False) -> Json:
    """Write a comment, its content blank for those who may not see it."""
    return without_none(
        {
            "id": row.id,
            "creator_id": row.creator_id,
            "post_id": row.post_id,
            "content": "" if blank else row.content,
            "removed": row.removed,
            "published": time(row.published),
            "updated": time_or_none(row.updated),
            "deleted": row.deleted,
            "ap_id": row.ap_id or world.address("comment", row.id),
            "local": row.ap_id is None,
            "path": ".".join(map(str, (0, *row.path))),
            "distinguished": row.distinguished,
            "language_id": row.language_id,
        }
    )


def notice(row: Notice) -> Json:
    """Write a mention or a reply."""
    return {
        "id": row.id,
        "recipient_id": row.recipient_id,
        "comment_id": row.comment_id,
        "read": row.read,
        "published": time(row.published),
    }


def message(world: World, row: PrivateMessage) -> Json:
    """Write a private message."""
    values: Json = {
        "id": row.id,
        "creator_id": row.creator_id,
        "recipient_id": row.recipient_id,
        "content": row.content,
        "deleted": False,
        "read": row.read,
        "published": time(row.published),
        "updated": time_or_none(row.updated),
        "ap_id": row.ap_id or world.address("private_message", row.id),
        "local": row.ap_id is None,
        "removed": False,
    }
    return without_none(values)


def site(world: World) -> Json:
    """Write the site."""
    return {
        "id": 1,
        "name": world.site.name,
        "published": time(world.site.published),
        "updated": time(world.site.updated),
        "actor_id": f"{world.origin}/",
        "last_refreshed_at": time(world.site.published),
        "inbox_url": f"{world.origin}/inbox",
        "public_key": "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n",
        "instance_id": 1,
    }
