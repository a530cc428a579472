"""What is read only when a decision depends on it, because it costs requests: removals, pins, mod log."""

from collections.abc import Iterator
from dataclasses import replace

from megabot.forum.models import CommunityRef, Post
from megabot.ports import Ports
from megabot.reconcile import recent_history
from megabot.reconcile.listing import AccountListing, read_pinned, read_removed
from megabot.reconcile.observation import Observation, Situation, ThreadPost
from megabot.reconcile.orders import OrderKind
from megabot.reconcile.rules.duplicates import order_posts
from megabot.reconcile.rules.pin import KINDS, is_pinned, pin_is_over
from megabot.reconcile.thread_posts import own_posts_of
from megabot.source.model import Thread


def read_removals_and_pins(
    ports: Ports, situation: Situation, listing: AccountListing, place: CommunityRef
) -> Observation:
    """Read removals and pinned posts, and the account's settings if the listing cannot be trusted yet."""
    observation = situation.observation
    trusted, hides = observation.trusted, observation.hiding_settings
    if not trusted:
        # Only the account's settings can show that they do not hide a post (decision 41).
        listing.ask_account(ports)
        hides = listing.hiding_settings(nsfw=situation.thread.nsfw or place.nsfw)
        trusted = not hides
    # After a move to another community the newest post is still in the old one (decision 17).
    homes = {place.id, *(thread_post.post.community_id for thread_post in observation.posts[:1])}
    # 0.19 does not list removed posts (lemmy-api 2.6), which must not be posted again (A14).
    removals = [post for home in sorted(homes) for post in read_removed(ports, listing, home)]
    removed = own_posts_of(tuple(removals), situation.thread.name, listing.bot_id)
    listed = {thread_post.id for thread_post in observation.posts}
    posts = order_posts(
        (*observation.posts, *(thread_post for thread_post in removed if thread_post.id not in listed))
    )
    pinned = read_pinned(ports, listing, place.id)
    manual = (post for post in pinned if _is_by_hand(post, observation, situation.thread))
    observed = replace(
        observation,
        posts=posts,
        manual_posts=tuple(
            post
            for post in manual
            if recent_history.record_of_thread(ports.ledger, situation.thread.name, post.id) is None
        ),
        hidden_posts=tuple(
            _hidden(ports, listing, removals, {thread_post.id for thread_post in posts}, homes)
        ),
        hiding_settings=hides,
        trusted=trusted,
        removals_read=True,
    )
    if len(posts) == len(listed):
        return observed
    # What the ledger knows of the removed posts; the states that a plan gave to its writes are kept.
    known = recent_history.with_history(ports.ledger, replace(situation, observation=observed))
    return replace(known, intents=recent_history.merged(observation.intents, known.intents))


def _hidden(
    ports: Ports, listing: AccountListing, removals: list[Post], known: set[int], homes: set[int]
) -> Iterator[Post]:
    """Return our removed posts whose text the server hides and that the ledger does not know (decision 2)."""
    # Where the text can be read, its marker tells which edition it was (decision 2).
    known |= {post.id for post in removals if post.body}
    posts = listing.content.hidden_posts
    hidden = (post for post in posts if post.community_id in homes and post.id not in known)
    return (post for post in hidden if ports.ledger.post(post.id) is None)


def _is_by_hand(post: Post, observation: Observation, thread: Thread) -> bool:
    """Return whether a pinned post can be a moderator's own thread for this edition (decision 4).

    It is one that the bot did not post, newer than the current post and than the previous slot. Whether it
    was adopted is looked up afterwards.
    """
    if post.creator.id == observation.bot_id or not (post.creator_is_moderator and post.open):
        return False
    if observation.current is not None and post.published <= observation.current.post.published:
        return False
    if observation.due is None:
        return True
    previous = next(thread.calendar.earlier(observation.due), None)
    return previous is None or post.published > previous.slot


def read_pin_log(ports: Ports, situation: Situation, listing: AccountListing) -> Observation:
    """Ask the mod log who last changed the pins that our own writes do not explain (decision 20).

    Before pinning, the other pinned posts are read too: only the pass that created the post has seen them.
    """
    events = dict(situation.observation.pin_events)
    kind = KINDS[situation.thread.pin]
    current = situation.observation.current
    # An old post that someone pinned again stays pinned during this edition (decision 21).
    to_ask = [thread_post for thread_post in situation.observation.older if thread_post.post.featured]
    if current is not None and pin_is_over(situation, current):
        # Someone may have pinned it again after `unpin_after` (docs/explanation/manual-changes.md).
        to_ask.insert(0, current)
    elif current is not None and not is_pinned(current.post, kind):
        to_ask.insert(0, current)
        read_pinned(ports, listing, current.post.community_id)
    if situation.observation.post_to_adopt is not None and situation.ordered(OrderKind.UNADOPT):
        # Only a pin that the bot set goes with the adoption (docs/explanation/manual-changes.md).
        to_ask.append(ThreadPost(post=situation.observation.post_to_adopt, key=""))
    for thread_post in to_ask:
        if thread_post.id not in events:
            # Both ids: by the post's alone, 1.0 hides the moderator even from moderators (decision 20).
            pin_events = ports.forum.pin_events(
                community_id=thread_post.post.community_id, post_id=thread_post.id
            )
            events[thread_post.id] = next((event for event in pin_events if event.kind is kind), None)
    return replace(situation.observation, pin_events=events)
