"""Who may do what, with checks in the server's order. Changes nothing."""

from lemmy_sandbox.records import Community, Person, Post
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.world import World


def is_moderator(person: Person | None, community: Community) -> bool:
    return person is not None and person.id in community.moderators


def is_mod_or_admin(person: Person | None, community: Community) -> bool:
    return person is not None and (person.admin or is_moderator(person, community))


def moderates_anything(world: World, person: Person | None) -> bool:
    """Return whether a user moderates any community or is an admin, so that the modlog shows names."""
    return person is not None and any(
        is_mod_or_admin(person, community) for community in world.communities.values()
    )


def check_account(person: Person) -> None:
    """Refuse an account that is banned from the site."""
    if person.banned:
        raise Refusal("site_ban")


def check_admin(person: Person) -> None:
    """Refuse everyone except admins."""
    check_account(person)
    if not person.admin:
        raise Refusal("not_an_admin")


def check_user_action(world: World, person: Person, community_id: int) -> Community:
    """Check whether a user may write in a community, and return the community."""
    check_account(person)
    community = world.communities.get(community_id)
    if community is None:
        raise Refusal("couldnt_find_community")
    _check_not_gone(community)
    _check_not_banned(person, community)
    return community


def check_mod_action(person: Person, community: Community) -> None:
    """Check whether a user may moderate a community; a ban stops moderators but not admins."""
    check_account(person)
    if not is_mod_or_admin(person, community):
        raise Refusal("not_a_mod_or_admin")
    if not person.admin:
        _check_not_banned(person, community)
    _check_not_gone(community)


def check_higher_mod(world: World, actor: Person, target_id: int, community: Community) -> None:
    """Refuse an action against someone of higher rank: admins first, then moderators by seniority."""
    pair = {actor.id, target_id}
    ranked = [person.id for person in world.people.values() if person.admin and person.id in pair]
    ranked += [moderator for moderator in community.moderators if moderator in pair]
    if not ranked or ranked[0] != actor.id:
        raise Refusal("not_higher_mod")


def check_higher_admin(world: World, actor: Person, target_id: int) -> None:
    """Refuse an admin's action against an older admin."""
    pair = {actor.id, target_id}
    admins = [person.id for person in world.people.values() if person.admin and person.id in pair]
    if admins[:1] != [actor.id]:
        raise Refusal("not_higher_admin")


def can_open(world: World, reader: Person | None, post: Post) -> bool:
    """Return whether a post can be opened by id; author, moderators and admins can open gone ones."""
    community = world.community_of(post)
    if reader is None and community.visibility != "Public":
        return False
    if not (post.is_gone or community.is_gone) or _is_left_open(world, post, community):
        return True
    return is_mod_or_admin(reader, community) or (reader is not None and reader.id == post.creator_id)


def can_find(world: World, reader: Person | None, post: Post) -> bool:
    """Return whether a post is found other than by id; being a moderator makes no difference here."""
    community = world.community_of(post)
    if reader is None and community.visibility != "Public":
        return False
    is_author = reader is not None and reader.id == post.creator_id
    is_there = not (post.is_gone or community.is_gone) or _is_left_open(world, post, community)
    return is_author or is_there


def can_see_community(reader: Person | None, community: Community) -> bool:
    if reader is None and community.visibility != "Public":
        return False
    return not community.is_gone or is_mod_or_admin(reader, community)


def _is_left_open(world: World, post: Post, community: Community) -> bool:
    """Return whether 1.0 still opens a deleted post, with an empty body, because it has visible comments."""
    if not world.is_lemmy_1 or post.removed or community.is_gone:
        return False
    return any(True for _ in world.visible_comments(post))


def _check_not_gone(community: Community) -> None:
    if community.is_gone:
        raise Refusal("deleted")


def _check_not_banned(person: Person, community: Community) -> None:
    if person.id in community.banned:
        raise Refusal("banned_from_community")
