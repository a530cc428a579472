"""Lists by cursor, as every list of v4 is cut; a cursor says behind or before which thing to go on."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from megabot.sandbox.fields import Fields, Json
from megabot.sandbox.refusal import Refusal

_T = TypeVar("_T")
_USUAL, _LONGEST = 20, 50


class Cut(NamedTuple):
    """Which piece of a list is asked for."""

    size: int
    name: str | None = None  # of the thing where the last piece ended, or began
    goes_back: bool = False


def asked(fields: Fields) -> Cut:
    """Read it from a query."""
    size, cursor = fields.number_or_none("limit"), fields.text_or_none("page_cursor")
    if size is not None and not 1 <= size <= _LONGEST:
        raise Refusal("invalid_fetch_limit")
    if cursor is None:
        return Cut(size or _USUAL)
    if cursor[:1] not in {"N", "B"}:
        raise Refusal("couldnt_parse_pagination_token")
    return Cut(size or _USUAL, cursor[1:], goes_back=cursor[0] == "B")


def number(cut: Cut) -> int | None:
    """Give the id in a cursor, if there is a cursor and its name is an id."""
    if cut.name is None:
        return None
    if not cut.name.isdecimal():
        raise Refusal("couldnt_parse_pagination_token")
    return int(cut.name)


def page(
    things: Sequence[_T],
    cut: Cut,
    *,
    edge: _T | None,
    order: Callable[[_T], object],
    name: Callable[[_T], object],
    view: Callable[[_T], Json],
) -> Json:
    """Answer the piece beside `edge`, the thing that the cursor names, listed still or not.

    The next page's cursor is there whenever the piece is full, also if nothing follows.
    """
    piece = _beside(things, cut, edge, order)
    answer: Json = {"items": [view(one) for one in piece]}
    if not piece:
        return answer
    is_full = len(piece) >= cut.size
    if cut.name is None:
        return answer | ({"next_page": f"N{name(piece[-1])}"} if is_full else {})
    if is_full or cut.goes_back:
        answer["next_page"] = f"N{name(piece[-1])}"
    if is_full or not cut.goes_back:
        answer["prev_page"] = f"B{name(piece[0])}"
    return answer


def _beside(things: Sequence[_T], cut: Cut, edge: _T | None, order: Callable[[_T], object]) -> Sequence[_T]:
    if edge is None:
        return things[: cut.size]
    start = order(edge)
    if cut.goes_back:
        return [one for one in things if order(one) < start][-cut.size :]  # type: ignore[operator]
    return [one for one in things if order(one) > start][: cut.size]  # type: ignore[operator]
