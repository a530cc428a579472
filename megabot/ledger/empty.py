"""A ledger for users who have none: a contributor who previews a template needs no state folder."""

from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn

from typing_extensions import override

from megabot.errors import LedgerError
from megabot.ledger.port import Ledger


class NoLedger(Ledger):
    """An empty ledger. Writing to it is an error, because only commands that read get it."""

    def _find_nothing(self, *_: object, **__: object) -> None:
        return None

    def _list_nothing(self, *_: object, **__: object) -> tuple[()]:
        return ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise LedgerError("there is no ledger yet, and this command only reads")

    get_fact = text = command = post = _find_nothing
    intents = posts = texts = history = open_commands = commands = threads = _list_nothing
    recent_intents = recent_posts = _list_nothing
    set_fact = update_fact = begin_intent = resolve_intent = _refuse
    record_post = forget_post = keep_text = keep_command = prune = _refuse

    @override
    def pass_lock(self) -> AbstractContextManager[None]:
        return nullcontext()
