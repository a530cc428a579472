"""Is an edition to be posted now? Each rule by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.forum.models import Post
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile.actions import Blocked, BlockReason, MissingInput, Publish, RetryPublish
from megabot.reconcile.observation import Situation
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.rules.publish import (
    Verdict,
    a_skipped_slot_stays_empty,
    another_order_posts_nothing,
    decide_publication,
    it_is_there,
    publish_it,
    the_grace_is_over,
    unknown_wait,
)
from megabot.rendering.model import Rendered
from tests.builders import (
    BROKEN,
    MODERATOR,
    NOW,
    POST,
    REFRESH,
    REPOST,
    SLOT,
    TEXT,
    WEEK,
    WEEKLY,
    a_draft,
    a_record,
    a_situation,
    a_thread,
    a_thread_post,
    an_edition,
    an_intent,
)

TEN_MINUTES = timedelta(minutes=10)
GRACE = timedelta(days=3)
HIDDEN = replace(a_thread_post(47, removed=True, body="").post, id=902, url="https://l.example/902")
BY_HAND: Post = replace(
    a_thread_post(47, title="News 47").post, id=900, creator=MODERATOR, url="https://l.example/900"
)


def decided(**of: object) -> Verdict:
    return decide_publication(a_situation(**of))  # type: ignore[arg-type]


def is_posted(**of: object) -> bool:
    return isinstance(decided(**of), Publish)


# -- nothing is due


def test_before_the_first_slot_nothing_is_due_and_the_slot_is_named() -> None:
    before = SLOT.replace(month=1, day=1)

    assert decided(due=None, now=before) == Blocked(
        reason=BlockReason.NOTHING_DUE, until=before.replace(day=5, hour=12), edition="2026-W02"
    )


def test_an_order_does_not_make_an_edition_due() -> None:
    assert not is_posted(due=None, order=POST, now=SLOT.replace(month=1, day=1))


# -- the outcome is unknown


@pytest.mark.parametrize("state", [IntentState.SENDING, IntentState.UNKNOWN])
@pytest.mark.parametrize("order", [None, POST, REPOST])
def test_nothing_is_sent_while_a_post_may_be_on_its_way(state: IntentState, order: Order | None) -> None:
    intent = an_intent(state=state, changed=NOW)

    blocked = decided(intents=(intent,), order=order)

    assert blocked == Blocked(reason=BlockReason.OUTCOME_UNKNOWN, until=NOW + TEN_MINUTES)


def test_a_post_that_no_look_has_missed_yet_is_waited_for_however_long_ago_it_was_sent() -> None:
    sent = an_intent(state=IntentState.SENDING, changed=NOW - WEEK)

    assert decided(intents=(sent,)) == Blocked(
        reason=BlockReason.OUTCOME_UNKNOWN, until=sent.changed + TEN_MINUTES
    )


@pytest.mark.parametrize(("seconds", "held"), [(599, True), (600, False)])
def test_the_wait_is_over_after_ten_minutes(seconds: int, *, held: bool) -> None:
    unknown = an_intent(state=IntentState.UNKNOWN, changed=NOW - timedelta(seconds=seconds))

    assert isinstance(decided(intents=(unknown,)), Blocked) is held


def test_each_remote_image_makes_the_wait_twenty_seconds_longer() -> None:
    draft = a_draft(replace(TEXT, body="![a](https://a.example/1.png) and ![b](https://b.example/2.png)"))

    assert unknown_wait(an_intent(draft=draft)) == timedelta(minutes=10, seconds=40)


def test_a_comments_images_make_its_wait_longer_too() -> None:
    comment = an_intent(IntentKind.COMMENT, text="![a](https://a.example/1.png)")

    assert unknown_wait(comment) == timedelta(minutes=10, seconds=20)


def test_an_unknown_post_of_the_week_before_is_waited_for_too() -> None:
    unknown = an_intent(state=IntentState.UNKNOWN, changed=NOW, edition="2026-W46")

    assert not is_posted(intents=(unknown,))


def test_of_two_unknown_posts_both_are_waited_for() -> None:
    over = an_intent(state=IntentState.UNKNOWN, changed=NOW - WEEK, edition="2026-W46")
    fresh = an_intent(state=IntentState.UNKNOWN, changed=NOW)

    assert decided(intents=(over, fresh)) == Blocked(
        reason=BlockReason.OUTCOME_UNKNOWN, until=NOW + TEN_MINUTES
    )


@pytest.mark.parametrize("kind", [kind for kind in IntentKind if kind is not IntentKind.PUBLISH])
def test_other_writes_of_unknown_outcome_hold_no_post_back(kind: IntentKind) -> None:
    assert is_posted(intents=(an_intent(kind, IntentState.SENDING),))


@pytest.mark.parametrize("state", [IntentState.NOT_SENT, IntentState.ABSENT])
def test_a_post_that_certainly_was_not_made_is_decided_anew(state: IntentState) -> None:
    assert is_posted(intents=(an_intent(state=state, changed=NOW),))


# -- the order was carried out


@pytest.mark.parametrize("edition", ["2026-W47", "2026-W46"])
def test_the_same_order_never_makes_two_copies(edition: str) -> None:
    done = an_intent(order=REPOST.id, edition=edition, changed=NOW - WEEK)

    assert decided(order=REPOST, posts=(a_thread_post(),), intents=(done,)) == Blocked(
        reason=BlockReason.THERE, edition="2026-W47"
    )


def test_another_order_makes_another_copy() -> None:
    done = an_intent(order="shell:other", copy=2)

    assert is_posted(order=REPOST, posts=(a_thread_post(copy=2), a_thread_post()), intents=(done,))


@pytest.mark.parametrize(("minutes", "posted"), [(0, False), (9, False), (10, True)])
def test_two_reposts_within_ten_minutes_are_one(minutes: int, *, posted: bool) -> None:
    done = an_intent(order="shell:other", copy=2, changed=NOW - timedelta(minutes=minutes))

    assert is_posted(order=REPOST, posts=(a_thread_post(copy=2), a_thread_post()), intents=(done,)) is posted


def test_a_repost_right_after_the_first_post_is_made() -> None:
    assert is_posted(order=REPOST, posts=(a_thread_post(),), intents=(an_intent(changed=NOW),))


def test_a_repost_right_after_one_of_another_edition_is_made() -> None:
    done = an_intent(order="shell:other", copy=2, edition="2026-W46", changed=NOW)

    assert is_posted(order=REPOST, posts=(a_thread_post(),), intents=(done,))


def test_a_repost_that_was_refused_can_be_ordered_again() -> None:
    refused = an_intent(state=IntentState.REFUSED, order=REPOST.id, copy=2, changed=NOW)

    assert is_posted(order=REPOST, posts=(a_thread_post(),), intents=(refused,))


def test_other_writes_of_an_order_are_no_copy_of_a_post() -> None:
    pin = an_intent(IntentKind.PIN, order=REPOST.id, copy=2, changed=NOW)

    assert is_posted(order=REPOST, posts=(a_thread_post(),), intents=(pin,))


# -- it is there


@pytest.mark.parametrize("order", [None, POST, REFRESH])
def test_an_edition_that_has_its_post_gets_no_second_one(order: Order | None) -> None:
    assert decided(posts=(a_thread_post(),), order=order) == Blocked(
        reason=BlockReason.THERE, edition="2026-W47"
    )


@pytest.mark.parametrize("gone", ["removed", "deleted"])
@pytest.mark.parametrize("order", [None, POST])
def test_a_post_that_was_taken_away_is_not_posted_again(gone: str, order: Order | None) -> None:
    assert decided(posts=(a_thread_post(**{gone: True}),), order=order) == Blocked(
        reason=BlockReason.REMOVED, edition="2026-W47"
    )


def test_a_post_that_only_the_ledger_knows_is_not_posted_again() -> None:
    assert decided(records=(a_record(),)) == Blocked(reason=BlockReason.REMOVED, edition="2026-W47")


def test_an_edition_of_which_a_copy_is_open_is_there() -> None:
    assert decided(posts=(a_thread_post(copy=2), a_thread_post(removed=True))) == Blocked(
        reason=BlockReason.THERE, edition="2026-W47"
    )


def test_an_adopted_post_stands_for_its_edition() -> None:
    assert decided(posts=(a_thread_post(adopted=True),)) == Blocked(
        reason=BlockReason.THERE, edition="2026-W47"
    )


def test_the_posts_of_other_editions_are_no_hindrance() -> None:
    assert is_posted(posts=(a_thread_post(46), a_thread_post(45, removed=True)), records=(a_record(46),))


@pytest.mark.parametrize("known", [{"posts": (a_thread_post(),)}, {"records": (a_record(),)}])
def test_a_repost_makes_another_copy_of_what_is_there(known: dict[str, object]) -> None:
    assert is_posted(order=REPOST, **known)


# -- a skipped slot, a surprise, the grace


@pytest.mark.parametrize(("order", "posted"), [(None, False), (POST, True), (REPOST, True)])
def test_a_skipped_slot_is_posted_on_a_persons_word_only(order: Order | None, *, posted: bool) -> None:
    assert is_posted(due=an_edition(skipped=True), order=order) is posted


def test_a_skipped_slot_says_so() -> None:
    assert decided(due=an_edition(skipped=True)) == Blocked(reason=BlockReason.SKIPPED)


@pytest.mark.parametrize(("order", "posted"), [(None, False), (POST, True), (REPOST, True)])
def test_a_slot_before_its_schedule_was_known_is_posted_on_a_persons_word_only(
    order: Order | None, *, posted: bool
) -> None:
    assert is_posted(known_since=SLOT + timedelta(seconds=1), order=order) is posted


def test_a_slot_is_due_by_itself_from_the_moment_its_schedule_is_known() -> None:
    assert decided(known_since=SLOT + timedelta(seconds=1)) == Blocked(
        reason=BlockReason.FIRST_RUN, edition="2026-W47"
    )
    assert is_posted(known_since=SLOT)


def test_late_is_better_than_missing_up_to_the_end_of_the_grace() -> None:
    assert is_posted(now=SLOT + GRACE)
    assert decided(now=SLOT + GRACE + timedelta(seconds=1)) == Blocked(
        reason=BlockReason.PAST_GRACE, edition="2026-W47"
    )


@pytest.mark.parametrize("order", [POST, REPOST])
def test_after_the_grace_a_person_decides(order: Order) -> None:
    assert is_posted(now=SLOT + GRACE + timedelta(hours=1), order=order)


# -- a refresh


def test_another_order_posts_nothing_even_if_an_edition_is_due() -> None:
    """What is rendered for a refresh is the text of the post that stands."""
    blocked = decided(order=REFRESH, posts=(a_thread_post(46),))

    assert blocked == Blocked(reason=BlockReason.NOT_ORDERED, edition="2026-W47")


# -- what must be known first


def test_removals_and_pins_are_read_before_anything_is_posted() -> None:
    assert decided(removals_read=False) is MissingInput.REMOVALS_AND_PINS


@pytest.mark.parametrize("order", [None, POST])
def test_an_account_that_hides_posts_is_not_trusted(order: Order | None) -> None:
    hides = ("show_bot_accounts", "show_read_posts")

    assert decided(hiding_settings=hides, order=order) == Blocked(
        reason=BlockReason.SETTINGS_HIDE, account_settings=hides
    )


@pytest.mark.parametrize("order", [None, POST, REPOST])
def test_a_look_that_proves_nothing_is_no_reason_to_post(order: Order | None) -> None:
    assert decided(trusted=False, order=order) == Blocked(reason=BlockReason.NOT_PROVEN)


# -- what was decided is sent


@pytest.mark.parametrize(
    ("post", "held"),
    [
        (HIDDEN, True),
        (replace(HIDDEN, title="Another title"), True),
        (replace(HIDDEN, published=SLOT - WEEK), True),
        (replace(HIDDEN, published=SLOT - WEEK, title="News 46"), False),
    ],
)
def test_a_removed_post_without_its_text_may_be_this_editions(post: Post, *, held: bool) -> None:
    """Newer than the slot before, or of the same title: absence of a marker proves nothing then."""
    verdict = decided(hidden_posts=(post,))

    assert (verdict == Blocked(reason=BlockReason.BODY_HIDDEN, url=post.url)) is held


def test_beside_a_removed_post_without_its_text_nothing_is_sent_again_either() -> None:
    unknown = an_intent(state=IntentState.UNKNOWN)

    assert decided(hidden_posts=(HIDDEN,), intents=(unknown,), due_text=None) == Blocked(
        reason=BlockReason.BODY_HIDDEN, url=HIDDEN.url
    )


def test_a_word_to_post_it_does_not_tell_what_a_removed_post_was() -> None:
    assert not is_posted(hidden_posts=(HIDDEN,), order=POST)


def test_in_a_first_edition_any_removed_post_without_its_text_counts() -> None:
    first = a_thread(schedule=replace(WEEKLY, first=SLOT.date()))

    assert not is_posted(
        hidden_posts=(replace(HIDDEN, published=SLOT - 9 * WEEK, title="Old"),), thread=first
    )


def test_a_fresh_copy_has_a_number_that_no_removed_post_can_have() -> None:
    verdict = decided(hidden_posts=(HIDDEN, replace(HIDDEN, id=903)), order=REPOST)

    assert isinstance(verdict, Publish)
    assert verdict.copy == 3


def test_a_post_that_never_came_to_be_is_sent_as_it_was_decided() -> None:
    unknown = an_intent(state=IntentState.UNKNOWN, draft=a_draft(replace(TEXT, body="As it read then.")))

    assert decided(intents=(unknown,)) == RetryPublish(intent=unknown)


def test_it_is_sent_again_without_asking_the_renderer() -> None:
    unknown = an_intent(state=IntentState.UNKNOWN)

    assert decided(intents=(unknown,), due_text=None) == RetryPublish(intent=unknown)


def test_a_post_of_an_edition_that_is_over_is_not_sent_again() -> None:
    over = an_intent(state=IntentState.UNKNOWN, edition="2026-W46")
    unknown = an_intent(state=IntentState.UNKNOWN)

    assert is_posted(intents=(over,))
    assert decided(intents=(over, unknown)) == RetryPublish(intent=unknown)


# -- the text


def test_the_text_is_rendered_last() -> None:
    assert decided(due_text=None) is MissingInput.TEXT


@pytest.mark.parametrize("order", [None, POST, REPOST])
def test_a_broken_template_posts_nothing_and_names_the_line(order: Order | None) -> None:
    assert decided(due_text=BROKEN, order=order) == Blocked(
        reason=BlockReason.TEXT_BROKEN, problems=BROKEN.problems
    )


def test_a_text_that_the_server_refused_is_not_sent_again() -> None:
    refused = an_intent(state=IntentState.REFUSED, note="slurs")

    assert decided(intents=(refused,)) == Blocked(reason=BlockReason.REFUSED_BEFORE, why="slurs")


@pytest.mark.parametrize(
    "changed",
    [
        replace(TEXT, title="News"),
        replace(TEXT, body="An essay, longer."),
        replace(TEXT, body="An"),
        replace(TEXT, url="https://a.example"),
    ],
)
def test_a_refused_text_that_was_changed_is_sent(changed: Rendered) -> None:
    assert is_posted(intents=(an_intent(state=IntentState.REFUSED),), due_text=changed)


@pytest.mark.parametrize("order", [POST, REPOST])
def test_a_refused_text_is_sent_again_on_a_persons_word(order: Order) -> None:
    assert is_posted(intents=(an_intent(state=IntentState.REFUSED),), order=order)


def test_a_refusal_of_another_edition_is_none_of_this_one() -> None:
    assert is_posted(intents=(an_intent(state=IntentState.REFUSED, edition="2026-W46"),))


def test_a_refused_pin_is_no_refused_text() -> None:
    assert is_posted(intents=(an_intent(IntentKind.PIN, IntentState.REFUSED, draft=a_draft()),))


def test_only_the_newest_try_counts() -> None:
    refused, not_sent = an_intent(state=IntentState.REFUSED), an_intent(state=IntentState.NOT_SENT)

    assert is_posted(intents=(refused, not_sent))
    assert not is_posted(intents=(not_sent, refused))


def test_a_refusal_of_which_no_text_is_known_does_not_hold() -> None:
    assert is_posted(intents=(an_intent(state=IntentState.REFUSED, draft=None),))


# -- a person posted it


def test_a_thread_that_a_moderator_posted_by_hand_is_theirs() -> None:
    assert decided(manual_posts=(BY_HAND,)) == Blocked(
        reason=BlockReason.HAND_MADE, url="https://l.example/900", by="modlin"
    )


@pytest.mark.parametrize("order", [POST, REPOST])
def test_a_person_may_have_it_posted_beside_one_made_by_hand(order: Order) -> None:
    assert is_posted(manual_posts=(BY_HAND,), order=order)


def test_a_moderators_pinned_post_about_something_else_is_no_hindrance() -> None:
    assert is_posted(manual_posts=(replace(BY_HAND, title="Rules of this community"),))


def test_a_thread_by_hand_is_known_by_the_title_of_the_one_that_stands() -> None:
    """The template's title may have changed with this edition."""
    text = replace(TEXT, title="World news 47")

    assert not is_posted(manual_posts=(BY_HAND,), due_text=text, posts=(a_thread_post(46),))
    assert is_posted(manual_posts=(BY_HAND,), due_text=text)


