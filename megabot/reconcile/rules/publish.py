"""Decide whether to post an edition now: a list of rules in order, each a named function. Pure.

A rule returns an action, a `MissingInput` (read more, render the text), or None, which leaves the decision to
the next rule. The last rule publishes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from megabot.forum.marker import RELEASED, comment_marker
from megabot.forum.models import Post
from megabot.forum.title_match import titles_are_alike
from megabot.ledger.records import Intent, IntentKind, IntentState, NewIntent
from megabot.reconcile.actions import Blocked, BlockReason, MissingInput, Publish, RetryPublish
from megabot.reconcile.content.drafts import draft_matches
from megabot.reconcile.observation import Situation
from megabot.reconcile.orders import PART, Order, OrderKind
from megabot.rendering.model import Rendered, RenderProblem
from megabot.schedule import calendar
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import is_late, later_posted_key, next_unposted_edition

UNKNOWN_HOLD = timedelta(minutes=10)
"""How long nothing is sent again after a write with an unknown outcome (decision 8); 20 s more per image."""
PER_IMAGE = timedelta(seconds=20)
REPOST_WINDOW = timedelta(minutes=10)
LONG = timedelta(hours=1)

Verdict = Blocked | MissingInput | Publish | RetryPublish
Rule = Callable[[Situation], Verdict | None]


def nothing_is_due(situation: Situation) -> Blocked | None:
    """Block before the first slot, when there is no edition yet."""
    if situation.observation.due is not None:
        return None
    first = next(situation.thread.calendar.upcoming(situation.now))
    return Blocked(reason=BlockReason.NOTHING_DUE, until=first.slot, edition=first.key)


def outcome_is_unknown(situation: Situation) -> Blocked | None:
    """Block while the server may still be at work on a post whose outcome is unknown (N02-N06)."""
    for intent in _unsettled(situation):
        until = unknown_until(intent)
        waits = intent.state is IntentState.SENDING or situation.now < until
        if waits and situation.now - intent.new.at > LONG:
            return Blocked(reason=BlockReason.UNKNOWN_FOR_LONG, until=until, since=intent.new.at)
        if waits:
            return Blocked(reason=BlockReason.OUTCOME_UNKNOWN, until=until)
    return None


def unknown_until(intent: Intent) -> datetime:
    """Return when a write of unknown outcome may be sent again, if no listing shows it by then."""
    return intent.changed + unknown_wait(intent)


def unknown_wait(intent: Intent) -> timedelta:
    """Return how long the server may still be at work after an unknown outcome (lemmy-api 2.3)."""
    draft = intent.new.draft
    images = (draft.body if draft else intent.new.text).count("![")
    images += bool(draft and draft.link) + bool(draft and draft.thumbnail)
    return UNKNOWN_HOLD + PER_IMAGE * images


def it_is_there(situation: Situation) -> Blocked | None:
    """Block an edition that has a post, even a removed one, unless a repost is ordered (A14, H04-H06)."""
    due = _due(situation)
    posts = situation.observation.of_edition(due.key)
    recorded = any(record.edition == due.key for record in situation.observation.records)
    if not (posts or recorded) or situation.ordered(OrderKind.REPOST):
        return None
    if any(thread_post.post.open for thread_post in posts):
        return Blocked(reason=BlockReason.THERE, edition=due.key)
    return Blocked(reason=BlockReason.REMOVED, edition=due.key)


def a_later_one_is_posted(situation: Situation) -> Blocked | None:
    """Block an edition if a later one was posted: a moderator ordered or adopted that before its slot."""
    if situation.ordered(OrderKind.REPOST):
        return None
    posted = (
        *(thread_post.key for thread_post in situation.observation.posts),
        *(record.edition for record in situation.observation.records),
    )
    later = later_posted_key(situation.thread.calendar, _due(situation), posted)
    return Blocked(reason=BlockReason.OVERTAKEN, edition=_due(situation).key, later=later) if later else None


def it_is_unclear_which_is_meant(situation: Situation) -> Blocked | None:
    """Block an unnamed "post" close to a slot: it may mean the missing edition or the next one."""
    if not situation.ordered(OrderKind.POST) or situation.order is None or situation.order.edition:
        return None
    due, following = _due(situation), next_unposted_edition(situation.thread.calendar, situation.now)
    if following is None or not is_late(situation.thread.calendar, due, situation.now):
        return None
    return Blocked(reason=BlockReason.UNCLEAR, edition=due.key, later=following.key, until=following.slot)


def the_order_was_carried_out(situation: Situation) -> Blocked | None:
    """Block a repost that was made already, and a second one within ten minutes (decision 16, C09).

    A withdrawn copy does not count. After a restore the ledger may not know of the copy: then a post that is
    newer than the order shows it (C08). A repost and another part are counted separately.
    """
    order = situation.order
    if order is None or order.kind is not OrderKind.REPOST:
        return None
    of_edition = situation.observation.of_edition(_due(situation).key)
    undone = {thread_post.copy for thread_post in of_edition if thread_post.withdrawn}
    intents = [one for one in situation.observation.intents if _is_done_publish(one)]
    of_due = {one.new.copy: one.new for one in intents if one.new.edition == _due(situation).key}
    again = any(one.new.order == order.id and not (order.part and one.new.copy in undone) for one in intents)
    newer = (thread_post for thread_post in of_edition if order.is_older_than(thread_post.post.published))
    if again or any(
        thread_post.copy not in of_due or _serves(of_due[thread_post.copy], order) for thread_post in newer
    ):
        return Blocked(reason=BlockReason.THERE, edition=_due(situation).key)
    for intent in intents:
        counts = (
            intent.new is of_due.get(intent.new.copy)
            and intent.new.copy > 1
            and intent.new.copy not in undone
        )
        lately = situation.now - intent.changed < REPOST_WINDOW
        if counts and lately and not order.part and _serves(intent.new, order):
            return Blocked(reason=BlockReason.REPOSTED_LATELY, until=intent.changed + REPOST_WINDOW)
    return None


def _is_done_publish(intent: Intent) -> bool:
    return intent.new.kind is IntentKind.PUBLISH and intent.state is IntentState.DONE


def _serves(new: NewIntent, order: Order) -> bool:
    """Return whether a publish is of the kind that an order asks for: this same part, or any copy."""
    return new.order == order.id if order.part else not new.order.startswith(PART)


def a_skipped_slot_stays_empty(situation: Situation) -> Blocked | None:
    """Block a skipped slot, unless posting it is ordered."""
    return (
        Blocked(reason=BlockReason.SKIPPED) if _due(situation).skipped and not situation.commanded else None
    )


def a_moderator_holds_it(situation: Situation) -> Blocked | None:
    """Block an edition that a moderator put on hold, unless posting it is ordered."""
    hold = situation.observation.held_by
    return (
        Blocked(reason=BlockReason.HELD, by=hold.by, since=hold.at)
        if hold and not situation.commanded
        else None
    )


def nothing_is_posted_by_surprise(situation: Situation) -> Blocked | None:
    """Block a slot that came before its schedule was known, unless posting it is ordered (decision 6)."""
    automatic = situation.observation.known_since <= _due(situation).slot
    return (
        None
        if automatic or situation.commanded
        else Blocked(reason=BlockReason.FIRST_RUN, edition=_due(situation).key)
    )


def it_is_in_the_wrong_community(situation: Situation) -> Blocked | None:
    """Block a running thread that names another community until someone confirms the move (G01)."""
    if not situation.observation.wrong_community:
        return None
    last = situation.observation.posts[0].post.url if situation.observation.posts else None
    return Blocked(reason=BlockReason.STRAYED, url=last)


def the_grace_is_over(situation: Situation) -> Blocked | None:
    """Block after the grace period: then a moderator decides (promise 2)."""
    due = _due(situation)
    ends = calendar.grace_ends(situation.thread.schedule, due)
    if situation.commanded or situation.now <= ends:
        return None
    return Blocked(reason=BlockReason.PAST_GRACE, edition=due.key)


def another_order_posts_nothing(situation: Situation) -> Blocked | None:
    """Block during an order to refresh or adopt, which asks for no new post: the next pass publishes it."""
    if situation.order is None or situation.commanded:
        return None
    return Blocked(reason=BlockReason.NOT_ORDERED, edition=_due(situation).key)


def removals_are_read_first(situation: Situation) -> MissingInput | None:
    """Ask for removals and pinned posts only just before posting: they cost two requests."""
    return None if situation.observation.removals_read else MissingInput.REMOVALS_AND_PINS


def the_account_hides_posts(situation: Situation) -> Blocked | None:
    """Block if the account's settings hide its own posts, because one may exist unseen (A15, A16)."""
    return (
        Blocked(reason=BlockReason.SETTINGS_HIDE, account_settings=situation.observation.hiding_settings)
        if situation.observation.hiding_settings
        else None
    )


