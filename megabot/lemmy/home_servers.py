"""Ask the servers of other communities, anonymously, whether a post is pinned there and what they run.

These requests share nothing with the session of the bot's own server, so the bot's token cannot leak.
"""

import json
import queue
import re
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from typing_extensions import override

from megabot.forum import port
from megabot.forum.home_server import HomePin, Reading, Software
from megabot.lemmy.public_web import NoPage, PublicWeb
from megabot.proxy import Proxy

SECONDS = 10.0
"""Time limit for a whole question, including the DNS lookup, which no socket timeout covers."""
PURPOSE = "pin check"
_MOST = 1024 * 1024  # a post of 50,000 characters takes 300 kB at most
_MISSING = {"couldnt_find_object", "resolve_object_failed", "not_found"}
_CODE = re.compile(r"[a-z_]{1,40}")
_NODEINFO = "/.well-known/nodeinfo"
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/2."

T = TypeVar("T")
Read = Callable[[str], bytes]
"""Reads an address, or raises `NoPage`."""


class LemmyHomeServers(port.HomeServers):
    """The servers of remote communities. Never raises: trouble is part of the result."""

    def __init__(
        self, read: Read | None = None, *, seconds: float = SECONDS, proxy: Proxy | None = None
    ) -> None:
        self._read = read or reader(PublicWeb(purpose=PURPOSE, seconds=seconds / 2, proxy=proxy))
        self._seconds = seconds

    @override
    def pin(self, community: str, post: str) -> Reading:
        return self._bounded(lambda: self._pin(community, post), Reading(HomePin.UNREADABLE, _TOO_LATE))

    @override
    def software(self, community: str) -> Software:
        return self._bounded(lambda: self._software(community), Software())

    def _pin(self, community: str, post: str) -> Reading:
        trouble = "it does not answer like a Lemmy server"
        for version in ("v3", "v4"):  # 1.0 answers this call over v3 too
            address = f"{_root(community)}/api/{version}/resolve_object?q={quote(post, safe='')}"
            try:
                answer = _parsed(self._read(address))
            except NoPage as nothing:
                return Reading(HomePin.UNREADABLE, str(nothing))
            error = str(answer.get("error", ""))
            if error in _MISSING:
                return Reading(HomePin.NO_POST)
            if _CODE.fullmatch(error):
                trouble = f"it answered {error}"
            post_fields = _post(answer)
            if post_fields.get("ap_id") == post:
                pinned = post_fields.get("featured_community") is True
                return Reading(HomePin.PINNED if pinned else HomePin.NOT_PINNED)
        return Reading(HomePin.UNREADABLE, trouble)

    def _software(self, community: str) -> Software:
        root = _root(community)
        try:
            links = _parsed(self._read(f"{root}{_NODEINFO}")).get("links")
            for link in links if isinstance(links, list) else ():
                address = str(link.get("href")) if isinstance(link, dict) else ""
                if address.startswith(f"{root}/") and str(link.get("rel")).startswith(_SCHEMA):
                    software = _parsed(self._read(address)).get("software")
                    if isinstance(software, dict):
                        return Software(
                            name=_word(software.get("name")), version=_word(software.get("version"))
                        )
        except NoPage:
            pass
        return Software()

    def _bounded(self, ask: Callable[[], T], too_late: T) -> T:
        """Ask in a thread and abandon it after the time limit, because a DNS lookup cannot be cancelled."""
        answers: queue.SimpleQueue[T] = queue.SimpleQueue()
        # In a copy of the context, so that what it logs names the account.
        work = copy_context()
        threading.Thread(target=lambda: answers.put(work.run(ask)), name="home server", daemon=True).start()
        try:
            return answers.get(timeout=self._seconds)
        except queue.Empty:
            return too_late


_TOO_LATE = "the server did not answer in time"


def reader(web: PublicWeb) -> Read:
    """Return a function that reads an address within limits, without following redirects."""
    return lambda address: web.read("GET", address, most=_MOST, hops=0).body


def _root(community: str) -> str:
    """Return the address of a community's server, always https."""
    return f"https://{urlsplit(community).netloc}"


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _post(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the post in an answer: v3 nests it one level deeper than v4."""
    view = answer.get("post")
    inner = view.get("post") if isinstance(view, dict) else None
    post_fields = inner if isinstance(inner, dict) else view
    return post_fields if isinstance(post_fields, dict) else {}


def _word(claim: object) -> str:
    """Return a short plain word from what a server says about itself, because it goes into messages."""
    text = claim if isinstance(claim, str) else ""
    return "".join(letter for letter in text[:40] if letter.isalnum() or letter in ".-_+")
