"""When threads that are due together are posted on a server that limits new posts."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megabot.forum.models import PostLimit
from megabot.reconcile.post_limit import NOTICEABLE, DueSlot, LatePosts, late_posts, limited_wait
from tests.builders import PROPERTY

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)
USUAL = PostLimit(posts=6, seconds=600, at_once=False)
ON_BOTH = pytest.mark.parametrize("limit", [USUAL, replace(USUAL, at_once=True)], ids=["0.19", "1.0"])
MINUTE = timedelta(minutes=1)
WAIT = timedelta(minutes=10)

LIMITS = st.builds(
    PostLimit,
    posts=st.integers(1, 12),
    seconds=st.sampled_from([1, 7, 60, 599, 600, 601, 3600, 86400]),
    at_once=st.booleans(),
)
MINUTES = st.lists(st.integers(0, 120), min_size=1, max_size=60)


def due(*minutes: int) -> list[DueSlot]:
    """Return a slot of another thread for each number of minutes after noon."""
    return [
        DueSlot(thread=f"t{number:03}", edition="2026-W50", at=NOON + minute * MINUTE, timezone="UTC")
        for number, minute in enumerate(minutes)
    ]


def rate(limit: PostLimit, posts: int) -> timedelta:
    """Return how long a number of posts takes at the limit's rate."""
    return posts * timedelta(seconds=limit.seconds) / limit.posts


def in_a_row(groups: tuple[LatePosts, ...]) -> list[tuple[int, timedelta]]:
    return [(len(group.due), group.last_at - NOON) for group in groups]


@ON_BOTH
def test_40_threads_take_an_hour(limit: PostLimit) -> None:
    assert in_a_row(late_posts(due(*[0] * 40), limit)) == [(40, timedelta(hours=1))]


def test_the_seventh_thread_comes_soon_on_0_19_and_with_the_next_ten_minutes_on_1_0() -> None:
    seven = due(*[0] * 7)

    assert in_a_row(late_posts(seven, USUAL)) == [(7, 2 * MINUTE)]
    assert in_a_row(late_posts(seven, replace(USUAL, at_once=True))) == [(7, 10 * MINUTE)]


@ON_BOTH
def test_as_many_threads_as_the_server_accepts_are_not_late(limit: PostLimit) -> None:
    assert late_posts(due(*[0] * 6, *[15] * 6, *[30] * 6), limit) == ()


@ON_BOTH
def test_threads_at_different_times_are_late_if_the_ones_before_used_up_the_limit(limit: PostLimit) -> None:
    (group,) = late_posts(due(0, 0, 0, 0, 1, 2, 3), limit)

    assert (len(group.due), group.due[0].at, group.due[-1].at) == (7, NOON, NOON + 3 * MINUTE)
    assert group.last_at > NOON + 3 * MINUTE


@ON_BOTH
def test_what_was_due_long_before_is_not_in_the_group(limit: PostLimit) -> None:
    (group,) = late_posts(due(-60, -30, *[0] * 7), limit)

    assert {slot.at for slot in group.due} == {NOON}


@ON_BOTH
def test_a_group_that_comes_every_week_is_named_once(limit: PostLimit) -> None:
    first = due(*[0] * 8)
    weeks = [replace(slot, at=slot.at + week * timedelta(weeks=1)) for slot in first for week in range(4)]

    (group,) = late_posts(weeks, limit)

    assert list(group.due) == first
    assert group.threads == tuple(slot.thread for slot in first)


@ON_BOTH
def test_an_absurd_limit_ends_the_estimate_after_a_year(limit: PostLimit) -> None:
    absurd = replace(limit, posts=1, seconds=2**31 - 1)

    (group,) = late_posts(due(*[0] * 1000), absurd)

    assert group.last_at == NOON + timedelta(days=366)


def test_nothing_is_due_in_an_empty_source() -> None:
    assert late_posts((), USUAL) == ()


def test_the_waits_between_passes_add_up_to_the_usual_interval() -> None:
    waits = [limited_wait(passes) // MINUTE for passes in (1, 2, 3, 4, 1000)]

    assert waits == [2, 8, 10, 10, 10]


@PROPERTY
@given(st.integers(1, 200), st.integers(1, 12), st.booleans())
def test_with_the_usual_interval_it_is_never_later_than_the_posts_at_the_limits_rate(
    count: int,
    posts: int,
    at_once: bool,  # noqa: FBT001  drawn by Hypothesis
) -> None:
    limit = PostLimit(posts=posts, seconds=600, at_once=at_once)

    groups = late_posts(due(*[0] * count), limit)

    assert all(group.last_at <= NOON + rate(limit, count) for group in groups)
    assert bool(groups) is (count > posts)


@PROPERTY
@given(MINUTES, LIMITS)
def test_each_post_adds_at_most_its_time_at_the_limits_rate_and_one_wait(
    minutes: list[int], limit: PostLimit
) -> None:
    for group in late_posts(due(*minutes), limit):
        latest = group.due[-1].at + rate(limit, len(group.due)) + len(group.due) * WAIT

        assert group.due[-1].at <= group.last_at <= latest


@PROPERTY
@given(st.integers(1, 100), LIMITS)
def test_it_is_never_earlier_than_the_limit_allows(count: int, limit: PostLimit) -> None:
    interval = timedelta(seconds=limit.seconds)
    full = (math.ceil(count / limit.posts) - 1) * interval
    earliest = full if limit.at_once else rate(limit, count - limit.posts)

    groups = late_posts(due(*[0] * count), limit)

    assert [group.last_at >= NOON + earliest for group in groups] == [True] * (count > limit.posts)


@PROPERTY
@given(MINUTES, LIMITS, st.randoms(use_true_random=False))
def test_the_order_of_the_slots_does_not_matter(minutes: list[int], limit: PostLimit, random: object) -> None:
    slots = due(*minutes)
    shuffled = [*slots]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert late_posts(shuffled, limit) == late_posts(slots, limit)


@PROPERTY
@given(MINUTES, LIMITS)
def test_groups_are_in_order_do_not_overlap_and_have_something_late(
    minutes: list[int], limit: PostLimit
) -> None:
    groups = late_posts(due(*minutes), limit)
    named = [slot for group in groups for slot in group.due]

    assert named == sorted(named, key=lambda slot: slot.at)
    assert len(named) == len(set(named))
    assert all(group.last_at >= group.due[0].at + NOTICEABLE for group in groups)
    assert all(len(group.due) > limit.posts for group in groups)
