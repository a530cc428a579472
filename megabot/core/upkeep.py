"""What is to be kept up about the posts that stand: pins, the link and the lock of the old thread. Pure.

There is never a moment with no thread pinned: the old post is unpinned only where this look saw the new
one pinned. What a person did to a pin stays until the next edition.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from megabot.core.actions import Action, Hold, Lock, Need, Pin, Reason, Tell, Unpin
from megabot.core.announcing import announce_the_next, announcement, make_the_first_comment
from megabot.core.doubles import doubles
from megabot.core.federation import hold_until_the_home_server_shows_the_pin
from megabot.core.marker import LINK, comment_marker
from megabot.core.posts import Feature, PinEvent, Post
from megabot.core.publication import LONG, hold_after
from megabot.core.records import Intent, IntentKind, IntentState
from megabot.core.seen import Case, Own
from megabot.core.threads import Pin as PinKind
from megabot.core.threads import Rendered, Thread
from megabot.core.undoing import lock_what_was_withdrawn, unlock_what_stands_again

ARRIVAL_EVERY = timedelta(minutes=2)
"""How often it is looked whether a new post has reached the community's own server."""
KINDS = {PinKind.COMMUNITY: Feature.COMMUNITY, PinKind.LOCAL: Feature.LOCAL}


def decide_upkeep(case: Case) -> tuple[Action, ...]:
    """Choose what to do about the standing post and those before it, in the order to be done."""
    standing = case.observation.current
    if standing is None:
        return ()
    pending = wait_until_it_has_arrived(case, standing)
    if pending is not None:
        return (pending,)
    unconfirmed = hold_until_the_home_server_shows_the_pin(case, standing)
    return (
        *((unconfirmed,) if unconfirmed else pin_the_standing_post(case, standing)),
        *tell_the_old_thread(case, standing),
        *lock_the_old_thread(case, standing),
        *comment_first(case, standing),
        *say_that_the_next_comes(case, standing),
        *lock_what_was_withdrawn(case),
        *unlock_what_stands_again(case, standing),
        *unpin_the_older_ones(case, standing, is_seen=unconfirmed is None),
        *unpin_after_its_time(case, standing),
        *lock_after_its_time(case),
        *report_doubles(case),
    )


def wait_until_it_has_arrived(case: Case, standing: Own) -> Hold | None:
    """Do nothing for a post that nobody sees yet: the one before stays pinned meanwhile (decision 19)."""
    if not standing.post.federation_pending:
        return None
    if case.now - standing.post.published > LONG:
        return Hold(reason=Reason.PENDING_FOR_LONG, url=standing.post.url)
    return Hold(reason=Reason.PENDING, until=case.now + ARRIVAL_EVERY, url=standing.post.url)


def pin_the_standing_post(case: Case, standing: Own) -> Iterator[Action]:
    """Pin the newest post unless it is pinned, a person unpinned it, or we may not."""
    kind = KINDS.get(case.thread.pin)
    if kind is None or is_pinned(standing.post, kind) or pin_is_over(case, standing):
        return
    if not may_moderate(case, standing):
        yield Hold(reason=Reason.NOT_MODERATOR, url=standing.post.url)
    elif standing.id in case.observation.created_ids:
        yield Pin(own=standing, kind=kind)
    elif standing.id not in case.observation.pin_events:
        yield Need.PIN_LOG
    elif by_another(case, case.observation.pin_events[standing.id], featured=False):
        yield Hold(reason=Reason.UNPINNED_BY_HAND, url=standing.post.url)
    else:
        yield Pin(own=standing, kind=kind)


def unpin_the_older_ones(case: Case, standing: Own, *, is_seen: bool = True) -> Iterator[Action]:
    """Unpin older own posts, by the kind of pin seen on them, once the new one is seen pinned.

    `is_seen` is whether readers see that pin. After `unpin_after` no post of the thread should be pinned, so
    the new one is not waited for.
    """
    kind = KINDS.get(case.thread.pin)
    if kind is None or not case.thread.previous.unpin:
        return
    if not (is_seen and is_pinned(standing.post, kind)) and not pin_is_over(case, standing):
        return
    for own in case.observation.older:
        if own.post.featured and may_moderate(case, own):
            yield from _unpin(case, own, standing)


