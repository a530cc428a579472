"""Read lists that a server returns page by page. No I/O.

API v3 numbers its pages from 1; each page of v4 says how to ask for the next one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from megabot.forum.models import Comment, Post
from megabot.lemmy.forms import Form

PAGE = 50  # the largest page of a server; more is an error (lemmy-api 0)
LAST_PAGE = 100  # the last page that 0.19 gives (lemmy-api 0)

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Written = TypeVar("Written", Post, Comment)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item_co]):
    """One page of a list. `after` is v4's cursor for the next page, "" on the last."""

    items: tuple[Item_co, ...]
    after: str = ""


class PageIterator(Protocol):
    """Iterate over a list page by page. `fetch` gets the form fields that select the page."""

    def __call__(self, fetch: Callable[[Form], Page[Item]], *, most: int) -> Iterator[tuple[Item, ...]]:
        """Yield the items of each page, at most `most` pages."""


def iter_numbered_pages(
    fetch: Callable[[Form], Page[Item]], *, most: int = LAST_PAGE
) -> Iterator[tuple[Item, ...]]:
    """Fetch pages by number until one is not full."""
    for number in range(1, most + 1):
        page = fetch({"page": number})
        yield page.items
        if len(page.items) < PAGE:
            return


def iter_cursor_pages(
    fetch: Callable[[Form], Page[Item]], *, most: int = LAST_PAGE
) -> Iterator[tuple[Item, ...]]:
    """Fetch pages by cursor until one is empty or names no next page."""
    cursor: Form = {}
    for _ in range(most):
        page = fetch(cursor)
        yield page.items
        if not (page.after and page.items):  # a full last page has a cursor to an empty page
            return
        cursor = {"page_cursor": page.after}


def newest_first(comments: Iterable[Written]) -> tuple[Written, ...]:
    """Sort the items of several pages and drop duplicates: items move between pages (faults.md A24)."""
    once = {item.id: item for item in comments}
    return tuple(sorted(once.values(), key=lambda item: (item.published, item.id), reverse=True))


def is_last(page: tuple[Post, ...] | tuple[Comment, ...], since: datetime | None) -> bool:
    """Return whether all later items are too old. Looks at the oldest, because front-page pins come first."""
    return len(page) < PAGE or (since is not None and page[-1].published < since)
