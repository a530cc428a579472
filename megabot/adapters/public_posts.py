"""Posts as a stranger sees them: no account, no token. For previews and for `init --from`.

What the account sees is the `Forum` port's; here there is none yet, or none that may be used (a workflow that
runs for anybody's change).
"""

import json
from typing import Any

from megabot.adapters.lemmy_http import LemmySession
from megabot.core.public_posts import PublicPost
from megabot.errors import NotFound, Unreadable

_NEWEST = 50
_NOT_THERE = 404


class PublicPosts:
    """One server, at its address. Speaks both APIs: what the one does not know, the other is asked."""

    def __init__(self, address: str) -> None:
        self._session = LemmySession(address, token=lambda: "")

    def one(self, number: int) -> PublicPost:
        """Read a post; raise `NotFound` where strangers cannot open it."""
        answer = self._get("post", v3={"id": number}, v4={"id": number})
        view = answer.get("post_view")
        if not isinstance(view, dict):
            raise NotFound("there is no such post, or strangers cannot open it", code="not_found")
        return _post(view)

    def newest(self, community: str) -> tuple[PublicPost, ...]:
        """List the newest posts of a community, `name` or `name@host`, pinned ones first."""
        asked = {"community_name": community, "limit": _NEWEST, "show_nsfw": "true"}
        answer = self._get(
            "post/list",
            v3=asked | {"sort": "New", "type_": "All"},
            v4=asked | {"sort": "new", "type_": "all"},
        )
        views = answer.get("posts") or answer.get("items") or []
        return tuple(_post(view) for view in views)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _get(self, path: str, *, v3: dict[str, Any], v4: dict[str, Any]) -> dict[str, Any]:
        for version, query in (("v3", v3), ("v4", v4)):
            response = self._session.get(f"{self._session.address}/api/{version}/{path}", params=query)
            if response.status_code == _NOT_THERE and not response.content.startswith(b"{"):
                continue  # another generation of servers
            try:
                answer = json.loads(response.content)
            except ValueError:
                continue
            if isinstance(answer, dict):
                return answer
        raise Unreadable(f"{self._session.address} does not answer as a Lemmy server does")


def _post(view: dict[str, Any]) -> PublicPost:
    post, community = view["post"], view.get("community") or {}
    return PublicPost(
        title=str(post.get("name") or ""),
        body=str(post.get("body") or ""),
        url=str(post.get("ap_id") or ""),
        community=str(community.get("name") or ""),
        open=not (post.get("removed") or post.get("deleted")),
    )
