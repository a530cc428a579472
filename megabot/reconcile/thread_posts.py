"""Find the posts of a thread, its own and adopted ones, in the account's listing and in the ledger.

A post is ours if it has the thread's marker and the bot is its author; it is adopted if a comment by the bot
says so.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from megabot.errors import NotFound
from megabot.forum.marker import Marker, post_marker
from megabot.forum.models import OwnContent, Post
from megabot.ledger.records import KeptText, NewIntent, PostRecord
from megabot.ports import Ports
from megabot.reconcile.content import drafts, stored_text
from megabot.reconcile.observation import ThreadPost
from megabot.reconcile.rules.adopt import adoption
from megabot.reconcile.rules.duplicates import order_posts
from megabot.reconcile.rules.undo import is_undo_comment
from megabot.source.model import Thread

# Both together are fewer than `RECENT_POSTS`, so that the newest records of the ledger are enough.
_KNOWN_POSTS = 3  # how many of the newest recorded posts must be found, listed or read one by one
_FURTHER = 10  # how many older ones are read at most if readers can open none of those


@dataclass(frozen=True, slots=True)
class ThreadPosts:
    """A thread's posts in the order of `order_posts`, and whether their listing can be trusted.

    `listing_trusted` is True if the listing shows a post that the ledger knows, False if it lacks one of
    ours that can be opened, None if there is nothing to judge by. `records` are the thread's newest records,
    those of these posts, and those of the editions that were asked for.
    """

    posts: tuple[ThreadPost, ...]
    listing_trusted: bool | None
    records: tuple[PostRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class _Missing:
    """A post that the listing lacks: its edition, and the address that it must have, if known."""

    post_id: int
    key: str
    copy: int = 1
    adopted: bool | None = None
    url: str = ""


def read_thread_posts(
    ports: Ports, thread: str, content: OwnContent, *, editions: Collection[str] = ()
) -> ThreadPosts:
    """Return the posts of a thread; those that the listing lacks are read one by one.

    The records of `editions` are read too.
    """
    listed = own_posts_of(content.posts_by_thread.get(thread, ()), thread, content.author)
    ids = {thread_post.id for thread_post in listed}
    marker = _newest_marker(listed)
    shown = {one.post_id: one for one in _shown(thread, content, marker)}
    records = ports.ledger.recent_posts(thread, editions=editions, post_ids=ids | shown.keys())
    missing = shown | {one.post_id: one for one in _known(marker, records)}
    unlisted = (
        _read(ports, thread, one, content.author) for one in missing.values() if one.post_id not in ids
    )
    extra = [thread_post for thread_post in unlisted if thread_post is not None]
    if not any(thread_post.post.open for thread_post in (*listed, *extra)):
        extra += _last_open(ports, thread, records[:-_KNOWN_POSTS], content.author)
    withdrawn = {
        comment.post_id
        for comment in content.comments_by_thread.get(thread, ())
        if is_undo_comment(comment, thread)
    }
    every = (
        replace(thread_post, withdrawn=True) if thread_post.id in withdrawn else thread_post
        for thread_post in (*listed, *extra)
    )
    posts = order_posts(tuple(every))
    if any(thread_post.post.open and not thread_post.adopted for thread_post in extra):
        # The list should have shown it, so it may hide others too (decision 41).
        return ThreadPosts(posts, listing_trusted=False, records=records)
    listing_trusted = True if any(record.post_id in ids for record in records) else None
    return ThreadPosts(posts, listing_trusted=listing_trusted, records=records)


def _last_open(
    ports: Ports, thread: str, records: tuple[PostRecord, ...], author: int
) -> Iterator[ThreadPost]:
    """Find the newest post that readers can open, if all newer ones were removed."""
    for record in records[: -_FURTHER - 1 : -1]:
        thread_post = _read(ports, thread, _recorded(record), author)
        if thread_post is not None and thread_post.post.open:
            yield thread_post
            return


def own_posts_of(posts: tuple[Post, ...], thread: str, author: int) -> tuple[ThreadPost, ...]:
    """Return a thread's own posts from a listing."""
    own = []
    for post in posts:
        marker = post_marker(post.body)
        # Anyone can copy a marker into a post (docs/explanation/never-twice.md).
        if marker is not None and marker.thread == thread and post.creator.id == author:
            own.append(ThreadPost(post=post, key=marker.key, copy=marker.copy))
    return tuple(own)


