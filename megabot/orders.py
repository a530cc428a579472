"""A person's word from the shell: one pass, a look back where the outcome is unknown, an answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from megabot import texts
from megabot.core import calendar
from megabot.core.actions import Adopt, Hold, Reason
from megabot.core.adoption import edition_of
from megabot.core.federation import is_pinned_for_readers
from megabot.core.plan import holds
from megabot.core.posts import Account
from megabot.core.seen import Order, OrderKind
from megabot.core.upkeep import KINDS, is_pinned
from megabot.errors import ConfigError
from megabot.language import Language
from megabot.places import agree_to_move, find_place
from megabot.ports import Ports
from megabot.reconcile import run_pass
from megabot.report import Report

LOOK_BACK = timedelta(seconds=60)
_LOOK_EVERY = 10.0
_OF_WHAT_STANDS = frozenset({OrderKind.REFRESH, OrderKind.ADOPT, OrderKind.UNDO})
_HARMLESS = frozenset(
    {
        Reason.THERE,
        Reason.UNCHANGED,
        Reason.UNPINNED_BY_HAND,
        Reason.PINNED_BY_HAND,
        Reason.EDITED_LATELY,
    }
)
_SOON = frozenset({Reason.OUTCOME_UNKNOWN, Reason.PIN_TRAVELS})
_BESIDE = frozenset(
    {
        Reason.NOTHING_DUE,
        Reason.REMOVED,
        Reason.BODY_HIDDEN,
        Reason.SKIPPED,
        Reason.HELD,
        Reason.FIRST_RUN,
        Reason.NOT_ORDERED,
        Reason.STRAYED,
        Reason.PAST_GRACE,
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order: lines for stdout, lines for stderr, and whether it was carried out."""

    said: tuple[str, ...]
    complaints: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Whether everything that was ordered is so now."""
        return not self.complaints


def adoption(
    ports: Ports, url: str, *, id_: str, thread: str | None, key: str = "", as_previous: bool = False
) -> tuple[Order, str]:
    """Make the order to adopt the post at an address, and name the thread that it is given to.

    The edition is that of `key`, or the one nearest to the post, or the one before the current one.

    Raises `ConfigError` where the thread or the edition cannot be told, `NotFound` without such a post.
    """
    post = ports.forum.post_at(url)
    threads = ports.source.threads(ports.source.snapshot())
    there = [one for one in threads if find_place(ports, one).id == post.community_id]
    chosen = [one for one in there if thread in (None, one.name)]
    if len(chosen) != 1:
        names = [one.name for one in threads]
        raise ConfigError(
            texts.which_thread(ports.language, url, thread, names=names, there=[one.name for one in there])
        )
    one = chosen[0]
    if key:
        edition = calendar.by_key(one.name, one.schedule, key.removeprefix(f"{one.name}/"))
    else:
        edition = edition_of(one, post.published, ports.clock.now(), as_previous=as_previous)
    if edition is None:
        example = calendar.nearest(one.name, one.schedule, post.published).key
        raise ConfigError(texts.no_such_edition(ports.language, one.name, key, example=example))
    return Order(OrderKind.ADOPT, id_, post_id=post.id, edition=edition.key), one.name


def carry_out(
    ports: Ports,
    order: Order,
    thread: str | None,
    *,
    account: Account | None = None,
    move: bool = False,
    patience: timedelta = LOOK_BACK,
) -> Answer:
    """Carry out an order on one thread, or on all where none is named.

    The caller had an answer that strangers cannot get; `account` is that answer where it was the account.
    With `move` threads may go on in the communities that the source names now.

    After an unknown outcome it looks back for as long as its `patience` is, then gives up with the time from
    which the order may be given again (decision 8). It waits as long for a pin that travels to the server of
    the community. Raises `ConfigError` where there is no such thread.
    """
    ports.source.refresh()
    threads = ports.source.threads(ports.source.snapshot())
    names = [each.name for each in threads]
    if thread is not None and thread not in names:
        raise ConfigError(texts.no_such_thread(ports.language, thread, names))
    wanted = {name: order for name in names if thread in (None, name)}
    if move:
        for each in threads:
            if each.name in wanted:
                agree_to_move(ports, each)
    with ports.ledger.pass_lock():
        reports = run_pass(ports, orders=wanted, proof=True, account=account)
    deadline = ports.clock.now() + patience
    while any(_may_change_soon(report) for report in reports) and ports.clock.now() < deadline:
        ports.clock.sleep(_LOOK_EVERY)
        with ports.ledger.pass_lock():
            reports = run_pass(ports, orders=wanted, proof=False)
    about = tuple(report for report in reports if report.thread.name in wanted)
    return answer(ports.language, about, order)


def answer(lang: Language, reports: tuple[Report, ...], order: Order) -> Answer:
    """Put into words what a pass made of an order. A success is only what a last look has shown."""
    said: list[str] = []
    complaints: list[str] = []
    for report in reports:
        standing = report.seen.standing if report.seen else None
        said += _adopted(lang, report)
        if report.failure is not None:
            complaints.append(f"{report.thread.name}: {report.failure}")
        elif not report.verified:
            complaints.append(texts.not_verified(lang, report.thread.name))
        elif standing is not None:
            kind = KINDS.get(report.thread.pin)
            pinned = kind is not None and is_pinned(standing.post, kind)
            pinned = pinned and report.seen is not None and is_pinned_for_readers(report.thread, report.seen)
            edition = f"{report.thread.name}/{standing.key}"
            said.append(texts.stands(lang, edition, standing.post.url, pinned=pinned))
        complaints += [_complaint(lang, report, hold) for hold in holds(report.left) if _matters(hold, order)]
    return Answer(tuple(said), tuple(complaints))


def _adopted(lang: Language, report: Report) -> Iterator[str]:
    """Say that a post was adopted that is not the one that stands: of that one it is said anyway."""
    standing = report.seen.standing if report.seen else None
    for one in report.done:
        if isinstance(one, Adopt) and not (standing and standing.id == one.post.id):
            yield lang.adopted_as.format(thread=report.thread.name, url=one.post.url, edition=one.edition.key)


def ask_first(ports: Ports, thread: str | None, *, account: Account | None = None) -> tuple[str, ...]:
    """Give a line for each thread whose post is open: a fresh copy of it takes a second word."""
    lines = []
    for report in run_pass(ports, proof=True, account=account, dry=True):
        if thread not in (None, report.thread.name):
            continue
        standing = report.seen.standing if report.seen else None
        if standing is not None and report.seen is not None and report.seen.posts[0] is standing:
            post = standing.post
            lines.append(
                texts.ask_repost(ports.language, report.thread.name, comments=post.comments, url=post.url)
            )
    return tuple(lines)


def _complaint(lang: Language, report: Report, hold: Hold) -> str:
    if hold.reason is Reason.OUTCOME_UNKNOWN:
        return f"{report.thread.name}: {texts.run_again(lang, hold.until)}"
    return texts.hold(lang, report.thread, hold)


def _matters(hold: Hold, order: Order) -> bool:
    if order.kind in _OF_WHAT_STANDS and hold.reason in _BESIDE:
        return False  # it was about the standing post; that a newer slot is empty is another matter
    return hold.reason not in _HARMLESS


def _may_change_soon(report: Report) -> bool:
    return any(hold.reason in _SOON for hold in holds(report.left))
