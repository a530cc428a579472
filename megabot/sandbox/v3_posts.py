"""The v3 calls about posts: fields in, views out; the rules are in `posts` and `post_list`."""

from megabot.sandbox import post_list, posts, rights, v3_views
from megabot.sandbox.fields import Ask, Fields, Json
from megabot.sandbox.post_list import Page, PostQuery
from megabot.sandbox.posts import PostText
from megabot.sandbox.records import Community, Post
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.world import World

FEATURE_TYPES = ("Local", "Community")


def create(ask: Ask) -> Json:
    """POST /post."""
    text, community_id = _text(ask.fields), ask.fields.number("community_id")
    ask.fields.text("name")
    return _answer(ask, posts.create(ask.world, ask.person(), community_id, text))


def edit(ask: Ask) -> Json:
    """PUT /post."""
    text, post_id = _text(ask.fields), ask.fields.number("post_id")
    return _answer(ask, posts.edit(ask.world, ask.person(), post_id, text))


def read(ask: Ask) -> Json:
    """GET /post."""
    number, comment_id = ask.fields.number_or_none("id"), ask.fields.number_or_none("comment_id")
    ask.check_may_read()
    post = posts.opened(ask.world, ask.caller, _wanted_id(ask.world, number, comment_id))
    view = v3_views.post_view(ask.world, post, ask.caller)
    if ask.caller:
        posts.mark_seen(ask.world, ask.caller, post)
    community = ask.world.community_of(post)
    return {
        "post_view": view,
        "community_view": v3_views.community_view(ask.world, community, ask.caller),
        "moderators": v3_views.moderators(ask.world, community),
        "cross_posts": _cross_posts(ask, post),
    }


def listed(ask: Ask) -> Json:
    """GET /post/list."""
    fields = ask.fields
    liked, disliked = bool(fields.flag_or_none("liked_only")), bool(fields.flag_or_none("disliked_only"))
    ask.check_may_read()
    if liked and disliked:
        raise Refusal("contradicting_filters")
    community_id = wanted_community(ask)
    query = PostQuery(
        reader=ask.caller,
        page=page(fields, code="couldnt_get_posts"),
        sort=fields.choice_or_none("sort", post_list.POST_SORTS) or _usual_sort(ask),
        listing_type=listing_type(ask, community_id),
        community_id=community_id,
        show_read=fields.flag_or_none("show_read"),
        show_nsfw=fields.flag_or_none("show_nsfw"),
        liked_only=liked,
        disliked_only=disliked,
        after=_cursor(ask),
    )
    found = post_list.posts(ask.world, query)
    views = [v3_views.post_view(ask.world, post, ask.caller) for post in found]
    return {"posts": views, "next_page": f"P{found[-1].id:x}"} if found else {"posts": []}


def feature(ask: Ask) -> Json:
    """POST /post/feature."""
    kind = ask.fields.choice("feature_type", FEATURE_TYPES)
    post_id, featured = ask.fields.number("post_id"), ask.fields.flag("featured")
    in_community = kind == "Community"
    done = posts.feature(ask.world, ask.person(), post_id, featured=featured, in_community=in_community)
    return _answer(ask, done)


def lock(ask: Ask) -> Json:
    """POST /post/lock."""
    post_id, locked = ask.fields.number("post_id"), ask.fields.flag("locked")
    return _answer(ask, posts.lock(ask.world, ask.person(), post_id, locked=locked))


def remove(ask: Ask) -> Json:
    """POST /post/remove."""
    post_id, removed = ask.fields.number("post_id"), ask.fields.flag("removed")
    reason = ask.fields.text_or_none("reason")
    return _answer(ask, posts.remove(ask.world, ask.person(), post_id, removed=removed, reason=reason))


def delete(ask: Ask) -> Json:
    """POST /post/delete."""
    post_id, deleted = ask.fields.number("post_id"), ask.fields.flag("deleted")
    return _answer(ask, posts.delete(ask.world, ask.person(), post_id, deleted=deleted))


def like(ask: Ask) -> Json:
    """POST /post/like."""
    post_id, score = ask.fields.number("post_id"), ask.fields.number("score")
    return _answer(ask, posts.vote(ask.world, ask.person(), post_id, score))


def purge(ask: Ask) -> Json:
    """POST /admin/purge/post."""
    post_id, reason = ask.fields.number("post_id"), ask.fields.text_or_none("reason")
    posts.purge(ask.world, ask.person(), post_id, reason=reason)
    return {"success": True}


def page(fields: Fields, *, code: str = "unknown") -> Page:
    """Read which page of a list is asked for."""
    return Page.asked(fields.number_or_none("page"), fields.number_or_none("limit"), code=code)


def wanted_community(ask: Ask) -> int | None:
    """Read which community a list is asked for; a name that nobody has answers 404."""
    name = ask.fields.text_or_none("community_name")
    if name is None:
        return ask.fields.number_or_none("community_id")
    return community_called(ask, name, "unknown").id


def community_called(ask: Ask, name: str, code: str) -> Community:
    """Find a community by `name` or `name@host`."""
    host = name.partition("@")[2]
    found = ask.world.community_called(name, fetches=ask.caller is not None)
    if found is None:
        # A signed-in caller makes the server ask the other host, which fails in another way than a look-up.
        raise Refusal(code, status=400 if host and ask.caller else 404)
    return found


def listing_type(ask: Ask, community_id: int | None) -> str:
    """Read the listing type: with a community it is always all of it."""
    chosen = ask.fields.choice_or_none("type_", post_list.LISTING_TYPES)
    if community_id is not None:
        return "All"
    return chosen or (ask.caller.settings.default_listing_type if ask.caller else "Local")


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
    )


def _answer(ask: Ask, post: Post) -> Json:
    if not rights.can_open(ask.world, ask.caller, post):
        raise Refusal("couldnt_find_post")
    return {"post_view": v3_views.post_view(ask.world, post, ask.caller)}


def _wanted_id(world: World, number: int | None, comment_id: int | None) -> int:
    if number is not None:
        return number
    if comment_id is None:
        raise Refusal("couldnt_find_post")
    if comment_id not in world.comments:
        raise Refusal("couldnt_find_comment")
    return world.comments[comment_id].post_id


def _cross_posts(ask: Ask, post: Post) -> list[Json]:
    if post.url is None:
        return []
    found = post_list.posts(ask.world, PostQuery(reader=ask.caller, page=Page(1, 10), url=post.url))
    return [v3_views.post_view(ask.world, other, ask.caller) for other in found if other is not post]


def _usual_sort(ask: Ask) -> str:
    return ask.caller.settings.default_sort_type if ask.caller else "Active"


def _cursor(ask: Ask) -> Post | None:
    text = ask.fields.text_or_none("page_cursor")
    if text is None:
        return None
    try:
        return ask.world.posts[int(text[1:], 16)]
    except (ValueError, KeyError) as error:
        raise Refusal("unknown", message="Could not parse pagination token") from error
