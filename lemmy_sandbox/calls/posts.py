"""The calls about posts that v3 and v4 share: fields in, views out; the rules are in `posts`."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Post
from lemmy_sandbox.rules import post_list, posts, rights
from lemmy_sandbox.rules.post_list import Page, PostQuery
from lemmy_sandbox.rules.posts import PostText
from lemmy_sandbox.rules.refusal import Refusal


def create(call: Call) -> Json:
    """POST /post."""
    text, community_id = _text(call), call.fields.number("community_id")
    call.fields.text("name")
    return _answer(call, posts.create(call.world, call.person(), community_id, text))


def edit(call: Call) -> Json:
    """PUT /post."""
    text, post_id = _text(call), call.fields.number("post_id")
    return _answer(call, posts.edit(call.world, call.person(), post_id, text))


def read(call: Call) -> Json:
    """GET /post."""
    world, views = call.world, call.views
    number, comment_id = call.fields.number_or_none("id"), call.fields.number_or_none("comment_id")
    call.check_may_read()
    post = posts.open_post(world, call.caller, _wanted_id(call, number, comment_id))
    view = views.post_view(world, post, call.caller)
    if call.caller:
        posts.mark_seen(world, call.caller, post)
    community = world.community_of(post)
    return {
        "post_view": view,
        "community_view": views.community_view(world, community, call.caller),
        "moderators": call.moderators(community),
        "cross_posts": _cross_posts(call, post),
    }


def feature(call: Call) -> Json:
    """POST /post/feature."""
    types = ("local", "community") if call.world.is_lemmy_1 else ("Local", "Community")
    in_community = call.fields.choice("feature_type", types) == types[1]
    post_id, featured = call.fields.number("post_id"), call.fields.flag("featured")
    post = posts.feature(call.world, call.person(), post_id, featured=featured, in_community=in_community)
    return _answer(call, post)


def lock(call: Call) -> Json:
    """POST /post/lock; 0.19 reads no reason."""
    post_id, locked = call.fields.number("post_id"), call.fields.flag("locked")
    reason = call.reason() if call.world.is_lemmy_1 else None
    return _answer(call, posts.lock(call.world, call.person(), post_id, locked=locked, reason=reason))


def remove(call: Call) -> Json:
    """POST /post/remove."""
    post_id, removed, reason = call.fields.number("post_id"), call.fields.flag("removed"), call.reason()
    return _answer(call, posts.remove(call.world, call.person(), post_id, removed=removed, reason=reason))


def delete(call: Call) -> Json:
    """POST /post/delete, or DELETE /post of v4."""
    post_id, deleted = call.fields.number("post_id"), call.fields.flag("deleted")
    return _answer(call, posts.delete(call.world, call.person(), post_id, deleted=deleted))


def like(call: Call) -> Json:
    """POST /post/like."""
    post_id, score = call.fields.number("post_id"), call.views.vote(call.fields)
    return _answer(call, posts.vote(call.world, call.person(), post_id, score))


def purge(call: Call) -> Json:
    """POST /admin/purge/post."""
    post_id, reason = call.fields.number("post_id"), call.reason()
    posts.purge(call.world, call.person(), post_id, reason=reason)
    return {"success": True}


def _text(call: Call) -> PostText:
    fields = call.fields
    return PostText(
        name=fields.text_or_none("name"),
        url=fields.text_or_none("url"),
        body=fields.text_or_none("body"),
        alt_text=fields.text_or_none("alt_text"),
        custom_thumbnail=fields.text_or_none("custom_thumbnail"),
        nsfw=fields.flag_or_none("nsfw"),
        language_id=fields.number_or_none("language_id"),
        honeypot=fields.text_or_none("honeypot"),
        tags=fields.numbers_or_none("tags") if call.world.is_lemmy_1 else None,
    )


def _answer(call: Call, post: Post) -> Json:
    """Return the answer to the person who changed a post, if they may see it."""
    if not rights.can_open(call.world, call.caller, post):
        raise Refusal("couldnt_find_post")
    return {"post_view": call.views.post_view(call.world, post, call.caller)}


def _wanted_id(call: Call, number: int | None, comment_id: int | None) -> int:
    if number is not None:
        return number
    if comment_id is None:
        raise Refusal("couldnt_find_post")
    if comment_id not in call.world.comments:
        raise Refusal("couldnt_find_comment")
    return call.world.comments[comment_id].post_id


def _cross_posts(call: Call, post: Post) -> list[Json]:
    """Return other posts with the same link; 1.0 lists them as if the reader were anonymous."""
    if post.url is None:
        return []
    reader, query = call.caller, PostQuery(reader=call.caller, page=Page(1, 10), url=post.url)
    if call.world.is_lemmy_1:
        reader, query = None, PostQuery(reader=None, page=Page(1, 20), sort="New", url=post.url)
    same_link = post_list.list_posts(call.world, query)
    return [call.views.post_view(call.world, other, reader) for other in same_link if other is not post]
