"""When the source is asked whether it changed, and when it is fetched."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from megabot.service.source_watch import BEFORE_A_SLOT, EVERY, SourceWatch
from megabot.source.model import Revision, Snapshot, Thread
from megabot.source.problems import Problem

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
SLOT = NOW + timedelta(hours=3)
SECOND = timedelta(seconds=1)


@dataclass
class Asked:
    """A source that counts how often it is read and fetched."""

    now: Snapshot = field(default_factory=lambda: Snapshot(files={"thread.md.j2": "one"}))
    reads: int = 0
    fetches: int = 0

    def snapshot(self) -> Snapshot:
        self.reads += 1
        return self.now

    def refresh(self) -> None:
        self.fetches += 1

    def sections_at(self, commit: str) -> dict[str, str] | None:
        return None

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        return None

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        return ()


@pytest.fixture
def source() -> Asked:
    return Asked()


@pytest.fixture
def watch(source: Asked) -> SourceWatch:
    """A watch that looked once, at nine."""
    watch = SourceWatch(source)
    assert not watch.changed(NOW, slot=SLOT)
    return watch


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"thread.md.j2": "two"}},
        {"pictures": {"images/kite.png": "1"}},
        {"revision": Revision(commit="b" * 40)},
        {"problems": (Problem("thread.md.j2", 1, "not UTF-8"),)},
    ],
)
def test_a_change_is_noticed_ten_minutes_later(
    watch: SourceWatch, source: Asked, change: dict[str, object]
) -> None:
    source.now = replace(source.now, **change)  # type: ignore[arg-type]

    assert watch.changed(NOW + EVERY, slot=SLOT)
    assert not watch.changed(NOW + 2 * EVERY, slot=SLOT)


def test_that_it_was_fetched_again_is_no_change(watch: SourceWatch, source: Asked) -> None:
    source.now = replace(source.now, fetched=NOW)

    assert not watch.changed(NOW + EVERY, slot=SLOT)


def test_between_two_times_the_source_is_not_even_read(watch: SourceWatch, source: Asked) -> None:
    watch.changed(NOW + EVERY - SECOND, slot=SLOT)

    assert source.reads == 1


def test_five_minutes_before_a_slot_it_is_fetched_once(watch: SourceWatch, source: Asked) -> None:
    moments = [BEFORE_A_SLOT + SECOND, BEFORE_A_SLOT, BEFORE_A_SLOT - SECOND, SECOND]
    for left in moments:
        watch.changed(SLOT - left, slot=SLOT)

    assert source.fetches == 1


def test_each_slot_has_its_own_fetch(watch: SourceWatch, source: Asked) -> None:
    for slot in (SLOT, SLOT + timedelta(days=1)):
        watch.changed(slot - SECOND, slot=slot)

    assert source.fetches == 2


def test_what_came_with_that_fetch_is_noticed_at_once(watch: SourceWatch, source: Asked) -> None:
    source.now = Snapshot(files={"thread.md.j2": "two"})

    assert watch.changed(SLOT - SECOND, slot=SLOT)


def test_a_clock_that_was_set_back_does_not_stop_it(watch: SourceWatch, source: Asked) -> None:
    source.now = Snapshot(files={"thread.md.j2": "two"})

    assert watch.changed(NOW - timedelta(days=1), slot=None)


def test_what_a_pass_went_by_is_what_a_change_is_told_from(watch: SourceWatch, source: Asked) -> None:
    good = source.now
    source.now = Snapshot(files={"thread.md.j2": "broken"})
    watch.note(NOW + SECOND)
    source.now = good

    assert watch.changed(NOW + EVERY + SECOND, slot=SLOT)
