"""What the ledger remembers from pass to pass: when it began, and when it first saw each schedule."""

from dataclasses import replace
from datetime import datetime

from megabot.forum.models import CommunityRef
from megabot.ledger.port import Ledger
from megabot.ledger.state import ThreadState
from megabot.ports import Ports
from megabot.reconcile.content import annotation_store
from megabot.reconcile.listing import AccountListing, read_removed
from megabot.reconcile.observation import Observation, ThreadPost
from megabot.reconcile.rules.remote_pin import is_pinned_for_readers
from megabot.reconcile.thread_posts import own_posts_of
from megabot.schedule import calendar
from megabot.source.model import Thread


def remember_ledger_start(ports: Ports) -> None:
    """Record when this ledger began, by the server's clock. Commands written before that are not obeyed."""
    # By the same clock as the comments that are compared with it, which may be off (K10).
    if ports.ledger.account().started is None:
        started = ports.forum.server_time() or ports.clock.now()
        ports.ledger.change_account(lambda account: replace(account, started=account.started or started))


def remember_schedule(
    ports: Ports, thread: Thread, observation: Observation, listing: AccountListing
) -> None:
    """Record since when this schedule is known, if that changed.

    Without posts this looks like a first run. The account's settings are read then: if they hide its own
    posts, nothing is recorded, because there may be an earlier edition (decision 6).
    """
    state = ports.ledger.thread(thread.name)
    # A first run, or an account that does not see its posts.
    if state.known_since is None and not observation.posts:
        listing.ask_account(ports)
        if listing.hiding_settings(nsfw=True):
            return
    remember_known_since(ports.ledger, thread, observation.known_since)


def remember_known_since(ledger: Ledger, thread: Thread, since: datetime) -> None:
    """Record since when a thread's present schedule is known."""
    digest = calendar.fingerprint(thread.schedule)
    ledger.change_thread(thread.name, lambda state: replace(state, schedule=digest, known_since=since))


def stored_known_since(state: ThreadState, thread: Thread, now: datetime) -> datetime | None:
    """Return since when this schedule is known (decision 6), None if the ledger does not know the thread."""
    if state.known_since is None or state.schedule == calendar.fingerprint(thread.schedule):
        return state.known_since
    # Under a changed schedule people may have posted the earlier slots themselves (decision 6).
    return now


def published_since(
    ports: Ports,
    thread: Thread,
    listing: AccountListing,
    place: CommunityRef,
    posts: tuple[ThreadPost, ...],
    now: datetime,
) -> datetime:
    """Return since when a schedule is known if the ledger was lost: since our oldest post, removed or not."""
    # A series whose posts were all removed is not a first run either.
    posts = posts or own_posts_of(read_removed(ports, listing, place.id), thread.name, listing.bot_id)
    return min((thread_post.post.published for thread_post in posts), default=now)


def with_annotations(ports: Ports, thread: Thread, observation: Observation, now: datetime) -> Observation:
    """Add the digest of the current annotations to an observation."""
    current, ledger = observation.current, ports.ledger
    if current is None:
        return observation
    note = ledger.thread(thread.name).note
    ends = note.until if note is not None and note.applies_to(current.key, now) else None
    annotations = annotation_store.current_annotations(ledger, thread, current.key, now)
    return replace(observation, annotations_digest=annotations.digest, next_change_at=ends)


def remember_current_post(ledger: Ledger, thread: Thread, observation: Observation) -> None:
    """Record which post is current and whether readers see it pinned."""
    post_id = observation.current.id if observation.current else None
    # On another server only what that server shows counts (decision 19).
    pinned = None if post_id is None else is_pinned_for_readers(thread, observation)
    ledger.change_thread(thread.name, lambda state: replace(state, current_post_id=post_id, pinned=pinned))
