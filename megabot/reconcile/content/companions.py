"""The threads and sites that a thread links: found as they are now, or missing, which is no error."""

from megabot.errors import NotFound
from megabot.forum.models import Post
from megabot.forum.title_match import title_matches
from megabot.ports import Ports
from megabot.reconcile.communities import find_community_by_name
from megabot.reconcile.listing import AccountListing
from megabot.reconcile.thread_posts import read_thread_posts
from megabot.rendering.model import CompanionFacts
from megabot.source.model import Companion, Thread


def find_companions(
    ports: Ports, thread: Thread, listing: AccountListing
) -> dict[str, CompanionFacts | None]:
    """Find a thread's companions; one that is not there is None, and its sentence is left out."""
    return {one.name: _companion(ports, one, listing) for one in thread.companions}


def _companion(ports: Ports, companion: Companion, listing: AccountListing) -> CompanionFacts | None:
    if companion.url:
        return CompanionFacts(url=companion.url)
    post = _standing(ports, listing, companion.thread) if companion.thread else _latest_by(ports, companion)
    return None if post is None else CompanionFacts(url=post.url, title=post.title)


def _standing(ports: Ports, listing: AccountListing, name: str) -> Post | None:
    """Give the newest post that readers can open of a thread of this source, usable now or not."""
    posts = read_thread_posts(ports, name, listing.content).posts
    return next((thread_post.post for thread_post in posts if thread_post.post.open), None)


def _latest_by(ports: Ports, companion: Companion) -> Post | None:
    """Find a person's newest post whose title matches the pattern; nobody and nothing are no error."""
    try:
        place = find_community_by_name(ports, companion.community)
        posts = ports.forum.posts_by(companion.latest_by, place.id)
    except NotFound:
        return None
    return next((post for post in posts if post.open and title_matches(post.title, companion.title)), None)
