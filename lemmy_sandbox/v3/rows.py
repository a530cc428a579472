"""Records as rows of v3, the same to all readers."""

from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import COMMENT, COMMUNITY, MESSAGE, PERSON, POST, row, time
from lemmy_sandbox.records import Comment, Community, Notice, Person, Post, PrivateMessage
from lemmy_sandbox.world import World

PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n"
ACTOR = {"ap_id": "actor_id"}
"""The field name for the address of people, communities and the site."""


def person(world: World, record: Person) -> Json:
    return row(world, record, (*PERSON, "banned"), ACTOR, deleted=False)


def community(world: World, record: Community) -> Json:
    return row(world, record, (*COMMUNITY, "visibility"), ACTOR, hidden=False)


def post(world: World, record: Post) -> Json:
    return row(world, record, POST)


def comment(world: World, record: Comment, *, blank: bool = False) -> Json:
    """Return a comment's row, with blank content for readers who may not see it."""
    return row(world, record, COMMENT, content="" if blank else record.content)


def notice(world: World, record: Notice) -> Json:
    """Return the row of a mention or a reply."""
    return row(world, record, ("id", "recipient_id", "comment_id", "read", "published"))


def message(world: World, record: PrivateMessage) -> Json:
    return row(world, record, (*MESSAGE, "read"), deleted=False, removed=False)


def site(world: World) -> Json:
    return {
        "id": 1,
        "name": world.site.name,
        "published": time(world.site.published),
        "updated": time(world.site.updated),
        "actor_id": f"{world.origin}/",
        "last_refreshed_at": time(world.site.published),
        "inbox_url": f"{world.origin}/inbox",
        "public_key": PUBLIC_KEY,
        "instance_id": 1,
    }
