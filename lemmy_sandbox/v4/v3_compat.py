"""The reduced API v3 of a 1.0 server (lemmy-api 3), complete except for reports, blocks and saved things.

It shows v3's views with the errors of 1.0's translation: nobody is banned, an admin or a moderator, nothing
is unread, and there are no limits. Its calls take the fields of v3 and follow the rules of v4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lemmy_sandbox.calls import accounts, comments, communities, posts
from lemmy_sandbox.calls import search as calls_search
from lemmy_sandbox.calls.call import Call, Reader, Route
from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.calls.rows import time, without_none
from lemmy_sandbox.records import Comment, Community, Person, Post
from lemmy_sandbox.rules import notifications
from lemmy_sandbox.rules.comment_list import COMMENT_SORTS
from lemmy_sandbox.rules.post_list import LISTING_TYPES, POST_SORTS
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v3 import rows, views
from lemmy_sandbox.v3 import site as v3_site
from lemmy_sandbox.v4 import lists
from lemmy_sandbox.v4 import views as v4_views
from lemmy_sandbox.v4.fields import v4_word
from lemmy_sandbox.world import World

# A month has 30 days here; 0.19 uses 91, 182 and 273 days for three, six and nine months.
_HOURS = {
    "TopHour": 1,
    "TopSixHour": 6,
    "TopTwelveHour": 12,
    "TopDay": 24,
    "TopWeek": 24 * 7,
    "TopMonth": 24 * 30,
    "TopThreeMonths": 24 * 90,
    "TopSixMonths": 24 * 180,
    "TopNineMonths": 24 * 270,
    "TopYear": 24 * 365,
}
# The list stops advancing there (lemmy-api 3).
_LAST_PAGE = 10
_TWICE = ("message", "message")  # 1.0 counts these paths twice (lemmy-api 2.4)

message_view = views.message_view


# -- views


def post_view(world: World, post: Post, reader: Reader) -> Json:
    """Return a post's view: all comments are read, and nobody subscribes."""
    view = views.post_view(world, post, reader)
    view.pop("image_details", None)
    row = rows.post(world, post) | ({"body": ""} if v4_views.is_blank(world, post, reader) else {})
    return view | _around(world, post) | {"post": row, "unread_comments": 0}


def comment_view(world: World, comment: Comment, reader: Reader) -> Json:
    """Return a comment's view; its count of replies includes gone ones."""
    view: dict[str, Any] = views.comment_view(world, comment, reader)
    below = sum(comment.id in other.path[:-1] for other in world.comments_of[comment.post_id])
    return {
        **view,
        **_around(world, world.posts[comment.post_id], comment),
        "comment": rows.comment(world, comment, blank=v4_views.is_blank(world, comment, reader)),
        "counts": view["counts"] | {"child_count": below},
        "banned_from_community": False,
    }


def comment_answer(world: World, comment: Comment, reader: Reader, told: list[int]) -> Json:
    """Return the view of a comment that was written or changed."""
    return {"comment_view": comment_view(world, comment, reader), "recipient_ids": told}


def community_view(world: World, community: Community, reader: Reader) -> Json:
    return views.community_view(world, community, reader) | {"community": _community(world, community)}


def person_view(world: World, person: Person, reader: Reader) -> Json:
    """Return a user's view: nobody is an admin."""
    view = views.person_view(world, person, reader)
    return view | {"person": _person(world, person), "is_admin": False}


def seat(world: World, community: Community, person: Person) -> Json:
    """Return the view of a moderator of a community."""
    return {"community": _community(world, community), "moderator": _person(world, person)}


def site(world: World) -> Json:
    return rows.site(world) | {"inbox_url": "http://example.com/", "instance_id": 0}


def vote(fields: Fields) -> int:
    """Parse a vote; any positive number is an upvote."""
    score = fields.number("score")
    return (score > 0) - (score < 0)


def _person(world: World, person: Person) -> Json:
    return rows.person(world, person) | {"banned": False, "instance_id": 0}


def _community(world: World, community: Community) -> Json:
    return rows.community(world, community) | {"visibility": "Public"}


def _around(world: World, post: Post, comment: Comment | None = None) -> Json:
    return {
        "creator": _person(world, world.people[(comment or post).creator_id]),
        "community": _community(world, world.community_of(post)),
        "subscribed": "NotSubscribed",
        "creator_blocked": False,
    }


# -- calls


def read_site(call: Call) -> Json:
    """GET /site: the caller moderates, follows and blocks nothing."""
    answer: dict[str, Any] = v3_site.read(call)
    view = answer["site_view"]
    view["site"] = site(call.world)
    view["local_site"] |= {
        "id": 0,
        "federation_signed_fetch": True,
        "captcha_difficulty": "",
        "hide_modlog_mod_names": True,
    }
    limits = dict.fromkeys(view["local_site_rate_limit"], 0)
    view["local_site_rate_limit"] = limits | {"published": time(call.world.now())}
    if call.caller:
        mine = answer["my_user"]
        mine |= {"follows": [], "moderates": [], "person_blocks": [], "discussion_languages": []}
        user = mine["local_user_view"]
        user["person"] = _person(call.world, call.caller)
        user["local_user"] |= {
            "default_sort_type": "Active",
            "default_listing_type": "Local",
            "show_scores": False,
            "admin": False,
        }
    return answer


