"""What the verbs that change something share: open, give the order, print the answer."""

import uuid

import click

from megabot.app import open_app
from megabot.core.seen import Order, OrderKind
from megabot.orders import Answer, carry_out


def order(options: dict[str, object], kind: OrderKind, thread: str | None, *, move: bool = False) -> int:
    """Carry out an order from the shell and give the exit code."""
    with open_app(options) as app:
        account = app.prove()
        return tell(carry_out(app.ports, Order(kind, new_id()), thread, account=account, move=move))


def new_id() -> str:
    """Name an order that nobody gave before."""
    return f"shell:{uuid.uuid4().hex}"


def tell(answer: Answer) -> int:
    """Print what became of an order, and give the exit code."""
    for line in answer.said:
        click.echo(line)
    for line in answer.complaints:
        click.echo(f"megabot: {line}", err=True)
    return 0 if answer.done else 1
