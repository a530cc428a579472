"""The lists of v3, paged by number or (posts) by cursor: posts, comments, communities, the modlog, search."""

from lemmy_sandbox.calls import search as calls_search
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.calls.rows import time, without_none
from lemmy_sandbox.records import ModAction, ModKind, Post
from lemmy_sandbox.rules import comment_list, comments, modlog, post_list
from lemmy_sandbox.rules.comment_list import COMMENT_SORTS, CommentQuery
from lemmy_sandbox.rules.modlog import ModlogQuery
from lemmy_sandbox.rules.post_list import LISTING_TYPES, POST_SORTS, Page, PostQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import can_see_community
from lemmy_sandbox.v3 import rows
from lemmy_sandbox.world import World

_MODLOG_LISTS = {
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
# The name of a row, of its flag, and the ids that it has besides its own.
_MODLOG_ROWS = {
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
_SEARCH_TYPES = ("All", "Comments", "Posts", "Communities", "Users", "Url")


def list_posts(call: Call) -> Json:
    """GET /post/list."""
    fields = call.fields
    liked, disliked = bool(fields.flag_or_none("liked_only")), bool(fields.flag_or_none("disliked_only"))
    call.check_may_read()
    if liked and disliked:
        raise Refusal("contradicting_filters")
    community_id = call.community_id()
    usual_sort = call.caller.settings.default_sort_type if call.caller else "Active"
    query = PostQuery(
        reader=call.caller,
        page=page(fields, code="couldnt_get_posts"),
        sort=fields.choice_or_none("sort", POST_SORTS) or usual_sort,
        listing_type=_listing_type(call, community_id),
        community_id=community_id,
        show_read=fields.flag_or_none("show_read"),
        show_nsfw=fields.flag_or_none("show_nsfw"),
        liked_only=liked,
        disliked_only=disliked,
        after=_cursor(call),
    )
    posts = post_list.list_posts(call.world, query)
    views = [call.views.post_view(call.world, post, call.caller) for post in posts]
    return {"posts": views, "next_page": f"P{posts[-1].id:x}"} if posts else {"posts": []}


def list_comments(call: Call) -> Json:
    """GET /comment/list."""
    fields = call.fields
    parent_id = fields.number_or_none("parent_id")
    call.check_may_read()
    community_id = call.community_id()
    query = CommentQuery(
        reader=call.caller,
        page=page(fields, code="couldnt_get_comments"),
        sort=fields.choice_or_none("sort", COMMENT_SORTS) or "Hot",
        listing_type=_listing_type(call, community_id),
        community_id=community_id,
        post_id=fields.number_or_none("post_id"),
        parent=None if parent_id is None else comments.find_comment(call.world, parent_id),
        max_depth=fields.number_or_none("max_depth"),
    )
    listed = comment_list.list_comments(call.world, query)
    return {"comments": [call.views.comment_view(call.world, comment, call.caller) for comment in listed]}


def list_communities(call: Call) -> Json:
    """GET /community/list."""
    cut, world = page(call.fields), call.world
    call.check_may_read()
    shown = [
        community for community in world.communities.values() if can_see_community(call.caller, community)
    ]
    views = [call.views.community_view(world, community, call.caller) for community in cut.of(shown)]
    return {"communities": views}


def page(fields: Fields, *, code: str = "unknown") -> Page:
    return Page.asked(fields.number_or_none("page"), fields.number_or_none("limit"), code=code)


def _listing_type(call: Call, community_id: int | None) -> str:
    """Return the listing type; for one community it is always All."""
    chosen = call.fields.choice_or_none("type_", LISTING_TYPES)
    # Given a community, 0.19 ignores the listing type (lemmy-api 2.6).
    if community_id is not None:
        return "All"
    return chosen or (call.caller.settings.default_listing_type if call.caller else "Local")


def _cursor(call: Call) -> Post | None:
    text = call.fields.text_or_none("page_cursor")
    if text is None:
        return None
    try:
        return call.world.posts[int(text[1:], 16)]
    except (ValueError, KeyError) as error:
        raise Refusal("unknown", message="Could not parse pagination token") from error


def list_modlog(call: Call) -> Json:
    """GET /modlog."""
    fields, world = call.fields, call.world
    is_named = not modlog.names_are_hidden(world, call.caller)
    cut, kind_filter = page(fields), fields.choice_or_none("type_", ("All", *_MODLOG_LISTS)) or "All"
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
    answer: Json = {name: [] for name in _MODLOG_LISTS.values()}
    for kind in [kind for kind in ModKind if kind_filter in {"All", kind.value}]:
        shown = cut.of([row for row in rows if row.kind is kind])
        answer[_MODLOG_LISTS[kind.value]] = [_modlog_view(world, row, is_named=is_named) for row in shown]
    return answer


def _modlog_view(world: World, row: ModAction, *, is_named: bool) -> Json:
    name = _MODLOG_ROWS[row.kind][0]
    role = "admin" if row.kind is ModKind.PURGE_POST else "moderator"
    view: Json = {name: _modlog_row(row, role)}
    if is_named:
        view[role] = rows.person(world, world.people[row.mod_person_id])
    return view | _modlog_joined(world, row)


def _modlog_row(row: ModAction, role: str) -> Json:
    _, flag, ids = _MODLOG_ROWS[row.kind]
    written: Json = {"id": row.id, f"{'mod' if role == 'moderator' else role}_person_id": row.mod_person_id}
    written |= {name: getattr(row, name) for name in ids}
    written |= {flag: row.turned_on} if flag else {}
    if row.kind is ModKind.FEATURE_POST:
        written["is_featured_community"] = row.in_community
    return without_none(written | {"reason": row.reason, "when_": time(row.when)})


def _modlog_joined(world: World, row: ModAction) -> Json:
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


def search(call: Call) -> Json:
    """GET /search."""
    words, kind = call.fields.text("q"), call.fields.choice_or_none("type_", _SEARCH_TYPES) or "All"
    call.check_may_read()
    plain = kind == "All" and not {"community_id", "community_name", "creator_id"} & set(call.fields.values)
    is_for = {"communities": plain or kind == "Communities", "users": plain or kind == "Users"}
    return {
        "type_": kind,
        "comments": _search_comments(call, words) if kind in {"All", "Comments"} else [],
        "posts": _search_posts(call, words, kind) if kind in {"All", "Posts", "Url"} else [],
        "communities": (
            calls_search.communities(call, words, page(call.fields)) if is_for["communities"] else []
        ),
        "users": calls_search.people(call, words, page(call.fields)) if is_for["users"] else [],
    }


def _search_posts(call: Call, words: str, kind: str) -> list[Json]:
    fields = call.fields
    query = PostQuery(
        reader=call.caller,
        page=page(fields),
        sort=fields.choice_or_none("sort", POST_SORTS) or "Hot",
        listing_type=fields.choice_or_none("listing_type", LISTING_TYPES),
        community_id=call.community_id(),
        creator_id=fields.number_or_none("creator_id"),
        search_term=None if kind == "Url" else words,
        title_only=bool(fields.flag_or_none("post_title_only")),
        url=words if kind == "Url" else None,
    )
    posts = post_list.list_posts(call.world, query)
    return [call.views.post_view(call.world, post, call.caller) for post in posts]


def _search_comments(call: Call, words: str) -> list[Json]:
    fields = call.fields
    query = CommentQuery(
        reader=call.caller,
        page=page(fields),
        sort=comment_list.comment_sort(fields.choice_or_none("sort", POST_SORTS)),
        community_id=call.community_id(),
        creator_id=fields.number_or_none("creator_id"),
        search_term=words,
    )
    matches = comment_list.list_comments(call.world, query)
    return [call.views.comment_view(call.world, comment, call.caller) for comment in matches]
