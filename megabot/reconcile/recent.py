"""Read what a pass needs of a thread's records and writes: a part that does not grow with its age.

A pass decides the same from these as from the whole history. The rules ask for:

- the newest record: when the clock is wrong, where the thread is, how far back the listing must reach;
- the newest 13 records: the posts to read one by one if the listing lacks them, removed ones included;
- the records of the due edition: whether it was posted, and which copies were;
- the records of later editions, which were posted early or adopted: those of the next `NEXT_EDITIONS`, and
  the newest ones;
- the record of each observed post, however old: an adopted one, one with a pin, one with `lock_after`;
- open writes, however old;
- the writes to observed posts and to the post that an order names: pins, locks, edits, releases;
- the writes for the due edition, for the newest and the current post, and for the newest `NEWEST_EDITIONS`
  editions on record: publishes, links, announcements, adoptions;
- with an order, the writes for all editions among the newest records, because a write that carried out the
  order before a crash may be that old.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice

from megabot.ledger.port import Ledger
from megabot.ledger.records import Intent, PostRecord
from megabot.reconcile.observation import Observation
from megabot.reconcile.orders import Order
from megabot.schedule.calendar import Calendar

NEXT_EDITIONS = 3
"""Of how many editions after the current one the records are read."""
NEWEST_EDITIONS = 3
"""Of how many of the newest editions on record the writes are read."""


def editions_near(calendar: Calendar, now: datetime, *, ahead: int = NEXT_EDITIONS) -> frozenset[str]:
    """Return the keys of the current edition and of the next ones: those that may be posted or changed."""
    due = calendar.current(now)
    following = {edition.key for edition in islice(calendar.upcoming(now), ahead)}
    return frozenset(following | ({due.key} if due else set()))


def with_history(
    ledger: Ledger, thread: str, observation: Observation, order: Order | None, *, near: Collection[str]
) -> Observation:
    """Add the records and the writes that a decision needs to an observation; `near` as in `editions_near`."""
    due = {observation.due.key} if observation.due else set[str]()
    ids = {thread_post.id for thread_post in observation.posts}
    records = ledger.recent_posts(thread, editions={*near, *due}, post_ids=ids)
    return with_intents(ledger, thread, replace(observation, records=records), order)


def with_intents(ledger: Ledger, thread: str, observation: Observation, order: Order | None) -> Observation:
    """Add the writes that a decision needs to an observation that has its records."""
    intents = ledger.recent_intents(
        thread, editions=_editions(observation, order), post_ids=_post_ids(observation)
    )
    return replace(observation, intents=intents)


def _editions(observation: Observation, order: Order | None) -> set[str]:
    newest = dict.fromkeys(record.edition for record in reversed(observation.records))
    keys = set(newest if order is not None else islice(newest, NEWEST_EDITIONS))
    keys |= {thread_post.key for thread_post in (*observation.posts[:1], observation.current) if thread_post}
    return keys | ({observation.due.key} if observation.due else set())


def _post_ids(observation: Observation) -> set[int]:
    adopted = {observation.post_to_adopt.id} if observation.post_to_adopt else set[int]()
    return {thread_post.id for thread_post in observation.posts} | adopted


def merged(observed: Iterable[Intent], read: Iterable[Intent]) -> tuple[Intent, ...]:
    """Return the writes of both, oldest first; one that is in both as it was observed.

    A plan has given some of them a state that is not in the ledger.
    """
    by_id = {intent.id: intent for intent in (*read, *observed)}
    return tuple(by_id[id_] for id_ in sorted(by_id))


def record_of_thread(ledger: Ledger, thread: str, post_id: int) -> PostRecord | None:
    """Return the record of a post of this thread, None if there is none."""
    record = ledger.post(post_id)
    return record if record is not None and record.thread == thread else None
