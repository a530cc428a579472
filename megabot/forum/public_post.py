"""A post as anonymous visitors see it, and which one carries a thread. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from megabot.forum.marker import post_marker

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPost:
    """A post's title, text, address, author and community; `open` if readers can open it.

    `language` is the code in Lemmy's list, or "" if unknown.
    """

    title: str
    body: str
    url: str
    id: int = 0
    by: str = ""
    published: datetime = _NEVER
    community: str = ""
    open: bool = True
    language: str = ""

    @property
    def text(self) -> str:
        """The body without megabot's marker."""
        text, _, last = self.body.rstrip().rpartition("\n")
        return text.rstrip() if post_marker(self.body) is not None and last else self.body.rstrip()


def newest_marked_post(posts: Sequence[PublicPost], thread: str) -> PublicPost | None:
    """Return the newest open post with a thread's marker. Only for display: anyone can copy a marker."""
    for post in posts:
        marker = post_marker(post.body)
        if post.open and marker is not None and marker.thread == thread:
            return post
    return None
