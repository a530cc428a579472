"""The lists of v4, paged by cursor: posts, comments, communities, the modlog; and search."""

from lemmy_sandbox.calls import search as calls_search
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Community, ModAction
from lemmy_sandbox.rules import comment_list, comments, modlog, post_list, posts
from lemmy_sandbox.rules.comment_list import CommentQuery
from lemmy_sandbox.rules.modlog import ModlogQuery
from lemmy_sandbox.rules.post_list import Page, PostQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import can_see_community, is_mod_or_admin
from lemmy_sandbox.v4 import paging, views
from lemmy_sandbox.v4.fields import (
    COMMENT_SORTS,
    creator_id,
    listing_type,
    not_before,
    post_sort_or_none,
    v3_word,
)
from lemmy_sandbox.v4.rows import ALL_KINDS, kind_of
from lemmy_sandbox.world import World

_ALL = Page(1, 50)  # required by queries; here cursors do the paging
_SEARCH_TYPES = ("all", "comments", "posts", "communities", "users", "multi_communities")


def list_posts(call: Call) -> Json:
    """GET /post/list."""
    cut = paging.read_cut(call.fields)
    call.check_may_read()
    query = _post_query(call)
    number = paging.number(cut)
    return paging.page(
        post_list.list_all_posts(call.world, query),
        cut,
        edge=None if number is None else posts.find_post(call.world, number),
        order=post_list.post_sort_key(call.world, query),
        name=lambda post: post.id,
        view=lambda post: call.views.post_view(call.world, post, call.caller),
    )


def list_comments(call: Call) -> Json:
    """GET /comment/list; a whole tree has at most 300 comments."""
    cut = paging.read_cut(call.fields)
    call.check_may_read()
    query = _comment_query(call)
    if query.max_depth is not None:
        cut = cut._replace(size=comment_list.TREE_SIZE)
    number = paging.number(cut)
    return paging.page(
        comment_list.list_all_comments(call.world, query),
        cut,
        edge=None if number is None else comments.find_comment(call.world, number),
        order=comment_list.thread_sort_key(call.world, query),
        name=lambda comment: comment.id,
        view=lambda comment: call.views.comment_view(call.world, comment, call.caller),
    )


def list_communities(call: Call) -> Json:
    """GET /community/list, newest first, because activity is not modelled."""
    cut = paging.read_cut(call.fields)
    call.check_may_read()
    shown = [community for community in call.world.communities.values() if _is_listed(call, community)]
    number = paging.number(cut)
    if number is not None and number not in call.world.communities:
        raise Refusal("couldnt_find_community")
    return paging.page(
        sorted(shown, key=lambda community: -community.id),
        cut,
        edge=None if number is None else call.world.communities[number],
        order=lambda community: -community.id,
        name=lambda community: community.id,
        view=lambda community: call.views.community_view(call.world, community, call.caller),
    )


def _post_query(call: Call) -> PostQuery:
    fields, community_id = call.fields, call.community_id()
    usual_sort = call.caller.settings.default_sort_type if call.caller else "Active"
    return PostQuery(
        reader=call.caller,
        page=_ALL,
        sort=post_sort_or_none(fields) or usual_sort,
        listing_type=listing_type(call, community_id),
        community_id=community_id,
        creator_id=creator_id(call),
        show_read=fields.flag_or_none("show_read"),
        show_nsfw=fields.flag_or_none("show_nsfw"),
        search_term=fields.text_or_none("search_term"),
        title_only=bool(fields.flag_or_none("search_title_only")),
        tag_id=fields.number_or_none("tag_id"),
        not_before=not_before(call),
    )


def _comment_query(call: Call) -> CommentQuery:
    fields, community_id = call.fields, call.community_id()
    parent_id = fields.number_or_none("parent_id")
    return CommentQuery(
        reader=call.caller,
        page=_ALL,
        sort=v3_word(fields.choice_or_none("sort", COMMENT_SORTS) or "hot"),
        listing_type=listing_type(call, community_id),
        community_id=community_id,
        post_id=fields.number_or_none("post_id"),
        creator_id=creator_id(call),
        parent=None if parent_id is None else comments.find_comment(call.world, parent_id),
        max_depth=fields.number_or_none("max_depth"),
        search_term=fields.text_or_none("search_term"),
        not_before=not_before(call),
    )


