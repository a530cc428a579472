"""What is read only when something depends on it: removals, pinned posts, the mod log. It costs requests."""

from collections.abc import Iterator
from dataclasses import replace

from megabot.forum.models import CommunityRef, Post
from megabot.ports import Ports
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
    """Read what costs more: removals and pinned posts, and the account where the listing proves nothing."""
    observation = situation.observation
    proven, hides = observation.trusted, observation.hiding_settings
    if not proven:
        listing.ask_account(ports)
        hides = listing.hiding_settings(nsfw=situation.thread.nsfw or place.nsfw)
        proven = not hides
    homes = {place.id, *(thread_post.post.community_id for thread_post in observation.posts[:1])}
    removals = [post for home in sorted(homes) for post in read_removed(ports, listing, home)]
    removed = own_posts_of(tuple(removals), situation.thread.name, listing.bot_id)
    known = {thread_post.id for thread_post in observation.posts}
    posts = order_posts(
        (*observation.posts, *(thread_post for thread_post in removed if thread_post.id not in known))
    )
    pinned = read_pinned(ports, listing, place.id)
    return replace(
        observation,
        posts=posts,
        manual_posts=tuple(post for post in pinned if _is_by_hand(post, observation, situation.thread)),
        hidden_posts=tuple(
            _hidden(ports, listing, removals, {thread_post.id for thread_post in posts}, homes)
        ),
        hiding_settings=hides,
        trusted=proven,
        removals_read=True,
    )


def _hidden(
    ports: Ports, listing: AccountListing, removals: list[Post], known: set[int], homes: set[int]
) -> Iterator[Post]:
    """Find own removed posts whose text nothing shows, and of which no thread's ledger knows."""
    posts = [post for post in listing.content.posts if post.removed and not post.body]
    known |= {post.id for post in removals if post.body}
    for name in ports.ledger.threads() if posts else ():
        known |= {record.post_id for record in ports.ledger.posts(name)}
    return (post for post in posts if post.community_id in homes and post.id not in known)


def _is_by_hand(post: Post, observation: Observation, thread: Thread) -> bool:
    """A moderator's post, not ours, newer than what stands and than the slot before: this edition's."""
    recorded = any(record.post_id == post.id for record in observation.records)
    if post.creator.id == observation.bot_id or recorded or not (post.creator_is_moderator and post.open):
        return False
    if observation.current is not None and post.published <= observation.current.post.published:
        return False
    if observation.due is None:
        return True
    before = next(thread.calendar.earlier(observation.due), None)
    return before is None or post.published > before.slot


def read_pin_log(ports: Ports, situation: Situation, listing: AccountListing) -> Observation:
    """Ask the mod log who last touched the pins that are not explained by our own doing (decision 20).

    Before a pin, what else is pinned is read too: only the pass that made the post has seen that.
    """
    events = dict(situation.observation.pin_events)
    kind = KINDS[situation.thread.pin]
    current = situation.observation.current
    asked = [thread_post for thread_post in situation.observation.older if thread_post.post.featured]
    if current is not None and pin_is_over(situation, current):
        asked.insert(0, current)
    elif current is not None and not is_pinned(current.post, kind):
        asked.insert(0, current)
        read_pinned(ports, listing, current.post.community_id)
    if situation.observation.post_to_adopt is not None and situation.ordered(OrderKind.UNADOPT):
        asked.append(ThreadPost(post=situation.observation.post_to_adopt, key=""))
    for thread_post in asked:
        if thread_post.id not in events:
            pin_events = ports.forum.pin_events(
                community_id=thread_post.post.community_id, post_id=thread_post.id
            )
            events[thread_post.id] = next((event for event in pin_events if event.kind is kind), None)
    return replace(situation.observation, pin_events=events)
