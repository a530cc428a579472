"""What the ledger remembers from pass to pass: since when it and each schedule are known, and the writes."""

from dataclasses import replace
from datetime import datetime

from megabot import living
from megabot.core import calendar
from megabot.core.posts import Place
from megabot.core.seen import Own, Seen
from megabot.core.threads import Thread
from megabot.listing import AccountListing, read_removed
from megabot.ports import Ledger, Ports
from megabot.series import marked

_BORN = "born"


def keep_birth(ports: Ports) -> None:
    """Remember since when this ledger is kept, by the server's clock: nothing said earlier is obeyed."""
    if ports.ledger.recall(_BORN) is None:
        ports.ledger.remember(_BORN, (ports.forum.server_time() or ports.clock.now()).isoformat())


def birth(ledger: Ledger) -> datetime | None:
    """Return since when this ledger is kept, None before the first pass."""
    kept = ledger.recall(_BORN)
    return datetime.fromisoformat(kept) if kept else None


def keep_schedule(ports: Ports, thread: Thread, seen: Seen, listing: AccountListing) -> None:
    """Remember since when this schedule is known, where that is new.

    A first run is one only if the account, which then is asked, sees its own posts: else nothing is known.
    """
    key = f"schedule:{thread.name}"
    kept = ports.ledger.recall(key)
    if kept is None and not seen.posts:
        listing.ask_account(ports)
        if listing.hiding_settings(nsfw=True):
            return
    value = f"{calendar.fingerprint(thread.schedule)}\n{seen.known_since.isoformat()}"
    if kept != value:
        ports.ledger.remember(key, value)


def known_since(
    ports: Ports, thread: Thread, listing: AccountListing, place: Place, posts: tuple[Own, ...], now: datetime
) -> datetime:
    """Since when the ledger knows this schedule; with it lost, since the oldest own post, removed or not."""
    fingerprint = calendar.fingerprint(thread.schedule)
    kept = ports.ledger.recall(f"schedule:{thread.name}")
    if kept is not None:
        known, since = kept.split("\n")
        if known == fingerprint:
            return datetime.fromisoformat(since)
        return now
    posts = posts or marked(read_removed(ports, listing, place.id), thread.name, listing.bot_id)
    return min((own.post.published for own in posts), default=now)


def with_what_is_kept(ports: Ports, thread: Thread, seen: Seen, now: datetime) -> Seen:
    """Give a look with what the ledger knows by now, and what is to be around the standing post."""
    standing, ledger = seen.standing, ports.ledger
    seen = replace(seen, intents=ledger.intents(thread.name), records=ledger.posts(thread.name))
    if standing is None:
        return seen
    note = living.note_of(ledger, thread.name)
    ends = note.until if note is not None and note.stands(standing.key, now) else None
    around = living.around(ledger, ports.language, thread, standing.key, now)
    return replace(seen, living=around.digest, wake=ends)
