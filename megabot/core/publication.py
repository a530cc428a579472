"""Is an edition to be posted now? A short list of rules in order, each a named function. Pure.

A rule answers with an action, with a `Need` (look deeper, render the text), or with None, which leaves the
matter to the next rule. The last one publishes.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from megabot.core import calendar
from megabot.core.actions import Hold, Need, Publish, Reason, Resend
from megabot.core.calendar import Edition
from megabot.core.drafts import carries
from megabot.core.editions import coming, is_late, later_one
from megabot.core.likeness import titles_are_alike
from megabot.core.marker import RELEASED, comment_marker
from megabot.core.posts import Post
from megabot.core.records import Intent, IntentKind, IntentState, NewIntent
from megabot.core.seen import PART, Case, Order, OrderKind
from megabot.core.threads import Rendered, RenderProblem

UNKNOWN_HOLD = timedelta(minutes=10)
"""How long nothing is sent again after a write of unknown outcome; 20 s more for each remote image."""
PER_IMAGE = timedelta(seconds=20)
REPOST_WINDOW = timedelta(minutes=10)
LONG = timedelta(hours=1)

Verdict = Hold | Need | Publish | Resend
Rule = Callable[[Case], Verdict | None]


def nothing_is_due(case: Case) -> Hold | None:
    """Before the first slot there is no edition."""
    if case.observation.due is not None:
        return None
    first = next(calendar.upcoming(case.thread.name, case.thread.schedule, case.now))
    return Hold(reason=Reason.NOTHING_DUE, until=first.slot, edition=first.key)


def outcome_is_unknown(case: Case) -> Hold | None:
    """A post that may exist is not sent again before the server can no longer be at work on it (N02-N06)."""
    for intent in _unsettled(case):
        until = intent.changed + hold_after(intent)
        waits = intent.state is IntentState.SENDING or case.now < until
        if waits and case.now - intent.new.at > LONG:
            return Hold(reason=Reason.UNKNOWN_FOR_LONG, until=until, since=intent.new.at)
        if waits:
            return Hold(reason=Reason.OUTCOME_UNKNOWN, until=until)
    return None


def hold_after(intent: Intent) -> timedelta:
    """Tell how long after an unknown outcome the server may still be at work (lemmy-api 2.3)."""
    draft = intent.new.draft
    images = (draft.body if draft else intent.new.text).count("![")
    images += bool(draft and draft.link) + bool(draft and draft.thumbnail)
    return UNKNOWN_HOLD + PER_IMAGE * images


def it_is_there(case: Case) -> Hold | None:
    """An edition that has a post, in whatever state, gets no second one without a command (A14, H04-H06)."""
    due = _due(case)
    posts = case.observation.of_edition(due.key)
    known = any(record.edition == due.key for record in case.observation.records)
    if not (posts or known) or case.ordered(OrderKind.REPOST):
        return None
    if any(thread_post.post.open for thread_post in posts):
        return Hold(reason=Reason.THERE, edition=due.key)
    return Hold(reason=Reason.REMOVED, edition=due.key)


def a_later_one_is_posted(case: Case) -> Hold | None:
    """An edition is not posted after a later one, which a moderator ordered or adopted before its slot."""
    if case.ordered(OrderKind.REPOST):
        return None
    posted = (
        *(thread_post.key for thread_post in case.observation.posts),
        *(record.edition for record in case.observation.records),
    )
    later = later_one(case.thread, _due(case), posted)
    return Hold(reason=Reason.OVERTAKEN, edition=_due(case).key, later=later) if later else None


def it_is_unclear_which_is_meant(case: Case) -> Hold | None:
    """Close to a slot "post" may mean the missing edition or the next one: a moderator has to say which."""
    due, following = _due(case), coming(case.thread, case.now)
    unnamed = case.ordered(OrderKind.POST) and case.order is not None and not case.order.edition
    if following is None or not unnamed or not is_late(case.thread, due, case.now):
        return None
    return Hold(reason=Reason.UNCLEAR, edition=due.key, later=following.key, until=following.slot)


def the_order_was_carried_out(case: Case) -> Hold | None:
    """The same command never makes two copies; nor do two reposts within ten minutes (decision 16, C09).

    A copy that was undone does not count. After a restore the ledger may not know of the copy: then a post
    that is newer than the order tells of it (C08). A repost and another part are different things.
    """
    order = case.order
    if order is None or order.kind is not OrderKind.REPOST:
        return None
    of_edition = case.observation.of_edition(_due(case).key)
    undone = {thread_post.copy for thread_post in of_edition if thread_post.withdrawn}
    made = [one for one in case.observation.intents if _is_done_publish(one)]
    of_due = {one.new.copy: one.new for one in made if one.new.edition == _due(case).key}
    again = any(one.new.order == order.id and not (order.part and one.new.copy in undone) for one in made)
    newer = (thread_post for thread_post in of_edition if order.is_older_than(thread_post.post.published))
    if again or any(
        thread_post.copy not in of_due or _serves(of_due[thread_post.copy], order) for thread_post in newer
    ):
        return Hold(reason=Reason.THERE, edition=_due(case).key)
    for one in made:
        counts = one.new is of_due.get(one.new.copy) and one.new.copy > 1 and one.new.copy not in undone
        lately = case.now - one.changed < REPOST_WINDOW
        if counts and lately and not order.part and _serves(one.new, order):
            return Hold(reason=Reason.REPOSTED_LATELY, until=one.changed + REPOST_WINDOW)
    return None


def _is_done_publish(intent: Intent) -> bool:
    return intent.new.kind is IntentKind.PUBLISH and intent.state is IntentState.DONE


def _serves(new: NewIntent, order: Order) -> bool:
    """Return whether a publish is of the kind that an order asks for: this very part, or a copy."""
    return new.order == order.id if order.part else not new.order.startswith(PART)


def a_skipped_slot_stays_empty(case: Case) -> Hold | None:
    """A slot in `skip` is not posted by itself; a person's word wins."""
    return Hold(reason=Reason.SKIPPED) if _due(case).skipped and not case.commanded else None


