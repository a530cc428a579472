"""Actions on communities by users, moderators and admins, and moderators' actions on tags (1.0 only)."""

import re
from dataclasses import dataclass

from lemmy_sandbox.languages import every_id
from lemmy_sandbox.records import Community, ModKind, Person, Tag
from lemmy_sandbox.rules import notifications
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import (
    check_account,
    check_admin,
    check_higher_mod,
    check_mod_action,
    check_user_action,
    is_mod_or_admin,
)
from lemmy_sandbox.rules.text_rules import check_slurs, clean_short_text
from lemmy_sandbox.world import World

_NAME = re.compile(r"[a-zA-Z0-9_]{3,20}")
_TAG_NAME = re.compile(r"[a-zA-Z0-9_]{2,20}")
TAG_COLORS = tuple(f"color{number:02}" for number in range(1, 11))


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityChange:
    """A moderator's changes to a community. None leaves a value unchanged."""

    title: str | None = None
    description: str | None = None
    nsfw: bool | None = None
    posting_restricted_to_mods: bool | None = None
    visibility: str | None = None
    languages: list[int] | None = None


def add(world: World, name: str, title: str, moderators: list[Person]) -> Community:
    """Add a community without checks; its first moderator follows it."""
    community = Community(
        id=world.new_id("community"),
        name=name,
        title=title,
        published=world.now(),
        # 0.19 sets no addresses for pins from other servers (lemmy-api 2.2).
        has_collections=world.is_lemmy_1,
    )
    community.moderators = [person.id for person in moderators]
    community.moderating_since = dict.fromkeys(community.moderators, world.now())
    community.followers = dict.fromkeys(community.moderators[:1], world.now())
    world.communities[community.id] = community
    return community


def create(world: World, creator: Person, name: str, change: CommunityChange) -> Community:
    """Create a community; the creator moderates it, and it gets the creator's languages."""
    check_account(creator)
    if world.site.community_creation_admin_only and not creator.admin:
        raise Refusal("only_admins_can_create_communities")
    check_slurs(name, world.site.slur_filter_regex)
    if not _NAME.fullmatch(name):
        raise Refusal("invalid_name")
    if world.community_named(name):
        raise Refusal("community_already_exists")
    community = add(world, name, change.title or name, [creator])
    community.languages = creator.settings.languages
    _apply(world, community, change)
    return community


def edit(world: World, moderator: Person, community: Community, change: CommunityChange) -> None:
    """Apply a moderator's changes."""
    check_mod_action(moderator, community)
    _apply(world, community, change)
    community.updated = world.now()


