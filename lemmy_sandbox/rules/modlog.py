"""Select the rows of the modlog that a reader sees."""

from dataclasses import dataclass

from lemmy_sandbox.records import ModAction, ModKind, Person
from lemmy_sandbox.rules.rights import moderates_anything
from lemmy_sandbox.world import World

# Rows about the whole site are omitted from a community's modlog (0.19, mod_log.rs).
_OF_THE_SITE = frozenset({ModKind.BAN, ModKind.REMOVE_COMMUNITY, ModKind.PURGE_POST})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModlogQuery:
    """The filters of a list of modlog rows."""

    community_id: int | None = None
    post_id: int | None = None
    comment_id: int | None = None
    mod_person_id: int | None = None
    other_person_id: int | None = None


def names_are_hidden(world: World, reader: Person | None) -> bool:
    """Return whether 0.19 hides moderators' names from the reader; it never hides their ids."""
    return world.site.hide_modlog_mod_names and not moderates_anything(world, reader)


def target_of(world: World, row: ModAction) -> int | None:
    """Return the person whom an action affects; on 1.0 none for a pin or a purge."""
    # Therefore a pin notifies nobody (lemmy-api 2.10).
    if world.is_lemmy_1 and row.kind in {ModKind.FEATURE_POST, ModKind.PURGE_POST}:
        return None
    if world.is_lemmy_1 and row.kind is ModKind.REMOVE_COMMUNITY:
        return next(iter(world.communities[row.community_id or 0].moderators), None)
    if row.comment_id is not None:
        return world.comments[row.comment_id].creator_id
    return world.posts[row.post_id].creator_id if row.post_id is not None else row.other_person_id


def list_rows(world: World, query: ModlogQuery) -> list[ModAction]:
    """Return the matching rows in the order in which they were written."""
    return [row for row in world.modlog if _is_asked_for(world, query, row)]


def _is_asked_for(world: World, query: ModlogQuery, row: ModAction) -> bool:
    filters = (
        (query.community_id, row.community_id),
        (query.post_id, row.post_id),
        (query.comment_id, row.comment_id),
        (query.mod_person_id, row.mod_person_id),
        (query.other_person_id, target_of(world, row)),
    )
    if query.community_id is not None and row.kind in _OF_THE_SITE and not world.is_lemmy_1:
        return False
    return all(expected in {None, actual} for expected, actual in filters)