def unpin_after_its_time(case: Case, standing: Own) -> Iterator[Action]:
    """Unpin the current post after `unpin_after`, unless the mod log says that a person pinned it."""
    kind = KINDS.get(case.thread.pin)
    if kind is None or not (pin_is_over(case, standing) and is_pinned(standing.post, kind)):
        return
    if not may_moderate(case, standing):
        return
    if standing.id not in case.observation.pin_events:
        yield Need.PIN_LOG
    elif by_another(case, case.observation.pin_events[standing.id], featured=True):
        yield Hold(reason=Reason.PINNED_BY_HAND, url=standing.post.url)
    else:
        yield Unpin(own=standing, kind=kind, standing=standing)


def lock_after_its_time(case: Case) -> Iterator[Lock]:
    """Lock posts after `lock_after`, once: a person may unlock them.

    What fell due before the ledger began is left alone: it cannot tell a lock that a person took off.
    """
    after, born = case.thread.lock_after, case.observation.ledger_start
    if after is None or born is None:
        return
    for own in case.observation.posts:
        due = own.post.published + after
        may = own.post.open and not own.post.locked and may_moderate(case, own)
        if may and born <= due <= case.now and not _was_locked(case, own):
            yield Lock(own=own, standing=own, aged=True)


def _was_locked(case: Case, own: Own) -> bool:
    """Return whether we locked a post for any reason, or may have."""
    never = (IntentState.NOT_SENT, IntentState.ABSENT)
    return any(
        intent.new.kind is IntentKind.LOCK and intent.new.post_id == own.id and intent.state not in never
        for intent in case.observation.intents
    )


def pin_is_over(case: Case, own: Own) -> bool:
    """Return whether a post has been up for longer than it is to be pinned."""
    after = case.thread.unpin_after
    return after is not None and case.now >= own.post.published + after


def next_deadline(thread: Thread, posts: tuple[Own, ...], now: datetime) -> datetime | None:
    """Return when the next post is to be unpinned or locked; None if no such moment is ahead."""
    spans = [after for after in (thread.unpin_after, thread.lock_after) if after is not None]
    moments = (own.post.published + after for own in posts for after in spans)
    return min((moment for moment in moments if moment > now), default=None)


def report_doubles(case: Case) -> Iterator[Hold]:
    """Tell a person which posts carry an edition that another one carries: another megabot is at work."""
    for kept, double in doubles(case.observation.posts):
        yield Hold(reason=Reason.DOUBLED, url=kept.post.url, other_url=double.post.url)


def _unpin(case: Case, own: Own, standing: Own) -> Iterator[Action]:
    if _was_unpinned_for(case, own, standing) or _pinned_since(case, own, standing):
        yield Hold(reason=Reason.PINNED_BY_HAND, url=own.post.url)
    elif _pin_is_a_riddle(case, own, standing):
        yield Need.PIN_LOG
    elif own.post.featured_community:
        yield Unpin(own=own, kind=Feature.COMMUNITY, standing=standing)
    elif _is_admin(case):
        yield Unpin(own=own, kind=Feature.LOCAL, standing=standing)


def _was_unpinned_for(case: Case, own: Own, standing: Own) -> bool:
    """Tell whether the last thing that we did to this pin was to take it off for the standing post."""
    turned = [
        intent.new
        for intent in case.observation.intents
        if intent.new.post_id == own.id
        and intent.new.kind in (IntentKind.PIN, IntentKind.UNPIN)
        and intent.state is IntentState.DONE
    ]
    last = turned[-1] if turned else None
    served = (standing.key, standing.copy)
    return last is not None and last.kind is IntentKind.UNPIN and (last.edition, last.copy) == served


def _pin_is_a_riddle(case: Case, own: Own, standing: Own) -> bool:
    """With the ledger lost nothing says whether this pin is an old one of ours or a person's new one."""
    ours = any(
        intent.new.kind is IntentKind.PIN and intent.new.post_id == own.id
        for intent in case.observation.intents
    )
    return (
        not ours
        and standing.id not in case.observation.created_ids
        and own.id not in case.observation.pin_events
    )


def tell_the_old_thread(case: Case, standing: Own) -> Iterator[Action]:
    """Comment in the post before, once, with the address of the new one."""
    before = next(iter(case.observation.older), None)
    if before is None or before.withdrawn or _is_told(case, standing):
        return
    text = _words_for(case, standing)
    if isinstance(text, Need):
        yield text
    elif text:
        soon = announcement(case, before)
        yield Tell(own=before, text=text, standing=standing, comment_id=soon.id if soon else 0)


