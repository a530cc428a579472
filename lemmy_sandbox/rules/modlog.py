"""Which rows of the modlog a reader is shown; writes none."""

from dataclasses import dataclass

from lemmy_sandbox.records import ModAction, ModKind, Person
from lemmy_sandbox.rules.rights import moderates_anything
from lemmy_sandbox.world import World

# Rows about the site as a whole are left out when one community is asked for (0.19, mod_log.rs).
_OF_THE_SITE = frozenset({ModKind.BAN, ModKind.REMOVE_COMMUNITY, ModKind.PURGE_POST})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModlogQuery:
    """What rows are asked for."""

    community_id: int | None = None
    post_id: int | None = None
    comment_id: int | None = None
    mod_person_id: int | None = None
    other_person_id: int | None = None


def names_are_hidden(world: World, reader: Person | None) -> bool:
    """Return whether 0.19 keeps moderators' names from the reader; their ids it never does."""
    return world.site.hide_modlog_mod_names and not moderates_anything(world, reader)


def target_of(world: World, row: ModAction) -> int | None:
    """Return at whom an act is aimed; on 1.0 a pin or a purge is aimed at nobody."""
    if world.is_lemmy_1 and row.kind in {ModKind.FEATURE_POST, ModKind.PURGE_POST}:
        return None
    if world.is_lemmy_1 and row.kind is ModKind.REMOVE_COMMUNITY:
        return next(iter(world.communities[row.community_id or 0].moderators), None)
    if row.comment_id is not None:
        return world.comments[row.comment_id].creator_id
    return world.posts[row.post_id].creator_id if row.post_id is not None else row.other_person_id


def list_rows(world: World, query: ModlogQuery) -> list[ModAction]:
    """List the rows that are asked for, in the order in which they were written."""
    return [row for row in world.modlog if _is_asked_for(world, query, row)]


def _is_asked_for(world: World, query: ModlogQuery, row: ModAction) -> bool:
    asked = (
        (query.community_id, row.community_id),
        (query.post_id, row.post_id),
        (query.comment_id, row.comment_id),
        (query.mod_person_id, row.mod_person_id),
        (query.other_person_id, target_of(world, row)),
    )
    if query.community_id is not None and row.kind in _OF_THE_SITE and not world.is_lemmy_1:
        return False
    return all(wanted in {None, actual} for wanted, actual in asked)
