"""Read posts anonymously, without account or token. For previews and `init --from`.

The `Forum` port reads as the account. Here there is no account yet, or none that may be used (a workflow that
runs for anyone's change).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from megabot.errors import NotFound, Unreadable
from megabot.forum.public_post import PublicPost
from megabot.lemmy.http import LemmySession
from megabot.proxy import Proxy

_NEWEST = 50
_MOST_PAGES = 200
_NO_COMMUNITY = frozenset({"couldnt_find_community", "not_found"})


class PublicPosts:
    """One server, over either API."""

    def __init__(self, address: str, *, proxy: Proxy | None = None) -> None:
        self._session = LemmySession(address, token=lambda: "", proxy=proxy)

    def version(self) -> str:
        """Return the version of Lemmy that the server runs; raise `Unreadable` if it does not run Lemmy."""
        version = self._get("site", v3={}, v4={}).get("version")
        if not isinstance(version, str):
            raise Unreadable(f"{self._session.address} does not answer like a Lemmy server")
        return version

    def has_community(self, name: str) -> bool:
        """Return whether the server shows a community, `name` or `name@host`, to users without an account."""
        return "community_view" in self._get("community", v3={"name": name}, v4={"name": name})

    def moderators(self, community: str) -> frozenset[str]:
        """Return the actor ids of a community's moderators, bots left out; none if there is no community."""
        answer = self._get("community", v3={"name": community}, v4={"name": community})
        if answer.get("error") in _NO_COMMUNITY:
            return frozenset()
        seats = answer.get("moderators")
        if "community_view" not in answer or not isinstance(seats, list):
            raise self._unreadable()
        return frozenset(_actors(seat["moderator"] for seat in seats))

    def admins(self) -> frozenset[str]:
        """Return the actor ids of the server's admins, bots left out."""
        seats = self._get("site", v3={}, v4={}).get("admins")
        if not isinstance(seats, list):
            raise self._unreadable()
        return frozenset(_actors(seat["person"] for seat in seats))

    def one(self, number: int) -> PublicPost:
        """Return a post with its language; raise `NotFound` if it is not visible anonymously."""
        answer = self._get("post", v3={"id": number}, v4={"id": number})
        view = answer.get("post_view")
        if not isinstance(view, dict):
            raise NotFound(
                "there is no such post, or it is only visible to signed-in users", code="not_found"
            )
        language = self._language(view["post"].get("language_id") or 0)
        return replace(_post(view), language=language)

    def _language(self, number: int) -> str:
        """Return the code of one of the server's languages, "" for 0, which is undetermined."""
        languages = self._get("site", v3={}, v4={}).get("all_languages") if number else None
        codes = (language.get("code") for language in languages or () if language.get("id") == number)
        return str(next(codes, ""))

    def newest(self, community: str) -> tuple[PublicPost, ...]:
        """List the newest posts of a community, `name` or `name@host`, pinned ones first."""
        # Without `show_nsfw`, a server hides nsfw posts from anonymous callers (lemmy-api 2.6).
        query = {"community_name": community, "limit": _NEWEST, "show_nsfw": "true"}
        answer = self._get(
            "post/list",
            v3=query | {"sort": "New", "type_": "All"},
            v4=query | {"sort": "new", "type_": "all"},
        )
        views = answer.get("posts") or answer.get("items") or []
        return tuple(_post(view) for view in views)

    def all(self, community: str, *, by: str) -> Iterator[tuple[PublicPost, ...]]:
        """Yield all posts of a community page by page, newest first; only one author's if `by` is given.

        0.19 lists an author's posts in all communities, so posts in other communities are dropped here.
        """
        v3: dict[str, Any] = {"sort": "New", "limit": _NEWEST, "page": 1}
        v4: dict[str, Any] = {"limit": _NEWEST}
        if by:
            paths = ("user", "person/content")
            v3, v4 = v3 | {"username": by}, v4 | {"username": by, "type_": "posts"}
        else:
            paths = ("post/list", "post/list")
            query = {"community_name": community, "show_nsfw": "true"}
            v3, v4 = v3 | query | {"type_": "All"}, v4 | query | {"type_": "all", "sort": "new"}
        for _ in range(_MOST_PAGES):
            answer = self._get(paths[0], v3=v3, v4=v4, v4_path=paths[1])
            views = answer.get("posts") or answer.get("items") or []
            posts = [view for view in views if _is_of(view, community)]
            yield tuple(_post(view) for view in posts)
            v3["page"] += 1
            if len(views) < _NEWEST or ("items" in answer and not answer.get("next_page")):
                return
            v4["page_cursor"] = answer.get("next_page")

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _get(self, path: str, *, v3: dict[str, Any], v4: dict[str, Any], v4_path: str = "") -> dict[str, Any]:
        place, query = (f"v4/{v4_path or path}", v4) if self._speaks_v4 else (f"v3/{path}", v3)
        answer = self._asked(place, query)
        if answer is None:
            raise self._unreadable()
        return answer

    def _unreadable(self) -> Unreadable:
        # The server may have been upgraded since its version was found out.
        self.__dict__.pop("_speaks_v4", None)
        return Unreadable(f"{self._session.address} does not answer like a Lemmy server")

    @cached_property
    def _speaks_v4(self) -> bool:
        """Whether the server runs 1.0. v4 is tried because 1.0 still answers parts of v3 (lemmy-api 4)."""
        return self._asked("v4/site", {}) is not None

    def _asked(self, place: str, query: dict[str, Any]) -> dict[str, Any] | None:
        response = self._session.get(f"{self._session.address}/api/{place}", params=query)
        try:
            answer = json.loads(response.content)
        except ValueError:
            return None
        return answer if isinstance(answer, dict) else None


def _actors(people: Iterable[dict[str, Any]]) -> Iterator[str]:
    for person in people:
        actor = person.get("actor_id") or person.get("ap_id")
        if actor and not person.get("bot_account"):
            yield str(actor)


def _is_of(view: dict[str, Any], community: str) -> bool:
    """Return whether a post is in a community, given as `name` or `name@host`."""
    name, _, host = community.partition("@")
    shown = view.get("community") or {}
    home = urlsplit(str(shown.get("actor_id") or shown.get("ap_id") or "")).netloc
    return shown.get("name") == name and (home == host if host else shown.get("local") is True)


def _name_of(community: dict[str, Any]) -> str:
    """Return `name`, or `name@host` for a community of another server."""
    name = str(community.get("name") or "")
    home = urlsplit(str(community.get("actor_id") or community.get("ap_id") or "")).netloc
    return f"{name}@{home}" if home and not community.get("local", True) else name


def _moment(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)  # 0.19 gives no zone; its times are UTC


def _post(view: dict[str, Any]) -> PublicPost:
    post, community = view["post"], view.get("community") or {}
    return PublicPost(
        title=str(post.get("name") or ""),
        body=str(post.get("body") or ""),
        url=str(post.get("ap_id") or ""),
        id=int(post.get("id") or 0),
        by=str((view.get("creator") or {}).get("name") or ""),
        published=_moment(str(post.get("published") or post.get("published_at"))),
        community=_name_of(community),
        open=not (post.get("removed") or post.get("deleted")),
    )
