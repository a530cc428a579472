"""Hypothesis strategies for observations: posts, records, intents and pins in states that no server has.

Values that let a decision reach its later rules are drawn more often than those that end it early.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from hypothesis import strategies as st

from megabot.forum.home_server import HomePin
from megabot.ledger.records import IntentKind, IntentState
from megabot.ledger.state import HomeReading
from megabot.reconcile.content.drafts import text_digest
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.source.model import Pin as PinKind
from megabot.source.model import Previous
from tests.builders import (
    ADMIN_BOT,
    ADOPT,
    BOT,
    BROKEN,
    MODERATOR,
    NOW,
    POST,
    REFRESH,
    REPOST,
    SLOT,
    TEXT,
    WEEK,
    a_link_comment,
    a_pin_event,
    a_record,
    a_thread,
    a_thread_post,
    an_edition,
    an_intent,
    an_observation,
)

Value = TypeVar("Value")


def newest_first(posts: list[ThreadPost]) -> tuple[ThreadPost, ...]:
    return tuple(sorted(posts, key=lambda one: one.post.published, reverse=True))


def mostly(usual: Value, *unusual: Value) -> st.SearchStrategy[Value]:
    """Draw the usual value nine times of ten."""
    return st.sampled_from([usual] * 9 * len(unusual) + [*unusual])


YES, NO = mostly(True, False), mostly(False, True)
WEEKS = st.sampled_from([45, 46, 46, 46, 47, 47])
COPIES = mostly(1, 2)
IDS = st.sampled_from([45, 46, 47, 147])
MOMENTS = st.sampled_from([timedelta(minutes=1), timedelta(minutes=30), timedelta(days=5)]).map(NOW.__sub__)

OWNS = st.builds(
    lambda week, copy, adopted, post: a_thread_post(week, copy=copy, adopted=adopted, **post),
    WEEKS,
    COPIES,
    NO,
    st.fixed_dictionaries(
        {
            "removed": NO,
            "deleted": NO,
            "locked": st.booleans(),
            "featured_community": st.booleans(),
            "featured_local": NO,
            "creator_is_moderator": YES,
            "federation_pending": NO,
            "creator": mostly(BOT, ADMIN_BOT, MODERATOR),
        }
    ),
)
RECORDS = st.builds(
    lambda week, copy, sent: a_record(week, copy=copy, sent=sent),
    WEEKS,
    COPIES,
    st.sampled_from(["", text_digest(TEXT)]),
)
INTENTS = st.builds(
    an_intent,
    st.sampled_from(IntentKind) | st.just(IntentKind.PUBLISH),
    st.sampled_from([*IntentState, IntentState.UNKNOWN, IntentState.DONE, IntentState.DONE]),
    edition=mostly("2026-W47", "2026-W46"),
    copy=COPIES,
    post_id=IDS,
    changed=MOMENTS,
    order=st.sampled_from(["", REPOST.id]),
)
EVENTS = st.builds(
    lambda featured, by, when: a_pin_event(featured=featured, by=by, when=when),
    st.booleans(),
    st.sampled_from([BOT.id, MODERATOR.id, None]),
    MOMENTS,
)
HOME_ANSWERS = st.builds(
    HomeReading,
    post_id=IDS,
    pin=st.sampled_from(HomePin),
    first=MOMENTS,
    last=MOMENTS,
    refuses=st.booleans(),
)
BY_HAND = a_thread_post(copy=3, creator=MODERATOR).post
LOOKS = st.builds(
    an_observation,
    due=mostly(an_edition(), an_edition(skipped=True), an_edition(46), None),
    known_since=mostly(SLOT - 3 * WEEK, NOW),
    posts=st.lists(OWNS, min_size=1, max_size=4, unique_by=lambda one: one.id).map(newest_first),
    records=st.lists(RECORDS, max_size=1).map(tuple),
    intents=st.lists(INTENTS, max_size=4).map(tuple),
    comments=st.lists(st.builds(a_link_comment, WEEKS), max_size=1).map(tuple),
    manual_posts=mostly((), (a_thread_post(creator=MODERATOR).post,)),
    hidden_posts=mostly((), (a_thread_post(47, copy=4, removed=True, body="").post,)),
    pin_events=st.dictionaries(IDS, st.none() | EVENTS),
    created_ids=st.frozensets(IDS, max_size=1),
    hiding_settings=mostly((), ("show_bot_accounts",)),
    trusted=YES,
    removals_read=YES,
    moderates=YES,
    wrong_community=NO,
    post_to_adopt=mostly(BY_HAND, replace(BY_HAND, removed=True), None),
    clock_skew=mostly(timedelta(0), timedelta(hours=2)),
    home=mostly("", "https://alpha.example/c/news", "https://alpha.example/c/news"),
    home_answer=st.none() | HOME_ANSWERS,
)
CASES = st.builds(
    Situation,
    now=mostly(NOW, NOW + timedelta(days=4)),
    thread=st.builds(
        a_thread,
        pin=mostly(PinKind.COMMUNITY, PinKind.LOCAL, PinKind.NONE),
        previous=st.builds(Previous, unpin=YES, lock=st.booleans()),
    ),
    observation=LOOKS,
    due_text=mostly(TEXT, None, BROKEN),
    current_text=mostly(TEXT, None, BROKEN),
    order=st.sampled_from([None, None, POST, REPOST, REFRESH, ADOPT]),
)
