"""A ledger for decisions about many threads: what they read of it was read before, for all at once."""

from collections.abc import Collection, Mapping
from typing import Any

from megabot.ledger.port import RECENT_POSTS, Ledger
from megabot.ledger.records import CommandRecord, Intent, PostRecord
from megabot.ledger.state import Highlight, ThreadState
from megabot.schedule.overrides import Override


class PreloadedLedger:
    """A view of a ledger that answers for some threads from what it read once, and else asks the ledger.

    It does not see what changes in the meantime, so it is not for a pass that may write. `editions` are the
    keys that each thread's posts will be asked for.
    """

    def __init__(self, ledger: Ledger, editions: Mapping[str, Collection[str]]) -> None:
        self._ledger = ledger
        self._asked = editions
        self._threads = ledger.records_by_thread(editions)
        self._posts = {post.post_id: post for known in self._threads.values() for post in known.posts}
        self._commands: dict[int, tuple[CommandRecord, ...]] = {}

    def thread(self, thread: str) -> ThreadState:
        """Return a thread's state as it was read, or from the ledger."""
        known = self._threads.get(thread)
        return self._ledger.thread(thread) if known is None else known.state

    def overrides(self, thread: str) -> tuple[Override, ...]:
        """Return a thread's overrides as they were read, or from the ledger."""
        known = self._threads.get(thread)
        return self._ledger.overrides(thread) if known is None else known.overrides

    def recent_posts(
        self, thread: str, *, editions: Collection[str] = (), post_ids: Collection[int] = ()
    ) -> tuple[PostRecord, ...]:
        """Return a thread's newest posts as they were read, or from the ledger if others are asked for."""
        known = self._threads.get(thread)
        if known is not None and len(known.posts) < RECENT_POSTS:
            return known.posts  # these are all
        if (
            known is None
            or not set(self._asked[thread]).issuperset(editions)
            or not {post.post_id for post in known.posts}.issuperset(post_ids)
        ):
            return self._ledger.recent_posts(thread, editions=editions, post_ids=post_ids)
        older, newest = known.posts[:-RECENT_POSTS], known.posts[-RECENT_POSTS:]
        return (*(post for post in older if post.edition in editions or post.post_id in post_ids), *newest)

    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int], order: str = ""
    ) -> tuple[Intent, ...]:
        """Return a thread's intents as they were read, or from the ledger if others are asked for."""
        known = self._threads.get(thread)
        if (
            known is None
            or order
            or not known.editions.issuperset(editions)
            or not known.post_ids.issuperset(post_ids)
        ):
            return self._ledger.recent_intents(thread, editions=editions, post_ids=post_ids, order=order)
        return tuple(
            intent
            for intent in known.intents
            if intent.open or intent.new.edition in editions or intent.new.post_id in post_ids
        )

    def highlights(self, thread: str, edition: str) -> tuple[Highlight, ...]:
        """Return an edition's highlights as they were read, or from the ledger."""
        known = self._threads.get(thread)
        if known is None or edition not in known.editions:
            return self._ledger.highlights(thread, edition)
        return known.highlights.get(edition, ())

    def post(self, post_id: int) -> PostRecord | None:
        """Return a post as it was read, or from the ledger."""
        return self._posts.get(post_id) or self._ledger.post(post_id)

    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        """Return the newest commands, read from the ledger once."""
        if limit not in self._commands:
            self._commands[limit] = self._ledger.commands(limit)
        return self._commands[limit]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the ledger's own method
        """Return the ledger's own method."""
        return getattr(self._ledger, name)
