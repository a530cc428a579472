"""Changes of one edition, as values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from megabot.schedule import calendar
from megabot.schedule.calendar import Edition
from megabot.schedule.clock_times import parse_time
from megabot.schedule.overrides import (
    Override,
    OverrideKind,
    active_overrides,
    add_override,
    apply_overrides,
    drop_expired,
    edition_for_preamble,
    find_override,
    find_refusal,
    may_move,
    moved_slot,
    next_edition,
    remove_overrides,
    repeated_skip,
)
from tests.world import NEWS, SLOT, WEEK

NOW = SLOT + timedelta(hours=1)
HELD = Override(kind=OverrideKind.HOLD, edition="2026-W48", by="modlin", at=NOW)
MOVED = Override(
    kind=OverrideKind.MOVE, edition="2026-W48", by="robin", at=NOW, slot=SLOT + WEEK + timedelta(hours=5)
)


def edition(key: str) -> Edition:
    edition = NEWS.calendar.edition(key)
    assert edition is not None
    return edition


def test_a_change_takes_the_place_of_one_of_its_kind() -> None:
    newer = replace(HELD, by="robin")

    assert add_override((HELD, MOVED), newer) == (MOVED, newer)
    assert find_override((HELD, MOVED), OverrideKind.HOLD, "2026-W48") is HELD
    assert find_override((HELD,), OverrideKind.HOLD, "2026-W49") is None


def test_changes_are_taken_back_by_kind_and_edition() -> None:
    other = replace(HELD, edition="2026-W49")

    assert remove_overrides((HELD, MOVED, other), {OverrideKind.HOLD}, "2026-W48") == (MOVED, other)


def test_a_moved_slot_comes_at_its_own_moment_and_keeps_key_and_number() -> None:
    changed = apply_overrides(NEWS.calendar, [MOVED])

    moved = changed.edition("2026-W48")
    assert moved == replace(edition("2026-W48"), slot=SLOT + WEEK + timedelta(hours=5))


@pytest.mark.parametrize(("days", "key"), [(-2.1, "2026-W47"), (-2, "2026-W48"), (0.5, "2026-W48")])
def test_a_slot_that_is_moved_ahead_is_due_from_then_on(days: float, key: str) -> None:
    early = replace(MOVED, slot=SLOT + WEEK - timedelta(days=2))
    changed = apply_overrides(NEWS.calendar, [early])

    due = changed.current(SLOT + WEEK + timedelta(days=days))

    assert due is not None
    assert due.key == key


def test_changes_leave_the_fingerprint_alone() -> None:
    changed = apply_overrides(NEWS.calendar, [MOVED, replace(HELD, kind=OverrideKind.SKIP)])

    assert changed.schedule != NEWS.schedule
    assert calendar.fingerprint(changed.schedule) == calendar.fingerprint(NEWS.schedule)


def test_a_change_of_no_edition_changes_nothing() -> None:
    assert apply_overrides(NEWS.calendar, [replace(MOVED, edition="2026-11")]) == NEWS.calendar
    assert apply_overrides(NEWS.calendar, [HELD]) == NEWS.calendar


@pytest.mark.parametrize(
    ("now", "posted", "key"),
    [
        (NOW, (), "2026-W47"),
        (NOW, ("2026-W47",), "2026-W48"),
        (SLOT + timedelta(days=5), (), "2026-W48"),
    ],
)
def test_without_a_key_the_edition_that_may_be_posted_next_is_meant(
    now: datetime, posted: tuple[str, ...], key: str
) -> None:
    edition = next_edition(NEWS.calendar, now, posted)

    assert edition is not None
    assert edition.key == key


@pytest.mark.parametrize(
    ("hours", "bare", "key"),
    [
        (1, "2026-W47", "2026-W47"),
        (1, "", "2026-W48"),
        (83, "2026-W47", "2026-W47"),
        (85, "2026-W47", "2026-W48"),
    ],
)
def test_a_preamble_goes_to_the_current_edition_in_its_first_half_if_that_has_none(
    hours: int, bare: str, key: str
) -> None:
    now = SLOT + timedelta(hours=hours)

    meant = edition_for_preamble(NEWS.calendar, now, ["2026-W47"], without_one=bare)

    assert meant is not None
    edition, other = meant
    assert edition.key == key
    assert other is not None
    assert other.key == ("2026-W49" if not bare else "2026-W48" if key == bare else bare)


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("-2h", -2),
        ("18:30", 6.5),
        ("6pm", 6),
        ("to 2026-11-24", 24),
        ("2026-11-24 12:00", 24),
        ("Tuesday", 24),
        ("tomorrow 18:00", 30),
    ],
)
def test_a_slot_is_moved_by_a_span_or_to_a_time_of_the_threads_zone(words: str, hours: float) -> None:
    written = parse_time(words)
    assert written is not None

    slot = moved_slot(NEWS.schedule, edition("2026-W48"), written, SLOT + WEEK - timedelta(hours=1))

    assert slot.astimezone(UTC) == SLOT + WEEK + timedelta(hours=hours)


@pytest.mark.parametrize(("days", "may"), [(-7, False), (-6, True), (6.9, True), (7, False), (-8, False)])
def test_a_slot_stays_between_those_around_it_and_ahead(days: float, *, may: bool) -> None:
    moved = edition("2026-W48")

    assert may_move(NEWS.calendar, moved, moved.slot + timedelta(days=days), SLOT - timedelta(hours=1)) is may
    assert not may_move(NEWS.calendar, moved, SLOT + WEEK / 2, SLOT + WEEK / 2)


def test_a_move_that_leads_past_a_neighbour_by_now_is_left_out() -> None:
    """The neighbour was moved back, or the schedule is another one."""
    early = replace(MOVED, edition="2026-W49", slot=SLOT + WEEK - timedelta(hours=1))
    first = replace(MOVED, slot=SLOT + timedelta(days=1))

    assert dict(apply_overrides(NEWS.calendar, [first, early]).schedule.moved) == {
        "2026-W48": first.slot,
        "2026-W49": early.slot,
    }
    assert apply_overrides(NEWS.calendar, [early]) == NEWS.calendar


def test_two_moves_past_each_other_are_both_left_out() -> None:
    late = replace(MOVED, slot=SLOT + 2 * WEEK + timedelta(days=1))
    early = replace(MOVED, edition="2026-W49", slot=SLOT + timedelta(days=1))

    assert apply_overrides(NEWS.calendar, [late, early]) == NEWS.calendar


@pytest.mark.parametrize(("hours", "meant"), [(1, True), (24 * 7 + 1, False)])
def test_a_second_skip_repeats_the_first_until_its_slot(hours: int, *, meant: bool) -> None:
    skipped = replace(HELD, kind=OverrideKind.SKIP)
    changed = apply_overrides(NEWS.calendar, [skipped])

    override = repeated_skip(changed, [HELD, skipped], SLOT + timedelta(hours=hours))

    assert override == (skipped if meant else None)


def test_a_second_skip_of_what_was_due_already_repeats_the_first() -> None:
    skipped = replace(HELD, kind=OverrideKind.SKIP, edition="2026-W47")

    assert repeated_skip(apply_overrides(NEWS.calendar, [skipped]), [skipped], NOW) == skipped


def test_what_is_over_for_good_is_forgotten_but_for_preambles() -> None:
    essay = replace(HELD, kind=OverrideKind.PREAMBLE, text="An essay.")

    assert drop_expired(NEWS.calendar, [HELD, essay], SLOT + WEEK) == (HELD, essay)
    assert drop_expired(NEWS.calendar, [HELD, essay], SLOT + 2 * WEEK) == (essay,)
    assert drop_expired(NEWS.calendar, [HELD], SLOT - 2 * WEEK) == (HELD,)


def test_what_is_in_force_comes_in_the_order_of_the_slots() -> None:
    later = replace(HELD, edition="2026-W49")
    unknown = replace(HELD, edition="2026-11")

    assert [one for one, _ in active_overrides(NEWS.calendar, [later, unknown, HELD], NOW, ())] == [
        HELD,
        later,
    ]
    assert active_overrides(NEWS.calendar, [HELD], NOW, ["2026-W48"]) == ()
    assert active_overrides(NEWS.calendar, [HELD], SLOT + 2 * WEEK, ()) == ()


def test_nothing_is_against_changing_an_edition_to_come() -> None:
    assert find_refusal(NEWS.calendar, edition("2026-W48"), NOW, ["2026-W47"]) is None
