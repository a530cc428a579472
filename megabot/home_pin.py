"""Asking the server of a community that is not on the bot's own server what its readers see."""

from megabot.core import federation
from megabot.core.posts import CommunityRef
from megabot.core.seen import HomePin, HomeReading, Observation, ThreadPost
from megabot.core.threads import Thread
from megabot.listing import AccountListing, read_pinned
from megabot.ports import Ledger, Ports


def home_server(place: CommunityRef, posts: tuple[ThreadPost, ...]) -> str:
    """Return the actor id of the thread's community if that, and the current post, is on another server."""
    current = next((thread_post for thread_post in posts if thread_post.post.open), None)
    moved = current is not None and current.post.community_id != place.id
    return "" if place.local or moved else place.actor


def ask_home_server(
    ports: Ports,
    thread: Thread,
    observation: Observation,
    listing: AccountListing,
    away: dict[str, federation.Reading],
) -> None:
    """Ask the community's own server whether it shows the current post as pinned, and keep the answer.

    Once it does, the older posts are unpinned: what is pinned is read for that, because some may have waited
    for weeks. `away` has the servers that gave no answer in this pass: they are not asked again in it.
    """
    current, host = observation.current, federation.host(observation.home)
    if current is None:
        return
    reading = away.get(host) or ports.home_servers.pin(observation.home, current.post.url)
    software = federation.Software()
    if reading.pin is HomePin.UNREADABLE:
        away[host] = reading
    elif reading.pin is HomePin.PINNED:
        read_pinned(ports, listing, current.post.community_id)
    else:
        software = ports.home_servers.software(observation.home)
    answer = federation.merge_reading(observation, current, reading, software, ports.clock.now())
    ports.ledger.set_fact(_home_key(thread), federation.reading_to_json(answer))


def _home_key(thread: Thread) -> str:
    return f"home:{thread.name}"


def home_answer(ledger: Ledger, thread: Thread) -> HomeReading | None:
    """Return what that server last showed of the thread's current post."""
    return federation.reading_from_json(ledger.get_fact(_home_key(thread)))
