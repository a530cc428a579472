"""One pass: look, decide, do, look again, until there is nothing left to do."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from megabot import deed_texts, living, look, needs
from megabot.compose import Composer, language_id
from megabot.core import federation, settle
from megabot.core.actions import Action, Need, Publish, Resend, Write
from megabot.core.plan import clock_is_wrong, decide, writes
from megabot.core.posts import Account, Place, Post
from megabot.core.records import Intent, IntentKind, IntentState
from megabot.core.seen import Case, Order
from megabot.core.threads import Thread
from megabot.errors import Bug, OutcomeUnknown, Refused, Stopping
from megabot.look import Ground
from megabot.perform import Work, perform
from megabot.places import find_place, forget_place
from megabot.ports import Ledger, Ports
from megabot.read_only_ledger import ReadOnlyLedger
from megabot.report import Report, failure_of
from megabot.series import keep_posts, keep_sent
from megabot.sources import usable_threads
from megabot.standing import keep_standing

ROUNDS = 4
log = logging.getLogger("megabot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass works with. `dry` decides and does nothing; `anew` reads the communities again."""

    ports: Ports
    ground: Ground
    composer: Composer
    dry: bool = False
    anew: bool = False


def run_pass(
    ports: Ports,
    *,
    orders: Mapping[str, Order] | None = None,
    proof: bool = False,
    account: Account | None = None,
    dry: bool = False,
    anew: bool = False,
) -> tuple[Report, ...]:
    """Go through everything that is to be maintained, under the pass lock.

    An error of one thread is in its report, and the others go on. Raises `Busy`, `SourceMissing`,
    `SourceBroken` if no thread can be used, and what the first look raises.

    `orders` maps a thread's name to what a person wants of it; `proof` says that this pass already had an
    answer that strangers cannot get; `account` is that answer where it was the account itself; `anew` that
    the communities are to be read even where they are known.
    """
    if dry:
        ports = replace(ports, ledger=cast("Ledger", ReadOnlyLedger(ports.ledger)))
    with ports.ledger.pass_lock():
        snapshot = ports.source.snapshot()
        usable = usable_threads(ports.source, snapshot)
        ground = look.survey(ports, usable.threads, proof=proof, account=account)
        if not dry:
            look.keep_birth(ports)
        alone = usable.broken is None and len(usable.threads) == 1
        composer = Composer(ports=ports, snapshot=snapshot, ground=ground, alone=alone)
        one = Pass(ports=ports, ground=ground, composer=composer, dry=dry, anew=anew)
        wanted = orders or {}
        reports = tuple(_report(one, thread, wanted.get(thread.name)) for thread in usable.threads)
        reports = _companions_follow(one, reports, wanted)
        reports = _home_servers_confirm(one, reports, wanted)
        if not dry:
            needs.announce(ports, reports, snapshot, broken=usable.broken, left_out=composer.left_out)
    return reports


def _report(one: Pass, thread: Thread, order: Order | None) -> Report:
    """Keep one thread's trouble from the others, a bug included."""
    try:
        return converge(one, thread, order)
    except Stopping:
        raise
    except Exception as error:  # noqa: BLE001  a bug too is one thread's alone
        failure = failure_of(error)
    if isinstance(failure, Refused) and not one.dry:
        forget_place(one.ports, thread)
    return Report(thread=thread, failure=failure)


def _companions_follow(
    one: Pass, reports: tuple[Report, ...], orders: Mapping[str, Order]
) -> tuple[Report, ...]:
    """See again to threads that link one which was posted only after they had been seen to."""
    posted = {
        report.thread.name: number
        for number, report in enumerate(reports)
        if any(isinstance(action, Publish | Resend) for action in report.done)
    }
    late = {
        report.thread.name
        for number, report in enumerate(reports)
        if any(posted.get(companion.thread, -1) > number for companion in report.thread.companions)
    }
    return tuple(
        _again(one, report, orders.get(report.thread.name)) if report.thread.name in late else report
        for report in reports
    )


def _home_servers_confirm(
    one: Pass, reports: tuple[Report, ...], orders: Mapping[str, Order]
) -> tuple[Report, ...]:
    """Ask other servers about our pins there, after everything else: no thread waits for a foreign server."""
    away: dict[str, federation.Reading] = {}
    return tuple(_confirmed(one, report, orders.get(report.thread.name), away) for report in reports)


def _confirmed(one: Pass, report: Report, order: Order | None, away: dict[str, federation.Reading]) -> Report:
    seen, now = report.seen, one.ports.clock.now()
    if one.dry or seen is None or not federation.has_to_be_asked(report.thread, seen, now):
        return report
    try:
        look.ask_home_server(one.ports, report.thread, seen, one.ground, away)
    except Stopping:
        raise
    except Exception as error:  # noqa: BLE001  a bug too is one thread's alone
        return replace(report, failure=failure_of(error))
    return _again(one, report, order)


def _again(one: Pass, report: Report, order: Order | None) -> Report:
    if report.failure is not None:
        return report
    second = _report(one, report.thread, order)
    return replace(second, done=report.done + second.done, rendered=report.rendered or second.rendered)


