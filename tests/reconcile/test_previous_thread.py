"""What is kept up about the posts that stand: pins, the link in the old thread, the lock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.forum.models import Feature, PinEvent
from megabot.ledger.records import IntentKind, IntentState
from megabot.reconcile.actions import (
    Action,
    Blocked,
    BlockReason,
    LinkOldThread,
    Lock,
    MissingInput,
    Pin,
    Unpin,
)
from megabot.reconcile.observation import ThreadPost
from megabot.reconcile.orders import Order
from megabot.reconcile.rules.upkeep import decide_upkeep
from megabot.source.model import Pin as PinKind
from megabot.source.model import Previous
from tests.builders import (
    ADMIN_BOT,
    BOT,
    BROKEN,
    MODERATOR,
    NOW,
    POST,
    REPOST,
    TEXT,
    WEEK,
    a_link_comment,
    a_pin_event,
    a_pinned_post,
    a_situation,
    a_thread,
    a_thread_post,
    an_intent,
)

HANDOVER = (a_pinned_post(47), a_pinned_post(46))
PUBLISHED = an_intent(post_id=0)
OUR_OLD_PIN = an_intent(IntentKind.PIN, edition="2026-W46", post_id=46)
LOCKING = a_thread(previous=Previous(lock=True))


def upkeep(*posts: ThreadPost, **of: object) -> tuple[Action, ...]:
    return decide_upkeep(a_situation(posts=posts, **of))  # type: ignore[arg-type]


def handed_over(*intents: object, **of: object) -> tuple[Action, ...]:
    """Decide with the new post pinned, the old one too, and the ledger as it should be."""
    known = {
        "posts": HANDOVER,
        "intents": (PUBLISHED, OUR_OLD_PIN, *intents),
        "comments": (a_link_comment(),),
    }
    return decide_upkeep(a_situation(**{**known, **of}))  # type: ignore[arg-type]


# -- on its way to the community's own server


ON_ITS_WAY = a_pinned_post(47, federation_pending=True)


def test_a_post_that_nobody_sees_yet_is_waited_for_and_the_old_one_stays_pinned() -> None:
    blocked = handed_over(posts=(ON_ITS_WAY, a_pinned_post(46)))

    soon = NOW + timedelta(minutes=2)
    assert blocked == (Blocked(reason=BlockReason.PENDING, until=soon, url=ON_ITS_WAY.post.url),)


def test_a_post_that_nobody_sees_after_an_hour_needs_a_person() -> None:
    blocked = handed_over(posts=(ON_ITS_WAY, a_pinned_post(46)), now=NOW + timedelta(hours=1))

    assert blocked == (Blocked(reason=BlockReason.PENDING_FOR_LONG, url=ON_ITS_WAY.post.url),)


def test_a_post_that_has_arrived_is_pinned() -> None:
    assert upkeep(a_thread_post(47), pin_events={47: None}) == (
        Pin(thread_post=a_thread_post(47), kind=Feature.COMMUNITY),
    )


# -- nothing stands


@pytest.mark.parametrize("order", [None, POST, REPOST])
def test_where_nothing_stands_there_is_nothing_to_keep_up(order: Order | None) -> None:
    assert upkeep(a_thread_post(removed=True), order=order) == ()


def test_where_all_is_as_it_should_be_nothing_is_done() -> None:
    assert handed_over(posts=(a_pinned_post(47), a_thread_post(46))) == ()


# -- the standing post is pinned


def test_a_post_made_in_this_pass_is_pinned_without_asking() -> None:
    assert upkeep(a_thread_post(), created_ids=frozenset({47})) == (
        Pin(thread_post=a_thread_post(), kind=Feature.COMMUNITY),
    )


def test_a_post_that_is_pinned_is_not_pinned_again() -> None:
    assert upkeep(a_pinned_post(), created_ids=frozenset({47})) == ()


def test_the_mod_log_is_asked_before_a_post_of_another_pass_is_pinned() -> None:
    assert upkeep(a_thread_post()) == (MissingInput.PIN_LOG,)


@pytest.mark.parametrize(
    "event",
    [
        None,
        a_pin_event(featured=False, by=BOT.id),
        a_pin_event(featured=True, by=BOT.id),
        a_pin_event(featured=True),
    ],
)
def test_a_post_that_no_person_unpinned_is_pinned(event: PinEvent | None) -> None:
    assert upkeep(a_thread_post(), pin_events={47: event}) == (
        Pin(thread_post=a_thread_post(), kind=Feature.COMMUNITY),
    )


@pytest.mark.parametrize("by", [4, None])
def test_an_unpin_by_a_person_or_by_nobody_knows_whom_stays(by: int | None) -> None:
    event = a_pin_event(featured=False, by=by)

    assert upkeep(a_thread_post(), pin_events={47: event}) == (
        Blocked(reason=BlockReason.UNPINNED_BY_HAND, url=a_thread_post().post.url),
    )


def test_a_bot_that_may_not_pin_says_so_and_does_not_try() -> None:
    current = a_thread_post(creator_is_moderator=False)

    assert upkeep(current, created_ids=frozenset({47})) == (
        Blocked(reason=BlockReason.NOT_MODERATOR, url=current.post.url),
    )


def test_an_admin_may_pin_without_being_a_moderator() -> None:
    current = a_thread_post(creator_is_moderator=False, creator=ADMIN_BOT)

    assert upkeep(current, created_ids=frozenset({47})) == (Pin(thread_post=current, kind=Feature.COMMUNITY),)


def test_a_thread_that_is_not_to_be_pinned_is_not() -> None:
    assert upkeep(a_thread_post(), thread=a_thread(pin=PinKind.NONE), created_ids=frozenset({47})) == ()


def test_a_pin_in_the_community_is_none_on_the_front_page() -> None:
    current = a_pinned_post(creator=ADMIN_BOT)

    plan = upkeep(current, thread=a_thread(pin=PinKind.LOCAL), created_ids=frozenset({47}))

    assert plan == (Pin(thread_post=current, kind=Feature.LOCAL),)


def test_a_pin_on_the_front_page_is_none_in_the_community() -> None:
    current = a_thread_post(featured_local=True)

    assert upkeep(current, created_ids=frozenset({47})) == (Pin(thread_post=current, kind=Feature.COMMUNITY),)


def test_the_newest_post_that_can_be_opened_is_the_one_to_pin() -> None:
    plan = upkeep(
        a_thread_post(47, removed=True), a_thread_post(46), a_thread_post(45), pin_events={46: None}
    )

    assert plan == (Pin(thread_post=a_thread_post(46), kind=Feature.COMMUNITY),)


# -- the older ones are unpinned


def test_the_old_post_is_unpinned_once_the_new_one_is_seen_pinned() -> None:
    assert handed_over() == (
        Unpin(thread_post=a_pinned_post(46), kind=Feature.COMMUNITY, current=a_pinned_post(47)),
    )


@pytest.mark.parametrize(
    "standing",
    [
        a_thread_post(47),
        a_thread_post(47, featured_local=True),
        a_thread_post(47, creator_is_moderator=False),
    ],
)
def test_the_old_post_stays_pinned_while_the_new_one_is_not(standing: ThreadPost) -> None:
    plan = handed_over(posts=(standing, a_pinned_post(46)), created_ids=frozenset({47}))

    assert [action for action in plan if isinstance(action, Unpin)] == []


def test_all_older_posts_are_unpinned() -> None:
    pins = (OUR_OLD_PIN, an_intent(IntentKind.PIN, edition="2026-W45", post_id=45))

    plan = handed_over(*pins, posts=(*HANDOVER, a_pinned_post(45), a_thread_post(44)))

    assert [action.thread_post.id for action in plan if isinstance(action, Unpin)] == [46, 45]


def test_the_copy_that_is_replaced_is_unpinned() -> None:
    ours = an_intent(IntentKind.PIN, post_id=47)

    plan = upkeep(a_pinned_post(copy=2), a_pinned_post(), intents=(ours,))

    assert plan == (
        Unpin(thread_post=a_pinned_post(), kind=Feature.COMMUNITY, current=a_pinned_post(copy=2)),
    )


@pytest.mark.parametrize(
    "thread", [a_thread(previous=Previous(unpin=False)), a_thread(pin=PinKind.NONE)], ids=["unpin", "pin"]
)
def test_the_front_matter_can_leave_old_pins_alone(thread: object) -> None:
    assert handed_over(thread=thread) == ()


def test_a_bot_that_is_no_moderator_any_more_leaves_the_old_one_pinned() -> None:
    posts = (a_pinned_post(47, creator_is_moderator=False), a_pinned_post(46, creator_is_moderator=False))

    assert handed_over(posts=posts) == ()


def test_an_old_post_pinned_again_by_hand_stays_pinned_for_this_edition() -> None:
    unpinned = an_intent(IntentKind.UNPIN, post_id=46)

    assert handed_over(unpinned) == (
        Blocked(reason=BlockReason.PINNED_BY_HAND, url=a_pinned_post(46).post.url),
    )


@pytest.mark.parametrize(
    "before",
    [
        an_intent(IntentKind.UNPIN, post_id=46, edition="2026-W46"),
        an_intent(IntentKind.UNPIN, post_id=46, copy=2),
        an_intent(IntentKind.UNPIN, post_id=45),
        an_intent(IntentKind.UNPIN, IntentState.ABSENT, post_id=46),
        an_intent(IntentKind.LOCK, post_id=46),
    ],
)
def test_only_an_unpin_of_that_post_for_this_edition_tells_a_persons_pin(before: object) -> None:
    assert handed_over(before) == (
        Unpin(thread_post=a_pinned_post(46), kind=Feature.COMMUNITY, current=a_pinned_post(47)),
    )


def test_with_the_ledger_lost_the_mod_log_is_asked_before_an_old_pin_is_taken() -> None:
    assert upkeep(*HANDOVER) == (MissingInput.PIN_LOG,)


def test_the_mod_log_is_not_asked_where_the_new_post_was_made_in_this_pass() -> None:
    assert upkeep(*HANDOVER, created_ids=frozenset({47})) == (
        Unpin(thread_post=a_pinned_post(46), kind=Feature.COMMUNITY, current=a_pinned_post(47)),
    )


@pytest.mark.parametrize(
    "event",
    [
        None,
        a_pin_event(featured=True, by=BOT.id),
        a_pin_event(featured=True, when=NOW - WEEK),
        a_pin_event(featured=False),
    ],
)
def test_with_the_ledger_lost_an_old_pin_that_no_person_set_since_is_taken(event: PinEvent | None) -> None:
    assert upkeep(*HANDOVER, pin_events={46: event}) == (
        Unpin(thread_post=a_pinned_post(46), kind=Feature.COMMUNITY, current=a_pinned_post(47)),
    )


@pytest.mark.parametrize("by", [4, None])
def test_with_the_ledger_lost_a_pin_that_a_person_set_since_stays(by: int | None) -> None:
    assert upkeep(*HANDOVER, pin_events={46: a_pin_event(featured=True, by=by)}) == (
        Blocked(reason=BlockReason.PINNED_BY_HAND, url=a_pinned_post(46).post.url),
    )


def test_an_admin_unpins_by_the_kind_of_pin_that_is_seen() -> None:
    old = a_thread_post(46, featured_local=True, creator=ADMIN_BOT)

    assert handed_over(posts=(a_pinned_post(47), old)) == (
        Unpin(thread_post=old, kind=Feature.LOCAL, current=a_pinned_post(47)),
    )


def test_a_pin_on_the_front_page_is_no_moderators_matter() -> None:
    assert handed_over(posts=(a_pinned_post(47), a_thread_post(46, featured_local=True))) == ()


def test_the_front_page_hands_over_as_the_community_does() -> None:
    new, old = (a_thread_post(week, featured_local=True, creator=ADMIN_BOT) for week in (47, 46))

    plan = handed_over(thread=a_thread(pin=PinKind.LOCAL), posts=(new, old))

    assert plan == (Unpin(thread_post=old, kind=Feature.LOCAL, current=new),)


# -- the old thread is told


def told(*intents: object, **of: object) -> tuple[Action, ...]:
    """Decide with the new post up and pinned, and the old one unpinned."""
    known = {"posts": (a_pinned_post(47), a_thread_post(46)), "intents": (PUBLISHED, *intents)}
    return decide_upkeep(a_situation(**{**known, **of}))  # type: ignore[arg-type]


TELL = LinkOldThread(thread_post=a_thread_post(46), text=TEXT.comment, current=a_pinned_post(47))


def test_the_old_thread_is_told_of_the_new_one() -> None:
    assert told() == (TELL,)


def test_only_the_thread_right_before_is_told() -> None:
    assert told(posts=(a_pinned_post(47), a_thread_post(46), a_thread_post(45))) == (TELL,)


def test_the_first_thread_has_nobody_to_tell() -> None:
    assert told(posts=(a_pinned_post(47),)) == ()


def test_the_thread_that_a_copy_replaces_is_told_of_the_copy() -> None:
    plan = told(
        an_intent(copy=2), posts=(a_pinned_post(copy=2), a_thread_post()), comments=(a_link_comment(),)
    )

    assert plan == (
        LinkOldThread(thread_post=a_thread_post(), text=TEXT.comment, current=a_pinned_post(copy=2)),
    )


def test_a_thread_without_a_text_for_the_one_before_says_nothing() -> None:
    assert told(intents=(an_intent(text=""),)) == ()


@pytest.mark.parametrize(
    "publish",
    [
        an_intent(state=IntentState.ABSENT),
        an_intent(edition="2026-W46"),
        an_intent(copy=2),
        an_intent(IntentKind.EDIT, text="Text"),
    ],
)
def test_only_what_was_decided_with_the_post_is_told(publish: object) -> None:
    assert told(intents=(publish,)) == ()


def test_the_old_thread_is_told_once() -> None:
    assert told(comments=(a_link_comment(),)) == ()


@pytest.mark.parametrize(
    "other",
    [
        a_link_comment(46),
        a_link_comment(copy=2),
        a_link_comment(thread="film"),
        a_link_comment(content="The new thread is here."),
    ],
)
def test_another_comment_is_not_the_telling(other: object) -> None:
    assert told(comments=(other,)) == (TELL,)


@pytest.mark.parametrize("state", [IntentState.DONE, IntentState.REFUSED, IntentState.SENDING])
def test_a_telling_that_was_done_refused_or_just_sent_is_not_repeated(state: IntentState) -> None:
    assert told(an_intent(IntentKind.COMMENT, state)) == ()


@pytest.mark.parametrize("state", [IntentState.NOT_SENT, IntentState.ABSENT])
def test_a_telling_that_never_happened_is_repeated(state: IntentState) -> None:
    assert told(an_intent(IntentKind.COMMENT, state)) == (TELL,)


@pytest.mark.parametrize(("minutes", "plan"), [(9, ()), (10, (TELL,))])
def test_a_telling_of_unknown_outcome_is_waited_for(minutes: int, plan: tuple[Action, ...]) -> None:
    changed = NOW - timedelta(minutes=minutes)

    assert told(an_intent(IntentKind.COMMENT, IntentState.UNKNOWN, changed=changed)) == plan


@pytest.mark.parametrize(("edition", "copy"), [("2026-W46", 1), ("2026-W47", 2)])
def test_the_telling_of_another_post_is_another(edition: str, copy: int) -> None:
    assert told(an_intent(IntentKind.COMMENT, edition=edition, copy=copy)) == (TELL,)


# -- the old thread is locked


def locked(*intents: object, **of: object) -> tuple[Action, ...]:
    """Decide for a thread that locks the one before, which was told already."""
    return told(*intents, **{"thread": LOCKING, "comments": (a_link_comment(),), **of})


LOCK = Lock(thread_post=a_thread_post(46), current=a_pinned_post(47))


def test_the_old_thread_is_locked_where_the_front_matter_says_so() -> None:
    assert locked() == (LOCK,)
    assert locked(thread=a_thread()) == ()


@pytest.mark.parametrize(
    "posts",
    [
        (a_pinned_post(47),),
        (a_pinned_post(47), a_thread_post(46, locked=True)),
        (a_pinned_post(47), a_thread_post(46, creator_is_moderator=False)),
    ],
    ids=["none before", "locked already", "not ours to lock"],
)
def test_there_must_be_something_to_lock(posts: object) -> None:
    assert locked(posts=posts) == ()


def test_a_lock_that_a_person_took_off_is_not_set_again() -> None:
    assert locked(an_intent(IntentKind.LOCK, post_id=46)) == ()


def test_a_lock_that_failed_is_tried_again() -> None:
    assert locked(an_intent(IntentKind.LOCK, IntentState.ABSENT, post_id=46)) == (LOCK,)


def test_with_the_ledger_lost_nothing_is_locked() -> None:
    assert locked(intents=()) == ()


# -- in this order


def test_a_handover_pins_first_then_tells_and_locks() -> None:
    plan = locked(posts=(a_thread_post(47), a_thread_post(46)), comments=(), created_ids=frozenset({47}))

    assert [type(action) for action in plan] == [Pin, LinkOldThread, Lock]


def test_the_old_one_is_unpinned_after_it_was_told_and_locked() -> None:
    plan = locked(OUR_OLD_PIN, posts=HANDOVER, comments=())

    assert [type(action) for action in plan] == [LinkOldThread, Lock, Unpin]


# -- another account's post that carries an edition


def adopted(week: int, **changed: object) -> ThreadPost:
    """Make a moderator's own thread that was adopted: its view tells of its creator, not of the bot."""
    return a_thread_post(week, adopted=True, **{"creator": MODERATOR, **changed})  # type: ignore[arg-type]


