"""GET /search and /resolve_object of v4: finding things by words and by address."""

import re

from megabot.sandbox import comment_list, post_list, rights, v4_views
from megabot.sandbox.comment_list import CommentQuery
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.post_list import Page, PostQuery
from megabot.sandbox.records import Community
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.v4_fields import community_id_or_none, not_before, person_id_or_none
from megabot.sandbox.v4_paging import asked

_ADDRESS = re.compile(r"/(post|comment|c|u)/([^/?#]+)")
_HANDLE = re.compile(r"[!@]?([^@/]+)@([^@/]+)")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_TYPES = ("all", "comments", "posts", "communities", "users", "multi_communities")


def search(ask: Ask) -> Json:
    """GET /search; there is no order to choose, and of each kind one page at most."""
    words, kind = ask.fields.text("search_term"), ask.fields.choice_or_none("type_", _TYPES) or "all"
    size = asked(ask.fields).size
    ask.check_may_read()
    narrowed = {"community_id", "community_name", "creator_id"} & set(ask.fields.values)
    everything = {"posts", "comments"} if narrowed else {"posts", "comments", "communities", "users"}
    wants = everything if kind == "all" else {kind}
    # Cursors are left out, but not the fields: with all kinds it is five of them in one.
    no_cursor = ",".join(["none"] * 5) if kind == "all" else None
    return {
        "resolve": _found(ask, words),
        "comments": _comments(ask, words, size) if "comments" in wants else [],
        "posts": _posts(ask, words, size) if "posts" in wants else [],
        "communities": _communities(ask, words, size) if "communities" in wants else [],
        "persons": _people(ask, words, size) if "users" in wants else [],
        "multi_communities": [],
        "prev_page": no_cursor,
        "next_page": no_cursor,
    }


def resolve(ask: Ask) -> Json:
    """GET /resolve_object: what this server has, by its address as it is written there, to the letter."""
    address = ask.fields.text("q")
    ask.check_may_read()
    found = _found(ask, address)
    if found is None:
        raise Refusal("resolve_object_failed", message=_what_failed(address))
    return found


def _what_failed(address: str) -> str:
    handle = _HANDLE.fullmatch(address)
    if handle is not None:
        name, host = handle.groups()
        address = f"http://{host}/.well-known/webfinger?resource=acct:{name}@{host}"
    elif "://" not in address:
        return "Failed to resolve actor via webfinger"
    return f"error sending request for url ({address})"


def _found(ask: Ask, address: str) -> Json | None:
    match = _ADDRESS.fullmatch(ask.world.here(address))
    if match is None:
        return None
    kind, name = match.groups()
    if kind in {"c", "u"}:
        return _community(ask, name) if kind == "c" else _person(ask, name)
    if not _NUMBER.fullmatch(name):
        return None
    return _post(ask, int(name)) if kind == "post" else _comment(ask, int(name))


def _post(ask: Ask, number: int) -> Json | None:
    post = ask.world.posts.get(number)
    if post is None or not rights.can_open(ask.world, ask.caller, post):
        return None
    return {"type_": "post", **v4_views.post_view(ask.world, post, ask.caller)}


def _comment(ask: Ask, number: int) -> Json | None:
    comment = ask.world.comments.get(number)
    if comment is None:
        return None
    community = ask.world.community_of(ask.world.posts[comment.post_id])
    if ask.caller is None and community.visibility != "Public":
        return None
    return {"type_": "comment", **v4_views.comment_view(ask.world, comment, ask.caller)}


def _community(ask: Ask, name: str) -> Json | None:
    found = ask.world.community_named(name)
    if found is None or found.name != name or not rights.can_see_community(ask.caller, found):
        return None
    return {"type_": "community", **v4_views.community_view(ask.world, found, ask.caller)}


def _person(ask: Ask, name: str) -> Json | None:
    found = ask.world.person_named(name)
    if found is None or found.name != name:
        return None
    return {"type_": "person", **v4_views.person_view(ask.world, found, ask.caller)}


def _posts(ask: Ask, words: str, size: int) -> list[Json]:
    query = PostQuery(
        reader=ask.caller,
        page=Page(1, size),
        listing_type="All",
        community_id=community_id_or_none(ask),
        creator_id=person_id_or_none(ask, "creator_id", "creator_username"),
        show_nsfw=ask.fields.flag_or_none("show_nsfw"),
        search_term=words,
        title_only=bool(ask.fields.flag_or_none("title_only")),
        not_before=not_before(ask),
    )
    return [v4_views.post_view(ask.world, post, ask.caller) for post in post_list.posts(ask.world, query)]


def _comments(ask: Ask, words: str, size: int) -> list[Json]:
    query = CommentQuery(
        reader=ask.caller,
        page=Page(1, size),
        sort="New",
        community_id=community_id_or_none(ask),
        creator_id=person_id_or_none(ask, "creator_id", "creator_username"),
        search_term=words,
        not_before=not_before(ask),
    )
    found = comment_list.comments(ask.world, query)
    return [v4_views.comment_view(ask.world, comment, ask.caller) for comment in found]


def _communities(ask: Ask, words: str, size: int) -> list[Json]:
    named = [one for one in ask.world.communities.values() if _is_called(one, words)]
    seen = [one for one in named if rights.can_see_community(ask.caller, one)]
    return [v4_views.community_view(ask.world, one, ask.caller) for one in seen[:size]]


def _is_called(community: Community, words: str) -> bool:
    return words.lower() in f"{community.name}\n{community.title}".lower()


def _people(ask: Ask, words: str, size: int) -> list[Json]:
    found = [one for one in ask.world.people.values() if words.lower() in one.name.lower()]
    return [v4_views.person_view(ask.world, one, ask.caller) for one in found[:size]]
