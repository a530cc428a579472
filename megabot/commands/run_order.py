"""Run an order: one pass, re-checks while the outcome is unknown, then a summary."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from megabot.commands.model import Verb
from megabot.errors import Bug, ConfigError, NotFound, SourceBroken
from megabot.forum.models import Account, CommunityRef, Post
from megabot.i18n import sentences, suggestions
from megabot.i18n.channels import fill
from megabot.i18n.tables import Outcome
from megabot.i18n.translation import _
from megabot.ports import Ports
from megabot.reconcile import describe
from megabot.reconcile.actions import Adopt, Blocked, BlockReason, Release
from megabot.reconcile.communities import agree_to_move, find_community
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.observation import ThreadPost
from megabot.reconcile.orders import Order, OrderKind
from megabot.reconcile.report import Report
from megabot.reconcile.rules.adopt import Effects, edition_of, effects_of
from megabot.reconcile.rules.pin import KINDS, is_pinned
from megabot.reconcile.rules.remote_pin import is_pinned_for_readers
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import edition_of_post, is_late, next_unposted_edition, postable_editions
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

LOOK_BACK = timedelta(seconds=60)  # nothing is sent for ten minutes, too long to wait for (decision 8)
_LOOK_EVERY = 10.0
_ABOUT_EXISTING_POSTS = frozenset({OrderKind.REFRESH, OrderKind.ADOPT, OrderKind.UNADOPT, OrderKind.UNDO})
_HARMLESS = frozenset(
    {
        BlockReason.THERE,
        BlockReason.UNCHANGED,
        BlockReason.UNPINNED_BY_HAND,
        BlockReason.PINNED_BY_HAND,
        BlockReason.EDITED_LATELY,
    }
)
_NOTHING = frozenset(
    {
        BlockReason.NOTHING_TO_UNDO,
        BlockReason.UNDONE_BEFORE,
        BlockReason.REPOSTED_LATELY,
        BlockReason.ADOPTED_BY_NONE,
        BlockReason.TITLE_STAYS,
    }
)
_POSTED = frozenset({BlockReason.THERE, BlockReason.OVERTAKEN})
_SOON = frozenset({BlockReason.OUTCOME_UNKNOWN, BlockReason.PIN_TRAVELS})  # a short wait may settle these
_ABOUT_A_NEW_POST = frozenset(
    {
        BlockReason.NOTHING_DUE,
        BlockReason.REMOVED,
        BlockReason.BODY_HIDDEN,
        BlockReason.SKIPPED,
        BlockReason.HELD,
        BlockReason.FIRST_RUN,
        BlockReason.NOT_ORDERED,
        BlockReason.STRAYED,
        BlockReason.PAST_GRACE,
        BlockReason.OVERTAKEN,
    }
)
WORST_FIRST = (Outcome.FAILED, Outcome.REFUSED, Outcome.DONE, Outcome.NOTHING)


@dataclass(frozen=True, slots=True)
class UnclearOrder:
    """A thread for which an order did nothing, because it is unclear which edition is meant."""

    thread: str
    editions: tuple[str, ...]
    follows: str
    """When the last of them is due, as text in the thread's time zone."""