def keep_posts(
    ports: Ports, thread: Thread, posts: tuple[ThreadPost, ...], known: Collection[PostRecord]
) -> bool:
    """Record posts that the ledger does not know, because it was lost or restored from an older copy.

    `known` are the records that these posts have in the ledger. Returns whether it changed any. The stored
    texts are updated from what was observed.
    """
    records, changed = {record.post_id: record for record in known}, False
    for thread_post in posts:
        record = records.get(thread_post.id) or _record(thread, thread_post)
        # Withdrawn for good: the comment that shows it may be older than the listing.
        record = replace(record, withdrawn=record.withdrawn or thread_post.withdrawn)
        if record != records.get(thread_post.id):
            ports.ledger.record_post(record)
            changed = True
        text = ports.ledger.text(thread_post.id)
        stored = text or _text_as_sent(ports, record)
        updated = stored_text.merge_observed_text(stored, thread_post, now=ports.clock.now())
        if updated != text:
            ports.ledger.keep_text(updated)
    return changed


def _text_as_sent(ports: Ports, record: PostRecord) -> KeptText | None:
    """Return what was last sent for a post in a ledger older than stored texts, None if that is unknown."""
    intents = ports.ledger.recent_intents(record.thread, editions=(record.edition,), post_ids=())
    return stored_text.text_from_intents(intents, record)


def thread_post_of_record(record: PostRecord, post: Post) -> ThreadPost:
    return ThreadPost(post=post, key=record.edition, copy=record.copy, adopted=record.adopted)


def keep_sent(ports: Ports, new: NewIntent, post: Post) -> None:
    """Record a post that a publish or an edit has written, with its whole text."""
    ports.ledger.record_post(drafts.record_of_write(new, post))
    ports.ledger.keep_text(stored_text.text_from_write(new, post, now=ports.clock.now()))


def _shown(thread: str, content: OwnContent, marker: Marker | None) -> Iterator[_Missing]:
    """Return the posts that must exist too, by the newest post's marker and by comments."""
    # A marker names the previous post, so that an adopted one is found without the ledger (decision 11).
    if marker is not None and marker.after_post:
        yield _Missing(marker.after_post, marker.after_key)
    for comment in content.comments_by_thread.get(thread, ()):
        mark = adoption(comment, thread)
        if mark is not None:
            yield _Missing(comment.post_id, mark.key, mark.copy, adopted=True)


def _known(marker: Marker | None, records: tuple[PostRecord, ...]) -> Iterator[_Missing]:
    """Return the posts that must exist too, by the ledger: the newest, and the one in the newest marker."""
    after = marker.after_post if marker is not None else 0
    for record in (*(one for one in records if one.post_id == after), *records[-_KNOWN_POSTS:]):
        yield _recorded(record)


def _newest_marker(listed: tuple[ThreadPost, ...]) -> Marker | None:
    marker = post_marker(order_posts(listed)[0].post.body) if listed else None
    return marker if isinstance(marker, Marker) else None


def _recorded(record: PostRecord) -> _Missing:
    return _Missing(record.post_id, record.edition, record.copy, record.adopted, record.url)


def _read(ports: Ports, thread: str, missing: _Missing, author: int) -> ThreadPost | None:
    """Read a post that the listing lacks; None if it is gone or the id is another post's (A23)."""
    try:
        post = ports.forum.post(missing.post_id)
    except NotFound:
        return None
    own = post.creator.id == author
    adopted = not own if missing.adopted is None else missing.adopted
    if not (adopted or own) or (missing.url and post.url != missing.url):
        return None
    mark = post_marker(post.body)  # None if someone's edit removed it (H10)
    if not adopted and mark is not None and (mark.thread, mark.key) != (thread, missing.key):
        return None
    return ThreadPost(post=post, key=missing.key, copy=missing.copy, adopted=adopted)


def _record(thread: Thread, thread_post: ThreadPost) -> PostRecord:
    edition = thread.calendar.edition(thread_post.key)
    # A post adopted before its slot must not make this machine's clock look slow (K03).
    slot = min(edition.slot, thread_post.post.published) if edition else thread_post.post.published
    return PostRecord(
        post_id=thread_post.id,
        thread=thread.name,
        edition=thread_post.key,
        number=edition.number if edition else 0,
        slot=slot,
        community_id=thread_post.post.community_id,
        url=thread_post.post.url,
        title=thread_post.post.title,
        copy=thread_post.copy,
        adopted=thread_post.adopted,
    )