def test_an_adopted_thread_is_pinned_by_a_bot_that_moderates() -> None:
    by_hand = adopted(47)

    assert upkeep(by_hand, moderates=True, pin_events={47: None}) == (
        Pin(thread_post=by_hand, kind=Feature.COMMUNITY),
    )


def test_an_adopted_thread_is_not_pinned_by_a_bot_that_does_not_moderate() -> None:
    by_hand = adopted(47, creator_is_moderator=True)

    assert upkeep(by_hand) == (Blocked(reason=BlockReason.NOT_MODERATOR, url=by_hand.post.url),)


def test_an_adopted_thread_gives_its_pin_to_the_next_edition() -> None:
    before = adopted(46, featured_community=True)
    by_hand = a_pin_event(featured=True, by=MODERATOR.id, when=NOW - WEEK)

    plan = handed_over(posts=(a_pinned_post(47), before), moderates=True, pin_events={46: by_hand})

    assert plan == (Unpin(thread_post=before, kind=Feature.COMMUNITY, current=a_pinned_post(47)),)


ADOPTION = an_intent(IntentKind.ADOPT, edition="2026-W47", post_id=47)
KEPT, OLD = adopted(47, featured_community=True), a_thread_post(46)


def adopted_now(**of: object) -> tuple[Action, ...]:
    return upkeep(KEPT, OLD, **{"intents": (ADOPTION,), "moderates": True, **of})