def _words_for(case: Case, standing: Own) -> str | Need:
    """Give what was decided with the post; for an adopted one, what the source says now."""
    publish = _publish_of(case, standing)
    if publish is not None:
        return publish.new.text
    if not (standing.adopted and _adopted_by(case, standing)):
        return ""
    if case.current is None:
        return Need.CURRENT_TEXT
    return case.current.comment if isinstance(case.current, Rendered) else ""


def comment_first(case: Case, standing: Own) -> Iterator[Action]:
    """Make the first comment in a new thread, where the front matter says so."""
    publish = _publish_of(case, standing)
    posted = publish.new.at if publish is not None else None
    may_mark = may_moderate(case, standing)
    yield from make_the_first_comment(case, standing, posted=posted, may_mark=may_mark)


def say_that_the_next_comes(case: Case, standing: Own) -> Iterator[Action]:
    """Announce the next edition in the standing post, where the front matter says so."""
    yield from announce_the_next(case, standing, may_mark=may_moderate(case, standing))


def lock_the_old_thread(case: Case, standing: Own) -> Iterator[Action]:
    """Lock the post before where the front matter says so, once: a person may unlock it."""
    before = next(iter(case.observation.older), None)
    if before is None or before.withdrawn or not case.thread.previous.lock or before.post.locked:
        return
    locked = case.observation.was_done(
        IntentKind.LOCK, edition=standing.key, copy=standing.copy, post_id=before.id
    )
    if not locked and _publish_of(case, standing) is not None and may_moderate(case, before):
        yield Lock(own=before, standing=standing)


def is_pinned(post: Post, kind: Feature) -> bool:
    """Tell whether a post is pinned in this way."""
    return post.featured_local if kind is Feature.LOCAL else post.featured_community


def may_moderate(case: Case, own: Own) -> bool:
    """Tell whether the bot may pin this post: a post of its own says so itself, an adopted one does not."""
    if own.adopted:
        return case.observation.moderates
    return own.post.creator_is_moderator or own.post.creator.admin


def _is_admin(case: Case) -> bool:
    return any(own.post.creator.admin for own in case.observation.posts if not own.adopted)


def by_another(case: Case, event: PinEvent | None, *, featured: bool) -> bool:
    """Tell whether the newest thing done to a pin was done by a person: an unknown name counts as one."""
    return event is not None and event.featured is featured and event.by != case.observation.bot_id


def _pinned_since(case: Case, own: Own, standing: Own) -> bool:
    """With the ledger lost, the mod log tells whether a person pinned it after the new one stood."""
    event = case.observation.pin_events.get(own.id)
    return (
        event is not None and by_another(case, event, featured=True) and event.when > standing.post.published
    )


def _is_told(case: Case, standing: Own) -> bool:
    said = (comment_marker(comment.content) for comment in case.observation.comments)
    if any(
        mark is not None
        and mark.purpose == LINK
        and (mark.thread, mark.key, mark.copy) == (case.thread.name, standing.key, standing.copy)
        for mark in said
    ):
        return True
    return any(_settles(case, intent) for intent in _tellings(case, standing))


def _tellings(case: Case, standing: Own) -> tuple[Intent, ...]:
    return tuple(
        intent
        for intent in case.observation.intents
        if intent.new.kind is IntentKind.COMMENT
        and (intent.new.edition, intent.new.copy) == (standing.key, standing.copy)
    )


def _settles(case: Case, intent: Intent) -> bool:
    """Done and refused are for good; of an unknown one we wait as long as the server may be at work."""
    if intent.state in (IntentState.DONE, IntentState.REFUSED, IntentState.SENDING):
        return True
    return intent.state is IntentState.UNKNOWN and case.now < intent.changed + hold_after(intent)


def _publish_of(case: Case, standing: Own) -> Intent | None:
    return _done(case, IntentKind.PUBLISH, standing)


def _adopted_by(case: Case, standing: Own) -> Intent | None:
    return _done(case, IntentKind.ADOPT, standing)


def _done(case: Case, kind: IntentKind, standing: Own) -> Intent | None:
    return next(
        (
            intent
            for intent in case.observation.intents
            if intent.new.kind is kind
            and intent.state is IntentState.DONE
            and (intent.new.edition, intent.new.copy) == (standing.key, standing.copy)
        ),
        None,
    )
