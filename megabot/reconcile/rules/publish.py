"""Is an edition to be posted now? A short list of rules in order, each a named function. Pure.

A rule answers with an action, with a `MissingInput` (look deeper, render the text), or with None, which
leaves the matter to the next rule. The last one publishes.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

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
"""How long nothing is sent again after a write of unknown outcome; 20 s more for each remote image."""
PER_IMAGE = timedelta(seconds=20)
REPOST_WINDOW = timedelta(minutes=10)
LONG = timedelta(hours=1)

Verdict = Blocked | MissingInput | Publish | RetryPublish
Rule = Callable[[Situation], Verdict | None]


def nothing_is_due(situation: Situation) -> Blocked | None:
    """Before the first slot there is no edition."""
    if situation.observation.due is not None:
        return None
    first = next(situation.thread.calendar.upcoming(situation.now))
    return Blocked(reason=BlockReason.NOTHING_DUE, until=first.slot, edition=first.key)


def outcome_is_unknown(situation: Situation) -> Blocked | None:
    """A post that may exist is not sent again before the server can no longer be at work on it (N02-N06)."""
    for intent in _unsettled(situation):
        until = intent.changed + unknown_wait(intent)
        waits = intent.state is IntentState.SENDING or situation.now < until
        if waits and situation.now - intent.new.at > LONG:
            return Blocked(reason=BlockReason.UNKNOWN_FOR_LONG, until=until, since=intent.new.at)
        if waits:
            return Blocked(reason=BlockReason.OUTCOME_UNKNOWN, until=until)
    return None


def unknown_wait(intent: Intent) -> timedelta:
    """Tell how long after an unknown outcome the server may still be at work (lemmy-api 2.3)."""
    draft = intent.new.draft
    images = (draft.body if draft else intent.new.text).count("![")
    images += bool(draft and draft.link) + bool(draft and draft.thumbnail)
    return UNKNOWN_HOLD + PER_IMAGE * images


def it_is_there(situation: Situation) -> Blocked | None:
    """An edition that has a post, in whatever state, gets no second one without a command (A14, H04-H06)."""
    due = _due(situation)
    posts = situation.observation.of_edition(due.key)
    known = any(record.edition == due.key for record in situation.observation.records)
    if not (posts or known) or situation.ordered(OrderKind.REPOST):
        return None
    if any(thread_post.post.open for thread_post in posts):
        return Blocked(reason=BlockReason.THERE, edition=due.key)
    return Blocked(reason=BlockReason.REMOVED, edition=due.key)


def a_later_one_is_posted(situation: Situation) -> Blocked | None:
    """An edition is not posted after a later one, which a moderator ordered or adopted before its slot."""
    if situation.ordered(OrderKind.REPOST):
        return None
    posted = (
        *(thread_post.key for thread_post in situation.observation.posts),
        *(record.edition for record in situation.observation.records),
    )
    later = later_posted_key(situation.thread.calendar, _due(situation), posted)
    return Blocked(reason=BlockReason.OVERTAKEN, edition=_due(situation).key, later=later) if later else None


def it_is_unclear_which_is_meant(situation: Situation) -> Blocked | None:
    """Close to a slot "post" may mean the missing edition or the next one: a moderator has to say which."""
    due, following = _due(situation), next_unposted_edition(situation.thread.calendar, situation.now)
    unnamed = (
        situation.ordered(OrderKind.POST) and situation.order is not None and not situation.order.edition
    )
    if following is None or not unnamed or not is_late(situation.thread.calendar, due, situation.now):
        return None
    return Blocked(reason=BlockReason.UNCLEAR, edition=due.key, later=following.key, until=following.slot)


def the_order_was_carried_out(situation: Situation) -> Blocked | None:
    """The same command never makes two copies; nor do two reposts within ten minutes (decision 16, C09).

    A copy that was undone does not count. After a restore the ledger may not know of the copy: then a post
    that is newer than the order tells of it (C08). A repost and another part are different things.
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
    """Return whether a publish is of the kind that an order asks for: this very part, or a copy."""
    return new.order == order.id if order.part else not new.order.startswith(PART)


def a_skipped_slot_stays_empty(situation: Situation) -> Blocked | None:
    """A slot in `skip` is not posted by itself; a person's word wins."""
    return (
        Blocked(reason=BlockReason.SKIPPED) if _due(situation).skipped and not situation.commanded else None
    )


def a_moderator_holds_it(situation: Situation) -> Blocked | None:
    """A moderator may keep one edition back for a while; a person's word to post it wins."""
    held = situation.observation.held_by
    return (
        Blocked(reason=BlockReason.HELD, by=held.by, since=held.at)
        if held and not situation.commanded
        else None
    )


def nothing_is_posted_by_surprise(situation: Situation) -> Blocked | None:
    """A slot is due by itself only if its schedule was known before it, or the series runs (decision 6)."""
    by_itself = situation.observation.known_since <= _due(situation).slot
    return (
        None
        if by_itself or situation.commanded
        else Blocked(reason=BlockReason.FIRST_RUN, edition=_due(situation).key)
    )