def test_the_old_thread_is_told_of_an_adopted_one_in_the_words_of_the_source() -> None:
    assert adopted_now() == (LinkOldThread(thread_post=OLD, text=TEXT.comment, current=KEPT),)


def test_for_those_words_the_source_is_rendered_first() -> None:
    assert adopted_now(current_text=None) == (MissingInput.CURRENT_TEXT,)


def test_a_broken_template_keeps_the_old_thread_from_being_told_of_an_adopted_one() -> None:
    assert adopted_now(current_text=BROKEN) == ()


def test_with_the_ledger_lost_the_old_thread_is_not_told_of_an_adopted_one() -> None:
    assert adopted_now(intents=()) == ()


def test_a_pin_on_the_front_page_is_taken_away_only_by_an_admin() -> None:
    old = adopted(46, featured_local=True)
    new = replace(
        a_pinned_post(47), post=replace(a_pinned_post(47).post, creator=ADMIN_BOT, featured_local=True)
    )
    look = {"moderates": True, "pin_events": {46: None}, "thread": a_thread(pin=PinKind.LOCAL)}

    assert handed_over(posts=(new, old), **look) == (Unpin(thread_post=old, kind=Feature.LOCAL, current=new),)


def test_after_unpin_after_an_older_post_is_unpinned_though_the_new_one_is_not_pinned() -> None:
    thread = a_thread(unpin_after=timedelta(hours=1))
    unpinned, old = a_thread_post(47), a_pinned_post(46)
    now = unpinned.post.published + timedelta(hours=2)

    decided = handed_over(posts=(unpinned, old), thread=thread, now=now)

    assert [action.thread_post for action in decided if isinstance(action, Unpin)] == [old]


def test_after_unpin_after_a_bot_that_no_longer_moderates_leaves_the_pin() -> None:
    thread = a_thread(unpin_after=timedelta(hours=1))
    now = a_pinned_post(47).post.published + timedelta(hours=2)

    assert Unpin in map(
        type, handed_over(posts=(a_pinned_post(47),), pin_events={47: None}, thread=thread, now=now)
    )
    demoted = a_pinned_post(47, creator_is_moderator=False)
    decided = handed_over(posts=(demoted,), pin_events={47: None}, thread=thread, now=now)
    assert Unpin not in map(type, decided)
