"""Lists that a server gives page by page, put together: each thing once, newest first.

API v3 numbers its pages from 1, v4 says on each how to ask for the one behind it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from megabot.core.posts import Comment, Post

PAGE = 50  # the most that a server gives; more is an error
LAST_PAGE = 100  # the last that 0.19 gives

Page = TypeVar("Page")
Item = TypeVar("Item")
Written = TypeVar("Written", Post, Comment)


@dataclass(frozen=True, slots=True)
class Listed(Generic[Item]):
    """One page of a list of v4's. `after` is how to ask for the next, "" on the last."""

    items: tuple[Item, ...]
    after: str = ""


def pages(
    fetch: Callable[[int], Page], *, ends: Callable[[Page], bool], most: int = LAST_PAGE
) -> Iterator[Page]:
    """Fetch page after page, up to the one behind which nothing wanted can be."""
    for number in range(1, most + 1):
        page = fetch(number)
        yield page
        if ends(page):
            return


def following(
    fetch: Callable[[str], Listed[Item]],
    *,
    ends: Callable[[tuple[Item, ...]], bool] = lambda _: False,
    most: int = LAST_PAGE,
) -> Iterator[Item]:
    """Fetch page after page, as each says, up to the one behind which nothing wanted can be."""
    for page in followed(fetch, most=most):
        yield from page
        if not page or ends(page):
            return


def followed(fetch: Callable[[str], Listed[Item]], *, most: int = LAST_PAGE) -> Iterator[tuple[Item, ...]]:
    """Fetch page after page, as each says how, as long as more is asked for."""
    after = ""
    for _ in range(most):
        page = fetch(after)
        yield page.items
        after = page.after
        if not (after and page.items):  # behind a last page that is full is an empty one
            return


def newest_first(found: Iterable[Written]) -> tuple[Written, ...]:
    """Put in order what pages gave; what stood on two of them, as things moved, is there once."""
    once = {one.id: one for one in found}
    return tuple(sorted(once.values(), key=lambda one: (one.published, one.id), reverse=True))


def is_last(page: tuple[Post, ...] | tuple[Comment, ...], since: datetime | None) -> bool:
    """Whether nothing wanted can be behind this page. The last is the oldest: front-page pins come first."""
    return len(page) < PAGE or (since is not None and page[-1].published < since)
