"""Lists that a server gives page by page, put together: numbered from 1, each thing once, newest first."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from megabot.core.posts import Comment, Post

PAGE = 50  # the most that 0.19 gives; more is an error
LAST_PAGE = 100  # likewise

Page = TypeVar("Page")
Written = TypeVar("Written", Post, Comment)


def pages(
    fetch: Callable[[int], Page], *, ends: Callable[[Page], bool], most: int = LAST_PAGE
) -> Iterator[Page]:
    """Fetch page after page, up to the one behind which nothing wanted can be."""
    for number in range(1, most + 1):
        page = fetch(number)
        yield page
        if ends(page):
            return


def newest_first(found: Iterable[Written]) -> tuple[Written, ...]:
    """Put in order what pages gave; what stood on two of them, as things moved, is there once."""
    once = {one.id: one for one in found}
    return tuple(sorted(once.values(), key=lambda one: (one.published, one.id), reverse=True))


def is_last(page: tuple[Post, ...] | tuple[Comment, ...], since: datetime | None) -> bool:
    """Whether nothing wanted can be behind this page. The last is the oldest: front-page pins come first."""
    return len(page) < PAGE or (since is not None and page[-1].published < since)
