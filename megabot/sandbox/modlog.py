"""Which rows of the modlog a reader is shown; writes none."""

from dataclasses import dataclass

from megabot.sandbox.post_list import Page
from megabot.sandbox.records import ModAction, ModKind, Person
from megabot.sandbox.rights import moderates_anything
from megabot.sandbox.world import World

# Rows about the site as a whole are left out when one community is asked for (0.19, mod_log.rs).
_OF_THE_SITE = frozenset({ModKind.BAN, ModKind.REMOVE_COMMUNITY, ModKind.PURGE_POST})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModlogQuery:
    """What rows are asked for."""

    reader: Person | None
    page: Page
    type_: str = "All"
    community_id: int | None = None
    post_id: int | None = None
    comment_id: int | None = None
    mod_person_id: int | None = None
    other_person_id: int | None = None


def names_are_hidden(world: World, reader: Person | None) -> bool:
    """Tell whether moderators' names are kept from the reader; their ids never are."""
    return world.site.hide_modlog_mod_names and not moderates_anything(world, reader)


def target(world: World, row: ModAction) -> int | None:
    """Give at whom an act is aimed (1.0): at nobody with a pin or a purge."""
    if row.kind in {ModKind.FEATURE_POST, ModKind.PURGE_POST}:
        return None
    if row.kind is ModKind.REMOVE_COMMUNITY:
        return next(iter(world.communities[row.community_id or 0].moderators), None)
    return _concerned(world, row)


def rows(world: World, query: ModlogQuery, kind: ModKind) -> list[ModAction]:
    """List the rows of one kind, newest first."""
    if query.type_ not in {"All", kind.value}:
        return []
    if kind in _OF_THE_SITE and query.community_id is not None:
        return []
    moderator = None if names_are_hidden(world, query.reader) else query.mod_person_id
    found = [row for row in world.modlog if row.kind is kind and _is_asked_for(world, query, row)]
    kept = [row for row in found if moderator in {None, row.mod_person_id}]
    return query.page.of(sorted(kept, key=lambda row: row.id, reverse=True))


def _is_asked_for(world: World, query: ModlogQuery, row: ModAction) -> bool:
    asked = (
        (query.community_id, row.community_id),
        (query.post_id, row.post_id),
        (query.comment_id, row.comment_id),
        (query.other_person_id, _concerned(world, row)),
    )
    return all(wanted in {None, actual} for wanted, actual in asked)


def _concerned(world: World, row: ModAction) -> int | None:
    if row.comment_id is not None:
        return world.comments[row.comment_id].creator_id
    return world.posts[row.post_id].creator_id if row.post_id is not None else row.other_person_id
