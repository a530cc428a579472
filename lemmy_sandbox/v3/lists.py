"""The lists of v3: posts, comments and communities, by page or (of posts) by cursor."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.records import Post
from lemmy_sandbox.rules import comment_list, comments, post_list
from lemmy_sandbox.rules.comment_list import COMMENT_SORTS, CommentQuery
from lemmy_sandbox.rules.post_list import LISTING_TYPES, POST_SORTS, Page, PostQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import can_see_community


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
    found = post_list.list_posts(call.world, query)
    views = [call.views.post_view(call.world, post, call.caller) for post in found]
    return {"posts": views, "next_page": f"P{found[-1].id:x}"} if found else {"posts": []}


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
    found = comment_list.list_comments(call.world, query)
    return {"comments": [call.views.comment_view(call.world, comment, call.caller) for comment in found]}


def list_communities(call: Call) -> Json:
    """GET /community/list."""
    cut, world = page(call.fields), call.world
    call.check_may_read()
    shown = [each for each in world.communities.values() if can_see_community(call.caller, each)]
    views = [call.views.community_view(world, community, call.caller) for community in cut.of(shown)]
    return {"communities": views}


def page(fields: Fields, *, code: str = "unknown") -> Page:
    """Read which page of a list is asked for."""
    return Page.asked(fields.number_or_none("page"), fields.number_or_none("limit"), code=code)


def _listing_type(call: Call, community_id: int | None) -> str:
    """Read the listing type: with a community it is always all of it."""
    chosen = call.fields.choice_or_none("type_", LISTING_TYPES)
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