def converge(one: Pass, thread: Thread, order: Order | None) -> Report:
    """Bring one thread to where nothing is left to do; a last look has to confirm it."""
    place = find_place(one.ports, thread, anew=one.anew)
    done: tuple[Write, ...] = ()
    fresh, rounds, rendered = True, 0, False
    while True:
        decision = _decide(one, _case(one, thread, place, order), place)
        todo, rendered = writes(decision.actions), rendered or decision.case.rendered
        if one.dry or (fresh and (not todo or rounds == ROUNDS)):
            if not (one.dry or clock_is_wrong(decision.case)):
                keep_standing(one.ports.ledger, thread, decision.case.seen)
            seen = replace(decision.case.seen, fresh=fresh and not todo)
            return Report(thread=thread, seen=seen, done=done, left=decision.actions, rendered=rendered)
        if todo and rounds < ROUNDS:
            done += _do(one, decision, place, todo)
            fresh, rounds = False, rounds + 1
        else:
            look.resurvey(one.ports, one.ground)
            fresh = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A plan, what it was made from, and the context that its text was rendered in."""

    case: Case
    actions: tuple[Action, ...]
    context: str = ""


def _case(one: Pass, thread: Thread, place: Place, order: Order | None) -> Case:
    """Observe, and settle what became of writes whose outcome was not known.

    With a clock that is wrong nothing is written down: its moments would mislead later passes for long.
    """
    now = one.ports.clock.now()
    seen = look.observe(one.ports, thread, one.ground, place, order=order, now=now)
    case = Case(now=now, thread=thread, seen=seen, order=order)
    if clock_is_wrong(case):
        return replace(case, seen=look.with_what_is_kept(one.ports, thread, seen, now))
    if not one.dry:
        look.keep_schedule(one.ports, thread, seen, one.ground)
    if seen.has_open_publish:
        case = replace(case, seen=look.look_deeper(one.ports, case, one.ground, place))
    return _settled(one, case)


def _settled(one: Pass, case: Case) -> Case:
    """Take writes for what a look has shown of them, and write that down unless this is only a plan."""
    verdicts, ledger = settle.verdicts(case.seen, case.now), one.ports.ledger
    if one.dry:
        seen = look.with_what_is_kept(one.ports, case.thread, case.seen, case.now)
        return replace(case, seen=replace(seen, intents=settle.settled(seen, verdicts, case.now)))
    for intent, state in verdicts:
        log.info("%s", deed_texts.settled(intent, state))
        post = _carried_out(case, intent) if state is IntentState.DONE else None
        if post is not None:
            keep_sent(one.ports, intent.new, post)
        if state is IntentState.DONE and intent.new.kind is IntentKind.RELEASE:
            ledger.forget_post(intent.new.post_id)
        ledger.settle(intent.id, state, at=case.now)
    keep_posts(one.ports, case.thread, case.seen.posts)
    living.tend(one.ports, case.thread, case.seen, case.now)
    return replace(case, seen=look.with_what_is_kept(one.ports, case.thread, case.seen, case.now))


def _carried_out(case: Case, intent: Intent) -> Post | None:
    """Give the post that a publish or an edit turns out to have written."""
    wanted = (intent.new.edition, intent.new.copy)
    if intent.new.kind not in (IntentKind.PUBLISH, IntentKind.EDIT):
        return None
    return next((own.post for own in case.seen.posts if (own.key, own.copy) == wanted), None)


def _decide(one: Pass, case: Case, place: Place) -> Decision:
    """Decide, and give the decision what it needs, each thing once, until it needs no more."""
    made, given = "", set[Need]()
    while True:
        actions = decide(case)
        need = actions[0] if actions and isinstance(actions[0], Need) else None
        if need is None:
            return Decision(case=case, actions=actions, context=made)
        if need in given:
            raise Bug(f"the decision about {case.thread.name} asks again for {need.name}, which it was given")
        given.add(need)
        if need is Need.TEXT:
            wanted, made = one.composer.due(case, place)
            case = replace(case, wanted=wanted)
        elif need is Need.CURRENT_TEXT:
            current, made = one.composer.standing(case, place)
            case = replace(case, current=current)
        elif need is Need.PIN_LOG:
            case = replace(case, seen=look.read_pin_log(one.ports, case, one.ground))
        else:
            case = replace(case, seen=look.look_deeper(one.ports, case, one.ground, place))


def _do(one: Pass, decision: Decision, place: Place, todo: tuple[Write, ...]) -> tuple[Write, ...]:
    """Do what was decided, up to the first write whose outcome is not known: the next look tells of it."""
    thread = decision.case.thread
    work = Work(
        ports=one.ports,
        thread=thread,
        place=place,
        ground=one.ground,
        snapshot=one.composer.snapshot,
        language_id=language_id(one.ports, thread),
        context=decision.context,
    )
    done: list[Write] = []
    for action in todo:
        log.info("%s", deed_texts.doing(thread, action))
        try:
            perform(work, action)
        except OutcomeUnknown as error:
            log.warning("%s", error)
            look.resurvey(one.ports, one.ground)
            break
        done.append(action)
    return tuple(done)