def set_moderator(world: World, actor: Person, community: Community, person_id: int, *, added: bool) -> None:
    """Appoint or remove a moderator; nobody can remove someone more senior."""
    check_mod_action(actor, community)
    if added:
        _seat(world, community, person_id)
    else:
        check_higher_mod(world, actor, person_id, community)
        community.moderators = [other for other in community.moderators if other != person_id]
    facts = {"community_id": community.id, "other_person_id": person_id, "turned_on": not added}
    notifications.notify_of_action(world, world.log(ModKind.ADD_COMMUNITY, actor, **facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """A ban from a community, or its end."""

    person_id: int
    ban: bool
    reason: str | None = None


def ban(world: World, moderator: Person, community: Community, order: Ban) -> Person:
    """Ban someone or undo a ban; a banned moderator stays one but may do nothing."""
    check_mod_action(moderator, community)
    check_higher_mod(world, moderator, order.person_id, community)
    person = world.people.get(order.person_id)
    if person is None:
        raise Refusal("community_user_already_banned")
    if order.ban:
        community.banned[person.id] = world.now()
        community.followers.pop(person.id, None)
    else:
        community.banned.pop(person.id, None)
    facts = {"community_id": community.id, "other_person_id": person.id, "turned_on": order.ban}
    row = world.log(ModKind.BAN_FROM_COMMUNITY, moderator, reason=order.reason, **facts)
    notifications.notify_of_action(world, row)
    return person


def remove(world: World, admin: Person, community: Community, *, removed: bool, reason: str | None) -> None:
    """Remove a community from the site, or restore it."""
    if world.is_lemmy_1 and not is_mod_or_admin(admin, community):
        raise Refusal("not_a_mod_or_admin")
    check_admin(admin)
    community.removed = removed
    facts = {"community_id": community.id, "turned_on": removed, "reason": reason}
    notifications.notify_of_action(world, world.log(ModKind.REMOVE_COMMUNITY, admin, **facts))


def delete(person: Person, community: Community, *, deleted: bool) -> None:
    """Delete or restore a community, which only its first moderator may do."""
    check_account(person)
    if not is_mod_or_admin(person, community):
        raise Refusal("not_a_mod_or_admin")
    if community.moderators[:1] != [person.id]:
        raise Refusal("not_top_mod")
    community.deleted = deleted


def follow(world: World, person: Person, community: Community, *, follow: bool) -> None:
    """Follow or unfollow a community."""
    if not follow:
        community.followers.pop(person.id, None)
        return
    check_user_action(world, person, community.id)
    community.followers[person.id] = world.now()


def _seat(world: World, community: Community, person_id: int) -> None:
    """Appoint a moderator; on 1.0 someone who is one already becomes the last in rank."""
    has_one = person_id in community.moderators
    if person_id not in world.people or (has_one and not world.is_lemmy_1):
        raise Refusal("community_moderator_already_exists")
    community.moderators = [*(other for other in community.moderators if other != person_id), person_id]
    community.moderating_since[person_id] = world.now()


def _apply(world: World, community: Community, change: CommunityChange) -> None:
    site = world.site
    if change.title is not None:
        check_slurs(change.title, site.slur_filter_regex)
        community.title = change.title
    if change.description is not None:
        community.description = clean_short_text(world, change.description) or None
    if change.languages is not None:
        chosen = frozenset(change.languages)
        if not chosen <= every_id():
            raise Refusal("language_not_allowed")
        community.languages = frozenset() if chosen == every_id() else chosen
    for name in ("nsfw", "posting_restricted_to_mods", "visibility"):
        value = getattr(change, name)
        if value is not None:
            setattr(community, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLook:
    """The look of a tag. None leaves a value unchanged."""

    display_name: str | None = None
    color: str | None = None


def create_tag(world: World, moderator: Person, community_id: int, name: str, look: TagLook) -> Tag:
    """Add a tag. `name` is for addresses, the display name is for people."""
    if not _TAG_NAME.fullmatch(name):
        raise Refusal("invalid_name")
    check_mod_action(moderator, _existing_community(world, community_id))
    number = world.new_id("tag")  # the database uses up an id even if the row is refused
    if any((tag.community_id, tag.name) == (community_id, name) for tag in world.tags.values()):
        message = 'duplicate key value violates unique constraint "tag_ap_id_key"'
        raise Refusal("couldnt_create", cause=message)
    tag = Tag(
        id=number,
        community_id=community_id,
        name=name,
        published=world.now(),
        display_name=look.display_name,
        color=look.color or TAG_COLORS[0],
    )
    world.tags[tag.id] = tag
    return tag


def edit_tag(world: World, moderator: Person, tag_id: int, look: TagLook) -> Tag:
    """Change a tag's look."""
    tag = _moderated_tag(world, moderator, tag_id)
    if look.display_name is not None:
        tag.display_name = look.display_name or None
    tag.color = look.color or tag.color
    tag.updated = world.now()
    return tag


def delete_tag(world: World, moderator: Person, tag_id: int, *, deleted: bool) -> Tag:
    """Delete a tag, which removes it from its posts, or restore it."""
    tag = _moderated_tag(world, moderator, tag_id)
    tag.deleted, tag.updated = deleted, world.now()
    return tag


def _moderated_tag(world: World, moderator: Person, tag_id: int) -> Tag:
    tag = world.tags.get(tag_id)
    if tag is None:
        raise Refusal("not_found")
    check_mod_action(moderator, world.communities[tag.community_id])
    return tag


def _existing_community(world: World, community_id: int) -> Community:
    community = world.communities.get(community_id)
    if community is None or community.is_gone:
        raise Refusal("not_found")
    return community
