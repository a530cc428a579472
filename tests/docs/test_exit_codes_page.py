"""docs/reference/exit-codes.md lists the exit codes and every key of the documents that verbs print."""

import re
from pathlib import Path

import pytest

from megabot.__main__ import A_BUG, OFFLINE
from megabot.cli.verbs import calendar, history, import_, plan
from megabot.cli.verbs import preview as previews
from megabot.commands import status
from megabot.commands.import_threads import ImportResult, PastThread
from megabot.commands.status import SourceStatus, Status, ThreadStatus
from megabot.forum.public_post import PublicPost
from megabot.i18n.tables import EXIT_CODES, Outcome
from megabot.ledger.records import CommandRecord, CommandState
from megabot.preview.fragments import Preview, PreviewedEdition
from megabot.rendering.model import Rendered
from megabot.source.model import Revision
from tests.builders import a_thread, an_intent
from tests.cli.test_verb_output import NOW, planned, slots

PAGE = (Path(__file__).parents[2] / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) \| `([a-z ]+)` \|", re.MULTILINE)


def section(name: str) -> str:
    return PAGE.partition(f"\n### {name}\n")[2].partition("\n### ")[0]


def keys(value: object) -> set[str]:
    """Name every key of a document, of what is in it too."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list | tuple) else set()


def status_document() -> object:
    thread = ThreadStatus(thread="news", timezone="UTC", next_edition="2026-W49", next_slot=NOW)
    return status.plain(Status(now=NOW, source=SourceStatus(), threads=(thread,), alerts=()))


def history_document() -> object:
    record = CommandRecord(key="shell:1", at=NOW, state=CommandState.CLOSED, by="robin", verb="post")
    return history.document([history.HistoryEntry(an_intent())], [record], limit=9)


def import_document() -> object:
    post = PublicPost(title="News 7", body="", url="https://lemmy.example/post/7", published=NOW)
    return import_.document([PastThread(post, slots(1)[0].edition, ImportResult.TAKEN)], "UTC")


def preview_document() -> object:
    text = Rendered(title="t", body="b", comment="c")
    shown = PreviewedEdition(thread=a_thread(), edition=slots(1)[0].edition, text=text)
    return previews.document(Preview(made=NOW, revision=Revision(), editions=(shown,)))


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("status", status_document()),
        ("calendar", calendar.document(slots(1))),
        ("plan", plan.document([planned(failure="away")])),
        ("history", history_document()),
        ("preview", preview_document()),
        ("import", import_document()),
    ],
)
def test_every_key_of_a_document_is_on_the_page(name: str, document: object) -> None:
    assert {key for key in keys(document) if f"`{key}`" not in section(name)} == set()


def test_the_exit_codes_are_those_of_the_code() -> None:
    listed = {(word, int(code)) for code, word in ROW.findall(PAGE)}

    words = {(str(word), code) for word, code in EXIT_CODES.items() if word != Outcome.WARNING}
    assert listed == words | {("failed", A_BUG), ("failed", OFFLINE)}
