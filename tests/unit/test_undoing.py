"""What becomes of an order to undo."""

from megabot.core.actions import Blocked, BlockReason
from megabot.core.seen import Order, OrderKind
from megabot.core.undoing import decide_undo
from tests.making import a_situation


def test_where_nothing_stands_there_is_nothing_to_undo() -> None:
    decided = decide_undo(a_situation(posts=(), order=Order(OrderKind.UNDO, "comment:1")))

    assert decided == Blocked(reason=BlockReason.NOTHING_STANDS)