def _is_listed(call: Call, community: Community) -> bool:
    """Return whether a community is listed; gone ones are listed to nobody."""
    shows_nsfw = call.fields.flag_or_none("show_nsfw")
    if shows_nsfw is None:
        shows_nsfw = call.caller is not None and call.caller.settings.show_nsfw
    if community.is_gone or (community.nsfw and not shows_nsfw):
        return False
    return can_see_community(call.caller, community)


def list_modlog(call: Call) -> Json:
    """GET /modlog."""
    fields, world = call.fields, call.world
    kind = fields.filter_or_none("type_", ALL_KINDS, "ModlogKindFilter") or "all"
    cut = paging.read_cut(fields)
    call.check_may_read()
    named = _modlog_shows_names(call)
    query = ModlogQuery(
        community_id=fields.number_or_none("community_id"),
        post_id=fields.number_or_none("post_id"),
        comment_id=fields.number_or_none("comment_id"),
        # Only readers who may see moderators' names can filter by moderator.
        mod_person_id=fields.number_or_none("mod_person_id") if named else None,
        other_person_id=fields.number_or_none("other_person_id"),
    )
    rows = [row for row in modlog.list_rows(world, query) if kind in {"all", kind_of(row)}]
    number = paging.number(cut)
    return paging.page(
        sorted(rows, key=_modlog_order),
        cut,
        edge=None if number is None else _modlog_row(world, number),
        order=_modlog_order,
        name=lambda row: row.serial,
        view=lambda row: views.action_view(world, row, modlog.target_of(world, row), named=named),
    )


def _modlog_shows_names(call: Call) -> bool:
    """Return whether moderators are named: to admins, and to moderators who ask for their community by id.

    A request by a post's id alone hides the names even from moderators (decision 20).
    """
    community_id = call.fields.number_or_none("community_id")
    if community_id is None:
        return call.caller is not None and call.caller.admin
    community = call.world.communities.get(community_id)
    return community is not None and is_mod_or_admin(call.caller, community)


def _modlog_order(row: ModAction) -> tuple[float, int]:
    return (-row.when.timestamp(), -row.serial)


def _modlog_row(world: World, serial: int) -> ModAction:
    for row in world.modlog:
        if row.serial == serial:
            return row
    raise Refusal("not_found")


def search(call: Call) -> Json:
    """GET /search; it has no sort and at most one page per kind."""
    words, kind = call.fields.text("search_term"), call.fields.choice_or_none("type_", _SEARCH_TYPES) or "all"
    page = Page(1, paging.read_cut(call.fields).size)
    call.check_may_read()
    narrowed = {"community_id", "community_name", "creator_id"} & set(call.fields.values)
    everything = {"posts", "comments"} if narrowed else {"posts", "comments", "communities", "users"}
    wants = everything if kind == "all" else {kind}
    # Cursors are not modelled, but their fields are there: for all kinds, five cursors in one.
    no_cursor = ",".join(["none"] * 5) if kind == "all" else None
    thing = calls_search.find(call, words)
    return {
        "resolve": thing and {"type_": thing[0], **thing[1]},
        "comments": _search_comments(call, words, page) if "comments" in wants else [],
        "posts": _search_posts(call, words, page) if "posts" in wants else [],
        "communities": calls_search.communities(call, words, page) if "communities" in wants else [],
        "persons": calls_search.people(call, words, page) if "users" in wants else [],
        "multi_communities": [],
        "prev_page": no_cursor,
        "next_page": no_cursor,
    }


def resolve(call: Call) -> Json:
    """GET /resolve_object: find a thing of this server by its exact address."""
    kind, view = calls_search.find_or_refuse(call)
    return {"type_": kind, **view}


def _search_posts(call: Call, words: str, page: Page) -> list[Json]:
    query = PostQuery(
        reader=call.caller,
        page=page,
        listing_type="All",
        community_id=call.community_id(),
        creator_id=creator_id(call),
        show_nsfw=call.fields.flag_or_none("show_nsfw"),
        search_term=words,
        title_only=bool(call.fields.flag_or_none("title_only")),
        not_before=not_before(call),
    )
    matches = post_list.list_posts(call.world, query)
    return [call.views.post_view(call.world, post, call.caller) for post in matches]


def _search_comments(call: Call, words: str, page: Page) -> list[Json]:
    query = CommentQuery(
        reader=call.caller,
        page=page,
        sort="New",
        community_id=call.community_id(),
        creator_id=creator_id(call),
        search_term=words,
        not_before=not_before(call),
    )
    matches = comment_list.list_comments(call.world, query)
    return [call.views.comment_view(call.world, comment, call.caller) for comment in matches]
