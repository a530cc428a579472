"""What moderators do to their community's tags (1.0 only)."""

import re
from dataclasses import dataclass

from lemmy_sandbox.records import Community, Person, Tag
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import check_mod_action
from lemmy_sandbox.world import World

_NAME = re.compile(r"[a-zA-Z0-9_]{2,20}")
COLORS = tuple(f"color{number:02}" for number in range(1, 11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a tag is shown; none leaves a thing as it is."""

    display_name: str | None = None
    color: str | None = None


def create(world: World, moderator: Person, community_id: int, name: str, look: Look) -> Tag:
    """Add a tag; its name is for addresses, people are shown the other."""
    if not _NAME.fullmatch(name):
        raise Refusal("invalid_name")
    check_mod_action(moderator, _community(world, community_id))
    number = world.new_id("tag")  # counted on by the database whether the row is kept or not
    if any((tag.community_id, tag.name) == (community_id, name) for tag in world.tags.values()):
        message = 'duplicate key value violates unique constraint "tag_ap_id_key"'
        raise Refusal("couldnt_create", cause=message)
    tag = Tag(
        id=number,
        community_id=community_id,
        name=name,
        published=world.now(),
        display_name=look.display_name,
        color=look.color or COLORS[0],
    )
    world.tags[tag.id] = tag
    return tag


def edit(world: World, moderator: Person, tag_id: int, look: Look) -> Tag:
    """Change how a tag looks."""
    tag = _named(world, moderator, tag_id)
    if look.display_name is not None:
        tag.display_name = look.display_name or None
    tag.color = look.color or tag.color
    tag.updated = world.now()
    return tag


def delete(world: World, moderator: Person, tag_id: int, *, deleted: bool) -> Tag:
    """Take a tag off every post that has it, or put it back."""
    tag = _named(world, moderator, tag_id)
    tag.deleted, tag.updated = deleted, world.now()
    return tag


def _named(world: World, moderator: Person, tag_id: int) -> Tag:
    tag = world.tags.get(tag_id)
    if tag is None:
        raise Refusal("not_found")
    check_mod_action(moderator, world.communities[tag.community_id])
    return tag


def _community(world: World, community_id: int) -> Community:
    community = world.communities.get(community_id)
    if community is None or community.is_gone:
        raise Refusal("not_found")
    return community
