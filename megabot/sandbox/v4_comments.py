"""The v4 calls about comments: fields in, views out; the rules are in `comments` and `post_list`."""

from megabot.sandbox import comment_list, comments, v4_paging, v4_views
from megabot.sandbox.comment_list import CommentQuery
from megabot.sandbox.comments import CommentText
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.post_list import Page
from megabot.sandbox.records import Comment
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.v4_fields import (
    COMMENT_SORTS,
    community_id_or_none,
    listing_type,
    not_before,
    person_id_or_none,
    v3_word,
)
from megabot.sandbox.v4_posts import vote


def create(ask: Ask) -> Json:
    """POST /comment."""
    text = CommentText(
        content=ask.fields.text("content"),
        post_id=ask.fields.number("post_id"),
        parent_id=ask.fields.number_or_none("parent_id"),
        language_id=ask.fields.number_or_none("language_id"),
    )
    return answer(ask, comments.create(ask.world, ask.person(), text).comment)


def edit(ask: Ask) -> Json:
    """PUT /comment."""
    comment_id, content = ask.fields.number("comment_id"), ask.fields.text_or_none("content")
    language_id = ask.fields.number_or_none("language_id")
    return answer(ask, comments.edit(ask.world, ask.person(), comment_id, content, language_id).comment)


def read(ask: Ask) -> Json:
    """GET /comment."""
    comment_id = ask.fields.number("id")
    ask.check_may_read()
    return answer(ask, comments.named(ask.world, comment_id))


def listed(ask: Ask) -> Json:
    """GET /comment/list; a whole tree is no longer than 300."""
    cut = v4_paging.asked(ask.fields)
    ask.check_may_read()
    query = _query(ask)
    if query.max_depth is not None:
        cut = cut._replace(size=comment_list.TREE_SIZE)
    number = v4_paging.number(cut)
    return v4_paging.page(
        comment_list.every_comment(ask.world, query),
        cut,
        edge=None if number is None else comments.named(ask.world, number),
        order=comment_list.thread_order(ask.world, query),
        name=lambda comment: comment.id,
        view=lambda comment: v4_views.comment_view(ask.world, comment, ask.caller),
    )


def distinguish(ask: Ask) -> Json:
    """POST /comment/distinguish."""
    comment_id, distinguished = ask.fields.number("comment_id"), ask.fields.flag("distinguished")
    return answer(ask, comments.distinguish(ask.world, ask.person(), comment_id, distinguished=distinguished))


def remove(ask: Ask) -> Json:
    """POST /comment/remove."""
    comment_id, removed = ask.fields.number("comment_id"), ask.fields.flag("removed")
    reason = ask.fields.text("reason")
    done = comments.remove(ask.world, ask.person(), comment_id, removed=removed, reason=reason)
    return answer(ask, done.comment)


def delete(ask: Ask) -> Json:
    """DELETE /comment."""
    comment_id, deleted = ask.fields.number("comment_id"), ask.fields.flag("deleted")
    return answer(ask, comments.delete(ask.world, ask.person(), comment_id, deleted=deleted).comment)


def like(ask: Ask) -> Json:
    """POST /comment/like."""
    comment_id, score = ask.fields.number("comment_id"), vote(ask.fields)
    return answer(ask, comments.vote(ask.world, ask.person(), comment_id, score))


def answer(ask: Ask, comment: Comment) -> Json:
    """Show a comment to who did something to it."""
    community = ask.world.community_of(ask.world.posts[comment.post_id])
    if ask.caller is None and community.visibility != "Public":
        raise Refusal("couldnt_find_comment")
    return {"comment_view": v4_views.comment_view(ask.world, comment, ask.caller)}


def _query(ask: Ask) -> CommentQuery:
    fields, community_id = ask.fields, community_id_or_none(ask)
    parent_id = fields.number_or_none("parent_id")
    return CommentQuery(
        reader=ask.caller,
        page=Page(1, 50),
        sort=v3_word(fields.choice_or_none("sort", COMMENT_SORTS) or "hot"),
        listing_type=listing_type(ask, community_id),
        community_id=community_id,
        post_id=fields.number_or_none("post_id"),
        creator_id=person_id_or_none(ask, "creator_id", "creator_username"),
        parent=None if parent_id is None else comments.named(ask.world, parent_id),
        max_depth=fields.number_or_none("max_depth"),
        search_term=fields.text_or_none("search_term"),
        not_before=not_before(ask),
    )
