"""Threads that were posted before megabot: which edition each was, and which can be taken for it. Pure."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from megabot.core import calendar
from megabot.core.calendar import Edition
from megabot.core.editions import edition_of_post, head_start, step_edition
from megabot.core.likeness import title_matches
from megabot.core.public_posts import PublicPost
from megabot.core.records import PostRecord
from megabot.core.threads import Thread


class ImportResult(StrEnum):
    """What becomes of a thread that was found; the words of the table."""

    TAKEN = "will be imported"
    KNOWN = "already known"
    TOO_OLD = "before the first slot"
    SECOND = "another thread is closer to the slot"


@dataclass(frozen=True, slots=True)
class PastThread:
    """A thread that was found, the edition that it is, and what becomes of it."""

    post: PublicPost
    edition: Edition
    result: ImportResult


def is_meant(post: PublicPost, *, title: str, by: str) -> bool:
    """Return whether a post is one of the threads meant, by a pattern for its title and by its author."""
    by_author = not by or post.by.casefold() == by.casefold()
    return post.open and by_author and title_matches(post.title, title)


def match_editions(
    thread: Thread, posts: Iterable[PublicPost], *, known: AbstractSet[str], newest: Edition | None = None
) -> tuple[PastThread, ...]:
    """Give each post its edition, oldest first; one post an edition, the nearest to its slot.

    `known` are the keys of the editions that have a post already. `newest` is the edition of the newest post,
    if it is another one than that of its slot: the others are shifted by as many editions.
    """
    found = [(post, edition_of_post(thread, post.published)) for post in posts]
    if found and newest is not None:
        shift = newest.number - max(found, key=lambda one: one[0].published)[1].number
        shifted = ((post, step_edition(thread, edition, shift)) for post, edition in found)
        found = [(post, edition) for post, edition in shifted if edition is not None]
    by_distance = sorted(found, key=lambda one: abs(one[1].slot - one[0].published))
    nearest: dict[str, int] = {}
    for post, edition in by_distance:
        nearest.setdefault(edition.key, post.id)
    past_threads = [
        PastThread(post, edition, _fate(thread, post, edition, known, nearest)) for post, edition in found
    ]
    return tuple(sorted(past_threads, key=lambda one: (one.post.published, one.post.id)))


def _fate(
    thread: Thread, post: PublicPost, edition: Edition, known: AbstractSet[str], nearest: dict[str, int]
) -> ImportResult:
    first = next(calendar.earlier_editions(thread.name, thread.schedule, edition), None) is None
    following = edition.slot + (edition.end - edition.start) + calendar.A_DAY
    if first and edition.slot - post.published > head_start(edition.slot, following):
        return ImportResult.TOO_OLD
    if edition.key in known:
        return ImportResult.KNOWN
    return ImportResult.TAKEN if nearest[edition.key] == post.id else ImportResult.SECOND


def record_of_import(thread: str, past: PastThread, *, community_id: int) -> PostRecord:
    """Make what the ledger keeps of a thread that is taken: another account's, so it is never edited."""
    return PostRecord(
        post_id=past.post.id,
        thread=thread,
        edition=past.edition.key,
        number=past.edition.number,
        slot=min(past.edition.slot, past.post.published),
        community_id=community_id,
        url=past.post.url,
        title=past.post.title,
        adopted=True,
    )
