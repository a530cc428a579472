"""The lists of v4: posts, comments and communities, each cut by cursors."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Community
from lemmy_sandbox.rules import comment_list, comments, post_list, posts
from lemmy_sandbox.rules.comment_list import CommentQuery
from lemmy_sandbox.rules.post_list import Page, PostQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import can_see_community
from lemmy_sandbox.v4 import paging
from lemmy_sandbox.v4.fields import (
    COMMENT_SORTS,
    creator_id,
    listing_type,
    not_before,
    post_sort_or_none,
    v3_word,
)

_ALL = Page(1, 50)  # a query needs one; here cursors cut


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
    """GET /comment/list; a whole tree is no longer than 300."""
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
    """GET /community/list, the newest first: no activity ranks them here."""
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
    """Return whether a community is in the list: nobody finds there what is gone."""
    shows_nsfw = call.fields.flag_or_none("show_nsfw")
    if shows_nsfw is None:
        shows_nsfw = call.caller is not None and call.caller.settings.show_nsfw
    if community.is_gone or (community.nsfw and not shows_nsfw):
        return False
    return can_see_community(call.caller, community)