def a_moderator_holds_it(case: Case) -> Hold | None:
    """A moderator may keep one edition back for a while; a person's word to post it wins."""
    held = case.observation.held_by
    return Hold(reason=Reason.HELD, by=held.by, since=held.at) if held and not case.commanded else None


def nothing_is_posted_by_surprise(case: Case) -> Hold | None:
    """A slot is due by itself only if its schedule was known before it, or the series runs (decision 6)."""
    by_itself = case.observation.known_since <= _due(case).slot
    return None if by_itself or case.commanded else Hold(reason=Reason.FIRST_RUN, edition=_due(case).key)


def it_has_strayed(case: Case) -> Hold | None:
    """Another community for a running thread is a slip until a person agrees to the move (G01)."""
    if not case.observation.wrong_community:
        return None
    last = case.observation.posts[0].post.url if case.observation.posts else None
    return Hold(reason=Reason.STRAYED, url=last)


def the_grace_is_over(case: Case) -> Hold | None:
    """Late beats missing, but only within the grace; then a person decides (promise 2)."""
    due = _due(case)
    ends = calendar.grace_ends(case.thread.schedule, due)
    if case.commanded or case.now <= ends:
        return None
    return Hold(reason=Reason.PAST_GRACE, edition=due.key)


def another_order_posts_nothing(case: Case) -> Hold | None:
    """Who has a thread refreshed or adopted did not ask for a new one: the next pass posts what is due."""
    if case.order is None or case.commanded:
        return None
    return Hold(reason=Reason.NOT_ORDERED, edition=_due(case).key)


def removals_are_read_first(case: Case) -> Need | None:
    """Removals and pinned posts are read only when a post is about to be made: they cost two requests."""
    return None if case.observation.removals_read else Need.REMOVALS_AND_PINS


def the_account_hides_posts(case: Case) -> Hold | None:
    """An account that does not see its own posts cannot tell whether one is there (A15, A16)."""
    return (
        Hold(reason=Reason.SETTINGS_HIDE, account_settings=case.observation.hiding_settings)
        if case.observation.hiding_settings
        else None
    )


def the_look_proves_nothing(case: Case) -> Hold | None:
    """A dead token or a hiding list makes a look lie: absence from it is no reason to post (decision 1)."""
    return None if case.observation.trusted else Hold(reason=Reason.NOT_PROVEN)


