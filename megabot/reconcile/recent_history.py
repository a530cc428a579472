"""Read what a pass needs of a thread's records and writes: a part that does not grow with its age.

A pass decides the same from these as from the whole history. The rules ask for:

- the newest record: when the clock is wrong, where the thread is, how far back the listing must reach;
- the newest 13 records: the posts to read one by one if the listing lacks them, removed ones included;
- the records of the due edition: whether it was posted, and which copies were;
- the records of later editions, which were posted early or adopted: those of the next ones (`keys_near`), and
  the newest ones;
- the record of each observed post, however old: an adopted one, one with a pin, one with `lock_after`;
- open writes, however old;
- the writes to observed posts and to the post that an order names: pins, locks, edits, releases;
- the writes for the due edition, for the newest and the current post, and for the newest `NEWEST_EDITIONS`
  editions on record: publishes, links, announcements, adoptions;
- the writes that carried out the order before, however old.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from megabot.ledger.port import Ledger
from megabot.ledger.records import Intent, PostRecord
from megabot.ledger.thread_records import NEWEST_EDITIONS
from megabot.reconcile.observation import Observation, Situation
from megabot.schedule.editions import keys_near


def with_history(ledger: Ledger, situation: Situation) -> Observation:
    """Return the observation with the records and the writes that a decision about it needs."""
    observation, thread = situation.observation, situation.thread
    due = {observation.due.key} if observation.due else set[str]()
    records = ledger.recent_posts(
        thread.name,
        editions=keys_near(thread.calendar, situation.now) | due,
        post_ids={thread_post.id for thread_post in observation.posts},
    )
    return with_intents(ledger, replace(situation, observation=replace(observation, records=records)))


def with_intents(ledger: Ledger, situation: Situation) -> Observation:
    """Return the observation, which has its records, with the writes that a decision about it needs."""
    observation = situation.observation
    intents = ledger.recent_intents(
        situation.thread.name,
        editions=_editions(observation),
        post_ids=_post_ids(observation),
        order=situation.order.id if situation.order else "",
    )
    return replace(observation, intents=intents)


def _editions(observation: Observation) -> set[str]:
    newest = dict.fromkeys(record.edition for record in reversed(observation.records))
    keys = set(islice(newest, NEWEST_EDITIONS))
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
