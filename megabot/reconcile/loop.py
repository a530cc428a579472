"""One pass: list, observe, decide, act, and list again until nothing is left to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never, cast

from megabot.errors import ENDS_PASS, Bug, Refused
from megabot.forum import home_server
from megabot.forum.models import Account, CommunityRef
from megabot.ledger.port import Ledger
from megabot.ledger.preloaded import PreloadedLedger
from megabot.ledger.read_only import ReadOnlyLedger
from megabot.ports import Ports
from megabot.reconcile import alerts
from megabot.reconcile.act import ActContext, perform_all
from megabot.reconcile.actions import Action, MissingInput, Publish, RetryPublish, Write
from megabot.reconcile.communities import find_community, forget_community
from megabot.reconcile.content.compose import Composer, language_id
from megabot.reconcile.decide import clock_is_wrong, decide, writes
from megabot.reconcile.evidence import read_pin_log, read_removals_and_pins
from megabot.reconcile.home_server_check import ask_home_server
from megabot.reconcile.listing import AccountListing, list_account, relist_account
from megabot.reconcile.memory import remember_current_post, remember_ledger_start
from megabot.reconcile.observation import Situation
from megabot.reconcile.observe import observe_situation
from megabot.reconcile.orders import Order
from megabot.reconcile.report import Report, failure_of
from megabot.reconcile.rules import remote_pin
from megabot.schedule.editions import keys_near
from megabot.source.model import Thread
from megabot.source.usable_threads import usable_threads

ROUNDS = 4  # of writes in one pass (decision 23); the next pass does the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class PassContext:
    """What one pass works with. `dry`: decide but do nothing; `reread`: read the communities again.

    `orders` are moderators' orders, by thread name; `places` are the communities found so far, by name.
    """

    ports: Ports
    listing: AccountListing
    composer: Composer
    orders: Mapping[str, Order] = field(default_factory=dict)
    dry: bool = False
    reread: bool = False
    places: dict[str, CommunityRef] = field(default_factory=dict)


def run_pass(
    ports: Ports,
    *,
    orders: Mapping[str, Order] | None = None,
    authenticated: bool = False,
    account: Account | None = None,
    dry: bool = False,
    reread: bool = False,
) -> tuple[Report, ...]:
    """Bring every thread up to date, under the pass lock, and return a report for each.

    An error in one thread is in its report and does not stop the others. Raises `Busy`, `SourceMissing`,
    `SourceBroken` if no thread can be used, and the errors of the first listing.

    `orders` are moderators' orders, by thread name. `authenticated`: this pass already had a response that
    anonymous callers cannot get (decision 1); `account` is that response if it was the account itself.
    `reread`: read the communities even if they are known.
    """
    # Two passes at once could both find that a post is missing (R10).
    with ports.ledger.pass_lock():
        snapshot = ports.source.snapshot()
        usable = usable_threads(ports.source, snapshot)
        if dry:
            ports = _only_reading(ports, usable.threads)
        listing = list_account(ports, usable.threads, authenticated=authenticated, account=account)
        if not dry:
            remember_ledger_start(ports)
        listing.ledger_start = ports.ledger.account().started
        # Preambles outside a thread's own folder may belong to a thread whose template is broken.
        alone = usable.broken is None and len(usable.threads) == 1
        composer = Composer(ports=ports, snapshot=snapshot, listing=listing, alone=alone)
        pass_ = PassContext(
            ports=ports, listing=listing, composer=composer, orders=orders or {}, dry=dry, reread=reread
        )
        reports = tuple(_report(pass_, thread) for thread in usable.threads)
        reports = _revisit_companions(pass_, reports)
        reports = _check_home_servers(pass_, reports)
        if not dry:
            alerts.update_alerts(ports, reports, snapshot, broken=usable.broken, left_out=composer.left_out)
    return reports


def _only_reading(ports: Ports, threads: tuple[Thread, ...]) -> Ports:
    """Return ports with a ledger that refuses writes, and that has read what a plan needs of all threads.

    A pass that writes reads each thread when its turn comes, because people act in the meantime.
    """
    now = ports.clock.now()
    editions = {thread.name: keys_near(thread.calendar, now) for thread in threads}
    known = cast("Ledger", PreloadedLedger(ports.ledger, editions))
    # `megabot plan` must not write, whatever it calls (G04).
    return replace(ports, ledger=cast("Ledger", ReadOnlyLedger(known)))


def _report(pass_: PassContext, thread: Thread) -> Report:
    """Reconcile a thread; turn its errors into a report, so that they do not affect other threads."""
    try:
        return reconcile_thread(pass_, thread)
    # A signal to stop ends the pass, as does a lost claim; it is not an error of the thread (R09).
    except ENDS_PASS:
        raise
    except Exception as error:  # noqa: BLE001  even a bug must not affect the other threads
        failure = failure_of(error)
    if isinstance(failure, Refused) and not pass_.dry:
        # The community may have been replaced under the same name: read it again (decision 3).
        forget_community(pass_.ports, thread)
        pass_.places.pop(thread.community or pass_.ports.community, None)
    return Report(thread=thread, failure=failure)


def reconcile_thread(pass_: PassContext, thread: Thread) -> Report:
    """Act on one thread until nothing is left to do. A write counts only once a new listing shows it."""
    place = _find_place(pass_, thread)
    order = pass_.orders.get(thread.name)
    done: tuple[Write, ...] = ()
    fresh, rounds, rendered = True, 0, False
    while True:
        if not pass_.dry:
            pass_.listing.forget_communities()  # a moderator may have posted since the thread before
        situation = observe_situation(pass_.ports, thread, pass_.listing, place, order=order, dry=pass_.dry)
        decision = _decide(pass_, situation, place)
        todo, rendered = writes(decision.actions), rendered or decision.situation.rendered
        if todo and rounds < ROUNDS and not pass_.dry:
            done += _act(pass_, decision, place, todo)
            fresh, rounds = False, rounds + 1
        elif not fresh:
            relist_account(pass_.ports, pass_.listing)
            fresh = True
        else:
            if not (pass_.dry or clock_is_wrong(decision.situation)):  # a wrong clock records nothing (K03)
                remember_current_post(pass_.ports.ledger, thread, decision.situation.observation)
            observation = replace(decision.situation.observation, confirmed=not todo)
            return Report(
                thread=thread, observation=observation, done=done, left=decision.actions, rendered=rendered
            )


def _find_place(pass_: PassContext, thread: Thread) -> CommunityRef:
    """Return a thread's community, looked up once for all its threads."""
    name = thread.community or pass_.ports.community
    if name not in pass_.places:
        pass_.places[name] = find_community(pass_.ports, thread, reread=pass_.reread)
    return pass_.places[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A plan, the situation it was made from, and the context that its text was rendered in."""

    situation: Situation
    actions: tuple[Action, ...]
    context: str = ""


def _decide(pass_: PassContext, situation: Situation, place: CommunityRef) -> Decision:
    """Make a plan, supplying the inputs that the rules ask for.

    Raises `Bug` if they ask for the same input twice, which would never end.
    """
    context, supplied = "", set[MissingInput]()
    while True:
        actions = decide(situation)
        missing = actions[0] if actions and isinstance(actions[0], MissingInput) else None
        if missing is None:
            return Decision(situation=situation, actions=actions, context=context)
        if missing in supplied:
            # Without this, a faulty rule would keep the pass, and its lock, going without end (R16).
            raise Bug(
                f"the decision about {situation.thread.name} asks for {missing.name} again "
                f"after it was supplied"
            )
        supplied.add(missing)
        match missing:
            case MissingInput.TEXT:
                due_text, context = pass_.composer.due_text(situation, place)
                situation = replace(situation, due_text=due_text)
            case MissingInput.CURRENT_TEXT:
                current, context = pass_.composer.current_text(situation, place)
                situation = replace(situation, current_text=current)
            case MissingInput.PIN_LOG:
                situation = replace(
                    situation, observation=read_pin_log(pass_.ports, situation, pass_.listing)
                )
            case MissingInput.REMOVALS_AND_PINS:
                situation = replace(
                    situation,
                    observation=read_removals_and_pins(pass_.ports, situation, pass_.listing, place),
                )
            case _:
                assert_never(missing)


def _act(
    pass_: PassContext, decision: Decision, place: CommunityRef, todo: tuple[Write, ...]
) -> tuple[Write, ...]:
    thread = decision.situation.thread
    work = ActContext(
        ports=pass_.ports,
        thread=thread,
        place=place,
        listing=pass_.listing,
        snapshot=pass_.composer.snapshot,
        language_id=language_id(pass_.ports, thread),
        context=decision.context,
    )
    return perform_all(work, todo)


def _revisit_companions(pass_: PassContext, reports: tuple[Report, ...]) -> tuple[Report, ...]:
    """Reconcile threads again if a companion they link was posted after their turn in this pass."""
    posted = {
        report.thread.name: number
        for number, report in enumerate(reports)
        if any(isinstance(action, Publish | RetryPublish) for action in report.done)
    }
    late = {
        report.thread.name
        for number, report in enumerate(reports)
        if any(posted.get(companion.thread, -1) > number for companion in report.thread.companions)
    }
    return tuple(_again(pass_, report) if report.thread.name in late else report for report in reports)


def _check_home_servers(pass_: PassContext, reports: tuple[Report, ...]) -> tuple[Report, ...]:
    """Ask other servers about our pins there, last of all: no thread waits for another server."""
    away: dict[str, home_server.Reading] = {}
    return tuple(_with_home_check(pass_, report, away) for report in reports)


def _with_home_check(pass_: PassContext, report: Report, away: dict[str, home_server.Reading]) -> Report:
    observation, now = report.observation, pass_.ports.clock.now()
    if (
        pass_.dry
        or observation is None
        or not remote_pin.must_ask_home_server(report.thread, observation, now)
    ):
        return report
    pass_.listing.forget_communities()
    try:
        ask_home_server(pass_.ports, report.thread, observation, pass_.listing, away)
    except ENDS_PASS:
        raise
    except Exception as error:  # noqa: BLE001  even a bug must not affect the other threads
        return replace(report, failure=failure_of(error))
    return _again(pass_, report)


def _again(pass_: PassContext, report: Report) -> Report:
    if report.failure is not None:
        return report
    second = _report(pass_, report.thread)
    return replace(second, done=report.done + second.done, rendered=report.rendered or second.rendered)
