"""What a template may know: the edition before, and the way through the ledger and back."""

from dataclasses import replace
from datetime import UTC, date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megabot.reconcile.content import context
from megabot.reconcile.observation import ThreadPost
from megabot.rendering import context_json
from megabot.rendering.model import CompanionFacts, Context, EditionFacts, PreviousFacts
from megabot.source.model import Revision
from tests.builders import PROPERTY, SLOT, a_record, a_thread, a_thread_post, an_edition, an_observation

COUNTS = st.integers(0, 10**9)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
EDITIONS = st.builds(
    EditionFacts,
    key=st.text(),
    number=COUNTS,
    start=st.dates(),
    end=st.dates(),
    slot=st.datetimes(timezones=ZONES),
)
PREVIOUS = st.builds(
    PreviousFacts, title=st.text(), url=st.text(), number=COUNTS, slots_ago=COUNTS, comments=COUNTS
)
COMPANIONS = st.builds(CompanionFacts, url=st.text(), title=st.text())
CONTEXTS = st.builds(
    Context,
    edition=EDITIONS,
    community=st.text(),
    previous=st.none() | PREVIOUS,
    companions=st.dictionaries(st.text(), st.none() | COMPANIONS),
    preamble=st.none() | st.text(),
    replaced=st.none() | PREVIOUS,
    revision=st.builds(Revision, commit=st.text(), dirty=st.booleans(), url=st.text()),
)


def previous(*posts: ThreadPost, week: int = 47, **looked: object) -> PreviousFacts | None:
    return context.previous_facts(a_thread(), an_observation(posts=posts, **looked), an_edition(week))


@PROPERTY
@given(CONTEXTS)
def test_a_context_comes_back_from_the_ledger_as_it_went_in(made: Context) -> None:
    assert context_json.from_json(context_json.to_json(made)) == made


@PROPERTY
@given(CONTEXTS)
def test_equal_contexts_are_written_alike(made: Context) -> None:
    backwards = dict(reversed((made.companions or {}).items()))

    assert context_json.to_json(made) == context_json.to_json(replace(made, companions=backwards))


def test_a_context_without_companions_is_one_with_none_of_them() -> None:
    made = Context(edition=context_json.edition_facts(an_edition()), community="news")

    assert context_json.from_json(context_json.to_json(made)) == replace(made, companions={})


def test_a_context_is_put_together_of_what_was_seen_and_found() -> None:
    edition, observation, revision = (
        an_edition(),
        an_observation(posts=(a_thread_post(46),)),
        Revision(commit="abc"),
    )
    found: dict[str, CompanionFacts | None] = {"atlas": CompanionFacts(url="https://a.example"), "film": None}

    made = context.build_context(
        a_thread(), observation, edition, community="news", companions=found, revision=revision
    )

    assert made == Context(
        edition=context_json.edition_facts(edition),
        community="news",
        previous=context.previous_facts(a_thread(), observation, edition),
        companions=found,
        revision=revision,
    )


def test_a_template_knows_key_number_days_and_slot_of_its_edition() -> None:
    assert context_json.edition_facts(an_edition()) == EditionFacts(
        key="2026-W47", number=47, start=date(2026, 11, 16), end=date(2026, 11, 22), slot=SLOT
    )


def test_the_first_edition_has_none_before_it() -> None:
    assert previous() is None


def test_the_edition_before_is_the_newest_that_readers_can_open() -> None:
    found = previous(a_thread_post(46, comments=12), a_thread_post(45))

    assert found == PreviousFacts(
        title="News 46", url="https://lemmy.example/post/46", number=46, slots_ago=1, comments=12
    )


def test_a_copy_replaces_the_post_of_its_own_edition_and_no_other() -> None:
    previous = context.replaced_facts(
        an_observation(posts=(a_thread_post(47, comments=3), a_thread_post(46))), an_edition(47)
    )

    assert previous == PreviousFacts(
        title="News 47", url="https://lemmy.example/post/47", number=47, slots_ago=0, comments=3
    )
    assert context.replaced_facts(an_observation(posts=(a_thread_post(46),)), an_edition(47)) is None


@pytest.mark.parametrize("gone", ["removed", "deleted"])
def test_an_edition_that_readers_cannot_open_is_passed_over(gone: str) -> None:
    found = previous(a_thread_post(46, **{gone: True}), a_thread_post(45))

    assert found is not None
    assert (found.number, found.slots_ago) == (45, 2)


def test_after_a_skipped_slot_the_edition_before_is_two_slots_ago() -> None:
    found = previous(a_thread_post(45))

    assert found is not None
    assert found.slots_ago == 2


def test_a_copy_does_not_name_the_post_that_it_replaces_as_the_one_before() -> None:
    found = previous(a_thread_post(47), a_thread_post(46))

    assert found is not None
    assert found.number == 46


def test_a_later_edition_is_never_the_one_before() -> None:
    found = previous(a_thread_post(48), a_thread_post(46), week=47)

    assert found is not None
    assert found.number == 46


def test_an_edition_has_its_number_from_the_calendar_whatever_the_ledger_says() -> None:
    observation = an_observation(records=(a_record(46, number=999),))

    assert context.number_of(a_thread(), observation, a_thread_post(46)) == 46


def test_an_edition_that_the_calendar_does_not_know_has_its_number_from_the_ledger() -> None:
    daily = replace(a_thread_post(46), key="2026-11-09")

    assert context.number_of(a_thread(), an_observation(records=(a_record(46, number=41),)), daily) == 41


def test_an_edition_that_neither_knows_has_no_number() -> None:
    assert context.number_of(a_thread(), an_observation(), replace(a_thread_post(46), key="2026-11-09")) == 0


def test_the_slot_is_written_with_its_zone() -> None:
    made = Context(edition=context_json.edition_facts(an_edition()), community="news")

    assert context_json.from_json(context_json.to_json(made)).edition.slot.tzinfo == UTC
