"""Lists that a server returns page by page. No I/O.

API v3 numbers its pages from 1; each page of v4 says how to ask for the next one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from megabot.forum.models import Comment, Post
from megabot.lemmy.forms import Form

PAGE = 50  # the most that a server gives; more is an error
LAST_PAGE = 100  # the last that 0.19 gives

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Written = TypeVar("Written", Post, Comment)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item_co]):
    """One page of a list. `after` is how to ask v4 for the next one, "" on the last."""

    items: tuple[Item_co, ...]
    after: str = ""


class PageIterator(Protocol):
    """How an API goes through a list. `fetch` is given the part of the form that names the page."""

    def __call__(self, fetch: Callable[[Form], Page[Item]], *, most: int) -> Iterator[tuple[Item, ...]]:
        """Fetch the items page by page, `most` pages at most."""


def iter_numbered_pages(
    fetch: Callable[[Form], Page[Item]], *, most: int = LAST_PAGE
) -> Iterator[tuple[Item, ...]]:
    """Fetch pages by their numbers, up to one that is not full."""
    for number in range(1, most + 1):
        page = fetch({"page": number})
        yield page.items
        if len(page.items) < PAGE:
            return


def iter_cursor_pages(
    fetch: Callable[[Form], Page[Item]], *, most: int = LAST_PAGE
) -> Iterator[tuple[Item, ...]]:
    """Fetch pages as each says, up to one that names no next page or is empty."""
    cursor: Form = {}
    for _ in range(most):
        page = fetch(cursor)
        yield page.items
        if not (page.after and page.items):  # a last page that is full names an empty one
            return
        cursor = {"page_cursor": page.after}


def newest_first(comments: Iterable[Written]) -> tuple[Written, ...]:
    """Put in order what pages gave; what stood on two of them, as things moved, is there once."""
    once = {one.id: one for one in comments}
    return tuple(sorted(once.values(), key=lambda one: (one.published, one.id), reverse=True))


def is_last(page: tuple[Post, ...] | tuple[Comment, ...], since: datetime | None) -> bool:
    """Whether nothing wanted can be behind this page. The last is the oldest: front-page pins come first."""
    return len(page) < PAGE or (since is not None and page[-1].published < since)
