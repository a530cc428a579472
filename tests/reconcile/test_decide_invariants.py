"""What no plan ever does, whatever is seen, and where plans lead.

The looks are drawn at random, in states that no server would show together.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

import pytest
from hypothesis import given, settings

from megabot.forum.home_server import HomePin
from megabot.ledger.records import IntentKind, IntentState, PostRecord
from megabot.reconcile.actions import (
    Action,
    Adopt,
    Announce,
    Distinguish,
    Edit,
    FirstComment,
    LinkOldThread,
    Lock,
    MissingInput,
    Pin,
    Publish,
    Release,
    RetryPublish,
    UndoRepost,
    Unlock,
    Unpin,
    Write,
)
from megabot.reconcile.content.drafts import text_digest
from megabot.reconcile.decide import CLOCK_TOLERANCE, decide, writes
from megabot.reconcile.observation import Observation, Situation, ThreadPost
from megabot.reconcile.orders import OrderKind
from megabot.reconcile.rules.duplicates import order_posts
from megabot.reconcile.rules.pin import KINDS, is_pinned
from megabot.reconcile.rules.publish import unknown_wait
from megabot.rendering.model import RenderProblem
from megabot.source.model import Pin as PinKind
from tests.builders import NOW, PROPERTY, TEXT, a_record, a_thread_post, an_intent
from tests.strategies import CASES, newest_first

pytestmark = pytest.mark.no_cover
MANY = settings(PROPERTY, max_examples=500)
ROUNDS = 4  # as many as a pass makes

Plan = tuple[Action, ...]


def made(plan: Plan) -> list[Publish | RetryPublish]:
    return [action for action in plan if isinstance(action, Publish | RetryPublish)]


def of_due(situation: Situation) -> list[ThreadPost | PostRecord]:
    """Everything that is known to carry the due edition."""
    key = situation.observation.due.key if situation.observation.due else ""
    return [
        *situation.observation.of_edition(key),
        *(record for record in situation.observation.records if record.edition == key),
    ]


def a_post_is_made_alone(situation: Situation, plan: Plan) -> bool:
    return len(plan) == 1 or not any(
        isinstance(action, Publish | RetryPublish | MissingInput) for action in plan
    )


def an_edition_gets_no_second_post_without_a_repost(situation: Situation, plan: Plan) -> bool:
    return not made(plan) or not of_due(situation) or situation.ordered(OrderKind.REPOST)


def a_post_is_made_only_from_a_look_that_proves_something(situation: Situation, plan: Plan) -> bool:
    return not made(plan) or (
        situation.observation.trusted
        and situation.observation.removals_read
        and not situation.observation.hiding_settings
    )


def no_post_is_made_beside_one_that_may_be_it(situation: Situation, plan: Plan) -> bool:
    return not (made(plan) and situation.observation.hidden_posts) or situation.ordered(OrderKind.REPOST)


def nothing_is_done_for_a_post_that_nobody_sees_yet(situation: Situation, plan: Plan) -> bool:
    current = situation.observation.current
    served = any(isinstance(action, Pin | Unpin | LinkOldThread | Lock) for action in plan)
    return not (served and current is not None and current.post.federation_pending)


def no_post_is_made_while_another_may_be_on_its_way(situation: Situation, plan: Plan) -> bool:
    opened = [
        intent
        for intent in situation.observation.intents
        if intent.open and intent.new.kind is IntentKind.PUBLISH
    ]
    over = (
        intent.state is IntentState.UNKNOWN and situation.now >= intent.changed + unknown_wait(intent)
        for intent in opened
    )
    return not made(plan) or all(over)


def a_post_is_of_the_due_edition(situation: Situation, plan: Plan) -> bool:
    editions = [
        each.edition.key if isinstance(each, Publish) else each.intent.new.edition for each in made(plan)
    ]
    return not editions or (
        situation.observation.due is not None and editions == [situation.observation.due.key]
    )


def a_copy_has_a_number_that_no_other_has(situation: Situation, plan: Plan) -> bool:
    taken = {known.copy for known in of_due(situation)}
    return not any(isinstance(action, Publish) and action.copy in taken for action in plan)


def a_broken_text_is_never_sent(situation: Situation, plan: Plan) -> bool:
    posted = any(isinstance(action, Publish) for action in plan)
    edited = any(isinstance(action, Edit) for action in plan)
    return not (
        (posted and isinstance(situation.due_text, RenderProblem))
        or (edited and isinstance(situation.current_text, RenderProblem))
    )


def nothing_is_unpinned_unless_the_standing_post_is_seen_pinned(situation: Situation, plan: Plan) -> bool:
    unpins = [action for action in plan if isinstance(action, Unpin)]
    current = situation.observation.current
    return not unpins or (
        current is not None
        and is_pinned(current.post, KINDS[situation.thread.pin])
        and all(action.thread_post != current == action.current for action in unpins)
    )


def nothing_is_unpinned_before_the_home_server_shows_the_new_pin(situation: Situation, plan: Plan) -> bool:
    remote = situation.observation.home and situation.thread.pin is PinKind.COMMUNITY
    answer = situation.observation.home_answer
    shown = answer is not None and (answer.post_id, answer.pin) == (
        situation.observation.current.id if situation.observation.current else 0,
        HomePin.PINNED,
    )
    return not (remote and any(isinstance(action, Unpin) for action in plan)) or shown


def only_the_standing_post_is_pinned_and_only_if_it_is_not(situation: Situation, plan: Plan) -> bool:
    pins = [action for action in plan if isinstance(action, Pin)]
    return len(pins) <= 1 and all(
        pin.thread_post == situation.observation.current and not is_pinned(pin.thread_post.post, pin.kind)
        for pin in pins
    )


def only_own_posts_that_can_be_opened_are_touched(situation: Situation, plan: Plan) -> bool:
    touched = [
        action.thread_post for action in plan if isinstance(action, Pin | Unpin | LinkOldThread | Lock | Edit)
    ]
    return all(post in situation.observation.posts and post.post.open for post in touched)


def only_the_standing_post_is_edited_and_only_on_a_persons_word(situation: Situation, plan: Plan) -> bool:
    edits = [action for action in plan if isinstance(action, Edit)]
    return not edits or (
        situation.ordered(OrderKind.REFRESH)
        and all(
            edit.thread_post == situation.observation.current and not edit.thread_post.adopted
            for edit in edits
        )
    )


def nothing_is_written_by_a_wrong_clock(situation: Situation, plan: Plan) -> bool:
    return not writes(plan) or abs(situation.observation.clock_skew) <= CLOCK_TOLERANCE


def the_same_look_gives_the_same_plan(situation: Situation, plan: Plan) -> bool:
    return decide(replace(situation)) == plan


ALWAYS: tuple[Callable[[Situation, Plan], bool], ...] = (
    a_post_is_made_alone,
    an_edition_gets_no_second_post_without_a_repost,
    a_post_is_made_only_from_a_look_that_proves_something,
    no_post_is_made_beside_one_that_may_be_it,
    no_post_is_made_while_another_may_be_on_its_way,
    nothing_is_done_for_a_post_that_nobody_sees_yet,
    a_post_is_of_the_due_edition,
    a_copy_has_a_number_that_no_other_has,
    a_broken_text_is_never_sent,
    nothing_is_unpinned_unless_the_standing_post_is_seen_pinned,
    nothing_is_unpinned_before_the_home_server_shows_the_new_pin,
    only_the_standing_post_is_pinned_and_only_if_it_is_not,
    only_own_posts_that_can_be_opened_are_touched,
    only_the_standing_post_is_edited_and_only_on_a_persons_word,
    nothing_is_written_by_a_wrong_clock,
    the_same_look_gives_the_same_plan,
)


@MANY
@given(CASES)
def test_whatever_is_seen_the_plan_keeps_to_all_of_these(one: Situation) -> None:
    plan = decide(one)

    assert [always.__name__ for always in ALWAYS if not always(one, plan)] == []


# -- where it leads


def answered(situation: Situation, missing: MissingInput) -> Situation:
    """Give a decision what it needs, as the server would that knows of nothing more."""
    match missing:
        case MissingInput.TEXT:
            return replace(situation, due_text=TEXT)
        case MissingInput.CURRENT_TEXT:
            return replace(situation, current_text=TEXT)
        case MissingInput.REMOVALS_AND_PINS:
            return replace(situation, observation=replace(situation.observation, removals_read=True))
        case MissingInput.PIN_LOG:
            silent = dict.fromkeys((thread_post.id for thread_post in situation.observation.posts), None)
            return replace(
                situation,
                observation=replace(
                    situation.observation, pin_events=silent | situation.observation.pin_events
                ),
            )
        case _:
            assert_never(missing)


def settled_plan(situation: Situation) -> Plan:
    """Decide, giving the decision what it needs: each thing once at most."""
    for _ in MissingInput:
        plan = decide(situation)
        if not isinstance(plan[0], MissingInput):
            break
        situation = answered(situation, plan[0])
    plan = decide(situation)
    assert not any(isinstance(action, MissingInput) for action in plan)
    return plan


def put(
    observation: Observation, post: ThreadPost, kind: IntentKind, current: ThreadPost, **shown: object
) -> Observation:
    """Show what a write did to a post, and that the ledger knows of it."""
    changed = replace(post, post=replace(post.post, **shown))  # type: ignore[arg-type]
    intent = an_intent(kind, edition=current.key, copy=current.copy, post_id=post.id, changed=NOW)
    posts = tuple(changed if one.id == post.id else one for one in observation.posts)
    return replace(observation, posts=posts, intents=(*observation.intents, intent))


def posted(observation: Observation, key: str, copy: int, order: str) -> Observation:
    new = a_thread_post(int(key[-2:]), copy=copy)
    intent = an_intent(edition=key, copy=copy, order=order, changed=NOW)
    posts = newest_first([new, *(one for one in observation.posts if one.id != new.id)])
    intents = tuple(
        one for one in observation.intents if not (one.open and one.new.kind is IntentKind.PUBLISH)
    )
    return replace(
        observation, posts=posts, intents=(*intents, intent), created_ids=observation.created_ids | {new.id}
    )


def turned(observation: Observation, action: Pin | Unpin) -> Observation:
    shown = {f"featured_{action.kind}": isinstance(action, Pin)}
    if isinstance(action, Pin):
        return put(observation, action.thread_post, IntentKind.PIN, action.thread_post, **shown)
    return put(observation, action.thread_post, IntentKind.UNPIN, action.current, **shown)


def announced(observation: Observation, action: Announce | FirstComment | Distinguish) -> Observation:
    kinds = {Announce: IntentKind.ANNOUNCE, FirstComment: IntentKind.FIRST_COMMENT}
    kind = kinds.get(type(action), IntentKind.DISTINGUISH)
    return put(observation, action.thread_post, kind, action.thread_post)


def carried_out(observation: Observation, action: Write) -> Observation:  # noqa: C901, PLR0911, PLR0912  one case for each kind of action
    """Show what stands when a write was done."""
    match action:
        case Publish(edition=edition, copy=copy, order=order):
            return posted(observation, edition.key, copy, order)
        case RetryPublish(intent=intent):
            return posted(observation, intent.new.edition, intent.new.copy, intent.new.order)
        case Adopt(post=by_hand, edition=edition, copy=copy):
            new = ThreadPost(post=by_hand, key=edition.key, copy=copy, adopted=True)
            return replace(observation, posts=newest_first([new, *observation.posts]))
        case Release(thread_post=released):
            return replace(observation, posts=tuple(one for one in observation.posts if one is not released))
        case UndoRepost(thread_post=copy):
            posts = [replace(one, withdrawn=True) if one is copy else one for one in observation.posts]
            return replace(observation, posts=order_posts(tuple(posts)))
        case Pin() | Unpin():
            return turned(observation, action)
        case LinkOldThread(thread_post=post, current=current):
            return put(observation, post, IntentKind.COMMENT, current)
        case Lock(thread_post=post, current=served) | Unlock(thread_post=post, copy=served):
            kind = IntentKind.LOCK if isinstance(action, Lock) else IntentKind.UNLOCK
            return put(observation, post, kind, served, locked=kind is IntentKind.LOCK)
        case Announce() | FirstComment() | Distinguish():
            return announced(observation, action)
        case Edit(thread_post=post):
            records = (a_record(int(post.key[-2:]), copy=post.copy, sent=text_digest(TEXT)),)
            return replace(observation, records=records)
        case _:
            assert_never(action)


@MANY
@given(CASES)
def test_in_a_few_rounds_there_is_nothing_left_to_do(one: Situation) -> None:
    for _ in range(ROUNDS):
        for action in writes(settled_plan(one)):
            one = replace(one, observation=carried_out(one.observation, action))

    assert writes(settled_plan(one)) == ()
