"""The rules of `decide` where no scene on the sandbox reaches: odd states, as plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from megabot.forum.marker import CommentMarker, Marker, comment_marker, post_marker, sign
from megabot.forum.models import Feature, Person, PinEvent, Post, PostDraft
from megabot.ledger.records import Intent, IntentKind, IntentState, NewIntent, PostRecord
from megabot.reconcile.actions import Blocked, BlockReason, MissingInput, Pin, RetryPublish, Unpin
from megabot.reconcile.content import context, drafts
from megabot.reconcile.decide import decide
from megabot.reconcile.observation import Observation, Situation, ThreadPost
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.outcomes import resolve
from megabot.reconcile.rules import previous_thread
from megabot.reconcile.rules.publish import decide_publication, it_is_there, publish_it
from megabot.rendering.model import Rendered
from megabot.schedule.calendar import Edition, Every, Schedule
from megabot.source.model import Pin as PinKind
from megabot.source.model import Previous, Thread

NOW = datetime(2026, 11, 16, 12, 5, tzinfo=UTC)
BOT = Person(id=5, name="megabot", actor="https://lemmy.example/u/megabot")
SCHEDULE = Schedule(
    every=Every.WEEK, weekdays=(0,), at=time(12), timezone="UTC", first=date(2026, 11, 9), number=1
)
NEWS = Thread(name="news", path="thread.md.j2", title="News", schedule=SCHEDULE)
DUE = Edition(
    thread="news",
    key="2026-W47",
    number=2,
    slot=NOW - timedelta(minutes=5),
    start=date(2026, 11, 16),
    end=date(2026, 11, 22),
)
TEXT = Rendered(title="News 2", body="An essay.")


def post(number: int, **changed: object) -> Post:
    base = Post(
        id=number,
        title=f"News {number}",
        body=f"Text {number}",
        url=f"https://lemmy.example/post/{number}",
        creator=BOT,
        community_id=2,
        published=NOW - timedelta(days=7 * (10 - number)),
        creator_is_moderator=True,
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def own(number: int, key: str, **changed: object) -> ThreadPost:
    return ThreadPost(post=post(number, **changed), key=key)


def intent(kind: IntentKind, state: IntentState, **changed: object) -> Intent:
    new = NewIntent(kind=kind, thread="news", edition="2026-W47", at=NOW - timedelta(hours=1))
    return Intent(id=1, new=replace(new, **changed), state=state, changed=NOW - timedelta(hours=1))  # type: ignore[arg-type]


def case(
    *, thread: Thread = NEWS, text: Rendered | None = None, order: Order | None = None, **seen: object
) -> Situation:
    base = Observation(
        due=DUE, known_since=NOW - timedelta(days=30), bot_id=5, trusted=True, removals_read=True
    )
    return Situation(now=NOW, thread=thread, observation=replace(base, **seen), due_text=text, order=order)  # type: ignore[arg-type]


def test_a_text_that_the_server_refused_is_not_sent_again_until_it_changes() -> None:
    draft = PostDraft(title="News 2", body="An essay.\n\n[//]: # (megabot:v1:news/2026-W47)")
    refused = intent(IntentKind.PUBLISH, IntentState.REFUSED, draft=draft)

    blocked = decide_publication(case(intents=(refused,), text=TEXT))
    changed = decide_publication(case(intents=(refused,), text=replace(TEXT, body="Another.")))

    assert isinstance(blocked, Blocked)
    assert blocked.reason is BlockReason.REFUSED_BEFORE
    assert not isinstance(changed, Blocked)


def test_a_refused_text_is_sent_again_on_a_persons_word() -> None:
    refused = intent(
        IntentKind.PUBLISH, IntentState.REFUSED, draft=PostDraft(title="News 2", body="An essay.")
    )
    order = Order(OrderKind.POST, "shell:1")

    assert not isinstance(decide_publication(case(intents=(refused,), text=TEXT, order=order)), Blocked)


def test_a_publish_that_never_happened_is_sent_again_as_it_was_decided() -> None:
    unknown = intent(IntentKind.PUBLISH, IntentState.UNKNOWN, draft=PostDraft(title="Then", body="Then."))

    assert decide_publication(case(intents=(unknown,), text=TEXT)) == RetryPublish(intent=unknown)


def test_a_remote_image_makes_the_wait_longer() -> None:
    body = "![a](https://a.example/1.png) ![b](https://a.example/2.png)"
    unknown = replace(
        intent(IntentKind.PUBLISH, IntentState.UNKNOWN, draft=PostDraft(title="T", body=body)),
        changed=NOW - timedelta(minutes=10, seconds=30),
    )

    blocked = decide_publication(case(intents=(unknown,), text=TEXT))

    assert isinstance(blocked, Blocked)
    assert blocked.until == unknown.changed + timedelta(minutes=10, seconds=40)


def test_a_look_that_proves_nothing_is_no_reason_to_post() -> None:
    assert decide_publication(case(trusted=False)) == Blocked(reason=BlockReason.NOT_PROVEN)


def test_before_anything_is_posted_the_look_goes_deeper() -> None:
    assert decide_publication(case(removals_read=False)) is MissingInput.REMOVALS_AND_PINS


def test_a_skipped_slot_is_posted_on_a_persons_word_only() -> None:
    skipped = replace(DUE, skipped=True)

    assert decide_publication(case(due=skipped, text=TEXT)) == Blocked(reason=BlockReason.SKIPPED)
    order = Order(OrderKind.POST, "shell:1")
    assert not isinstance(decide_publication(case(due=skipped, text=TEXT, order=order)), Blocked)


def test_an_own_post_that_only_the_ledger_knows_is_not_posted_again() -> None:
    record = a_record(9)

    assert decide_publication(case(records=(record,))) == Blocked(
        reason=BlockReason.REMOVED, edition="2026-W47"
    )


def a_record(post_id: int, **changed: object) -> PostRecord:
    base = PostRecord(
        post_id=post_id,
        thread="news",
        edition="2026-W47",
        number=2,
        slot=DUE.slot,
        community_id=2,
        url=f"https://lemmy.example/post/{post_id}",
        title="News 2",
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def test_pins_on_the_front_page_are_an_admins_matter() -> None:
    thread = replace(NEWS, pin=PinKind.LOCAL)
    admin = replace(BOT, admin=True)
    current = own(2, "2026-W47", featured_local=True, creator=admin)
    old = own(1, "2026-W46", featured_local=True, creator=admin)
    pinned = intent(IntentKind.PIN, IntentState.DONE, post_id=1)

    plan = decide(case(thread=thread, posts=(current, old), intents=(pinned,)))

    assert Unpin(thread_post=old, kind=Feature.LOCAL, current=current) in plan


def test_a_front_page_pin_that_the_bot_may_not_take_is_left() -> None:
    current = own(2, "2026-W47", featured_community=True)
    old = own(1, "2026-W46", featured_local=True)
    pinned = intent(IntentKind.PIN, IntentState.DONE, post_id=1)

    plan = decide(case(posts=(current, old), intents=(pinned,)))

    assert not [action for action in plan if isinstance(action, Unpin)]


def test_with_the_ledger_lost_the_mod_log_is_asked_before_an_old_pin_is_taken() -> None:
    current, old = own(2, "2026-W47", featured_community=True), own(1, "2026-W46", featured_community=True)

    assert decide(case(posts=(current, old))) == (MissingInput.PIN_LOG,)


def test_a_pin_that_a_person_set_after_the_new_thread_stood_is_left_with_the_ledger_lost() -> None:
    current, old = own(2, "2026-W47", featured_community=True), own(1, "2026-W46", featured_community=True)
    event = PinEvent(post_id=1, featured=True, kind=Feature.COMMUNITY, when=NOW, by=4)

    plan = decide(case(posts=(current, old), pin_events={1: event}))

    assert Blocked(reason=BlockReason.PINNED_BY_HAND, url=old.post.url) in plan


@pytest.mark.parametrize(
    ("event", "pins"),
    [
        (None, True),
        (PinEvent(post_id=2, featured=False, kind=Feature.COMMUNITY, when=NOW, by=5), True),
        (PinEvent(post_id=2, featured=False, kind=Feature.COMMUNITY, when=NOW, by=4), False),
        (PinEvent(post_id=2, featured=False, kind=Feature.COMMUNITY, when=NOW, by=None), False),
    ],
)
def test_the_mod_log_decides_whether_a_standing_post_is_pinned_again(
    event: PinEvent | None, *, pins: bool
) -> None:
    current = own(2, "2026-W47")

    plan = decide(case(posts=(current,), pin_events={2: event}))

    assert (Pin(thread_post=current, kind=Feature.COMMUNITY) in plan) is pins


def test_an_adopted_post_is_never_edited() -> None:
    current = replace(own(2, "2026-W47", featured_community=True), adopted=True)
    order = Order(OrderKind.REFRESH, "shell:1")

    plan = decide(case(posts=(current,), order=order))

    assert Blocked(reason=BlockReason.ADOPTED, url=current.post.url) in plan


def test_a_refresh_with_a_broken_template_changes_nothing() -> None:
    from megabot.rendering.model import RenderProblem
    from megabot.source.problems import Problem

    current = own(2, "2026-W47", featured_community=True)
    broken = RenderProblem((Problem("thread.md.j2", 7, "x is not defined"),))
    asked = replace(case(posts=(current,), order=Order(OrderKind.REFRESH, "shell:1")), current_text=broken)

    assert BlockReason.TEXT_BROKEN in {
        action.reason for action in decide(asked) if isinstance(action, Blocked)
    }


def test_a_refresh_with_nothing_standing_says_so() -> None:
    plan = decide(case(order=Order(OrderKind.REFRESH, "shell:1"), known_since=NOW))

    assert Blocked(reason=BlockReason.NOTHING_STANDS) in plan


def test_a_lock_that_a_person_took_off_is_not_set_again() -> None:
    thread = replace(NEWS, previous=Previous(lock=True, unpin=False))
    current, old = own(2, "2026-W47", featured_community=True), own(1, "2026-W46")
    done = (
        intent(IntentKind.PUBLISH, IntentState.DONE),
        intent(IntentKind.LOCK, IntentState.DONE, post_id=1),
    )

    situation = case(thread=thread, posts=(current, old), intents=done)
    assert list(previous_thread.lock_the_previous_thread(situation, current)) == []


@pytest.mark.parametrize(
    ("kind", "shown", "hidden"),
    [
        (IntentKind.PIN, {"featured_community": True}, {}),
        (IntentKind.UNPIN, {}, {"featured_community": True}),
        (IntentKind.LOCK, {"locked": True}, {}),
    ],
)
def test_an_open_write_is_done_where_the_post_shows_it_and_absent_where_not(
    kind: IntentKind, shown: dict[str, object], hidden: dict[str, object]
) -> None:
    opened = intent(kind, IntentState.SENDING, post_id=2)
    observation = case().observation

    assert (
        resolve(replace(observation, posts=(own(2, "2026-W47", **shown),)), opened, NOW) is IntentState.DONE
    )
    assert (
        resolve(replace(observation, posts=(own(2, "2026-W47", **hidden),)), opened, NOW)
        is IntentState.ABSENT
    )
    assert resolve(observation, opened, NOW) is IntentState.ABSENT


def test_an_open_edit_is_judged_by_the_body_that_was_there_before() -> None:
    opened = intent(IntentKind.EDIT, IntentState.SENDING, post_id=2)
    current = own(2, "2026-W47")
    before = a_record(2, answered=drafts.body_digest(current.post))
    observation = replace(case().observation, posts=(current,))

    assert resolve(replace(observation, records=(before,)), opened, NOW) is IntentState.ABSENT
    assert (
        resolve(replace(observation, records=(a_record(2, answered="other"),)), opened, NOW)
        is IntentState.DONE
    )


def test_an_unknown_publish_of_an_edition_that_is_over_is_given_up() -> None:
    old = intent(IntentKind.PUBLISH, IntentState.UNKNOWN, edition="2026-W46")

    assert resolve(case().observation, old, NOW) is IntentState.ABSENT


def test_a_look_that_proves_nothing_settles_nothing() -> None:
    opened = intent(IntentKind.PUBLISH, IntentState.SENDING)

    assert resolve(replace(case().observation, trusted=False), opened, NOW) is IntentState.SENDING


def test_markers_are_read_back() -> None:
    marker = Marker(thread="news", key="2026-W47", copy=2, after_key="2026-W46", after_post=8)
    telling = CommentMarker(thread="news", key="2026-W47", purpose="link")

    assert post_marker(sign("Text", marker)) == marker
    assert post_marker(sign("Text", marker).replace("\n", "\r\n") + "\r\n\r\n") == marker
    assert comment_marker(sign("Text", telling)) == telling


@pytest.mark.parametrize(
    "body",
    [
        "no marker",
        "[//]: # (megabot:v1:news/2026-W47)\n\nnot on the last line",
        "[//]: # (megabot:v1:news/2026-W46)\n\n[//]: # (megabot:v1:news/2026-W47)",
        "[//]: # (megabot:v2:news/2026-W47)",
        "> [//]: # (megabot:v1:news/2026-W47)",
    ],
)
def test_what_is_not_exactly_a_marker_is_none(body: str) -> None:
    assert post_marker(body) is None
    assert comment_marker(body) is None


def test_an_edition_that_the_calendar_does_not_know_has_its_number_from_the_ledger() -> None:
    strange = own(2, "2026-11-16")
    observation = replace(
        case().observation, posts=(strange,), records=(a_record(2, edition="2026-11-16", number=41),)
    )

    assert context.number_of(NEWS, observation, strange) == 41
    assert context.number_of(NEWS, replace(observation, records=()), strange) == 0


def test_only_a_publish_and_an_edit_carry_a_draft() -> None:
    with pytest.raises(ValueError, match="carry a draft"):
        drafts.draft_of_intent(intent(IntentKind.PIN, IntentState.SENDING).new)


def test_rules_out_of_their_order_are_a_bug_and_not_a_wrong_answer() -> None:
    with pytest.raises(ValueError, match="nothing is due"):
        it_is_there(case(due=None))
    with pytest.raises(TypeError, match="no text"):
        publish_it(case())


def test_a_refresh_posts_nothing_though_an_edition_is_due() -> None:
    order = Order(OrderKind.REFRESH, "shell:1")

    blocked = decide_publication(case(text=TEXT, order=order))

    assert blocked == Blocked(reason=BlockReason.NOT_ORDERED, edition="2026-W47")


def test_an_open_publish_of_another_edition_is_not_sent_again() -> None:
    draft = PostDraft(title="Then", body="Then.")
    old = intent(IntentKind.PUBLISH, IntentState.UNKNOWN, draft=draft, edition="2026-W46")

    assert not isinstance(decide_publication(case(intents=(old,), text=TEXT)), RetryPublish | Blocked)