def test_any_of_several_pinned_posts_may_be_the_thread_by_hand() -> None:
    rules = replace(BY_HAND, id=901, title="Rules of this community")

    assert not is_posted(manual_posts=(rules, BY_HAND))


# -- publish it


def test_an_edition_is_published_with_its_text() -> None:
    assert decided() == Publish(edition=an_edition(), copy=1, text=TEXT, after=None)


def test_a_post_names_the_newest_open_one_of_another_edition_as_the_one_before() -> None:
    verdict = decided(
        posts=(a_thread_post(47), a_thread_post(46, removed=True), a_thread_post(45)), order=REPOST
    )

    assert isinstance(verdict, Publish)
    assert verdict.after == a_thread_post(45)


@pytest.mark.parametrize(
    ("known", "copy"),
    [
        ({"posts": (a_thread_post(),)}, 2),
        ({"posts": (a_thread_post(removed=True),)}, 2),
        ({"posts": (a_thread_post(copy=3), a_thread_post())}, 4),
        ({"records": (a_record(copy=2),)}, 3),
        ({"posts": (a_thread_post(),), "records": (a_record(copy=5), a_record(46, copy=9))}, 6),
        ({"posts": (a_thread_post(46, copy=7),)}, 1),
    ],
)
def test_a_copy_has_the_number_after_all_that_are_known(known: dict[str, object], copy: int) -> None:
    verdict = decided(order=REPOST, **known)

    assert isinstance(verdict, Publish)
    assert verdict.copy == copy


@pytest.mark.parametrize(("order", "id_"), [(None, ""), (POST, "shell:1"), (REPOST, "shell:2")])
def test_a_publish_names_the_order_that_asked_for_it(order: Order | None, id_: str) -> None:
    verdict = decided(order=order)

    assert isinstance(verdict, Publish)
    assert verdict.order == id_


# -- out of order


@pytest.mark.parametrize("rule", [it_is_there, a_skipped_slot_stays_empty, the_grace_is_over])
def test_a_rule_out_of_its_order_is_a_bug_and_no_wrong_answer(rule: Callable[[Situation], object]) -> None:
    with pytest.raises(ValueError, match="nothing is due"):
        rule(a_situation(due=None))


def test_nothing_is_published_without_a_text() -> None:
    with pytest.raises(TypeError, match="no text"):
        publish_it(a_situation(due_text=BROKEN))


@pytest.mark.parametrize("kind", [OrderKind.POST, OrderKind.REPOST])
def test_only_a_refresh_is_kept_from_posting(kind: OrderKind) -> None:
    assert another_order_posts_nothing(a_situation(order=Order(kind, "shell:9"))) is None