@dataclass(frozen=True, slots=True)
class OrderResult:
    """The result of an order: sentences with their outcomes, and the threads with a question to ask."""

    lines: tuple[tuple[Outcome, str], ...]
    unclear: tuple[UnclearOrder, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """What was done, or did not need doing: for stdout."""
        return tuple(text for outcome, text in self.lines if outcome in (Outcome.DONE, Outcome.NOTHING))

    @property
    def complaints(self) -> tuple[str, ...]:
        """What was refused or failed: for stderr."""
        return tuple(text for outcome, text in self.lines if outcome in (Outcome.REFUSED, Outcome.FAILED))

    @property
    def done(self) -> bool:
        """Whether nothing was refused and nothing failed."""
        return not self.complaints

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of all threads; done counts as worse than nothing to do."""
        outcomes = {outcome for outcome, _ in self.lines}
        return next((outcome for outcome in WORST_FIRST if outcome in outcomes), Outcome.NOTHING)


def adoption_order(
    ports: Ports, url: str, *, id_: str, thread: str | None, key: str = "", as_previous: bool = False
) -> tuple[Order, str]:
    """Return the order to adopt the post at a URL, and the name of the thread that adopts it.

    The edition is that of `key`, or the one of the slot at which it was posted, or with `as_previous` the one
    before the current edition.

    Raises `ConfigError` if the thread or the edition is not clear, `NotFound` if there is no such post.
    """
    post = ports.forum.post_at(url)
    usable = usable_threads(ports.source, ports.source.snapshot())
    threads = usable.threads
    usable.require([thread] if thread else [])
    homes = {one.name: _place_of(ports, one) for one in threads}
    there = [one for one in threads if (home := homes[one.name]) and home.id == post.community_id]
    chosen = [one for one in there if thread in (None, one.name)]
    if len(chosen) != 1:
        names = [one.name for one in threads]
        raise ConfigError(sentences.which_thread(url, thread, names=names, there=[one.name for one in there]))
    chosen_thread = chosen[0]
    if key:
        edition = chosen_thread.calendar.edition(key.removeprefix(f"{chosen_thread.name}/"))
    else:
        edition = edition_of(chosen_thread, post.published, ports.clock.now(), as_previous=as_previous)
    if edition is None:
        example = edition_of_post(chosen_thread.calendar, post.published).key
        raise ConfigError(sentences.no_such_edition(chosen_thread.name, key, example=example))
    return Order(OrderKind.ADOPT, id_, post_id=post.id, edition=edition.key), chosen_thread.name


def _place_of(ports: Ports, thread: Thread) -> CommunityRef | None:
    """Return a thread's community, None if it does not exist."""
    try:
        return find_community(ports, thread)
    except (ConfigError, NotFound):
        return None


def release_order(ports: Ports, url: str, *, id_: str, thread: str | None) -> tuple[Order, str]:
    """Return the order to undo the adoption of the post at a URL, and the name of its thread.

    Raises `ConfigError` if no thread has it and none is named, `NotFound` if there is no such post.
    """
    post = ports.forum.post_at(url)
    record = ports.ledger.post(post.id)
    owner = record if record is not None and thread in (None, record.thread) else None
    names = [one.name for one in usable_threads(ports.source, ports.source.snapshot()).threads]
    if owner is None and thread is None and len(names) > 1:
        raise ConfigError(sentences.which_thread(url, thread, names=names, there=names))
    name, key = (owner.thread, owner.edition) if owner else (thread or names[0], "")
    return Order(OrderKind.UNADOPT, id_, post_id=post.id, edition=key), name


def adoption_effects(ports: Ports, name: str, post: Post, edition: str, account: Account | None) -> Effects:
    """Return what an adoption would pin and unpin, from a dry pass."""
    reports = run_pass(ports, authenticated=True, account=account, dry=True)
    report = next(report for report in reports if report.thread.name == name)
    if report.observation is None:
        raise report.failure or ValueError("a pass without a failure has an observation")
    return effects_of(report.thread, report.observation, ThreadPost(post=post, key=edition, adopted=True))


def carry_out(
    ports: Ports,
    order: Order,
    thread: str | None,
    *,
    account: Account | None = None,
    move: bool = False,
    max_wait: timedelta = LOOK_BACK,
) -> OrderResult:
    """Run an order on one thread, or on all if none is named.

    The caller must have had a response that anonymous callers cannot get (decision 1); `account` is that
    response if it was the account itself. With `move` threads may continue in the communities that the
    source names now.

    After an unknown outcome this checks again for up to `max_wait`, then gives up with the time from which
    the order may be given again (decision 8). It waits as long for a pin to reach the community's server.

    Raises `ConfigError` if there is no such thread, `SourceBroken` if it may be among the broken ones, and
    the error of a single thread if someone must fix it.
    """
    ports.source.refresh()  # an order follows the newest commit, not the one of up to ten minutes ago
    usable = usable_threads(ports.source, ports.source.snapshot())
    threads, names = usable.threads, [each.name for each in usable.threads]
    usable.require([thread] if thread else [])
    if thread is not None and thread not in names:
        raise ConfigError(sentences.no_such_thread(thread, names))
    orders = {each.name: with_edition(ports, each, order) for each in threads if thread in (None, each.name)}
    for each in threads if move else ():
        if each.name in orders and (thread is not None or _place_of(ports, each) is not None):
            agree_to_move(ports, each)
    reports = run_pass(ports, orders=orders, authenticated=True, account=account)
    deadline = ports.clock.now() + max_wait
    tried = {report.thread.name for report in reports if move or _is_unknown(report)}
    while any(_may_change_soon(report) for report in reports) and ports.clock.now() < deadline:
        ports.clock.sleep(_LOOK_EVERY)
        reports = run_pass(ports, orders=orders, authenticated=False)  # one proof, one pass (decision 1)
    about = tuple(report for report in reports if report.thread.name in orders)
    result = summarize(about, order, now=ports.clock.now(), tried=tried)
    return _concluded(result, about, usable.broken if thread is None else None)


def _concluded(result: OrderResult, about: tuple[Report, ...], broken: SourceBroken | None) -> OrderResult:
    """Return the result, or raise the error of the only thread if someone must fix it."""
    failure = about[0].failure if len(about) == 1 else None
    if isinstance(failure, ConfigError | Bug) and broken is None:
        raise failure
    lines = tuple((Outcome.FAILED, line) for line in str(broken or "").splitlines())
    return replace(result, lines=(*result.lines, *lines))


def with_edition(ports: Ports, thread: Thread, order: Order) -> Order:
    """Fix the edition of an order to post, so that a slot that comes in the meantime does not change it.

    Raises `ConfigError` for an edition that is neither the current nor the next one.
    """
    if order.kind is not OrderKind.POST:
        return order
    if order.early:
        # `post next` that is read after a slot still means the edition of that slot.
        following = next_unposted_edition(thread.calendar, order.at or ports.clock.now())
        if following is None:
            raise ConfigError(sentences.no_next_edition(thread.name))
        return replace(order, edition=following.key, early=False)
    allowed = [edition.key for edition in postable_editions(thread.calendar, ports.clock.now())]
    if order.edition and order.edition not in allowed:
        raise ConfigError(sentences.not_to_be_posted(thread.name, order.edition, allowed))
    return order


def summarize(
    reports: tuple[Report, ...],
    order: Order,
    *,
    now: datetime,
    tried: Collection[str] = (),
) -> OrderResult:
    """Return the result of an order in words. Only what a final listing showed counts as a success.

    In the threads named by `tried` something was done that no report mentions.
    """
    lines: list[tuple[Outcome, str]] = []
    for report in reports:
        acted = bool(report.done) or report.thread.name in tried
        outcome = Outcome.DONE if acted else Outcome.NOTHING
        lines += [(outcome, text) for text in _current_state(report)]
        if report.failure is not None:
            lines.append((Outcome.FAILED, f"{report.thread.name}: {report.failure}"))
        elif not report.verified:
            lines.append((Outcome.FAILED, sentences.result_not_confirmed(report.thread.name)))
        lines += _about_holds(report, order)
        if order.kind is OrderKind.POST and not acted:
            lines += [(Outcome.NOTHING, text) for text in _next_edition(report, now)]
    return OrderResult(tuple(lines), tuple(_unclear(reports, order, now)))


def _about_holds(report: Report, order: Order) -> Iterator[tuple[Outcome, str]]:
    for blocked in blocked_actions(report.left):
        if blocked.reason is BlockReason.OVERTAKEN and not order.edition:
            continue  # the later edition is the current one, and is named
        if blocked.reason in _NOTHING:
            yield Outcome.NOTHING, describe.blocked_sentence(report.thread, blocked)
        elif blocked.reason is BlockReason.OUTCOME_UNKNOWN:
            yield Outcome.FAILED, f"{report.thread.name}: {sentences.run_again(blocked.until)}"
        elif _matters(blocked, order):
            yield Outcome.REFUSED, describe.blocked_sentence(report.thread, blocked)


def _current_state(report: Report) -> Iterator[str]:
    """Yield what is current after a verified pass, and what was adopted or released."""
    current = report.observation.current if report.observation else None
    yield from _adopted(report)
    if current is not None and report.failure is None and report.verified:
        kind = KINDS.get(report.thread.pin)
        pinned = kind is not None and is_pinned(current.post, kind)
        pinned = (
            pinned
            and report.observation is not None
            and is_pinned_for_readers(report.thread, report.observation)  # see decision 19
        )
        edition = f"{report.thread.name}/{current.key}"
        yield sentences.post_is_up(edition, current.post.url, pinned=pinned)


def _next_edition(report: Report, now: datetime) -> Iterator[str]:
    """Yield when the next edition is due and how to post it earlier, if the current one is posted."""
    following = _next(report, now)
    if following is not None and any(blocked.reason in _POSTED for blocked in blocked_actions(report.left)):
        yield sentences.next_is(
            following,
            report.thread.schedule.timezone,
            may_be_early=following == next_unposted_edition(report.thread.calendar, now),
        )


def _next(report: Report, now: datetime) -> Edition | None:
    return next_unposted_edition(
        report.thread.calendar,
        now,
        {thread_post.key for thread_post in report.observation.posts} if report.observation else (),
    )


def _unclear(reports: tuple[Report, ...], order: Order, now: datetime) -> Iterator[UnclearOrder]:
    """Yield the editions that an order to post may have meant, if it did nothing and a slot is close."""
    for report in reports:
        due, following = report.observation.due if report.observation else None, _next(report, now)
        if order.kind is not OrderKind.POST or order.edition or order.early or following is None:
            continue
        reasons = {blocked.reason for blocked in blocked_actions(report.left)}
        at = sentences.local_moment(following.slot, report.thread.schedule.timezone)
        if BlockReason.UNCLEAR in reasons and due is not None:
            yield UnclearOrder(report.thread.name, (due.key, following.key), at)
        elif (
            following == next_unposted_edition(report.thread.calendar, now)
            and not report.done
            and (
                BlockReason.NOTHING_DUE in reasons
                or (
                    BlockReason.THERE in reasons
                    and due is not None
                    and is_late(report.thread.calendar, due, now)
                )
            )
        ):
            yield UnclearOrder(report.thread.name, (following.key,), at)


def _adopted(report: Report) -> Iterator[str]:
    """Yield the posts that were adopted, except the current one, and those that were released."""
    current = report.observation.current if report.observation else None
    for one in report.done:
        name = report.thread.name
        if isinstance(one, Adopt) and not (current and current.id == one.post.id):
            yield _("{thread}: {url} is now edition {edition}").format(
                thread=name, url=one.post.url, edition=one.edition.key
            )
        if isinstance(one, Release):
            yield _("{thread}: {url} is no longer edition {edition}").format(
                thread=name, url=one.thread_post.post.url, edition=one.thread_post.key
            )
            late = (
                blocked
                for blocked in blocked_actions(report.left)
                if blocked.reason is BlockReason.NOT_ORDERED
            )
            for blocked in late:
                stop = suggestions.change(Verb.HOLD, name, blocked.edition or "")
                yield fill(
                    _(
                        "{thread}: {edition} has no post now, and the next run will post it; to prevent "
                        "that: {command}"
                    ),
                    thread=name,
                    edition=blocked.edition,
                    command=stop,
                )


def repost_questions(ports: Ports, thread: str | None, *, account: Account | None = None) -> tuple[str, ...]:
    """Return a question for each thread whose post is still up: reposting that needs a confirmation."""
    lines = []
    for report in run_pass(ports, authenticated=True, account=account, dry=True):
        if thread not in (None, report.thread.name):
            continue
        current = report.observation.current if report.observation else None
        if current is not None and report.observation is not None and report.observation.posts[0] is current:
            post = current.post
            lines.append(sentences.ask_repost(report.thread.name, comments=post.comments, url=post.url))
    return tuple(lines)


def _matters(blocked: Blocked, order: Order) -> bool:
    if order.kind in _ABOUT_EXISTING_POSTS and blocked.reason in _ABOUT_A_NEW_POST:
        return False  # the order did not ask for a new post, so it does not matter why there is none
    return blocked.reason not in _HARMLESS


def _is_unknown(report: Report) -> bool:
    return any(blocked.reason is BlockReason.OUTCOME_UNKNOWN for blocked in blocked_actions(report.left))


def _may_change_soon(report: Report) -> bool:
    return any(blocked.reason in _SOON for blocked in blocked_actions(report.left))
