"""A person's word from the shell: one pass, a look back where the outcome is unknown, an answer."""

from dataclasses import dataclass
from datetime import timedelta

from megabot import texts
from megabot.core.actions import Hold, Reason
from megabot.core.plan import holds
from megabot.core.posts import Account
from megabot.core.seen import Order, OrderKind
from megabot.core.upkeep import KINDS, is_pinned
from megabot.errors import ConfigError
from megabot.ports import Ports
from megabot.reconcile import Report, run_pass

LOOK_BACK = timedelta(seconds=60)
_LOOK_EVERY = 10.0
_HARMLESS = frozenset(
    {
        Reason.THERE,
        Reason.UNCHANGED,
        Reason.UNPINNED_BY_HAND,
        Reason.PINNED_BY_HAND,
        Reason.EDITED_LATELY,
    }
)
_BESIDE_A_REFRESH = frozenset(
    {Reason.REMOVED, Reason.SKIPPED, Reason.FIRST_RUN, Reason.NOT_ORDERED, Reason.STRAYED, Reason.PAST_GRACE}
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


def carry_out(ports: Ports, order: Order, thread: str | None, *, account: Account | None = None) -> Answer:
    """Carry out an order on one thread, or on all where none is named.

    The caller had an answer that strangers cannot get; `account` is that answer where it was the account.

    After an unknown outcome it looks back for at most a minute, then gives up with the time from which the
    order may be given again (decision 8). Raises `ConfigError` where there is no such thread.
    """
    ports.source.refresh()
    names = [each.name for each in ports.source.threads(ports.source.snapshot())]
    if thread is not None and thread not in names:
        raise ConfigError(texts.no_such_thread(thread, names))
    wanted = {name: order for name in names if thread in (None, name)}
    with ports.ledger.pass_lock():
        reports = run_pass(ports, orders=wanted, proof=True, account=account)
    deadline = ports.clock.now() + LOOK_BACK
    while any(_unknown(report) for report in reports) and ports.clock.now() < deadline:
        ports.clock.sleep(_LOOK_EVERY)
        with ports.ledger.pass_lock():
            reports = run_pass(ports, orders=wanted, proof=False)
    return answer(tuple(report for report in reports if report.thread.name in wanted), order)


def answer(reports: tuple[Report, ...], order: Order) -> Answer:
    """Put into words what a pass made of an order. A success is only what a last look has shown."""
    said: list[str] = []
    complaints: list[str] = []
    for report in reports:
        standing = report.seen.standing if report.seen else None
        if report.failure is not None:
            complaints.append(f"{report.thread.name}: {report.failure}")
        elif not report.verified:
            complaints.append(texts.not_verified(report.thread.name))
        elif standing is not None:
            kind = KINDS.get(report.thread.pin)
            pinned = kind is not None and is_pinned(standing.post, kind)
            said.append(texts.stands(report.thread.name, standing.key, standing.post.url, pinned=pinned))
        complaints += [_complaint(report, hold) for hold in holds(report.left) if _matters(hold, order)]
    return Answer(tuple(said), tuple(complaints))


def needs_word(reports: tuple[Report, ...]) -> tuple[str, ...]:
    """Give a line for each thread whose post is open: a fresh copy of it takes a second word."""
    lines = []
    for report in reports:
        standing = report.seen.standing if report.seen else None
        if standing is not None and report.seen is not None and report.seen.posts[0] is standing:
            post = standing.post
            lines.append(texts.ask_repost(report.thread.name, comments=post.comments, url=post.url))
    return tuple(lines)


def _complaint(report: Report, hold: Hold) -> str:
    if hold.reason is Reason.OUTCOME_UNKNOWN:
        return f"{report.thread.name}: {texts.run_again(hold.until)}"
    return texts.hold(report.thread, hold)


def _matters(hold: Hold, order: Order) -> bool:
    if order.kind is OrderKind.REFRESH and hold.reason in _BESIDE_A_REFRESH:
        return False  # the standing post was refreshed; that a newer slot is empty is another matter
    return hold.reason not in _HARMLESS


def _unknown(report: Report) -> bool:
    return any(hold.reason is Reason.OUTCOME_UNKNOWN for hold in holds(report.left))
