"""A look at everything that was ever posted: what people deleted or moderators removed leaves the site.

A pass looks only as far back as it must. This costs some requests, so it is made once a day, and only where
there is a site.
"""

from collections.abc import Sequence
from dataclasses import replace

from megabot.errors import NotFound
from megabot.forum.models import Post
from megabot.ledger.records import PostRecord
from megabot.ports import Ports
from megabot.reconcile.content import annotation_store, highlights
from megabot.reconcile.thread_posts import keep_posts, own_posts_of, thread_post_of_record
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

ONE_BY_ONE = 100
"""How many posts that no listing has are read at most in one look; the others have their turn in the next."""
_TURN, _HIGHLIGHTS = "site:turn", "site:highlights"


def scan_all_posts(ports: Ports) -> None:
    """Keep what has become of every recorded post. Raises what the forum and the source raise."""
    threads = usable_threads(ports.source, ports.source.snapshot()).threads
    content = ports.forum.own_content(since=None)
    unlisted: list[tuple[Thread, PostRecord]] = []
    for thread in threads:
        listed = own_posts_of(content.posts, thread.name, content.author)
        keep_posts(ports, thread, listed)
        ids = {thread_post.id for thread_post in listed}
        unlisted += [(thread, one) for one in ports.ledger.posts(thread.name) if one.post_id not in ids]
    _look_at_highlights(ports, threads)
    if content.posts:  # else this is another server at the old address: what was kept stays
        for thread, record in _turn(ports, unlisted):
            _look(ports, thread, record)


def _look_at_highlights(ports: Ports, threads: Sequence[Thread]) -> None:
    """Read some of the highlights again, edition by edition, newest first, in turn over the days."""
    editions = [
        (thread.name, edition)
        for thread in threads
        for edition in dict.fromkeys(one.edition for one in reversed(ports.ledger.posts(thread.name)))
        if annotation_store.load_highlights(ports.ledger, thread.name, edition)
    ]
    start = int(ports.ledger.get_fact(_HIGHLIGHTS) or 0)
    start = start if start < len(editions) else 0
    left = ONE_BY_ONE
    for thread, edition in editions[start:]:
        left -= len(annotation_store.load_highlights(ports.ledger, thread, edition))
        annotation_store.reread_highlights(ports, thread, edition, start=0, most=highlights.MAX_HIGHLIGHTS)
        start += 1
        if left <= 0:
            break
    ports.ledger.set_fact(_HIGHLIGHTS, str(start))


def _turn(ports: Ports, all_: list[tuple[Thread, PostRecord]]) -> list[tuple[Thread, PostRecord]]:
    start = int(ports.ledger.get_fact(_TURN) or 0)
    start = start if start < len(all_) else 0
    end = start + ONE_BY_ONE
    ports.ledger.set_fact(_TURN, str(end))
    return all_[start:end]


def _look(ports: Ports, thread: Thread, record: PostRecord) -> None:
    post = _read(ports, record)
    if post is not None and post.url == record.url:
        keep_posts(ports, thread, (thread_post_of_record(record, post),))
        return
    text = ports.ledger.text(record.post_id)
    if text is not None and text.open:
        ports.ledger.keep_text(replace(text, open=False))


def _read(ports: Ports, record: PostRecord) -> Post | None:
    try:
        return ports.forum.post(record.post_id)
    except NotFound:
        return None
