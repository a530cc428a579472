"""Checks the result of the demo as a reader would, over HTTP and either API.

It knows only the format of megabot's marker and imports nothing from megabot, so that both cannot share a
mistake.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]
_Adopted = dict[int, tuple[str, int]]

_ADOPTED = re.compile(r"\[//\]: # \(megabot:v1:([a-z0-9-]+/[0-9W-]+)(?:#([0-9]+))?:adopted\)\s*$")
_MARKER = re.compile(r"\[//\]: # \(megabot:v1:([a-z0-9-]+/[0-9W-]+)(?:#([0-9]+))?(?: after [^)]*)?\)\s*$")


@dataclass(frozen=True, slots=True)
class _Seen:
    id: int
    edition: str
    copy: int
    url: str
    body: str
    pinned: bool
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class _Turned:
    """An entry in the mod log: a post was pinned or unpinned. `by` is None if readers do not see the name."""

    post_id: int
    pinned: bool
    by: int | None


def verdict(
    url: str,
    *,
    community: str,
    bot: str,
    editions: list[str],
    unpinned_by_people: Collection[int] = (),
) -> list[str]:
    """Return the faults in one thread's posts in a community, an empty list if there are none.

    The posts must be exactly the named editions, each posted once by the bot or adopted by it (and each copy
    once). Exactly one must be pinned, the newest. Each post by the bot must link the previous edition, and
    each old one must have a comment that links the next. The bot must never have left no thread pinned. Lemmy
    1.0 does not show readers who unpinned a post: it counts as the bot, except for `unpinned_by_people`.
    """
    server = _server(url)
    bot_id, adopted = server.bot(bot)
    posts = _posts(server, community, bot_id, adopted)
    return [
        *_each_once(posts, editions),
        *_one_pinned(posts),
        *_linked(server, posts, bot_id),
        *_never_bare(server.pins(community), bot_id, unpinned_by_people),
    ]


def unpaired(url: str, *, communities: tuple[str, str], bot: str) -> list[str]:
    """Return the faults in two threads that should link each other's newest post."""
    server = _server(url)
    bot_id, adopted = server.bot(bot)
    newest = [_posts(server, community, bot_id, adopted)[-1] for community in communities]
    return [
        f"{seen.edition} does not link {other.edition}"
        for seen, other in (newest, newest[::-1])
        if other.url not in seen.body
    ]


class _V3:
    """What a reader sees through API v3."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/v3"

    def bot(self, name: str) -> tuple[int, _Adopted]:
        """Return the bot's id, and the adopted posts with their editions, as its comments name them."""
        answer = _get(self._url, "user", username=name, sort="New", limit=50)
        return int(answer["person_view"]["person"]["id"]), _adopted(answer["comments"])

    def posts(self, community: str) -> Iterator[Json]:
        page = 1
        query = {"community_name": community, "type_": "All", "sort": "New", "limit": 50}
        while batch := _get(self._url, "post/list", page=page, **query)["posts"]:
            yield from batch
            page += 1

    def comments(self, post_id: int) -> list[Json]:
        answer = _get(self._url, "comment/list", post_id=post_id, type_="All", sort="New")
        return list(answer["comments"])

    def pins(self, community: str) -> list[_Turned]:
        """Return the community's pins in the mod log, oldest first."""
        place = _get(self._url, "community", name=community)["community_view"]["community"]["id"]
        log = _get(self._url, "modlog", community_id=place, type_="ModFeaturePost", limit=50)
        entries = sorted((one["mod_feature_post"] for one in log["featured_posts"]), key=_number)
        return [_Turned(one["post_id"], one["featured"], one["mod_person_id"]) for one in entries]


class _V4:
    """What a reader sees through API v4."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/v4"

    def bot(self, name: str) -> tuple[int, _Adopted]:
        """Return the bot's id, and the adopted posts with their editions, as its comments name them."""
        person = _get(self._url, "person", username=name)["person_view"]["person"]
        return int(person["id"]), _adopted(self._items("person/content", username=name, type_="comments"))

    def posts(self, community: str) -> Iterator[Json]:
        query = {"community_name": community, "type_": "all", "sort": "new", "time_range_seconds": 0}
        return self._items("post/list", **query)

    def comments(self, post_id: int) -> list[Json]:
        query = {"type_": "all", "sort": "new", "time_range_seconds": 0}
        return list(self._items("comment/list", post_id=post_id, **query))

    def pins(self, community: str) -> list[_Turned]:
        """Return the community's pins in the mod log, oldest first."""
        place = _get(self._url, "community", name=community)["community_view"]["community"]["id"]
        log = self._items("modlog", community_id=place, type_="mod_feature_post_community")
        entries = sorted(log, key=lambda one: _number(one["modlog"]))
        return [
            _Turned(
                entry["target_post"]["id"],
                not entry["modlog"]["is_revert"],
                (entry.get("moderator") or {}).get("id"),
            )
            for entry in entries
        ]

    def _items(self, path: str, **query: object) -> Iterator[Json]:
        after: Json = {}
        while True:
            page = _get(self._url, path, limit=50, **query, **after)
            yield from page["items"]
            if not page.get("next_page"):
                return
            after = {"page_cursor": page["next_page"]}


