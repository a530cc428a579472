"""Cursor paging for v4's lists. A cursor names the thing after or before which a page starts."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.rules.refusal import Refusal

_T = TypeVar("_T")
# A larger limit is refused (lemmy-api 0).
_USUAL, _LONGEST = 20, 50


class Cut(NamedTuple):
    """The requested part of a list."""

    size: int
    name: str | None = None  # of the thing at which the last page ended, or started
    goes_back: bool = False
    takes_edge: bool = False  # include that thing, on the way back from an empty page


def read_cut(fields: Fields) -> Cut:
    """Return the part of a list that a query asks for."""
    size, cursor = fields.number_or_none("limit"), fields.text_or_none("page_cursor")
    if size is not None and not 1 <= size <= _LONGEST:
        raise Refusal("invalid_fetch_limit")
    if cursor is None:
        return Cut(size or _USUAL)
    kind, name = cursor[:1], cursor[1:]
    if kind not in set("NBnb"):
        raise unreadable()
    return Cut(size or _USUAL, name, goes_back=kind in set("Bb"), takes_edge=kind.islower())


def number(cut: Cut) -> int | None:
    """Return the id in a cursor, None without a cursor. Refuses a cursor that has no id."""
    if cut.name is None:
        return None
    if not cut.name.isdecimal():
        raise unreadable()
    return int(cut.name)


def page(
    things: Sequence[_T],
    cut: Cut,
    *,
    edge: _T | None,
    order: Callable[[_T], Any],
    name: Callable[[_T], object],
    view: Callable[[_T], Json],
) -> Json:
    """Return the page next to `edge`, the thing that the cursor names, even if that is no longer listed.

    A full page always has a cursor for the next one, even if nothing follows.
    """
    piece = _beside(things, cut, edge, order)
    answer: Json = {"items": [view(thing) for thing in piece]}
    if not piece:
        return answer | _way_back(cut)
    is_full, is_first = len(piece) >= cut.size, cut.name is None
    if is_full or cut.goes_back:
        answer["next_page"] = f"N{name(piece[-1])}"
    if not is_first and (is_full or not cut.goes_back):
        answer["prev_page"] = f"B{name(piece[0])}"
    return answer


def _way_back(cut: Cut) -> Json:
    """Return the cursor from an empty page back to the thing after which it would start."""
    if cut.name is None or cut.takes_edge:
        return {}
    return {"next_page": f"n{cut.name}"} if cut.goes_back else {"prev_page": f"b{cut.name}"}


def _beside(things: Sequence[_T], cut: Cut, edge: _T | None, order: Callable[[_T], Any]) -> Sequence[_T]:
    if edge is None:
        return things[: cut.size]
    start = order(edge)
    candidates = [thing for thing in things if cut.takes_edge or order(thing) != start]
    if cut.goes_back:
        return [thing for thing in candidates if order(thing) <= start][-cut.size :]
    return [thing for thing in candidates if order(thing) >= start][: cut.size]


def unreadable() -> Refusal:
    """Return the refusal of an invalid cursor, in the words of its decoder."""
    return Refusal("unknown", message="Invalid last symbol")
