"""The v4 calls about posts: fields in, views out; the rules are in `posts` and `post_list`."""

from megabot.sandbox import post_list, posts, rights, v4_paging, v4_views
from megabot.sandbox.fields import Ask, Fields, Json
from megabot.sandbox.post_list import Page, PostQuery
from megabot.sandbox.posts import PostText
from megabot.sandbox.records import Post
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.v4_fields import (
    community_id_or_none,
    listing_type,
    not_before,
    person_id_or_none,
    post_sort_or_none,
)
from megabot.sandbox.world import World

FEATURE_TYPES = ("local", "community")
_ALL = Page(1, 50)


def create(ask: Ask) -> Json:
    """POST /post."""
    text, community_id = _text(ask.fields), ask.fields.number("community_id")
    ask.fields.text("name")
    return answer(ask, posts.create(ask.world, ask.person(), community_id, text))


def edit(ask: Ask) -> Json:
    """PUT /post."""
    text, post_id = _text(ask.fields), ask.fields.number("post_id")
    return answer(ask, posts.edit(ask.world, ask.person(), post_id, text))


def read(ask: Ask) -> Json:
    """GET /post."""
    number, comment_id = ask.fields.number_or_none("id"), ask.fields.number_or_none("comment_id")
    ask.check_may_read()
    post = posts.opened(ask.world, ask.caller, _wanted_id(ask.world, number, comment_id))
    view = v4_views.post_view(ask.world, post, ask.caller)
    if ask.caller:
        posts.mark_seen(ask.world, ask.caller, post)
    community = ask.world.community_of(post)
    return {
        "post_view": view,
        "community_view": v4_views.community_view(ask.world, community, ask.caller),
        "cross_posts": _cross_posts(ask, post),
        "moderators": v4_views.moderators(ask.world, community),
    }


def listed(ask: Ask) -> Json:
    """GET /post/list."""
    cut = v4_paging.asked(ask.fields)
    ask.check_may_read()
    query = _query(ask)
    return v4_paging.page(
        post_list.every_post(ask.world, query),
        cut,
        edge=_edge(ask.world, v4_paging.number(cut)),
        order=post_list.post_order(ask.world, query),
        name=lambda post: post.id,
        view=lambda post: v4_views.post_view(ask.world, post, ask.caller),
    )


def feature(ask: Ask) -> Json:
    """POST /post/feature."""
    post_id, featured = ask.fields.number("post_id"), ask.fields.flag("featured")
    in_community = ask.fields.choice("feature_type", FEATURE_TYPES) == "community"
    done = posts.feature(ask.world, ask.person(), post_id, featured=featured, in_community=in_community)
    return answer(ask, done)


def lock(ask: Ask) -> Json:
    """POST /post/lock; without a reason it is not even read."""
    post_id, locked, reason = (
        ask.fields.number("post_id"),
        ask.fields.flag("locked"),
        ask.fields.text("reason"),
    )
    return answer(ask, posts.lock(ask.world, ask.person(), post_id, locked=locked, reason=reason))


def remove(ask: Ask) -> Json:
    """POST /post/remove."""
    post_id, removed = ask.fields.number("post_id"), ask.fields.flag("removed")
    reason = ask.fields.text("reason")
    return answer(ask, posts.remove(ask.world, ask.person(), post_id, removed=removed, reason=reason))


def delete(ask: Ask) -> Json:
    """DELETE /post."""
    post_id, deleted = ask.fields.number("post_id"), ask.fields.flag("deleted")
    return answer(ask, posts.delete(ask.world, ask.person(), post_id, deleted=deleted))


def like(ask: Ask) -> Json:
    """POST /post/like; without a direction a vote is taken back."""
    post_id, score = ask.fields.number("post_id"), vote(ask.fields)
    return answer(ask, posts.vote(ask.world, ask.person(), post_id, score))


def purge(ask: Ask) -> Json:
    """POST /admin/purge/post."""
    post_id, reason = ask.fields.number("post_id"), ask.fields.text("reason")
    posts.purge(ask.world, ask.person(), post_id, reason=reason)
    return {"success": True}


def vote(fields: Fields) -> int:
    """Read a vote."""
    return {None: 0, True: 1, False: -1}[fields.flag_or_none("is_upvote")]


def answer(ask: Ask, post: Post) -> Json:
    """Show a post to who did something to it, if they may see it."""
    if not rights.can_open(ask.world, ask.caller, post):
        raise Refusal("couldnt_find_post")
    return {"post_view": v4_views.post_view(ask.world, post, ask.caller)}


def _query(ask: Ask) -> PostQuery:
    fields, community_id = ask.fields, community_id_or_none(ask)
    usual = ask.caller.settings.default_sort_type if ask.caller else "Active"
    return PostQuery(
        reader=ask.caller,
        page=_ALL,
        sort=post_sort_or_none(fields) or usual,
        listing_type=listing_type(ask, community_id),
        community_id=community_id,
        creator_id=person_id_or_none(ask, "creator_id", "creator_username"),
        show_read=fields.flag_or_none("show_read"),
        show_nsfw=fields.flag_or_none("show_nsfw"),
        search_term=fields.text_or_none("search_term"),
        title_only=bool(fields.flag_or_none("search_title_only")),
        tag_id=fields.number_or_none("tag_id"),
        not_before=not_before(ask),
    )


def _edge(world: World, number: int | None) -> Post | None:
    return None if number is None else posts.named(world, number)


def _text(fields: Fields) -> PostText:
    return PostText(
        name=fields.text_or_none("name"),
        url=fields.text_or_none("url"),
        body=fields.text_or_none("body"),
        alt_text=fields.text_or_none("alt_text"),
        custom_thumbnail=fields.text_or_none("custom_thumbnail"),
        nsfw=fields.flag_or_none("nsfw"),
        language_id=fields.number_or_none("language_id"),
        honeypot=fields.text_or_none("honeypot"),
        tags=fields.numbers_or_none("tags"),
    )


def _wanted_id(world: World, number: int | None, comment_id: int | None) -> int:
    if number is not None:
        return number
    if comment_id not in world.comments:
        raise Refusal("couldnt_find_comment")
    return world.comments[comment_id].post_id


def _cross_posts(ask: Ask, post: Post) -> list[Json]:
    """List what strangers are shown of the same address: the server asks in nobody's name here."""
    if post.url is None:
        return []
    found = post_list.posts(ask.world, PostQuery(reader=None, page=Page(1, 20), sort="New", url=post.url))
    return [v4_views.post_view(ask.world, other, None) for other in found if other is not post]
