"""GET /search and /resolve_object of v3: finding things by words and by address."""

import re

from megabot.sandbox import comment_list, post_list, rights, v3_views
from megabot.sandbox.comment_list import CommentQuery
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.post_list import PostQuery
from megabot.sandbox.records import Community, Person
from megabot.sandbox.refusal import Refusal, not_found_by_name
from megabot.sandbox.v3_posts import community_called, page

_ADDRESS = re.compile(r"/(post|comment|c|u)/([^/?#]+)")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_TYPES = ("All", "Comments", "Posts", "Communities", "Users", "Url")


def search(ask: Ask) -> Json:
    """GET /search."""
    words, kind = ask.fields.text("q"), ask.fields.choice_or_none("type_", _TYPES) or "All"
    ask.check_may_read()
    plain = kind == "All" and not {"community_id", "community_name", "creator_id"} & set(ask.fields.values)
    return {
        "type_": kind,
        "comments": _comments(ask, words) if kind in {"All", "Comments"} else [],
        "posts": _posts(ask, words, kind) if kind in {"All", "Posts", "Url"} else [],
        "communities": _communities(ask, words) if plain or kind == "Communities" else [],
        "users": _people(ask, words) if plain or kind == "Users" else [],
    }


def resolve(ask: Ask) -> Json:
    """GET /resolve_object: what this server has, by its address as it is written there, to the letter.

    Strangers may ask too. Without sign-in the real server looks no further either (0.19,
    resolve_object.rs); what it would fetch for the others from elsewhere is not there.
    """
    address = ask.fields.text("q")
    ask.check_may_read()
    found = _ADDRESS.fullmatch(ask.world.here(address))
    answer = _resolved(ask, *found.groups()) if found else None
    if answer is None:
        raise Refusal("couldnt_find_object")
    return answer


def _posts(ask: Ask, words: str, kind: str) -> list[Json]:
    community_id = _community_id(ask)
    query = PostQuery(
        reader=ask.caller,
        page=page(ask.fields),
        sort=ask.fields.choice_or_none("sort", post_list.POST_SORTS) or "Hot",
        listing_type=ask.fields.choice_or_none("listing_type", post_list.LISTING_TYPES),
        community_id=community_id,
        creator_id=ask.fields.number_or_none("creator_id"),
        search_term=None if kind == "Url" else words,
        title_only=bool(ask.fields.flag_or_none("post_title_only")),
        url=words if kind == "Url" else None,
    )
    return [v3_views.post_view(ask.world, post, ask.caller) for post in post_list.posts(ask.world, query)]


def _comments(ask: Ask, words: str) -> list[Json]:
    query = CommentQuery(
        reader=ask.caller,
        page=page(ask.fields),
        sort=comment_list.comment_sort(ask.fields.choice_or_none("sort", post_list.POST_SORTS)),
        community_id=_community_id(ask),
        creator_id=ask.fields.number_or_none("creator_id"),
        search_term=words,
    )
    found = comment_list.comments(ask.world, query)
    return [v3_views.comment_view(ask.world, comment, ask.caller) for comment in found]


def _communities(ask: Ask, words: str) -> list[Json]:
    found = [one for one in ask.world.communities.values() if _is_called(one, words)]
    seen = [one for one in found if rights.can_see_community(ask.caller, one)]
    return [v3_views.community_view(ask.world, one, ask.caller) for one in page(ask.fields).of(seen)]


def _people(ask: Ask, words: str) -> list[Json]:
    found = [one for one in ask.world.people.values() if words.lower() in one.name.lower()]
    return [v3_views.person_view(ask.world, one) for one in page(ask.fields).of(found)]


def _is_called(community: Community, words: str) -> bool:
    return words.lower() in f"{community.name}\n{community.title}".lower()


def _community_id(ask: Ask) -> int | None:
    name = ask.fields.text_or_none("community_name")
    if name is not None:
        return community_called(ask, name, "unknown").id
    return ask.fields.number_or_none("community_id")


def _resolved(ask: Ask, kind: str, name: str) -> Json | None:
    if kind in {"c", "u"}:
        return _community(ask, name) if kind == "c" else _person(ask, name)
    if not _NUMBER.fullmatch(name):
        return None
    return _post(ask, int(name)) if kind == "post" else _comment(ask, int(name))


def _post(ask: Ask, number: int) -> Json | None:
    post = ask.world.posts.get(number)
    if post is None or not rights.can_find(ask.world, ask.caller, post):
        return None
    if post.is_gone:
        raise not_found_by_name("couldnt_find_object")  # its author alone is told so
    return {"post": v3_views.post_view(ask.world, post, ask.caller)}


def _comment(ask: Ask, number: int) -> Json | None:
    comment = ask.world.comments.get(number)
    if comment is None or not _is_shown(ask, ask.world.community_of(ask.world.posts[comment.post_id])):
        return None
    if comment.is_gone:
        raise not_found_by_name("couldnt_find_object")
    return {"comment": v3_views.comment_view(ask.world, comment, ask.caller)}


def _community(ask: Ask, name: str) -> Json | None:
    found = ask.world.community_named(name)
    if found is None or found.name != name or found.is_gone or not _is_shown(ask, found):
        return None
    return {"community": v3_views.community_view(ask.world, found, ask.caller)}


def _person(ask: Ask, name: str) -> Json | None:
    found: Person | None = ask.world.person_named(name)
    if found is None or found.name != name:
        return None
    return {"person": v3_views.person_view(ask.world, found)}


def _is_shown(ask: Ask, community: Community) -> bool:
    return ask.caller is not None or community.visibility == "Public"
