"""Upgrade a server from 0.19 to 1.0: what its database migrations keep, change and lose."""

from dataclasses import replace

from lemmy_sandbox.records import Generation, ModAction, ModKind
from lemmy_sandbox.rules import notifications
from lemmy_sandbox.world import World

# The order in which the migration merges the modlog's tables into one.
_POURED = (
    ModKind.BAN,
    ModKind.REMOVE_POST,
    ModKind.REMOVE_COMMENT,
    ModKind.LOCK_POST,
    ModKind.REMOVE_COMMUNITY,
    ModKind.BAN_FROM_COMMUNITY,
    ModKind.ADD_COMMUNITY,
    ModKind.PURGE_POST,
    ModKind.FEATURE_POST,
)
_WITHOUT_REASON = frozenset({ModKind.ADD_COMMUNITY, ModKind.FEATURE_POST})


def upgrade(world: World) -> None:
    """Turn the world into a 1.0 server; ids of people, communities, posts and comments stay the same.

    Older tokens become invalid, because they have no expiry and 1.0 requires one. State kept only in memory
    starts again.
    """
    if world.is_lemmy_1:
        return
    world.generation = Generation.LEMMY_1
    world.tokens = {}
    world.forget_what_is_in_memory()
    notifications.convert_old_rows(world)
    _renumber(world)
    for community in world.communities.values():
        community.has_collections = True  # migration 2025-09-01-141127
    for person in world.people.values():
        if person.settings.default_sort_type.startswith("Top"):
            person.settings.default_sort_type = "Active"


def _renumber(world: World) -> None:
    """Number the modlog's rows across all kinds, kind by kind; rows that can have a reason get one."""
    poured = sorted(world.modlog, key=_place)
    world.modlog = [replace(row, serial=serial, reason=_reason(row)) for serial, row in enumerate(poured, 1)]
    world.count_from("modlog", len(poured))


def _place(row: ModAction) -> tuple[int, bool, int]:
    return (_POURED.index(row.kind), not row.in_community, row.id)


def _reason(row: ModAction) -> str | None:
    return row.reason or (None if row.kind in _WITHOUT_REASON else "No reason given")
