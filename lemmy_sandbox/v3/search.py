"""GET /search of v3."""

from lemmy_sandbox.calls import search as calls_search
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.rules import comment_list, post_list
from lemmy_sandbox.rules.comment_list import CommentQuery
from lemmy_sandbox.rules.post_list import LISTING_TYPES, POST_SORTS, PostQuery
from lemmy_sandbox.v3.lists import page

_TYPES = ("All", "Comments", "Posts", "Communities", "Users", "Url")


def search(call: Call) -> Json:
    """GET /search."""
    words, kind = call.fields.text("q"), call.fields.choice_or_none("type_", _TYPES) or "All"
    call.check_may_read()
    plain = kind == "All" and not {"community_id", "community_name", "creator_id"} & set(call.fields.values)
    is_for = {"communities": plain or kind == "Communities", "users": plain or kind == "Users"}
    return {
        "type_": kind,
        "comments": _comments(call, words) if kind in {"All", "Comments"} else [],
        "posts": _posts(call, words, kind) if kind in {"All", "Posts", "Url"} else [],
        "communities": (
            calls_search.communities(call, words, page(call.fields)) if is_for["communities"] else []
        ),
        "users": calls_search.people(call, words, page(call.fields)) if is_for["users"] else [],
    }


def _posts(call: Call, words: str, kind: str) -> list[Json]:
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
    found = post_list.list_posts(call.world, query)
    return [call.views.post_view(call.world, post, call.caller) for post in found]


def _comments(call: Call, words: str) -> list[Json]:
    fields = call.fields
    query = CommentQuery(
        reader=call.caller,
        page=page(fields),
        sort=comment_list.comment_sort(fields.choice_or_none("sort", POST_SORTS)),
        community_id=call.community_id(),
        creator_id=fields.number_or_none("creator_id"),
        search_term=words,
    )
    found = comment_list.list_comments(call.world, query)
    return [call.views.comment_view(call.world, comment, call.caller) for comment in found]
