"""What the ledger has of one thread that plans and the status read, as a value."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from megabot.ledger.records import Intent, PostRecord
from megabot.ledger.state import Highlight, ThreadState
from megabot.schedule.overrides import Override

NEWEST_EDITIONS = 3
"""Of how many of a thread's newest editions on record the writes and highlights are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRecords:
    """The part of a thread's records that does not grow with its age.

    `posts` are what `recent_posts` returns for the editions that were asked for. `editions` are those and the
    newest `NEWEST_EDITIONS` on record, `post_ids` the recent posts of `editions`, `intents` what
    `recent_intents` returns for both. `highlights` has those of `editions`, without editions that have none.
    """

    state: ThreadState = field(default_factory=ThreadState)
    overrides: tuple[Override, ...] = ()
    posts: tuple[PostRecord, ...] = ()
    editions: frozenset[str] = frozenset()
    post_ids: frozenset[int] = frozenset()
    intents: tuple[Intent, ...] = ()
    highlights: Mapping[str, tuple[Highlight, ...]] = field(default_factory=dict)


def with_newest_editions(asked: Collection[str], posts: Iterable[PostRecord]) -> frozenset[str]:
    """Return the keys asked for and those of the newest editions; `posts` are oldest first."""
    newest = dict.fromkeys(record.edition for record in reversed([*posts]))
    return frozenset(asked).union(islice(newest, NEWEST_EDITIONS))


def ids_of_editions(editions: Collection[str], posts: Iterable[PostRecord]) -> frozenset[int]:
    return frozenset(record.post_id for record in posts if record.edition in editions)
