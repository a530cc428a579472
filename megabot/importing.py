"""Takes a community's past threads into the ledger, so that the series is whole from its first edition on."""

from collections.abc import Callable, Iterable

from megabot import texts
from megabot.core import calendar
from megabot.core.adoption import adoption
from megabot.core.calendar import Edition
from megabot.core.past_threads import ImportResult, PastThread, is_meant, match_editions, record_of_import
from megabot.core.public_posts import PublicPost
from megabot.core.records import PostRecord
from megabot.core.seen import Order, OrderKind
from megabot.core.threads import Thread
from megabot.errors import ConfigError
from megabot.orders import OrderResult, carry_out
from megabot.places import find_community
from megabot.ports import Ledger, Ports


def single_thread(threads: tuple[Thread, ...]) -> Thread:
    """Give the only thread there is to choose from. Raises `ConfigError` where there are more."""
    if len(threads) > 1:
        raise ConfigError(texts.name_a_thread("import", [one.name for one in threads]))
    return threads[0]


def find_past_threads(  # noqa: PLR0913  each narrows the search
    ledger: Ledger,
    thread: Thread,
    pages: Iterable[tuple[PublicPost, ...]],
    *,
    title: str,
    by: str,
    step: Callable[[], None],
    newest: Edition | None = None,
) -> tuple[PastThread, ...]:
    """Read all pages and pick the threads that are meant, oldest first, each with its edition.

    `newest` is the edition of the newest one, if it is not that of its slot.
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
    """Keep the threads that are to be taken; the caller had an answer that strangers cannot get.

    The newest is adopted by a comment in it, as by `megabot adopt`, so that the series outlives the ledger;
    the one before gets the usual link to it.
    The older ones are written into the ledger alone: a comment in each would wake years of old threads.
    """
    taken = [one for one in past_threads if one.result is ImportResult.TAKEN]
    place = find_community(ports, thread)
    _begin_schedule(ports, thread)
    for past_thread in taken[:-1]:
        ports.ledger.record_post(record_of_import(thread.name, past_thread, community_id=place.id))
    newest = taken[-1]
    order = Order(OrderKind.ADOPT, id_, post_id=newest.post.id, edition=newest.edition.key)
    return carry_out(ports, order, thread.name)


def find_imported(ports: Ports, thread: Thread) -> tuple[tuple[PostRecord, ...], PostRecord | None]:
    """Return the recorded threads of an import: the older ones, and the newest, which has a comment."""
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
    """Note that the schedule is known from now on: old threads must not make a slot that has passed due."""
    key = f"schedule:{thread.name}"
    if ports.ledger.get_fact(key) is None:
        now = ports.clock.now().isoformat()
        ports.ledger.set_fact(key, f"{calendar.fingerprint(thread.schedule)}\n{now}")
