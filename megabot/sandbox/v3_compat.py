"""The cut-down API v3 of a 1.0, complete but for reports, blocks and saved things.

Every call is a call of v4 with its fields renamed and its answer turned back by `v3_from_v4`, lies included.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from megabot.sandbox import v3_from_v4 as back
from megabot.sandbox import v4_accounts, v4_comments, v4_communities, v4_inbox, v4_posts, v4_search, v4_site
from megabot.sandbox.comment_list import COMMENT_SORTS
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.post_list import LISTING_TYPES, POST_SORTS
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.route import Route
from megabot.sandbox.rows import time, without_none
from megabot.sandbox.v4_fields import v4_word

_SECONDS = {
    "TopHour": 3_600,
    "TopSixHour": 21_600,
    "TopTwelveHour": 43_200,
    "TopDay": 86_400,
    "TopWeek": 604_800,
    "TopMonth": 2_592_000,
    "TopThreeMonths": 7_776_000,
    "TopSixMonths": 15_552_000,
    "TopNineMonths": 23_328_000,
    "TopYear": 31_536_000,
}
_LAST_PAGE = 10
_TWICE = ("message", "message")  # these paths count once as such and once as part of the whole


def site(ask: Ask) -> Json:
    """GET /site."""
    mine = v4_accounts.read(ask) if ask.caller else None
    return back.site_answer(v4_site.read(ask), mine, now=time(ask.world.now()))


def posts(ask: Ask) -> Json:
    """GET /post/list: no cursor is given and none is taken; after the tenth page comes the tenth again."""
    page = ask.fields.number_or_none("page")
    number = 1 if page is None else min(page, _LAST_PAGE)
    if number < 1:
        raise Refusal("not_found", cause="OFFSET must not be negative")
    names = ("community_id", "community_name", "show_read", "show_nsfw", "limit")
    asked = _asked(ask, *names) | _listing(ask, POST_SORTS)
    answer = v4_posts.listed(_as_v4(ask, asked))
    for _ in range(number - 1):
        cursor = answer.get("next_page")
        answer = v4_posts.listed(_as_v4(ask, asked | {"page_cursor": cursor})) if cursor else {"items": []}
    return {"posts": [back.post_view(one) for one in back.items(answer)]}


def comments(ask: Ask) -> Json:
    """GET /comment/list."""
    names = ("max_depth", "limit", "community_id", "community_name", "post_id", "parent_id")
    answer = v4_comments.listed(_as_v4(ask, _asked(ask, *names) | _listing(ask, COMMENT_SORTS)))
    return {"comments": [back.comment_view(one) for one in back.items(answer)]}


def communities(ask: Ask) -> Json:
    """GET /community/list."""
    answer = v4_communities.listed(_as_v4(ask, _asked(ask, "limit")))
    return {"communities": [back.community_view(one) for one in back.items(answer)]}


def search(ask: Ask) -> Json:
    """GET /search: the words and whether titles alone count is all that is passed on."""
    asked: Json = {
        "search_term": ask.fields.text("q"),
        "title_only": ask.fields.flag_or_none("post_title_only"),
    }
    kind = ask.fields.text_or_none("type_") or "All"
    return back.search_answer(v4_search.search(_as_v4(ask, asked)), kind)


def resolve(ask: Ask) -> Json:
    """GET /resolve_object."""
    return back.resolved(v4_search.resolve(ask))


def unread_count(ask: Ask) -> Json:
    """GET /user/unread_count: nothing, whatever waits."""
    ask.person()
    return {"replies": 0, "mentions": 0, "private_messages": 0}


def mark_all(ask: Ask) -> Json:
    """POST /user/mark_all_as_read."""
    v4_inbox.mark_all(ask)
    return {"replies": []}


def vote(ask: Ask) -> bool | None:
    """Read a vote as v4 says it."""
    score = ask.fields.number("score")
    return None if score == 0 else score > 0


def like_post(ask: Ask) -> Json:
    """POST /post/like."""
    asked: Json = {"post_id": ask.fields.number("post_id"), "is_upvote": vote(ask)}
    return back.post_answer(v4_posts.like(_as_v4(ask, asked)))


def like_comment(ask: Ask) -> Json:
    """POST /comment/like."""
    asked: Json = {"comment_id": ask.fields.number("comment_id"), "is_upvote": vote(ask)}
    return back.comment_answer(v4_comments.like(_as_v4(ask, asked)))


def create_post(ask: Ask) -> Json:
    """POST /post: what only v4 has is not passed on."""
    values = {name: value for name, value in ask.fields.values.items() if name != "tags"}
    return back.post_answer(v4_posts.create(_as_v4(ask, values)))


def _turned(call: Callable[[Ask], Json], turn: Callable[[Json], Json]) -> Callable[[Ask], Json]:
    return lambda ask: turn(call(ask))


def _as_v4(ask: Ask, values: Mapping[str, object]) -> Ask:
    return replace(ask, fields=replace(ask.fields, values=values))


def _asked(ask: Ask, *names: str) -> Json:
    return {name: ask.fields.values[name] for name in names if name in ask.fields.values}


def _listing(ask: Ask, sorts: Sequence[str]) -> Json:
    """Read type and sort, a period with it, and say them as v4 does."""
    sort, kind = ask.fields.choice_or_none("sort", sorts), ask.fields.choice_or_none("type_", LISTING_TYPES)
    seconds = _SECONDS.get(sort or "")
    word = "top" if (sort or "").startswith("Top") else sort and v4_word(sort)
    return without_none({"type_": kind and v4_word(kind), "sort": word, "time_range_seconds": seconds})


ROUTES: Mapping[str, Route] = {
    "GET /site": Route(site),
    "GET /search": Route(search, ("message", "search")),
    "GET /resolve_object": Route(resolve, _TWICE),
    "GET /community": Route(_turned(v4_communities.read, back.community_details), _TWICE),
    "GET /community/list": Route(communities, _TWICE),
    "POST /community/follow": Route(_turned(v4_communities.follow, back.community_answer), _TWICE),
    "POST /post": Route(create_post, ("message", "post")),
    "GET /post": Route(_turned(v4_posts.read, back.post_details), _TWICE),
    "PUT /post": Route(_turned(v4_posts.edit, back.post_answer), _TWICE),
    "GET /post/list": Route(posts, _TWICE),
    "POST /post/delete": Route(_turned(v4_posts.delete, back.post_answer), _TWICE),
    "POST /post/like": Route(like_post, _TWICE),
    "POST /comment": Route(_turned(v4_comments.create, back.comment_answer), ("message", "comment")),
    "PUT /comment": Route(_turned(v4_comments.edit, back.comment_answer), _TWICE),
    "GET /comment/list": Route(comments, _TWICE),
    "POST /comment/delete": Route(_turned(v4_comments.delete, back.comment_answer), _TWICE),
    "POST /comment/like": Route(like_comment, _TWICE),
    "POST /user/login": Route(v4_accounts.login, ("message", "register")),
    "POST /user/register": Route(v4_accounts.register, ("message", "register")),
    "POST /user/logout": Route(v4_accounts.logout, _TWICE, reads_body=False),
    "GET /user/unread_count": Route(unread_count, _TWICE),
    "POST /user/mark_all_as_read": Route(mark_all, _TWICE, reads_body=False),
}