def a_person_posted_it(case: Case) -> Hold | None:
    """A moderator's own pinned thread of this week is theirs: adopt it or be told to post anyway (H08)."""
    titles = [_text(case).title] + ([case.observation.current.post.title] if case.observation.current else [])
    alike = (
        post
        for post in case.observation.manual_posts
        if any(titles_are_alike(post.title, one) for one in titles)
    )
    post = next(alike, None)
    if post is None or case.commanded:
        return None
    return Hold(reason=Reason.HAND_MADE, url=post.url, by=post.creator.name)


def the_text_is_needed(case: Case) -> Need | None:
    """Only now is it worth starting the renderer."""
    return Need.TEXT if case.wanted is None else None


def the_text_is_broken(case: Case) -> Hold | None:
    """A broken template leaves everything as it is (promise 7)."""
    if not isinstance(case.wanted, RenderProblem):
        return None
    return Hold(reason=Reason.TEXT_BROKEN, problems=case.wanted.problems)


def it_was_refused_before(case: Case) -> Hold | None:
    """What the server refused for good is not sent again until the text changed or a person says so."""
    text = _text(case)
    publishes = [
        intent
        for intent in case.observation.intents
        if intent.new.kind is IntentKind.PUBLISH and intent.new.edition == _due(case).key
    ]
    if case.commanded or not publishes or publishes[-1].state is not IntentState.REFUSED:
        return None
    draft = publishes[-1].new.draft
    if draft is None or not carries(draft, text):
        return None
    return Hold(reason=Reason.REFUSED_BEFORE, why=publishes[-1].note)


def a_removed_post_may_be_it(case: Case) -> Hold | None:
    """1.0 shows a removed post's text to moderators alone: one of ours may be this edition's (decision 2)."""
    post = next(_maybe_of_due(case), None)
    if post is None or case.ordered(OrderKind.REPOST):
        return None
    return Hold(reason=Reason.BODY_HIDDEN, url=post.url)


def what_was_decided_is_sent(case: Case) -> Resend | None:
    """A write that certainly never happened is sent as it was decided, not as the template reads now."""
    of_due = (intent for intent in _unsettled(case) if intent.new.edition == _due(case).key)
    intent = next(of_due, None)
    return None if intent is None else Resend(intent=intent)


def publish_it(case: Case) -> Publish:
    """Post the edition, or the next copy of it."""
    due = _due(case)
    copies = [thread_post.copy for thread_post in case.observation.of_edition(due.key)]
    copies += [record.copy for record in case.observation.records if record.edition == due.key]
    copies.append(sum(1 for _ in _maybe_of_due(case)))
    copies += [
        mark.copy
        for mark in (comment_marker(comment.content) for comment in case.observation.comments)
        if mark is not None and (mark.thread, mark.key, mark.purpose) == (case.thread.name, due.key, RELEASED)
    ]
    older = (
        thread_post
        for thread_post in case.observation.posts
        if thread_post.post.open and thread_post.key != due.key
    )
    return Publish(
        edition=due,
        copy=max(copies, default=0) + 1,
        text=_text(case),
        after=next(older, None),
        order=case.order.id if case.order and case.commanded else "",
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
    it_has_strayed,
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


def decide_publication(case: Case) -> Verdict:
    """Choose whether the due edition is posted now, or say why not, or what must be known first."""
    return next(verdict for rule in PUBLICATION if (verdict := rule(case)) is not None)


def _due(case: Case) -> Edition:
    if case.observation.due is None:
        raise ValueError("a rule before this one answers when nothing is due")
    return case.observation.due


def _text(case: Case) -> Rendered:
    if not isinstance(case.wanted, Rendered):
        raise TypeError("rules before this one answer when there is no text")
    return case.wanted


def _maybe_of_due(case: Case) -> Iterator[Post]:
    """Own posts of hidden text that are newer than the slot before the due one, or have its title."""
    if not case.observation.hidden_posts:
        return
    before = next(calendar.before(case.thread.name, case.thread.schedule, _due(case)), None)
    title = case.wanted.title if isinstance(case.wanted, Rendered) else None
    for post in case.observation.hidden_posts:
        if before is None or post.published > before.slot or post.title == title:
            yield post


def _unsettled(case: Case) -> Iterator[Intent]:
    """The publishes of this thread that may have happened without our knowing."""
    return (
        intent for intent in case.observation.intents if intent.new.kind is IntentKind.PUBLISH and intent.open
    )