def read_post(call: Call) -> Json:
    """GET /post: the community has no moderators."""
    return posts.read(call) | {"moderators": []}


def create_post(call: Call) -> Json:
    """POST /post: fields that only v4 has are not passed on."""
    values = {name: value for name, value in call.fields.values.items() if name != "tags"}
    return posts.create(_with_fields(call, values))


def list_posts(call: Call) -> Json:
    """GET /post/list: no cursor is returned or accepted; every page after the tenth is the tenth again."""
    page = call.fields.number_or_none("page")
    number = 1 if page is None else min(page, _LAST_PAGE)
    if number < 1:
        raise Refusal("not_found", cause="OFFSET must not be negative")
    names = ("community_id", "community_name", "show_read", "show_nsfw", "limit")
    values = _picked(call, *names) | _order(call, POST_SORTS)
    answer = lists.list_posts(_with_fields(call, values))
    for _ in range(number - 1):
        cursor = answer.get("next_page")
        following = _with_fields(call, values | {"page_cursor": cursor})
        answer = lists.list_posts(following) if cursor else {"items": []}
    return {"posts": answer["items"]}


def list_comments(call: Call) -> Json:
    """GET /comment/list."""
    names = ("max_depth", "limit", "community_id", "community_name", "post_id", "parent_id")
    values = _picked(call, *names) | _order(call, COMMENT_SORTS)
    return {"comments": lists.list_comments(_with_fields(call, values))["items"]}


def list_communities(call: Call) -> Json:
    """GET /community/list."""
    return {"communities": lists.list_communities(_with_fields(call, _picked(call, "limit")))["items"]}


def search(call: Call) -> Json:
    """GET /search: only the words and the restriction to titles are passed on."""
    values: Json = {
        "search_term": call.fields.text("q"),
        "title_only": call.fields.flag_or_none("post_title_only"),
    }
    answer = lists.search(_with_fields(call, values))
    kinds = {name: answer[name] for name in ("comments", "posts", "communities")}
    return {"type_": call.fields.text_or_none("type_") or "All", **kinds, "users": answer["persons"]}


def unread_count(call: Call) -> Json:
    """GET /user/unread_count: always zero."""
    call.person()
    # 1.0 does not fill these counts over v3 (lemmy-api 3).
    return {"replies": 0, "mentions": 0, "private_messages": 0}


def mark_all(call: Call) -> Json:
    """POST /user/mark_all_as_read."""
    notifications.mark_all(call.world, call.person())
    return {"replies": []}


def _with_fields(call: Call, values: Mapping[str, object]) -> Call:
    return replace(call, fields=replace(call.fields, values=values))


def _picked(call: Call, *names: str) -> Json:
    return {name: call.fields.values[name] for name in names if name in call.fields.values}


def _order(call: Call, sorts: Sequence[str]) -> Json:
    """Return type, sort and period in v4's fields."""
    sort, kind = call.fields.choice_or_none("sort", sorts), call.fields.choice_or_none("type_", LISTING_TYPES)
    hours = _HOURS.get(sort or "")
    word = "top" if (sort or "").startswith("Top") else sort and v4_word(sort)
    seconds = hours and hours * 3600
    return without_none({"type_": kind and v4_word(kind), "sort": word, "time_range_seconds": seconds})


ROUTES: Mapping[str, Route] = {
    "GET /site": Route(read_site),
    "GET /search": Route(search, ("message", "search")),
    "GET /resolve_object": Route(calls_search.resolve, _TWICE),
    "GET /community": Route(communities.read, _TWICE),
    "GET /community/list": Route(list_communities, _TWICE),
    "POST /community/follow": Route(communities.follow, _TWICE),
    "POST /post": Route(create_post, ("message", "post")),
    "GET /post": Route(read_post, _TWICE),
    "PUT /post": Route(posts.edit, _TWICE),
    "GET /post/list": Route(list_posts, _TWICE),
    "POST /post/delete": Route(posts.delete, _TWICE),
    "POST /post/like": Route(posts.like, _TWICE),
    "POST /comment": Route(comments.create, ("message", "comment")),
    "PUT /comment": Route(comments.edit, _TWICE),
    "GET /comment/list": Route(list_comments, _TWICE),
    "POST /comment/delete": Route(comments.delete, _TWICE),
    "POST /comment/like": Route(comments.like, _TWICE),
    "POST /user/login": Route(accounts.login, ("message", "register")),
    "POST /user/register": Route(accounts.register, ("message", "register")),
    "POST /user/logout": Route(accounts.logout, _TWICE, reads_body=False),
    "GET /user/unread_count": Route(unread_count, _TWICE),
    "POST /user/mark_all_as_read": Route(mark_all, _TWICE, reads_body=False),
}
