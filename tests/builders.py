"""Builders of valid values for tests: each takes only the fields that a test wants to change.

A post's id is the week of its edition (47 is `2026-W47`), plus 100 for each further copy. By default it is
five minutes after the slot of week 47, and a pass has read everything.
"""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import settings

from megabot.forum.marker import CommentMarker, Marker, sign
from megabot.forum.models import Comment, Feature, Person, PinEvent, Post, PostDraft
from megabot.ledger.records import Intent, IntentKind, IntentState, NewIntent, PostRecord
from megabot.reconcile.observation import Observation, Situation, ThreadPost
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import EDITION_URL, Rendered, RenderProblem
from megabot.schedule.calendar import Calendar, Edition, Every, Schedule
from megabot.source.model import Thread
from megabot.source.problems import Problem

PROPERTY = settings(derandomize=True, deadline=None)  # the same examples everywhere, as slow as they like

SLOT = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday, of week 47
NOW = SLOT + timedelta(minutes=5)
AN_HOUR_AGO = NOW - timedelta(hours=1)
WEEK = timedelta(weeks=1)

BOT = Person(id=5, name="megabot", actor="https://lemmy.example/u/megabot", bot=True)
ADMIN_BOT = replace(BOT, admin=True)
MODERATOR = Person(id=4, name="modlin", actor="https://lemmy.example/u/modlin")

WEEKLY = Schedule(
    every=Every.WEEK, weekdays=(0,), at=time(12), timezone="UTC", first=date(2026, 1, 5), number=2
)
TEXT = Rendered(title="News 47", body="An essay.", comment=f"The new thread is [here]({EDITION_URL}).")
BROKEN = RenderProblem((Problem("thread.md.j2", 7, "colour is not defined", "did you mean color?"),))

POST = Order(OrderKind.POST, "shell:1")
REPOST = Order(OrderKind.REPOST, "shell:2")
REFRESH = Order(OrderKind.REFRESH, "shell:3")
ADOPT = Order(OrderKind.ADOPT, "shell:4", post_id=247, edition="2026-W47")


def a_thread(**changed: object) -> Thread:
    """Return a weekly thread that is pinned and unpins the previous one."""
    thread = Thread(name="news", path="thread.md.j2", title="News {{ edition.number }}", schedule=WEEKLY)
    return replace(thread, **changed)  # type: ignore[arg-type]


def an_edition(week: int = 47, **changed: object) -> Edition:
    """Return the edition of a week of 2026; its number is that of the week."""
    edition = Calendar("news", WEEKLY).edition(f"2026-W{week}")
    assert edition is not None
    return replace(edition, **changed)  # type: ignore[arg-type]


def a_marker(week: int = 47, **changed: object) -> Marker:
    return replace(Marker(thread="news", key=f"2026-W{week}"), **changed)  # type: ignore[arg-type]


def a_post(week: int = 47, *, copy: int = 1, **changed: object) -> Post:
    """Return the bot's post of a week, unpinned, published at the week's slot."""
    number = 100 * (copy - 1) + week
    post = Post(
        id=number,
        title=f"News {week}",
        body=sign("An essay.", a_marker(week, copy=copy)),
        url=f"https://lemmy.example/post/{number}",
        creator=BOT,
        community_id=2,
        published=SLOT + (week - 47) * WEEK + copy * timedelta(seconds=1),
        creator_is_moderator=True,
    )
    return replace(post, **changed)  # type: ignore[arg-type]


def a_thread_post(week: int = 47, *, copy: int = 1, adopted: bool = False, **changed: object) -> ThreadPost:
    """Return a week's post as an observation has it; `changed` are fields of the post."""
    post = a_post(week, copy=copy, **changed)
    return ThreadPost(post=post, key=f"2026-W{week}", copy=copy, adopted=adopted)


def a_pinned_post(week: int = 47, *, copy: int = 1, **changed: object) -> ThreadPost:
    """Return a week's post that is pinned in the community."""
    return a_thread_post(week, copy=copy, **{"featured_community": True, **changed})  # type: ignore[arg-type]


def a_record(week: int = 47, *, copy: int = 1, **changed: object) -> PostRecord:
    """Return the ledger's record of a week's post."""
    post = a_post(week, copy=copy)
    record = PostRecord(
        post_id=post.id,
        thread="news",
        edition=f"2026-W{week}",
        number=week,
        slot=SLOT + (week - 47) * WEEK,
        community_id=2,
        url=post.url,
        title=post.title,
        copy=copy,
    )
    return replace(record, **changed)  # type: ignore[arg-type]


def a_draft(text: Rendered = TEXT) -> PostDraft:
    """Return what a publish of week 47 sends."""
    return PostDraft(title=text.title, body=sign(text.body, a_marker()))


def an_intent(
    kind: IntentKind = IntentKind.PUBLISH, state: IntentState = IntentState.DONE, **changed: object
) -> Intent:
    """Return a write for week 47, an hour old; `changed` can have fields of `Intent` and of `NewIntent`."""
    new = NewIntent(
        kind=kind,
        thread="news",
        edition="2026-W47",
        at=AN_HOUR_AGO,
        draft=a_draft() if kind is IntentKind.PUBLISH else None,
        text=TEXT.comment if kind in (IntentKind.PUBLISH, IntentKind.COMMENT) else "",
    )
    inner = {field.name for field in fields(NewIntent)} & changed.keys()
    new = replace(new, **{name: changed.pop(name) for name in inner})  # type: ignore[arg-type]
    intent = Intent(id=1, new=new, state=state, changed=AN_HOUR_AGO)
    return replace(intent, **changed)  # type: ignore[arg-type]


def a_link_comment(week: int = 47, *, copy: int = 1, thread: str = "news", **changed: object) -> Comment:
    """Return the bot's comment that links a week's post."""
    marker = CommentMarker(thread=thread, key=f"2026-W{week}", copy=copy, purpose="link")
    comment = Comment(
        id=week,
        post_id=week - 1,
        content=sign("The new thread is here.", marker),
        url=f"https://lemmy.example/comment/{week}",
        published=AN_HOUR_AGO,
    )
    return replace(comment, **changed)  # type: ignore[arg-type]


def a_pin_event(*, featured: bool, by: int | None = MODERATOR.id, **changed: object) -> PinEvent:
    """Return the mod log's entry of a pin or an unpin made now, by a moderator unless `by` says otherwise."""
    event = PinEvent(post_id=47, featured=featured, kind=Feature.COMMUNITY, when=NOW, by=by)
    return replace(event, **changed)  # type: ignore[arg-type]


def an_observation(**changed: object) -> Observation:
    """Return a trusted observation of a community without posts; week 47 is due."""
    observation = Observation(
        due=an_edition(),
        known_since=SLOT - WEEK,
        bot_id=BOT.id,
        community_id=2,
        trusted=True,
        removals_read=True,
    )
    return replace(observation, **changed)  # type: ignore[arg-type]


def a_situation(
    *,
    now: datetime = NOW,
    thread: Thread | None = None,
    due_text: Rendered | RenderProblem | None = TEXT,
    current_text: Rendered | RenderProblem | None = TEXT,
    order: Order | None = None,
    **observed: object,
) -> Situation:
    """Return the input of a decision, with its texts rendered; `observed` are fields of the observation."""
    return Situation(
        now=now,
        thread=thread or a_thread(),
        observation=an_observation(**observed),
        due_text=due_text,
        current_text=current_text,
        order=order,
    )
