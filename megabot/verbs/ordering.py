"""What the verbs that change something share: open, give the order, print the answer."""

import getpass
import uuid

import click

from megabot.app import App, open_app
from megabot.core.commands import Verb
from megabot.core.heard import Heard, HeardState
from megabot.core.seen import Order, OrderKind
from megabot.errors import ConfigError
from megabot.orders import Answer, carry_out
from megabot.parts import order_part


def order(
    options: dict[str, object], kind: OrderKind, thread: str | None, *, move: bool = False, part: int = 0
) -> int:
    """Carry out an order from the shell and give the exit code; that for a `part` is about one thread."""
    with open_app(options) as app:
        account = app.prove()
        names = [thread] if thread else [one.name for one in app.threads(None)]
        order = Order(kind, keep(app, Verb(kind.value), *names))
        if part:
            thread = only_one(app, thread)
            order = order_part(app.desk, thread, part)
        return tell(carry_out(app.ports, order, thread, account=account, move=move))


def only_one(app: App, thread: str | None) -> str:
    """Give the thread that is named, or the only one. Raises `ConfigError` where it cannot be told."""
    names = [one.name for one in app.threads(thread)]
    if len(names) > 1:
        raise ConfigError(f"say which thread is meant: {', '.join(names)}")
    return names[0]


def keep(app: App, verb: Verb, *threads: str) -> str:
    """Write down for `history` who gives an order, and name the order as nobody did before."""
    key = f"shell:{uuid.uuid4().hex}"
    app.writing_desk.ledger.keep_heard(
        Heard(
            key=key,
            at=app.clock.now(),
            state=HeardState.CLOSED,
            by=who(),
            verb=verb.value,
            threads=threads,
        )
    )
    return key


def who() -> str:
    """Name the person at the shell of this machine."""
    return f"{getpass.getuser()} on this machine"


def tell(answer: Answer) -> int:
    """Print what became of an order, and give the exit code."""
    for line in answer.said:
        click.echo(line)
    for line in answer.complaints:
        click.echo(f"megabot: {line}", err=True)
    return 0 if answer.done else 1