def the_look_proves_nothing(situation: Situation) -> Blocked | None:
    """Block if the listing cannot be trusted: with a dead token it lacks posts that exist (decision 1)."""
    return None if situation.observation.trusted else Blocked(reason=BlockReason.NOT_PROVEN)


def a_person_posted_it(situation: Situation) -> Blocked | None:
    """Block if a moderator pinned a thread with this title, until it is adopted or the post ordered (H08)."""
    titles = [_text(situation).title] + (
        [situation.observation.current.post.title] if situation.observation.current else []
    )
    alike = (
        post
        for post in situation.observation.manual_posts
        if any(titles_are_alike(post.title, one) for one in titles)
    )
    post = next(alike, None)
    if post is None or situation.commanded:
        return None
    return Blocked(reason=BlockReason.HAND_MADE, url=post.url, by=post.creator.name)


def the_text_is_needed(situation: Situation) -> MissingInput | None:
    """Ask for the text only now, because rendering starts a process."""
    return MissingInput.TEXT if situation.due_text is None else None


def the_text_is_broken(situation: Situation) -> Blocked | None:
    """Block if the template cannot be rendered (promise 7)."""
    if not isinstance(situation.due_text, RenderProblem):
        return None
    return Blocked(reason=BlockReason.TEXT_BROKEN, problems=situation.due_text.problems)


