"""Ask the server of a remote community what its readers see (decision 19)."""

from dataclasses import replace

from megabot.forum.home_server import HomePin, Reading, Software
from megabot.forum.models import CommunityRef
from megabot.ports import Ports
from megabot.reconcile.listing import AccountListing, read_pinned
from megabot.reconcile.observation import Observation, ThreadPost
from megabot.reconcile.rules import remote_pin
from megabot.source.model import Thread


def home_server(place: CommunityRef, posts: tuple[ThreadPost, ...]) -> str:
    """Return the community's actor id if it is on another server and holds the current post, else ""."""
    current = next((thread_post for thread_post in posts if thread_post.post.open), None)
    # After `--move` the current post stays in the old community (decision 17).
    moved = current is not None and current.post.community_id != place.id
    return "" if place.local or moved else place.actor


def ask_home_server(
    ports: Ports,
    thread: Thread,
    observation: Observation,
    listing: AccountListing,
    away: dict[str, Reading],
) -> None:
    """Ask the community's own server whether it shows the current post as pinned, and record the answer.

    Once it does, older posts are unpinned. The pinned posts are read for that, because some may have waited
    for weeks. `away`: servers that did not respond in this pass; they are not asked again in it.
    """
    current, host = observation.current, remote_pin.host(observation.home)
    if current is None:
        return
    # Waiting for a server that is down once in a pass is enough.
    reading = away.get(host) or ports.home_servers.pin(observation.home, current.post.url)
    software = Software()
    if reading.pin is HomePin.UNREADABLE:
        away[host] = reading
    elif reading.pin is HomePin.PINNED:
        read_pinned(ports, listing, current.post.community_id)
    else:
        # Its version shows whether the pin can still arrive (lemmy-api 2.2).
        software = ports.home_servers.software(observation.home)
    answer = remote_pin.merge_reading(observation, current, reading, software, ports.clock.now())
    ports.ledger.change_thread(thread.name, lambda state: replace(state, home=answer))
