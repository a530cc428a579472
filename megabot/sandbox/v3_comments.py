"""The v3 calls about comments: fields in, views out; the rules are in `comments` and `post_list`."""

from megabot.sandbox import comment_list, comments, v3_views
from megabot.sandbox.comment_list import CommentQuery
from megabot.sandbox.comments import CommentText, Written
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.v3_posts import listing_type, page, wanted_community


def create(ask: Ask) -> Json:
    """POST /comment."""
    text = CommentText(
        content=ask.fields.text("content"),
        post_id=ask.fields.number("post_id"),
        parent_id=ask.fields.number_or_none("parent_id"),
        language_id=ask.fields.number_or_none("language_id"),
    )
    return _answer(ask, comments.create(ask.world, ask.person(), text))


def edit(ask: Ask) -> Json:
    """PUT /comment."""
    comment_id, content = ask.fields.number("comment_id"), ask.fields.text_or_none("content")
    language_id = ask.fields.number_or_none("language_id")
    return _answer(ask, comments.edit(ask.world, ask.person(), comment_id, content, language_id))


def read(ask: Ask) -> Json:
    """GET /comment."""
    comment_id = ask.fields.number("id")
    ask.check_may_read()
    return _answer(ask, Written(comments.named(ask.world, comment_id), []))


def listed(ask: Ask) -> Json:
    """GET /comment/list."""
    fields = ask.fields
    parent_id = fields.number_or_none("parent_id")
    ask.check_may_read()
    community_id = wanted_community(ask)
    query = CommentQuery(
        reader=ask.caller,
        page=page(fields, code="couldnt_get_comments"),
        sort=fields.choice_or_none("sort", comment_list.COMMENT_SORTS) or "Hot",
        listing_type=listing_type(ask, community_id),
        community_id=community_id,
        post_id=fields.number_or_none("post_id"),
        parent=None if parent_id is None else comments.named(ask.world, parent_id),
        max_depth=fields.number_or_none("max_depth"),
    )
    found = comment_list.comments(ask.world, query)
    return {"comments": [v3_views.comment_view(ask.world, comment, ask.caller) for comment in found]}


def distinguish(ask: Ask) -> Json:
    """POST /comment/distinguish."""
    comment_id, distinguished = ask.fields.number("comment_id"), ask.fields.flag("distinguished")
    done = comments.distinguish(ask.world, ask.person(), comment_id, distinguished=distinguished)
    return _answer(ask, Written(done, []))


def remove(ask: Ask) -> Json:
    """POST /comment/remove."""
    comment_id, removed = ask.fields.number("comment_id"), ask.fields.flag("removed")
    reason = ask.fields.text_or_none("reason")
    return _answer(ask, comments.remove(ask.world, ask.person(), comment_id, removed=removed, reason=reason))


def delete(ask: Ask) -> Json:
    """POST /comment/delete."""
    comment_id, deleted = ask.fields.number("comment_id"), ask.fields.flag("deleted")
    return _answer(ask, comments.delete(ask.world, ask.person(), comment_id, deleted=deleted))


def like(ask: Ask) -> Json:
    """POST /comment/like."""
    comment_id, score = ask.fields.number("comment_id"), ask.fields.number("score")
    return _answer(ask, Written(comments.vote(ask.world, ask.person(), comment_id, score), []))


def _answer(ask: Ask, written: Written) -> Json:
    if (
        ask.caller is None
        and ask.world.community_of(ask.world.posts[written.comment.post_id]).visibility != "Public"
    ):
        raise Refusal("couldnt_find_comment")
    view = v3_views.comment_view(ask.world, written.comment, ask.caller)
    return {"comment_view": view, "recipient_ids": written.told}
