"""The contract of the ledger about many threads at once: each is as it would be read alone."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import cast

import pytest

from megabot.ledger.port import RECENT_POSTS, Ledger
from megabot.ledger.preloaded import PreloadedLedger
from megabot.ledger.records import IntentState
from megabot.ledger.state import ThreadState
from megabot.ledger.thread_records import NEWEST_EDITIONS, ThreadRecords
from tests.contract.test_ledger import LATER, PIN, POST, PUBLISH
from tests.contract.test_ledger_state import ESSAY, HELD, MOVED, THREAD
from tests.fakes import MONDAY_NOON
from tests.site_editions import a_highlight

UNKNOWN = [f"unknown-{number}" for number in range(1100)]
"""So many that they do not fit into two statements."""
LENGTHS = {
    "birds": 0,
    "moths": 1,
    "bats": RECENT_POSTS - 1,
    "frogs": RECENT_POSTS,
    "unknown-499-newts": RECENT_POSTS + 6,
}
ASKED = ["week 1", "week 3", "week 18", "week 40"]


def fill(ledger: Ledger, random: Random) -> None:
    """Record posts, writes, overrides and highlights of threads; some have no state."""
    first_ids = {thread: 100 * number for number, thread in enumerate(LENGTHS, 1)}
    for thread, length in LENGTHS.items():
        if random.random() < 0.7:
            ledger.change_thread(thread, lambda _: replace(THREAD, current_post_id=random.randrange(900)))
        for place in random.sample(range(length), length):
            week = place - place % random.choice([1, 1, 1, 5])  # several copies of some editions
            ledger.record_post(
                replace(
                    POST,
                    post_id=first_ids[thread] + place,
                    thread=thread,
                    edition=f"week {week + 1}",
                    slot=MONDAY_NOON + timedelta(weeks=week),
                    copy=place - week + 1,
                )
            )
        if random.random() < 0.7:
            kinds = random.choices([HELD, MOVED, ESSAY], k=3)
            ledger.set_overrides(thread, [replace(one, edition=f"week {length + 1}") for one in kinds])
        for edition in random.sample([f"week {week + 1}" for week in range(length)], min(length, 4)):
            items = [a_highlight(random.randrange(1000)) for _ in range(3)]
            ledger.change_highlights(thread, edition, lambda _, items=items: items)  # type: ignore[misc]
    for number in range(60):
        thread = random.choice([*LENGTHS])
        new = replace(
            random.choice([PIN, replace(PUBLISH, copy=number + 1)]),
            thread=thread,
            edition=f"week {random.randrange(30)}",
            # Sometimes another thread's post, as after a thread was renamed.
            post_id=random.choice([*first_ids.values()]) + random.randrange(26),
        )
        begun = ledger.begin_intent(new)
        if random.random() < 0.8:
            ledger.resolve_intent(begun.id, random.choice([*IntentState]), at=LATER)


def read_alone(ledger: Ledger, thread: str, asked: Collection[str]) -> ThreadRecords:
    posts = ledger.recent_posts(thread, editions=asked)
    newest = [*dict.fromkeys(post.edition for post in reversed(posts))][:NEWEST_EDITIONS]
    editions = {*asked, *newest}
    ids = {post.post_id for post in posts if post.edition in editions}
    return ThreadRecords(
        state=ledger.thread(thread),
        overrides=ledger.overrides(thread),
        posts=posts,
        editions=frozenset(editions),
        post_ids=frozenset(ids),
        intents=ledger.recent_intents(thread, editions=editions, post_ids=ids),
        highlights={key: items for key in editions if (items := ledger.highlights(thread, key))},
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_threads_are_read_as_each_would_be_alone(ledger: Ledger, seed: int) -> None:
    random = Random(seed)
    fill(ledger, random)
    asked = {thread: random.sample(ASKED, random.randrange(4)) for thread in [*LENGTHS, *UNKNOWN]}

    read = ledger.records_by_thread(asked)

    assert read.keys() == asked.keys()
    for thread in [*LENGTHS, *UNKNOWN[:3]]:
        assert read[thread] == read_alone(ledger, thread, asked[thread]), f"seed {seed}, {thread}"
    assert all(read[thread] == read[UNKNOWN[0]] for thread in UNKNOWN if asked[thread] == asked[UNKNOWN[0]])
    overrides = ledger.overrides_by_thread([*LENGTHS, *UNKNOWN])
    assert overrides == {thread: ledger.overrides(thread) for thread in LENGTHS} | dict.fromkeys(UNKNOWN, ())


def test_of_a_thread_that_nobody_knows_nothing_is_read(ledger: Ledger) -> None:
    ledger.record_post(POST)

    read = ledger.records_by_thread({"moths": {"2026-W47"}})

    assert read == {"moths": ThreadRecords(state=ThreadState(), editions=frozenset({"2026-W47"}))}
    assert ledger.records_by_thread({}) == {}
    assert ledger.overrides_by_thread([]) == {}


@pytest.mark.parametrize("state", [ThreadState(), THREAD], ids=["no state", "with a state"])
def test_of_many_copies_of_one_slot_the_newest_are_read(ledger: Ledger, state: ThreadState) -> None:
    ledger.change_thread("birds", lambda _: state)
    for copy in range(1, RECENT_POSTS + 4):
        ledger.record_post(replace(POST, post_id=500 - copy, copy=copy))

    read = ledger.records_by_thread({"birds": ()})

    assert [post.copy for post in read["birds"].posts] == list(range(4, RECENT_POSTS + 4))


def test_an_old_open_write_is_read_and_an_old_settled_one_is_not(ledger: Ledger) -> None:
    ledger.record_post(POST)
    old_open = ledger.begin_intent(replace(PIN, edition="2020-W1", post_id=1))
    for new in (replace(PIN, edition="2020-W1", post_id=1), replace(PIN, edition="2020-W1", post_id=7)):
        ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=LATER)

    read = ledger.records_by_thread({"birds": ()})

    of_the_current_post = old_open.id + 2
    assert [intent.id for intent in read["birds"].intents] == [old_open.id, of_the_current_post]


def test_threads_with_editions_of_their_own_are_read_together(ledger: Ledger) -> None:
    """No statement compares more values than a database allows, however many editions there are in all."""
    asked = {f"thread-{number}": [f"{number}-{edition}" for edition in range(9)] for number in range(900)}
    new = replace(PUBLISH, thread="thread-899", edition="899-8")
    ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=LATER)
    ledger.change_highlights("thread-3", "3-1", lambda _: [a_highlight(1)])

    read = ledger.records_by_thread(asked | {"long": [str(number) for number in range(40_000)]})

    assert [intent.new for intent in read["thread-899"].intents] == [new]
    assert read["thread-3"].highlights == {"3-1": (a_highlight(1),)}
    assert sum(bool(records.intents or records.highlights) for records in read.values()) == 2


# -- a ledger that was read ahead


@pytest.mark.parametrize("seed", range(4))
def test_a_ledger_that_was_read_ahead_answers_like_the_ledger(ledger: Ledger, seed: int) -> None:
    random = Random(seed)
    fill(ledger, random)
    known = [thread for thread in LENGTHS if random.random() < 0.8]
    ahead = cast("Ledger", PreloadedLedger(ledger, {thread: random.sample(ASKED, 2) for thread in known}))

    for thread in LENGTHS:
        for _ in range(8):
            editions = random.sample(ASKED, random.randrange(3))
            ids = random.sample([post.post_id for post in ledger.posts(thread)] + [7], 1)
            newest = [post.post_id for post in ledger.recent_posts(thread)[-2:]]
            post_ids = random.choice([ids, newest, []])
            order = random.choice(["", "", PUBLISH.order])
            for view in ("recent_posts", "recent_intents"):
                wanted = {"editions": editions, "post_ids": post_ids}
                wanted |= {"order": order} if view == "recent_intents" else {}
                answers = [getattr(one, view)(thread, **wanted) for one in (ahead, ledger)]
                assert answers[0] == answers[1], f"seed {seed}, {view}({thread}, {wanted})"
            assert [ahead.post(post_id) for post_id in post_ids] == [ledger.post(one) for one in post_ids]
        assert ahead.thread(thread) == ledger.thread(thread)
        assert ahead.overrides(thread) == ledger.overrides(thread)
        for week in range(1, 27):
            assert ahead.highlights(thread, f"week {week}") == ledger.highlights(thread, f"week {week}")
    assert ahead.account() == ledger.account()


def test_a_ledger_that_was_read_ahead_does_not_see_what_changes(ledger: Ledger) -> None:
    ahead = PreloadedLedger(ledger, {"birds": ()})
    ledger.record_post(POST)
    ledger.set_overrides("birds", [HELD])

    assert (ahead.recent_posts("birds"), ahead.overrides("birds")) == ((), ())
    again = PreloadedLedger(ledger, {"birds": ()})
    assert (again.recent_posts("birds"), again.overrides("birds")) == ((POST,), (HELD,))
