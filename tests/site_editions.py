"""Editions for tests of the archive: a ledger with some weeks of a thread."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from megabot.ledger.records import KeptText, PostRecord
from megabot.ledger.state import Highlight
from megabot.site.entries import Entry, gather
from tests.fake_ledger import FakeLedger

FIRST = datetime(2026, 11, 16, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def a_highlight(number: int = 1, **changed: object) -> Highlight:
    highlight = Highlight(
        comment_id=number,
        post_id=1,
        author="robin@lemmy.example",
        actor="https://lemmy.example/u/robin",
        url=f"https://lemmy.example/comment/{number}",
        at=FIRST + timedelta(hours=number),
        line="The tide tables of 1911",
        by="modlin",
        since=FIRST + timedelta(hours=number + 1),
    )
    return replace(highlight, **changed)  # type: ignore[arg-type]


def post_week(
    ledger: FakeLedger,
    number: int,
    *,
    thread: str = "news",
    copy: int = 1,
    featured: tuple[Highlight, ...] = (),
    **changed: object,
) -> int:
    """Add an edition to the ledger and return its post's id."""
    slot = FIRST + (number - 1) * WEEK
    key = f"{slot.isocalendar().year}-W{slot.isocalendar().week:02}"
    post_id = number + 100 * copy + (1_000 if thread != "news" else 0)
    record = PostRecord(
        post_id=post_id,
        thread=thread,
        edition=key,
        number=number,
        slot=slot,
        community_id=2,
        url=f"https://lemmy.example/post/{post_id}",
        title=f"{thread.capitalize()} {number}",
        copy=copy,
        commit="0123456789abcdef",
    )
    ledger.record_post(record)
    text = KeptText(
        post_id=post_id,
        body=f"Essay {number}.\n\n- [Maps](https://maps.example)",
        preamble=f"Essay {number}.",
        published=slot,
        changed=slot,
    )
    ledger.keep_text(replace(text, **changed))  # type: ignore[arg-type]
    ledger.change_highlights(thread, key, lambda _: featured)
    return post_id


def entries(*numbers: int, featured: tuple[Highlight, ...] = (), **changed: object) -> tuple[Entry, ...]:
    ledger = FakeLedger()
    for number in numbers:
        post_week(ledger, number, featured=featured, **changed)  # type: ignore[arg-type]
    return gather(ledger)
