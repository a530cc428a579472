import inspect
from collections.abc import Callable
from dataclasses import replace

import pytest

from megabot.errors import Bug, LedgerError
from megabot.forum.models import CommunityRef
from megabot.ledger.empty import NoLedger
from megabot.ledger.port import Ledger
from megabot.ledger.read_only import ReadOnlyLedger
from megabot.ledger.state import Job, JobRun
from tests.fake_ledger import FakeLedger

READS = {"account", "thread", "threads", "pass_lock", "intents", "recent_intents", "history"}
READS |= {"posts", "recent_posts", "post", "text", "texts", "command", "open_commands", "commands"}
READS |= {"confirmations", "comment_replies", "overrides", "highlights", "highlighted_editions", "opted_out"}
READS |= {"alerts", "sent_alerts", "alert_wishes", "community", "person_id", "image_url", "job"}
READS |= {"claims", "confirm_claims", "revision", "overrides_by_thread", "records_by_thread"}
READS |= {"web_access", "web_drafts"}
WRITES = {name for name, _ in inspect.getmembers(Ledger, inspect.isfunction) if name[0] != "_"} - READS


@pytest.mark.parametrize("name", sorted(WRITES))
def test_a_ledger_that_is_not_there_refuses_to_be_written_to(name: str) -> None:
    with pytest.raises(LedgerError, match="no ledger yet"):
        getattr(NoLedger(), name)()


def test_a_ledger_that_is_not_there_has_nothing_in_it() -> None:
    empty, fake = NoLedger(), FakeLedger()

    for name in READS - {"pass_lock", "revision"}:
        arguments = _arguments(getattr(Ledger, name))
        assert getattr(empty, name)(**arguments) == getattr(fake, name)(**arguments), name
    assert empty.revision() == empty.revision()
    with empty.pass_lock():
        pass


def _arguments(method: Callable[..., object]) -> dict[str, object]:
    values: dict[str, object] = {"limit": 5, "post_id": 1, "job": Job.LINKS, "editions": {}, "post_ids": ()}
    return {name: values.get(name, "news") for name in inspect.signature(method).parameters if name != "self"}


def test_a_pass_that_only_decides_reads_back_what_it_noted_and_the_ledger_stays_as_it_was() -> None:
    ledger = FakeLedger()
    ledger.keep_person("robin", 3)
    view = ReadOnlyLedger(ledger)
    place = CommunityRef(id=4, name="news", actor="https://lemmy.example/c/news")

    view.change_account(lambda account: replace(account, api="v4"))
    view.change_thread("news", lambda thread: replace(thread, current_post_id=7))
    view.keep_community("news", place)
    view.keep_person("modlin", 5)
    view.keep_image("wren.png", "0a", "https://lemmy.example/wren.png")
    view.keep_job(Job.LINKS, JobRun(position=2))

    assert (view.account().api, ledger.account().api) == ("v4", None)
    assert (view.thread("news").current_post_id, ledger.thread("news").current_post_id) == (7, None)
    assert (view.community("news"), ledger.community("news")) == (place, None)
    assert (view.person_id("robin"), view.person_id("modlin"), ledger.person_id("modlin")) == (3, 5, None)
    assert view.image_url("wren.png", "0a") == "https://lemmy.example/wren.png"
    assert ledger.image_url("wren.png", "0a") is None
    assert (view.job(Job.LINKS).position, ledger.job(Job.LINKS)) == (2, JobRun())


def test_a_pass_that_only_decides_finds_a_forgotten_community_unknown() -> None:
    ledger = FakeLedger()
    ledger.keep_community("news", CommunityRef(id=4, name="news", actor="https://lemmy.example/c/news"))
    view = ReadOnlyLedger(ledger)

    view.keep_community("news", None)

    assert view.community("news") is None


NOTED = {"change_account", "change_thread", "keep_community", "keep_person", "keep_image", "keep_job"}


@pytest.mark.parametrize("name", sorted(WRITES - NOTED))
def test_any_other_write_of_a_pass_that_only_decides_is_a_bug(name: str) -> None:
    with pytest.raises(Bug, match=name):
        getattr(ReadOnlyLedger(FakeLedger()), name)()


@pytest.mark.parametrize("name", sorted(READS))
def test_a_pass_that_only_decides_may_read_everything(name: str) -> None:
    assert callable(getattr(ReadOnlyLedger(FakeLedger()), name))
