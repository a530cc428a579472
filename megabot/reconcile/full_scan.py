"""Re-check every post ever made, so that deleted and removed ones disappear from the site.

A pass reads only as far back as it has to. This scan costs requests, so it runs once a day, and only if
there is a site.
"""

from collections.abc import Sequence
from dataclasses import replace

from megabot.errors import NotFound
from megabot.forum.models import Post
from megabot.ledger.records import PostRecord
from megabot.ledger.state import Job, JobRun
from megabot.ports import Ports
from megabot.reconcile.content import annotation_store, highlights
from megabot.reconcile.thread_posts import keep_posts, own_posts_of, thread_post_of_record
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

ONE_BY_ONE = 100
"""How many unlisted posts one scan reads at most; the next scan continues with the rest."""


def scan_all_posts(ports: Ports) -> None:
    """Record the current state of every known post. Raises the errors of the forum and the source."""
    threads = usable_threads(ports.source, ports.source.snapshot()).threads
    content = ports.forum.own_content(since=None)
    unlisted: list[tuple[Thread, PostRecord]] = []
    for thread in threads:
        listed = own_posts_of(content.posts_by_thread.get(thread.name, ()), thread.name, content.author)
        records = ports.ledger.posts(thread.name)
        keep_posts(ports, thread, listed, records)
        ids = {thread_post.id for thread_post in listed}
        unlisted += [(thread, one) for one in records if one.post_id not in ids]
    _check_highlights(ports, threads)
    # An account without a single post means another server at the old address: then nothing is changed.
    if content.posts:
        for thread, record in _next_batch(ports, unlisted):
            _check_post(ports, thread, record)


def _check_highlights(ports: Ports, threads: Sequence[Thread]) -> None:
    """Re-read some highlights, the newest editions first; each scan continues where the last one stopped."""
    editions = [
        (thread.name, edition)
        for thread in threads
        for edition in dict.fromkeys(one.edition for one in reversed(ports.ledger.posts(thread.name)))
        if edition in ports.ledger.highlighted_editions(thread.name)
    ]
    start = ports.ledger.job(Job.SITE_HIGHLIGHTS).position
    start = start if start < len(editions) else 0
    left = ONE_BY_ONE
    for thread, edition in editions[start:]:
        left -= len(ports.ledger.highlights(thread, edition))
        annotation_store.reread_highlights(ports, thread, edition, start=0, most=highlights.MAX_HIGHLIGHTS)
        start += 1
        if left <= 0:
            break
    ports.ledger.keep_job(Job.SITE_HIGHLIGHTS, JobRun(position=start))


def _next_batch(ports: Ports, all_: list[tuple[Thread, PostRecord]]) -> list[tuple[Thread, PostRecord]]:
    last = ports.ledger.job(Job.SITE_SCAN)
    start = last.position if last.position < len(all_) else 0
    end = start + ONE_BY_ONE
    ports.ledger.keep_job(Job.SITE_SCAN, replace(last, position=end))
    return all_[start:end]


def _check_post(ports: Ports, thread: Thread, record: PostRecord) -> None:
    post = _read(ports, record)
    if post is not None and post.url == record.url:  # after a restore the id can be another post's (A23)
        keep_posts(ports, thread, (thread_post_of_record(record, post),), (record,))
        return
    text = ports.ledger.text(record.post_id)
    if text is not None and text.open:
        # Not deleted: a moderator can restore the post, and the site then shows it again (H05).
        ports.ledger.keep_text(replace(text, open=False))


def _read(ports: Ports, record: PostRecord) -> Post | None:
    try:
        return ports.forum.post(record.post_id)
    # No other error counts: a server that is down takes nothing off the site.
    except NotFound:
        return None
