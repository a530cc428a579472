"""GET /api/v4/modlog: one list of all kinds, newest first."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import ModAction
from lemmy_sandbox.rules import modlog
from lemmy_sandbox.rules.modlog import ModlogQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import is_mod_or_admin
from lemmy_sandbox.v4 import paging, views
from lemmy_sandbox.v4.rows import ALL_KINDS, kind_of
from lemmy_sandbox.world import World


def list_rows(call: Call) -> Json:
    """GET /modlog."""
    fields, world = call.fields, call.world
    kind = fields.filter_or_none("type_", ALL_KINDS, "ModlogKindFilter") or "all"
    cut = paging.read_cut(fields)
    call.check_may_read()
    named = _shows_names(call)
    query = ModlogQuery(
        community_id=fields.number_or_none("community_id"),
        post_id=fields.number_or_none("post_id"),
        comment_id=fields.number_or_none("comment_id"),
        # Whose doing it was is a filter only for those who may know it.
        mod_person_id=fields.number_or_none("mod_person_id") if named else None,
        other_person_id=fields.number_or_none("other_person_id"),
    )
    rows = [row for row in modlog.list_rows(world, query) if kind in {"all", kind_of(row)}]
    number = paging.number(cut)
    return paging.page(
        sorted(rows, key=_order),
        cut,
        edge=None if number is None else _row(world, number),
        order=_order,
        name=lambda row: row.serial,
        view=lambda row: views.action_view(world, row, modlog.target_of(world, row), named=named),
    )


def _shows_names(call: Call) -> bool:
    """Return whether moderators are named: to admins, and to a community's own when asked for it by its id.

    By a post's id alone they are kept even from those.
    """
    community_id = call.fields.number_or_none("community_id")
    if community_id is None:
        return call.caller is not None and call.caller.admin
    community = call.world.communities.get(community_id)
    return community is not None and is_mod_or_admin(call.caller, community)


def _order(row: ModAction) -> tuple[float, int]:
    return (-row.when.timestamp(), -row.serial)


def _row(world: World, serial: int) -> ModAction:
    for row in world.modlog:
        if row.serial == serial:
            return row
    raise Refusal("not_found")
