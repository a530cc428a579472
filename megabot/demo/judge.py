"""The judge of the demo: a reader who looks over HTTP and knows nothing of megabot but its marker.

It imports nothing of megabot, so that it cannot share a mistake with it.
"""

import json
import re
import urllib.request
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

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


def verdict(url: str, *, community: str, bot: str, editions: list[str]) -> list[str]:
    """Give what is wrong with one thread's posts in a community, an empty list where all is well.

    Well means: exactly the editions that are named, each posted once (and each copy of one once) by the bot
    or adopted by it, exactly one of these posts pinned and that the newest, each of the bot's own linking
    the edition before it, each old one telling of the one after it, and never a moment in which the bot
    left no thread pinned.
    """
    bot_id, adopted = _bot(url, bot)
    posts = _posts(url, community, bot_id, adopted)
    return [
        *_each_once(posts, editions),
        *_one_pinned(posts),
        *_linked(url, posts, bot_id),
        *_never_bare(url, community, bot_id),
    ]


def unpaired(url: str, *, communities: tuple[str, str], bot: str) -> list[str]:
    """Give what is wrong with two threads that are to link each other's newest post."""
    bot_id, adopted = _bot(url, bot)
    newest = [_posts(url, community, bot_id, adopted)[-1] for community in communities]
    return [
        f"{one.edition} does not link {other.edition}"
        for one, other in (newest, newest[::-1])
        if other.url not in one.body
    ]


def _bot(url: str, name: str) -> tuple[int, dict[int, tuple[str, int]]]:
    """Give the bot's id, and which posts of others its comments say were adopted, as what."""
    found = _get(url, "user", username=name, sort="New", limit=50)
    said = ((one["post"]["id"], _ADOPTED.search(one["comment"]["content"])) for one in found["comments"])
    adopted = {post: (mark[1], int(mark[2] or 1)) for post, mark in said if mark is not None}
    return int(found["person_view"]["person"]["id"]), adopted


def _posts(url: str, community: str, bot_id: int, adopted: dict[int, tuple[str, int]]) -> list[_Seen]:
    views: list[Any] = []
    page = 1
    while batch := _get(
        url, "post/list", community_name=community, type_="All", sort="New", limit=50, page=page
    )["posts"]:
        views += batch
        page += 1
    seen = {}
    for view in views:
        post = view["post"]
        found = _MARKER.search(post.get("body", ""))
        carried = adopted.get(post["id"])
        if found is not None and view["creator"]["id"] == bot_id:
            carried = found[1], int(found[2] or 1)
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
    return faults + [f"{edition} was not to be posted" for edition in there if edition not in editions]


def _doubles(carried: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted({one for one in carried if carried.count(one) > 1})


def _one_pinned(posts: list[_Seen]) -> list[str]:
    pinned = [post for post in posts if post.pinned]
    if len(pinned) != 1:
        return [f"{len(pinned)} posts of the bot are pinned, not one"]
    return [] if pinned[0] is posts[-1] else [f"{pinned[0].edition} is pinned and not the newest"]


def _linked(url: str, posts: list[_Seen], bot_id: int) -> list[str]:
    faults = []
    for before, after in pairwise(posts):
        edition_before = next((one.edition for one in reversed(posts) if one.edition < after.edition), "")
        links = any(one.url in after.body for one in posts if one.edition == edition_before)
        if not (links or after.adopted):  # what a person wrote need not link anything
            faults.append(f"{after.edition}#{after.copy} does not link {edition_before}")
        said = _get(url, "comment/list", post_id=before.id, type_="All", sort="New")["comments"]
        if not any(one["creator"]["id"] == bot_id and after.url in one["comment"]["content"] for one in said):
            faults.append(f"{before.edition}#{before.copy} does not tell of the thread after it")
    return faults


def _never_bare(url: str, community: str, bot_id: int) -> list[str]:
    """Replay the mod log: after its first pin the bot itself must never take the last pin away."""
    place = _get(url, "community", name=community)["community_view"]["community"]["id"]
    log = _get(url, "modlog", community_id=place, type_="ModFeaturePost", limit=50)["featured_posts"]
    pinned: set[int] = set()
    faults = []
    for entry in sorted((one["mod_feature_post"] for one in log), key=lambda one: int(one["id"])):
        if entry["featured"]:
            pinned.add(entry["post_id"])
            continue
        pinned.discard(entry["post_id"])
        if not pinned and entry["mod_person_id"] == bot_id:
            faults.append(f"the bot left no thread pinned when it unpinned post {entry['post_id']}")
    return faults


def _get(url: str, path: str, **query: object) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/api/v3/{path}?{urlencode(query)}", timeout=30) as answer:  # noqa: S310
        found = json.load(answer)
    return dict(found)