def it_was_refused_before(situation: Situation) -> Blocked | None:
    """Block what the server refused for good, until the text changes or posting it is ordered."""
    text = _text(situation)
    publishes = [
        intent
        for intent in situation.observation.intents
        if intent.new.kind is IntentKind.PUBLISH and intent.new.edition == _due(situation).key
    ]
    if situation.commanded or not publishes or publishes[-1].state is not IntentState.REFUSED:
        return None
    draft = publishes[-1].new.draft
    if draft is None or not draft_matches(draft, text):
        return None
    return Blocked(reason=BlockReason.REFUSED_BEFORE, why=publishes[-1].note)


def a_removed_post_may_be_it(situation: Situation) -> Blocked | None:
    """Block if a removed post may be this edition's: 1.0 shows its text only to moderators (decision 2)."""
    post = next(_maybe_of_due(situation), None)
    if post is None or situation.ordered(OrderKind.REPOST):
        return None
    return Blocked(reason=BlockReason.BODY_HIDDEN, url=post.url)


def what_was_decided_is_sent(situation: Situation) -> RetryPublish | None:
    """Retry a publish that certainly did not happen, with its original text instead of a new one (T11)."""
    of_due = (intent for intent in _unsettled(situation) if intent.new.edition == _due(situation).key)
    intent = next(of_due, None)
    return None if intent is None else RetryPublish(intent=intent)


def publish_it(situation: Situation) -> Publish:
    """Post the edition, or its next copy."""
    due = _due(situation)
    # The number of a copy is never used again, even if its post was removed, purged or released.
    copies = [thread_post.copy for thread_post in situation.observation.of_edition(due.key)]
    copies += [record.copy for record in situation.observation.records if record.edition == due.key]
    copies.append(sum(1 for _ in _maybe_of_due(situation)))
    copies += [
        mark.copy
        for mark in (comment_marker(comment.content) for comment in situation.observation.comments)
        if mark is not None
        and (mark.thread, mark.key, mark.purpose) == (situation.thread.name, due.key, RELEASED)
    ]
    older = (
        thread_post
        for thread_post in situation.observation.posts
        if thread_post.post.open and thread_post.key != due.key
    )
    return Publish(
        edition=due,
        copy=max(copies, default=0) + 1,
        text=_text(situation),
        after=next(older, None),
        order=situation.order.id if situation.order and situation.commanded else "",
    )


PUBLICATION: tuple[Rule, ...] = (
    nothing_is_due,
    outcome_is_unknown,
    the_order_was_carried_out,
    it_is_there,
    a_later_one_is_posted,
    it_is_unclear_which_is_meant,
    a_skipped_slot_stays_empty,
    a_moderator_holds_it,
    nothing_is_posted_by_surprise,
    the_grace_is_over,
    it_is_in_the_wrong_community,
    another_order_posts_nothing,
    removals_are_read_first,
    the_account_hides_posts,
    the_look_proves_nothing,
    a_removed_post_may_be_it,
    what_was_decided_is_sent,
    the_text_is_needed,
    the_text_is_broken,
    it_was_refused_before,
    a_person_posted_it,
    publish_it,
)
"""The rules in order: first those that are cheap and final, last those that cost requests or a rendering."""


def decide_publication(situation: Situation) -> Verdict:
    """Return whether to post the due edition now: the publish, the reason why not, or a missing input."""
    return next(verdict for rule in PUBLICATION if (verdict := rule(situation)) is not None)


def _due(situation: Situation) -> Edition:
    if situation.observation.due is None:
        raise ValueError("nothing is due; an earlier rule must handle that")
    return situation.observation.due


def _text(situation: Situation) -> Rendered:
    if not isinstance(situation.due_text, Rendered):
        raise TypeError("there is no text; an earlier rule must handle that")
    return situation.due_text


def _maybe_of_due(situation: Situation) -> Iterator[Post]:
    """Yield our posts with hidden text that are newer than the previous slot, or have the due title."""
    if not situation.observation.hidden_posts:
        return
    previous = next(situation.thread.calendar.earlier(_due(situation)), None)
    title = situation.due_text.title if isinstance(situation.due_text, Rendered) else None
    for post in situation.observation.hidden_posts:
        if previous is None or post.published > previous.slot or post.title == title:
            yield post


def _unsettled(situation: Situation) -> Iterator[Intent]:
    """Return the publishes of this thread whose outcome is unknown."""
    return (
        intent
        for intent in situation.observation.intents
        if intent.new.kind is IntentKind.PUBLISH and intent.open
    )
