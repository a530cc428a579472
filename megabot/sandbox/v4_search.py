"""GET /search and /resolve_object of v4."""

from megabot.sandbox import comment_list, post_list, search_calls
from megabot.sandbox.call import Call
from megabot.sandbox.comment_list import CommentQuery
from megabot.sandbox.fields import Json
from megabot.sandbox.post_list import Page, PostQuery
from megabot.sandbox.v4_fields import creator_id, not_before
from megabot.sandbox.v4_paging import read_cut

_TYPES = ("all", "comments", "posts", "communities", "users", "multi_communities")


def search(call: Call) -> Json:
    """GET /search; there is no order to choose, and of each kind one page at most."""
    words, kind = call.fields.text("search_term"), call.fields.choice_or_none("type_", _TYPES) or "all"
    page = Page(1, read_cut(call.fields).size)
    call.check_may_read()
    narrowed = {"community_id", "community_name", "creator_id"} & set(call.fields.values)
    everything = {"posts", "comments"} if narrowed else {"posts", "comments", "communities", "users"}
    wants = everything if kind == "all" else {kind}
    # Cursors are left out, but not the fields: with all kinds it is five of them in one.
    no_cursor = ",".join(["none"] * 5) if kind == "all" else None
    found = search_calls.find(call, words)
    return {
        "resolve": found and {"type_": found[0], **found[1]},
        "comments": _comments(call, words, page) if "comments" in wants else [],
        "posts": _posts(call, words, page) if "posts" in wants else [],
        "communities": search_calls.communities(call, words, page) if "communities" in wants else [],
        "persons": search_calls.people(call, words, page) if "users" in wants else [],
        "multi_communities": [],
        "prev_page": no_cursor,
        "next_page": no_cursor,
    }


def resolve(call: Call) -> Json:
    """GET /resolve_object: what this server has, by its address as it is written there, to the letter."""
    kind, view = search_calls.find_or_refuse(call)
    return {"type_": kind, **view}


def _posts(call: Call, words: str, page: Page) -> list[Json]:
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
    found = post_list.list_posts(call.world, query)
    return [call.views.post_view(call.world, post, call.caller) for post in found]


def _comments(call: Call, words: str, page: Page) -> list[Json]:
    query = CommentQuery(
        reader=call.caller,
        page=page,
        sort="New",
        community_id=call.community_id(),
        creator_id=creator_id(call),
        search_term=words,
        not_before=not_before(call),
    )
    found = comment_list.list_comments(call.world, query)
    return [call.views.comment_view(call.world, comment, call.caller) for comment in found]
