"""GET /api/v3/modlog: the rows of `modlog` as fifteen lists, those that the sandbox never fills too."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import time, without_none
from lemmy_sandbox.records import ModAction, ModKind
from lemmy_sandbox.rules import modlog
from lemmy_sandbox.rules.modlog import ModlogQuery
from lemmy_sandbox.v3 import rows
from lemmy_sandbox.v3.lists import page
from lemmy_sandbox.world import World

_LISTS = {
    "ModRemovePost": "removed_posts",
    "ModLockPost": "locked_posts",
    "ModFeaturePost": "featured_posts",
    "ModRemoveComment": "removed_comments",
    "ModRemoveCommunity": "removed_communities",
    "ModBanFromCommunity": "banned_from_community",
    "ModBan": "banned",
    "ModAddCommunity": "added_to_community",
    "ModTransferCommunity": "transferred_to_community",
    "ModAdd": "added",
    "AdminPurgePerson": "admin_purged_persons",
    "AdminPurgeCommunity": "admin_purged_communities",
    "AdminPurgePost": "admin_purged_posts",
    "AdminPurgeComment": "admin_purged_comments",
    "ModHideCommunity": "hidden_communities",
}
# The row's own name, the name of its flag, and which ids it carries beside its own.
_ROWS = {
    ModKind.REMOVE_POST: ("mod_remove_post", "removed", ("post_id",)),
    ModKind.LOCK_POST: ("mod_lock_post", "locked", ("post_id",)),
    ModKind.FEATURE_POST: ("mod_feature_post", "featured", ("post_id",)),
    ModKind.REMOVE_COMMENT: ("mod_remove_comment", "removed", ("comment_id",)),
    ModKind.REMOVE_COMMUNITY: ("mod_remove_community", "removed", ("community_id",)),
    ModKind.BAN_FROM_COMMUNITY: ("mod_ban_from_community", "banned", ("other_person_id", "community_id")),
    ModKind.BAN: ("mod_ban", "banned", ("other_person_id",)),
    ModKind.ADD_COMMUNITY: ("mod_add_community", "removed", ("other_person_id", "community_id")),
    ModKind.PURGE_POST: ("admin_purge_post", "", ("community_id",)),
}
_OTHER_PERSON = {
    ModKind.BAN_FROM_COMMUNITY: "banned_person",
    ModKind.BAN: "banned_person",
    ModKind.ADD_COMMUNITY: "modded_person",
}


def list_rows(call: Call) -> Json:
    """GET /modlog."""
    fields, world = call.fields, call.world
    is_named = not modlog.names_are_hidden(world, call.caller)
    cut, kind_wanted = page(fields), fields.choice_or_none("type_", ("All", *_LISTS)) or "All"
    moderator_id = fields.number_or_none("mod_person_id")
    query = ModlogQuery(
        community_id=fields.number_or_none("community_id"),
        post_id=fields.number_or_none("post_id"),
        comment_id=fields.number_or_none("comment_id"),
        mod_person_id=moderator_id if is_named else None,
        other_person_id=fields.number_or_none("other_person_id"),
    )
    call.check_may_read()
    rows = sorted(modlog.list_rows(world, query), key=lambda row: row.id, reverse=True)
    answer: Json = {name: [] for name in _LISTS.values()}
    for kind in [kind for kind in ModKind if kind_wanted in {"All", kind.value}]:
        shown = cut.of([row for row in rows if row.kind is kind])
        answer[_LISTS[kind.value]] = [_view(world, row, is_named=is_named) for row in shown]
    return answer


def _view(world: World, row: ModAction, *, is_named: bool) -> Json:
    name = _ROWS[row.kind][0]
    role = "admin" if row.kind is ModKind.PURGE_POST else "moderator"
    view: Json = {name: _row(row, role)}
    if is_named:
        view[role] = rows.person(world, world.people[row.mod_person_id])
    return view | _joined(world, row)


def _row(row: ModAction, role: str) -> Json:
    _, flag, ids = _ROWS[row.kind]
    written: Json = {"id": row.id, f"{'mod' if role == 'moderator' else role}_person_id": row.mod_person_id}
    written |= {name: getattr(row, name) for name in ids}
    written |= {flag: row.turned_on} if flag else {}
    if row.kind is ModKind.FEATURE_POST:
        written["is_featured_community"] = row.in_community
    return without_none(written | {"reason": row.reason, "when_": time(row.when)})


def _joined(world: World, row: ModAction) -> Json:
    view: Json = {}
    if row.post_id is not None:
        view["post"] = rows.post(world, world.posts[row.post_id])
    if row.comment_id is not None:
        comment = world.comments[row.comment_id]
        view["comment"] = rows.comment(world, comment)
        view["commenter"] = rows.person(world, world.people[comment.creator_id])
    if row.community_id is not None:
        view["community"] = rows.community(world, world.communities[row.community_id])
    if row.other_person_id is not None:
        other = world.people[row.other_person_id]
        view[_OTHER_PERSON[row.kind]] = rows.person(world, other)
    return view
