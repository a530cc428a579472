"""`megabot plan`: what the next pass would do, and why. Changes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from megabot.app import App, open_app
from megabot.cli import terminal
from megabot.cli.change_text import change
from megabot.cli.late_text import late_document, late_lines
from megabot.i18n.tables import Line, Span, Tone, table
from megabot.i18n.times import moment, time_until
from megabot.reconcile import describe, override_facts
from megabot.reconcile.actions import (
    Action,
    Adopt,
    Blocked,
    BlockReason,
    LinkOldThread,
    MissingInput,
    Publish,
    RetryPublish,
    UndoRepost,
    Write,
)
from megabot.reconcile.due_slots import due_slots
from megabot.reconcile.loop import run_pass
from megabot.reconcile.post_limit import DueSlot, LatePosts, late_posts
from megabot.reconcile.report import Report
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import next_unposted_edition
from megabot.schedule.overrides import Override
from megabot.source import folder
from megabot.source.model import Thread
from megabot.source.problems import Problem
from megabot.source.usable_threads import usable_threads

_QUIET = {
    BlockReason.THERE,
    BlockReason.UNCHANGED,
    BlockReason.UNPINNED_BY_HAND,
    BlockReason.PINNED_BY_HAND,
    BlockReason.NOTHING_DUE,
    BlockReason.SKIPPED,
    BlockReason.OVERTAKEN,
}
_TONES = {
    "would": Tone.GOOD,
    "nothing to do": Tone.QUIET,
    "waits": Tone.ODD,
    "blocked": Tone.BAD,
    "failed": Tone.BAD,
}
_ACTION_WORDS: dict[type[Action], str] = {
    RetryPublish: "resend",
    UndoRepost: "withdraw",
    LinkOldThread: "tell",
}
"""Words that scripts read; other actions are called by their class name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPlan:
    """What a pass would do in one thread, or why it failed; the next edition and its changes."""

    thread: Thread
    actions: tuple[Action, ...]
    failure: str
    coming: Edition | None
    changes: tuple[tuple[Override, Edition], ...] = ()


@click.command(help="Show what the next pass would do and why, and what it would not do. Changes nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list of objects.")
@click.pass_obj
def command(options: dict[str, object], *, as_json: bool) -> int:
    """Run a pass that only decides, and print its plan; exit 1 if it failed in a thread."""
    # `plan` writes nothing, not even which API the server has (G04).
    with open_app(options, keeps_facts=False) as app:
        account = app.prove()
        reports = run_pass(app.ports, authenticated=True, account=account, dry=True)
        broken = usable_threads(app.offline_ports.source, app.offline_ports.source.snapshot()).broken
        plans = [_planned(app, report) for report in reports]
        now, source = app.clock.now(), app.settings.source
        late = _late(app, plans)
    if as_json:
        click.echo(json.dumps(document(plans, late), indent=2))
    else:
        terminal.show(lines(plans, now, width=terminal.width(), late=late))
    for problem in broken.problems if broken else ():
        placed = folder.place_problem(problem, source) if isinstance(problem, Problem) else problem
        terminal.say("problem", str(placed), err=True)
    return 1 if broken or any(report.failure for report in reports) else 0


def _planned(app: App, report: Report) -> ThreadPlan:
    thread = report.thread
    posted = {thread_post.key for thread_post in report.observation.posts} if report.observation else set()
    return ThreadPlan(
        thread=thread,
        actions=report.left,
        failure=str(report.failure or ""),
        coming=next_unposted_edition(thread.calendar, app.clock.now(), posted),
        changes=override_facts.active_overrides(app.offline_ports, thread),
    )


def due_now(plans: Sequence[ThreadPlan], now: datetime) -> Iterator[DueSlot]:
    """Yield the editions that the next pass would post."""
    for plan in plans:
        for action in plan.actions:
            if isinstance(action, Publish):
                yield DueSlot(
                    thread=plan.thread.name,
                    edition=action.edition.key,
                    at=now,
                    timezone=plan.thread.schedule.timezone,
                )


def _late(app: App, plans: Sequence[ThreadPlan]) -> tuple[LatePosts, ...]:
    # A single thread seldom meets the limit, so it is not worth a request.
    limit = app.ports.forum.site().post_limit if len(plans) > 1 else None
    if limit is None:
        return ()
    coming = due_slots(app.offline_ports, [plan.thread for plan in plans])
    return late_posts([*due_now(plans, app.clock.now()), *coming], limit)


def lines(
    plans: Sequence[ThreadPlan], now: datetime, *, width: int | None, late: Sequence[LatePosts] = ()
) -> Iterator[Line]:
    """Yield the lines of a paragraph for each thread, and of one for all that are posted late."""
    for number, plan in enumerate(plans):
        timezone = plan.thread.schedule.timezone
        if number:
            yield ()
        yield (Span(plan.thread.name, Tone.STRONG), Span(f"  {timezone}", Tone.QUIET))
        rows = [(Span(word, _TONES[word]), sentence) for word, sentence, _ in _items(plan)]
        rows.append((Span("next", Tone.QUIET), _next(plan.coming, timezone, now)))
        yield from table(rows + list(_changes(plan, now)), indent=2, width=width)
    yield from late_lines(late, now, width=width)


def _next(coming: Edition | None, timezone: str, now: datetime) -> str:
    if coming is None:
        return "no further edition"
    return f"{coming.key}, {moment(coming.slot, timezone, now)}, {time_until(coming.slot, now)}"


def document(plans: Sequence[ThreadPlan], late: Sequence[LatePosts] = ()) -> list[dict[str, object]]:
    """Return the data for JSON; times in ISO 8601, in the thread's time zone."""
    return [
        {
            "thread": plan.thread.name,
            "actions": [
                {"what": word.replace(" ", "_"), "sentence": sentence} | facts
                for word, sentence, facts in _items(plan)
            ],
            "next_edition": plan.coming.key if plan.coming else None,
            "next_slot": plan.coming.slot.astimezone(ZoneInfo(plan.thread.schedule.timezone)).isoformat()
            if plan.coming
            else None,
            "rate_limit": late_document(late, plan.thread.name, plan.thread.schedule.timezone),
        }
        for plan in plans
    ]


def _items(plan: ThreadPlan) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield each action's word, its sentence without the thread's name, and its data for scripts."""
    if plan.failure:
        yield "failed", plan.failure, {}
    for action in plan.actions:
        sentence = describe.action(plan.thread, action).removeprefix(f"{plan.thread.name}: ")
        yield _word(action), sentence, _facts(action)


def _word(action: Action) -> str:
    if not isinstance(action, Blocked):
        return "would"
    if action.needs_person:
        return "blocked"
    return "nothing to do" if action.reason in _QUIET else "waits"


def _facts(action: Action) -> dict[str, object]:
    match action:
        case Blocked():
            return {"reason": action.reason.value}
        case MissingInput():
            return {}
        case _:
            return {"action": _ACTION_WORDS.get(type(action), type(action).__name__.lower())} | _about(action)


def _about(action: Write) -> dict[str, object]:
    match action:
        case Publish():
            return {"edition": action.edition.key, "title": action.text.title}
        case RetryPublish():
            return {"edition": action.intent.new.edition}
        case Adopt():
            return {"edition": action.edition.key, "url": action.post.url}
        case _:
            return {"url": action.thread_post.post.url}


def _changes(plan: ThreadPlan, now: datetime) -> Iterator[tuple[Span, Span]]:
    for override, edition in plan.changes:
        words = change(override, plan.thread.schedule.timezone, now)
        yield Span("change", Tone.QUIET), Span(f"{edition.key} {words.text}", words.tone)
