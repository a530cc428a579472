"""GET /search and /resolve_object of v4."""

from lemmy_sandbox.calls import search as calls_search
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.rules import comment_list, post_list
from lemmy_sandbox.rules.comment_list import CommentQuery
from lemmy_sandbox.rules.post_list import Page, PostQuery
from lemmy_sandbox.v4.fields import creator_id, not_before
from lemmy_sandbox.v4.paging import read_cut

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
    found = calls_search.find(call, words)
    return {
        "resolve": found and {"type_": found[0], **found[1]},
        "comments": _comments(call, words, page) if "comments" in wants else [],
        "posts": _posts(call, words, page) if "posts" in wants else [],
        "communities": calls_search.communities(call, words, page) if "communities" in wants else [],
        "persons": calls_search.people(call, words, page) if "users" in wants else [],
        "multi_communities": [],
        "prev_page": no_cursor,
        "next_page": no_cursor,
    }


def resolve(call: Call) -> Json:
    """GET /resolve_object: what this server has, by its address as it is written there, to the letter."""
    kind, view = calls_search.find_or_refuse(call)
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