def it_is_in_the_wrong_community(situation: Situation) -> Blocked | None:
    """Another community for a running thread is a slip until a person agrees to the move (G01)."""
    if not situation.observation.wrong_community:
        return None
    last = situation.observation.posts[0].post.url if situation.observation.posts else None
    return Blocked(reason=BlockReason.STRAYED, url=last)


def the_grace_is_over(situation: Situation) -> Blocked | None:
    """Late beats missing, but only within the grace; then a person decides (promise 2)."""
    due = _due(situation)
    ends = calendar.grace_ends(situation.thread.schedule, due)
    if situation.commanded or situation.now <= ends:
        return None
    return Blocked(reason=BlockReason.PAST_GRACE, edition=due.key)


def another_order_posts_nothing(situation: Situation) -> Blocked | None:
    """Who has a thread refreshed or adopted did not ask for a new one: the next pass posts what is due."""
    if situation.order is None or situation.commanded:
        return None
    return Blocked(reason=BlockReason.NOT_ORDERED, edition=_due(situation).key)


def removals_are_read_first(situation: Situation) -> MissingInput | None:
    """Removals and pinned posts are read only when a post is about to be made: they cost two requests."""
    return None if situation.observation.removals_read else MissingInput.REMOVALS_AND_PINS


def the_account_hides_posts(situation: Situation) -> Blocked | None:
    """An account that does not see its own posts cannot tell whether one is there (A15, A16)."""
    return (
        Blocked(reason=BlockReason.SETTINGS_HIDE, account_settings=situation.observation.hiding_settings)
        if situation.observation.hiding_settings
        else None
    )


def the_look_proves_nothing(situation: Situation) -> Blocked | None:
    """A dead token or a hiding list makes a look lie: absence from it is no reason to post (decision 1)."""
    return None if situation.observation.trusted else Blocked(reason=BlockReason.NOT_PROVEN)


def a_person_posted_it(situation: Situation) -> Blocked | None:
    """A moderator's own pinned thread of this week is theirs: adopt it or be told to post anyway (H08)."""
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
    """Only now is it worth starting the renderer."""
    return MissingInput.TEXT if situation.due_text is None else None


def the_text_is_broken(situation: Situation) -> Blocked | None:
    """A broken template leaves everything as it is (promise 7)."""
    if not isinstance(situation.due_text, RenderProblem):
        return None
    return Blocked(reason=BlockReason.TEXT_BROKEN, problems=situation.due_text.problems)


def it_was_refused_before(situation: Situation) -> Blocked | None:
    """What the server refused for good is not sent again until the text changed or a person says so."""
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
    """1.0 shows a removed post's text to moderators alone: one of ours may be this edition's (decision 2)."""
    post = next(_maybe_of_due(situation), None)
    if post is None or situation.ordered(OrderKind.REPOST):
        return None
    return Blocked(reason=BlockReason.BODY_HIDDEN, url=post.url)


def what_was_decided_is_sent(situation: Situation) -> RetryPublish | None:
    """A write that certainly never happened is sent as it was decided, not as the template reads now."""
    of_due = (intent for intent in _unsettled(situation) if intent.new.edition == _due(situation).key)
    intent = next(of_due, None)
    return None if intent is None else RetryPublish(intent=intent)


def publish_it(situation: Situation) -> Publish:
    """Post the edition, or the next copy of it."""
    due = _due(situation)
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
"""In order: what is cheap and final first, what costs requests or a rendering last."""


def decide_publication(situation: Situation) -> Verdict:
    """Choose whether the due edition is posted now, or say why not, or what must be known first."""
    return next(verdict for rule in PUBLICATION if (verdict := rule(situation)) is not None)


def _due(situation: Situation) -> Edition:
    if situation.observation.due is None:
        raise ValueError("a rule before this one answers when nothing is due")
    return situation.observation.due


def _text(situation: Situation) -> Rendered:
    if not isinstance(situation.due_text, Rendered):
        raise TypeError("rules before this one answer when there is no text")
    return situation.due_text


def _maybe_of_due(situation: Situation) -> Iterator[Post]:
    """Own posts of hidden text that are newer than the slot before the due one, or have its title."""
    if not situation.observation.hidden_posts:
        return
    before = next(situation.thread.calendar.earlier(_due(situation)), None)
    title = situation.due_text.title if isinstance(situation.due_text, Rendered) else None
    for post in situation.observation.hidden_posts:
        if before is None or post.published > before.slot or post.title == title:
            yield post


def _unsettled(situation: Situation) -> Iterator[Intent]:
    """The publishes of this thread that may have happened without our knowing."""
    return (
        intent
        for intent in situation.observation.intents
        if intent.new.kind is IntentKind.PUBLISH and intent.open
    )
