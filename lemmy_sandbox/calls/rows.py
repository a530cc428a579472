"""Records as JSON: the fields that every API shows of a record, and how values are written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Addressed, Notice, Notification, Post, Tag
from lemmy_sandbox.rules import pictures
from lemmy_sandbox.world import World

Record = Addressed | Notice | Notification | Tag

PERSON = ("id", "name", "display_name", "published", "ap_id", "local", "bot_account", "instance_id")
COMMUNITY = (
    "id", "name", "title", "description", "removed", "published", "updated", "deleted", "nsfw", "ap_id",
    "local", "posting_restricted_to_mods", "instance_id",
)  # fmt: skip
POST = (
    "id", "name", "url", "body", "creator_id", "community_id", "removed", "locked", "published", "updated",
    "deleted", "nsfw", "thumbnail_url", "ap_id", "local", "language_id", "featured_community",
    "featured_local", "url_content_type", "alt_text",
)  # fmt: skip
COMMENT = (
    "id", "creator_id", "post_id", "content", "removed", "published", "updated", "deleted", "ap_id", "local",
    "path", "distinguished", "language_id",
)  # fmt: skip
MESSAGE = ("id", "creator_id", "recipient_id", "content", "published", "updated", "ap_id", "local")

V4_VISIBILITIES = {"Public": "public", "LocalOnly": "local_only_private"}
"""v4's names for the visibilities of a community."""

_NO_RENAMES: Mapping[str, str] = MappingProxyType({})
_MICROSECONDS_OF_A_MILLISECOND = 1000


def row(
    world: World,
    record: Record,
    names: Iterable[str],
    renames: Mapping[str, str] = _NO_RENAMES,
    **more: object,
) -> Json:
    """Return the named fields of a record, some renamed, plus `more`. None values are omitted."""
    values = {renames.get(name, name): _value(world, record, name) for name in names}
    return without_none(values | more)


def image_details(world: World, post: Post) -> Json:
    """Return the details of a post's thumbnail, if it is in the server's own image service."""
    link = post.thumbnail_url or ""
    picture = pictures.picture_at(world, link)
    if picture is None:
        return {}
    size = {"width": picture.width, "height": picture.height}
    return {"image_details": {"link": link, **size, "content_type": picture.content_type}}


def time(moment: datetime) -> str:
    """Return a time as chrono writes it: no fraction, three digits or six, whichever is exact."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if not moment.microsecond:
        return f"{text}Z"
    if moment.microsecond % _MICROSECONDS_OF_A_MILLISECOND:
        return f"{text}.{moment.microsecond:06}Z"
    return f"{text}.{moment.microsecond // _MICROSECONDS_OF_A_MILLISECOND:03}Z"


def time_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else time(moment)


def without_none(values: Json) -> Json:
    """Drop None values, as the server does."""
    return {name: value for name, value in values.items() if value is not None}


def _value(world: World, record: Record, name: str) -> object:
    if not isinstance(record, Notice | Notification | Tag):
        if name == "ap_id":
            return world.ap_id(record)
        if name == "local":
            return record.ap_id is None
        if name == "instance_id":
            return 1 if record.ap_id is None else 2
    value = getattr(record, name)
    if isinstance(value, tuple):  # a comment's path
        return ".".join(map(str, (0, *value)))
    return time(value) if isinstance(value, datetime) else value
