"""Import a community's past threads into the ledger, so that the archive and numbering start with them."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from megabot.commands.run_order import OrderResult, carry_out
from megabot.errors import ConfigError
from megabot.forum.public_post import PublicPost
from megabot.forum.title_match import title_matches
from megabot.i18n import sentences
from megabot.ledger.port import Ledger
from megabot.ledger.records import PostRecord
from megabot.ports import Ports
from megabot.reconcile.communities import find_community
from megabot.reconcile.memory import remember_known_since
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.rules.adopt import adoption
from megabot.schedule import calendar
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import edition_of_post, head_start, step_edition
from megabot.source.model import Thread


class ImportResult(StrEnum):
    """What happens to a thread that was found. The values are shown in the table."""

    TAKEN = "will be imported"
    KNOWN = "already known"
    TOO_OLD = "before the first slot"
    SECOND = "another thread is closer to the slot"


@dataclass(frozen=True, slots=True)
class PastThread:
    """A thread that was found, its edition, and what happens to it."""

    post: PublicPost
    edition: Edition
    result: ImportResult


def single_thread(threads: tuple[Thread, ...]) -> Thread:
    """Return the source's only thread. Raises `ConfigError` if there are more."""
    if len(threads) > 1:
        raise ConfigError(sentences.name_a_thread("import", [one.name for one in threads]))
    return threads[0]


def find_past_threads(  # noqa: PLR0913  each argument narrows the search
    ledger: Ledger,
    thread: Thread,
    pages: Iterable[tuple[PublicPost, ...]],
    *,
    title: str,
    by: str,
    step: Callable[[], None],
    newest: Edition | None = None,
) -> tuple[PastThread, ...]:
    """Return the matching threads of all pages, oldest first, each with its edition.

    `newest` is the edition of the newest thread, if it is not the one of its slot. `step` is called after
    each page, to show progress.
    """
    posts = []
    for page in pages:
        posts += [post for post in page if is_meant(post, title=title, by=by)]
        step()
    known = {one.edition for one in ledger.posts(thread.name)}
    return match_editions(thread, posts, known=known, newest=newest)


def import_threads(
    ports: Ports, thread: Thread, past_threads: tuple[PastThread, ...], *, id_: str
) -> OrderResult:
    """Import the accepted threads. The caller must have had a response that only the account can get.

    The newest is adopted by a comment in it, as by `megabot adopt`, so that the series survives the loss of
    the ledger, and the previous thread gets the usual link to it. The older ones are only recorded: a comment
    in each would bump years of old threads.
    """
    accepted = [one for one in past_threads if one.result is ImportResult.TAKEN]
    place = find_community(ports, thread)
    _begin_schedule(ports, thread)
    for past_thread in accepted[:-1]:
        ports.ledger.record_post(record_of_import(thread.name, past_thread, community_id=place.id))
    newest = accepted[-1]
    order = Order(OrderKind.ADOPT, id_, post_id=newest.post.id, edition=newest.edition.key)
    return carry_out(ports, order, thread.name)


def find_imported(ports: Ports, thread: Thread) -> tuple[tuple[PostRecord, ...], PostRecord | None]:
    """Return the recorded threads of an import: the older ones, and the newest, which has our comment."""
    comments = ports.forum.own_content(since=None).comments
    commented = {one.post_id for one in comments if adoption(one, thread.name)}
    adopted = [record for record in ports.ledger.posts(thread.name) if record.adopted]
    older = tuple(record for record in adopted if record.post_id not in commented)
    later = (record for record in adopted if record.post_id in commented and older)
    return older, next((record for record in later if record.slot > older[-1].slot), None)


def undo_import(
    ports: Ports, thread: Thread, older: tuple[PostRecord, ...], newest: PostRecord | None, *, id_: str
) -> OrderResult | None:
    """Undo an import: forget the older threads, and undo the adoption of the newest."""
    with ports.ledger.pass_lock():
        for record in older:
            ports.ledger.forget_post(record.post_id)
    if newest is None:
        return None
    order = Order(OrderKind.UNADOPT, id_, post_id=newest.post_id, edition=newest.edition)
    return carry_out(ports, order, thread.name)


def _begin_schedule(ports: Ports, thread: Thread) -> None:
    if ports.ledger.thread(thread.name).known_since is None:
        # Known only from now on: the old threads must not make a past slot due (decision 6).
        remember_known_since(ports.ledger, thread, ports.clock.now())


def is_meant(post: PublicPost, *, title: str, by: str) -> bool:
    """Return whether a post matches: by a pattern for its title, and by its author if `by` is not empty."""
    by_author = not by or post.by.casefold() == by.casefold()
    return post.open and by_author and title_matches(post.title, title)


def match_editions(
    thread: Thread, posts: Iterable[PublicPost], *, known: AbstractSet[str], newest: Edition | None = None
) -> tuple[PastThread, ...]:
    """Return the posts with their editions, oldest first; of two posts the one closer to the slot wins.

    `known` are the keys of the editions that have a post already. `newest` is the edition of the newest post,
    if it is not the one of its slot; the other posts are shifted by as many editions.
    """
    matched = [(post, edition_of_post(thread.calendar, post.published)) for post in posts]
    if matched and newest is not None:
        shift = newest.number - max(matched, key=lambda one: one[0].published)[1].number
        shifted = ((post, step_edition(thread.calendar, edition, shift)) for post, edition in matched)
        matched = [(post, edition) for post, edition in shifted if edition is not None]
    by_distance = sorted(matched, key=lambda one: abs(one[1].slot - one[0].published))
    nearest: dict[str, int] = {}
    for post, edition in by_distance:
        nearest.setdefault(edition.key, post.id)
    past_threads = [
        PastThread(post, edition, _result(thread, post, edition, known, nearest)) for post, edition in matched
    ]
    return tuple(sorted(past_threads, key=lambda one: (one.post.published, one.post.id)))


def _result(
    thread: Thread, post: PublicPost, edition: Edition, known: AbstractSet[str], nearest: dict[str, int]
) -> ImportResult:
    first = next(thread.calendar.earlier(edition), None) is None
    following = edition.slot + (edition.end - edition.start) + calendar.A_DAY
    if first and edition.slot - post.published > head_start(edition.slot, following):
        return ImportResult.TOO_OLD
    if edition.key in known:
        return ImportResult.KNOWN
    return ImportResult.TAKEN if nearest[edition.key] == post.id else ImportResult.SECOND


def record_of_import(thread: str, past: PastThread, *, community_id: int) -> PostRecord:
    """Return the record of an imported thread. It is `adopted`, so it is never edited."""
    return PostRecord(
        post_id=past.post.id,
        thread=thread,
        edition=past.edition.key,
        number=past.edition.number,
        # A post from before its slot must not make this machine's clock look slow (K03).
        slot=min(past.edition.slot, past.post.published),
        community_id=community_id,
        url=past.post.url,
        title=past.post.title,
        adopted=True,
    )
