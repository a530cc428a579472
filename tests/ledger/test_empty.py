import inspect

import pytest

from megabot.errors import LedgerError
from megabot.ledger.empty import NoLedger
from megabot.ledger.port import Ledger

READS = {"get_fact", "text", "command", "intents", "posts", "texts", "history", "open_commands", "commands"}
READS |= {"threads", "pass_lock", "recent_intents", "recent_posts", "post"}
WRITES = {name for name, _ in inspect.getmembers(Ledger, inspect.isfunction) if name[0] != "_"} - READS


@pytest.mark.parametrize("name", sorted(WRITES))
def test_a_ledger_that_is_not_there_refuses_to_be_written_to(name: str) -> None:
    with pytest.raises(LedgerError, match="no ledger yet"):
        getattr(NoLedger(), name)()


def test_a_ledger_that_is_not_there_has_nothing_in_it() -> None:
    ledger = NoLedger()
    assert (ledger.get_fact("api"), ledger.text(1), ledger.command("comment 1")) == (None, None, None)
    lists = (ledger.intents("news"), ledger.posts("news"), ledger.texts("news"), ledger.history(limit=5))
    assert lists == ((), (), (), ())
    assert ledger.recent_intents("news", editions=("2027-W01",), post_ids=()) == ()
    assert (ledger.recent_posts("news"), ledger.post(1)) == ((), None)
    assert (ledger.open_commands(), ledger.commands(limit=5), ledger.threads()) == ((), (), ())
    with ledger.pass_lock():
        pass
