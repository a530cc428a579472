"""Observe one thread: gather what the server and the ledger know about it into one value."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from megabot.forum.models import CommunityRef
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.ports import Ports
from megabot.reconcile import describe, memory, outcomes, recent_history
from megabot.reconcile.communities import is_in_wrong_community
from megabot.reconcile.content import annotation_store
from megabot.reconcile.decide import clock_is_wrong
from megabot.reconcile.evidence import read_removals_and_pins
from megabot.reconcile.home_server_check import home_server
from megabot.reconcile.listing import AccountListing
from megabot.reconcile.observation import Observation, Situation, ThreadPost
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.override_facts import find_hold
from megabot.reconcile.thread_posts import keep_posts, keep_sent, read_thread_posts
from megabot.schedule.editions import keys_near
from megabot.source.model import Thread

log = logging.getLogger("megabot")


def observe(
    ports: Ports,
    thread: Thread,
    listing: AccountListing,
    place: CommunityRef,
    *,
    order: Order | None,
    now: datetime,
) -> Observation:
    """Return what is known of one thread, without a request if the listing contains everything needed."""
    hides = listing.hiding_settings(nsfw=thread.nsfw or place.nsfw)
    near = keys_near(thread.calendar, now)
    thread_posts = read_thread_posts(ports, thread.name, listing.content, editions=near)
    posts, complete = thread_posts.posts, thread_posts.listing_trusted
    # Without a known post to look for, only the account's settings can vouch (decision 41).
    trusted = (listing.account is not None and not hides) if complete is None else complete
    state = ports.ledger.thread(thread.name)
    due = thread.calendar.current(now)
    # A repost replaces the newest post, whose edition need not be the due one.
    if order is not None and order.kind is OrderKind.REPOST and posts:
        due = thread.calendar.edition(posts[0].key) or due
    # The edition that was meant, even if another slot has come since the order was given.
    if order is not None and order.kind is OrderKind.POST and order.edition:
        due = thread.calendar.edition(order.edition)
    observation = Observation(
        due=due,
        known_since=memory.stored_known_since(state, thread, now)
        or memory.published_since(ports, thread, listing, place, posts, now),
        posts=posts,
        records=thread_posts.records,
        comments=listing.content.comments,
        created_ids=frozenset(listing.created),
        hiding_settings=hides,
        bot_id=listing.bot_id,
        # With an expired token the list is that of an anonymous visitor (decision 1).
        trusted=listing.authenticated and trusted,
        clock_skew=_skew(ports, now),
        community_id=place.id,
        moderates=_moderates(ports, listing, posts, place),
        wrong_community=is_in_wrong_community(state, thread_posts, place),
        held_by=find_hold(ports.ledger, thread.name, due.key) if due else None,
        ledger_start=listing.ledger_start,
        post_to_adopt=None if order is None or not order.post_id else ports.forum.post(order.post_id),
        home=home_server(place, posts),
        home_answer=state.home,
    )
    situation = Situation(now=now, thread=thread, observation=observation, order=order)
    if due is None or due.key in near:
        return recent_history.with_intents(ports.ledger, situation)
    return recent_history.with_history(ports.ledger, situation)


def _moderates(
    ports: Ports, listing: AccountListing, posts: tuple[ThreadPost, ...], place: CommunityRef
) -> bool:
    """Return whether the bot may pin in a community; the server is asked only if no own post shows it.

    Only adopted posts need this: our own posts carry their author's rights.
    """
    own = next(
        (
            thread_post
            for thread_post in posts
            if not thread_post.adopted and thread_post.post.community_id == place.id
        ),
        None,
    )
    if own is not None:
        # Local admins may pin without being moderators (lemmy-api 2.2).
        return own.post.creator_is_moderator or own.post.creator.admin
    if not posts:
        return False
    account = listing.ask_account(ports)
    return account.person.admin or any(community.id == place.id for community in account.moderates)


def _skew(ports: Ports, now: datetime) -> timedelta:
    server = ports.forum.server_time()
    return timedelta(0) if server is None else now - server


def observe_situation(
    ports: Ports,
    thread: Thread,
    listing: AccountListing,
    place: CommunityRef,
    *,
    order: Order | None,
    dry: bool,
) -> Situation:
    """Observe a thread, and settle writes whose outcome was unknown.

    With a wrong clock nothing is recorded: its times would mislead later passes (K03).
    """
    now = ports.clock.now()
    observation = observe(ports, thread, listing, place, order=order, now=now)
    situation = Situation(now=now, thread=thread, observation=observation, order=order)
    if clock_is_wrong(situation):
        return replace(situation, observation=memory.with_annotations(ports, thread, observation, now))
    if not dry:
        memory.remember_schedule(ports, thread, observation, listing)
    # The post may have been created and removed since (A14).
    if observation.has_open_publish:
        situation = replace(situation, observation=read_removals_and_pins(ports, situation, listing, place))
    verdicts = outcomes.resolve_all(situation.observation, now)
    if dry:
        # A plan goes by these verdicts but does not record them (G04).
        intents = outcomes.apply_resolutions(situation.observation, verdicts, now)
        observation = replace(situation.observation, intents=intents)
    else:
        observation = _keep_verdicts(ports, situation, verdicts)
    return replace(situation, observation=memory.with_annotations(ports, thread, observation, now))


def _keep_verdicts(
    ports: Ports, situation: Situation, verdicts: tuple[tuple[Intent, IntentState], ...]
) -> Observation:
    """Record what this observation shows of writes, of the thread's posts and of its highlights.

    Returns the observation with what the ledger knows by now.
    """
    thread, observation = situation.thread, situation.observation
    for intent, state in verdicts:
        log.info("%s", describe.resolved_write(intent, state))
        if state is IntentState.DONE:
            # Before its intent is closed: a kill in between must not lose the post's record (R01).
            _keep_outcome(ports, situation, intent)
        ports.ledger.resolve_intent(intent.id, state, at=situation.now)
    if verdicts:
        observation = recent_history.with_history(ports.ledger, situation)
    if keep_posts(ports, thread, observation.posts, observation.records):
        observation = recent_history.with_history(ports.ledger, situation)
    annotation_store.refresh_highlights(ports, thread, observation, situation.now)
    return observation


def _keep_outcome(ports: Ports, situation: Situation, intent: Intent) -> None:
    """Record the post that a publish or an edit turned out to have written, or forget a released one."""
    if intent.new.kind is IntentKind.RELEASE:
        ports.ledger.forget_post(intent.new.post_id)
    if intent.new.kind in (IntentKind.PUBLISH, IntentKind.EDIT):
        copy = (intent.new.edition, intent.new.copy)
        post = next(
            (
                thread_post.post
                for thread_post in situation.observation.posts
                if (thread_post.key, thread_post.copy) == copy
            ),
            None,
        )
        if post is not None:
            keep_sent(ports, intent.new, post)
