"""Shared by the commands that change something: open the app, run the order, print the result."""

import getpass
import uuid
from collections.abc import Callable
from dataclasses import replace

from megabot.app import App, open_app
from megabot.cli.terminal import say
from megabot.commands.model import Verb
from megabot.commands.run_order import WORST_FIRST, OrderResult, UnclearOrder, carry_out
from megabot.errors import ConfigError
from megabot.i18n.tables import EXIT_CODES, Outcome
from megabot.ledger.records import CommandRecord, CommandState
from megabot.reconcile.content.continuations import continuation_order
from megabot.reconcile.orders import Order


def order(
    options: dict[str, object],
    given: Order,
    thread: str | None,
    *,
    ask: Callable[[UnclearOrder], str] | None = None,
    move: bool = False,
) -> int:
    """Carry out an order from the shell and return the exit code. An order for a part is about one thread.

    `ask` asks the user to choose an edition if it is unclear which one is meant.
    """
    with open_app(options) as app:
        account = app.prove()
        names = [thread] if thread else [one.name for one in app.threads(None)]
        order = replace(given, id=keep(app, Verb(given.kind.value), *names))
        if given.part:
            thread = only_one(app, thread)
            order = continuation_order(app.offline_ports, thread, given.part)
        answer = carry_out(app.ports, order, thread, account=account, move=move)
        if ask is None or not answer.unclear:
            return tell(answer)
        chosen = [(one.thread, ask(one)) for one in answer.unclear]
        answers = [
            carry_out(app.ports, replace(order, edition=key), name, move=move) for name, key in chosen if key
        ]
        if not answers or len(names) > len(answer.unclear):
            # The first result also has the threads for which the edition was clear.
            answers.insert(0, answer)
        codes = [tell(one) for one in answers]
        # A failure counts most, then anything that was done (docs/reference/exit-codes.md).
        return 1 if 1 in codes else min(codes)


def only_one(app: App, thread: str | None) -> str:
    """Return the named thread, or the only one. Raises `ConfigError` if there are several."""
    names = [one.name for one in app.threads(thread)]
    if len(names) > 1:
        raise ConfigError(f"there are several threads, name one of them: {', '.join(names)}")
    return names[0]


def keep(app: App, verb: Verb, *threads: str) -> str:
    """Record for `history` who gives an order, and return a new unique id for the order."""
    key = f"shell:{uuid.uuid4().hex}"
    app.writing_ports.ledger.keep_command(
        CommandRecord(
            key=key,
            at=app.clock.now(),
            # This process carries the order out itself; the service would carry out an open one.
            state=CommandState.CLOSED,
            by=who(),
            verb=verb.value,
            threads=threads,
        )
    )
    return key


def who() -> str:
    return f"{getpass.getuser()} on this machine"


def tell(answer: OrderResult) -> int:
    """Print the outcome of an order, the worst first, and return the exit code."""
    for outcome, line in sorted(answer.lines, key=lambda line: WORST_FIRST.index(line[0])):
        say(outcome, line, err=outcome in (Outcome.REFUSED, Outcome.FAILED))
    return EXIT_CODES[answer.outcome]
