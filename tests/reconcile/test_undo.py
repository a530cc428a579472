"""What becomes of an order to undo."""

from megabot.reconcile.actions import Blocked, BlockReason
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.rules.undo import decide_undo
from tests.builders import a_situation


def test_where_nothing_stands_there_is_nothing_to_undo() -> None:
    decided = decide_undo(a_situation(posts=(), order=Order(OrderKind.UNDO, "comment:1")))

    assert decided == Blocked(reason=BlockReason.NOTHING_STANDS)