_Server = _V3 | _V4


def _server(url: str) -> _Server:
    """Return a client for the server's newest API; Lemmy 1.0 answers both (lemmy-api 4)."""
    try:
        _get(f"{url}/api/v4", "site")
    except urllib.error.HTTPError:
        return _V3(url)
    return _V4(url)


def _adopted(comments: Iterable[Json]) -> _Adopted:
    marks = ((one["post"]["id"], _ADOPTED.search(one["comment"]["content"])) for one in comments)
    return {post: (mark[1], int(mark[2] or 1)) for post, mark in marks if mark is not None}


def _number(entry: Json) -> int:
    return int(entry["id"])


def _posts(server: _Server, community: str, bot_id: int, adopted: _Adopted) -> list[_Seen]:
    seen = {}
    for view in server.posts(community):
        post = view["post"]
        match = _MARKER.search(post.get("body", ""))
        carried = adopted.get(post["id"])
        if match is not None and view["creator"]["id"] == bot_id:
            carried = match[1], int(match[2] or 1)
        if carried is not None:
            seen[post["id"]] = _Seen(
                post["id"],
                *carried,
                post["ap_id"],
                post.get("body", ""),
                post["featured_community"],
                adopted=post["id"] in adopted,
            )
    return [seen[number] for number in sorted(seen)]


def _each_once(posts: list[_Seen], editions: list[str]) -> list[str]:
    carried = [(post.edition, post.copy) for post in posts]
    faults = [f"{edition}#{copy} was posted more than once" for edition, copy in _doubles(carried)]
    there = [edition for edition, copy in carried if copy == 1]
    faults += [f"{edition} is missing" for edition in editions if edition not in there]
    return faults + [f"{edition} should not have been posted" for edition in there if edition not in editions]


def _doubles(carried: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted({one for one in carried if carried.count(one) > 1})


def _one_pinned(posts: list[_Seen]) -> list[str]:
    pinned = [post for post in posts if post.pinned]
    if len(pinned) != 1:
        return [f"{len(pinned)} of the bot's posts are pinned instead of one"]
    return [] if pinned[0] is posts[-1] else [f"{pinned[0].edition} is pinned but is not the newest"]


def _linked(server: _Server, posts: list[_Seen], bot_id: int) -> list[str]:
    faults = []
    for before, after in pairwise(posts):
        edition_before = next((one.edition for one in reversed(posts) if one.edition < after.edition), "")
        links = any(one.url in after.body for one in posts if one.edition == edition_before)
        if not (links or after.adopted):  # someone else wrote an adopted thread, and it may link nothing
            faults.append(f"{after.edition}#{after.copy} does not link {edition_before}")
        comments = server.comments(before.id)
        if not any(
            one["creator"]["id"] == bot_id and after.url in one["comment"]["content"] for one in comments
        ):
            faults.append(f"{before.edition}#{before.copy} has no comment that links the next thread")
    return faults


def _never_bare(turned: list[_Turned], bot_id: int, unpinned_by_people: Collection[int]) -> list[str]:
    """Replay the mod log: the bot must never unpin the last pinned thread."""
    pinned: set[int] = set()
    faults = []
    for thread in turned:
        if thread.pinned:
            pinned.add(thread.post_id)
            continue
        pinned.discard(thread.post_id)
        nameless = thread.by is None and thread.post_id not in unpinned_by_people
        if not pinned and (thread.by == bot_id or nameless):
            faults.append(f"the bot left no thread pinned when it unpinned post {thread.post_id}")
    return faults


def _get(url: str, path: str, **query: object) -> Json:
    with urllib.request.urlopen(f"{url}/{path}?{urlencode(query)}", timeout=30) as answer:  # noqa: S310
        return dict(json.load(answer))
