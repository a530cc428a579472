"""The alerts of a pass: each is raised once, and cleared when its cause is gone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from megabot.errors import ENDS_PASS, Bug, MegabotError, SourceBroken
from megabot.forum.models import Post
from megabot.forum.tags import missing_names
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.reconcile import describe
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.content.continuations import part_number
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.describe import preamble_left_out
from megabot.reconcile.override_facts import active_overrides, has_preambles, preamble_of
from megabot.reconcile.report import Report, failure_of, may_pass
from megabot.rendering.model import RenderProblem
from megabot.schedule.interval import Interval
from megabot.schedule.overrides import OverrideKind
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import missing_soon

SOURCE, FAILED = "source", "failed"
"""The keys of the alerts about the source, and about a thread that fails."""
ALERT_AFTER = timedelta(hours=1)
"""How long a thread may fail for a temporary reason, such as a server that is down, before an alert."""

_LEFT_OUT = "essay"  # the key in existing ledgers, from before it was called a preamble


def update_alerts(
    ports: Ports,
    reports: tuple[Report, ...],
    snapshot: Snapshot,
    *,
    broken: SourceBroken | None,
    left_out: Mapping[tuple[str, str], RenderProblem],
) -> None:
    """Raise what needs attention, and clear what is resolved or belongs to a thread that is gone.

    `broken` is why some threads of the source are not among the reports; `left_out` are the preambles that
    could not be used, by thread and edition.
    """
    # Preambles outside a thread's own folder may belong to a thread whose template is broken.
    alone = broken is None and len(reports) == 1
    for report in reports:
        failure = report.failure
        try:
            # What a failed pass did not see cannot end an alert.
            if failure is None:
                needs = _needs(ports, report, snapshot, alone=alone) | _left_out(ports, report, left_out)
                _announce_of(ports, report, needs)
        except ENDS_PASS:
            raise
        except Exception as error:  # noqa: BLE001  even a bug must not affect the other threads
            failure = failure_of(error)
        _announce_failure(ports, report.thread.name, failure)
    _announce_source(ports, broken)
    names = {report.thread.name for report in reports}
    # A thread that is not among the reports may be a broken one, whose alerts stay.
    for key, _ in tuple(ports.alerts.active_alerts()) if broken is None else ():
        # Other keys are about no thread: the source, the inbox, dead links.
        if ":" in key and key.partition(":")[0] not in names:
            ports.alerts.clear_alert(key)


def _announce_source(ports: Ports, broken: SourceBroken | None) -> None:
    if broken is None:
        ports.alerts.clear_alert(SOURCE)
    else:
        ports.alerts.raise_alert(SOURCE, sentences.source_partly_broken(broken))


def _announce_failure(ports: Ports, name: str, failure: MegabotError | None) -> None:
    """Raise an alert about a failing thread: at once if waiting cannot help, otherwise after an hour."""
    now = ports.clock.now()
    if failure is None:
        ports.ledger.change_thread(name, lambda state: replace(state, failing_since=None))
        ports.alerts.clear_alert(f"{name}:{FAILED}")
        return
    since = ports.ledger.thread(name).failing_since or now
    ports.ledger.change_thread(name, lambda state: replace(state, failing_since=since))
    # A clock that was set back must not prolong the hour (K04).
    if not may_pass(failure) or isinstance(failure, Bug) or now not in Interval.after(since, ALERT_AFTER):
        ports.alerts.raise_alert(f"{name}:{FAILED}", sentences.thread_failed(name, failure))


def _announce_of(ports: Ports, report: Report, needs: Mapping[str, str]) -> None:
    for key, sentence in needs.items():
        ports.alerts.raise_alert(key, sentence)
    for key in _resolvable(ports, report):
        if key not in needs:
            ports.alerts.clear_alert(key)


def _needs(ports: Ports, report: Report, snapshot: Snapshot, *, alone: bool) -> dict[str, str]:
    """Return the alerts of a thread, by key."""
    needed = {
        f"{report.thread.name}:{one.reason}": one for one in blocked_actions(report.left) if one.needs_person
    }
    needs: dict[str, str] = {
        key: describe.blocked_sentence(report.thread, blocked) for key, blocked in needed.items()
    }
    posted = {thread_post.key for thread_post in report.observation.posts} if report.observation else set()
    bare = missing_soon(snapshot, report.thread, ports.clock.now(), alone=alone, posted=posted)
    written = bare and has_preambles(ports, snapshot, report.thread, alone=alone)
    # A preamble sent by message comes before the files (decision 28).
    if bare and written and preamble_of(ports.ledger, report.thread.name, bare.key) is None:
        needs[f"{report.thread.name}:preamble"] = sentences.no_preamble(bare, report.thread.schedule.timezone)
    if untagged := _untagged(report):
        needs[f"{report.thread.name}:tags"] = sentences.tags_missing(report.thread.name, untagged)
    if capped := _capped(ports, report):
        needs[f"{report.thread.name}:cap"] = capped
    return needs


def _left_out(
    ports: Ports, report: Report, left_out: Mapping[tuple[str, str], RenderProblem]
) -> dict[str, str]:
    return {
        f"{thread}:{_LEFT_OUT}": preamble_left_out(thread, key, problem.problems)
        for (thread, key), problem in left_out.items()
        if thread == report.thread.name
    }


def _capped(ports: Ports, report: Report) -> str:
    """Return the alert about a thread that has reached its `max_comments`, "" if there is none."""
    current = report.observation.current if report.observation else None
    if (
        current is None
        or report.observation is None
        or not 0 < report.thread.max_comments <= current.post.comments
    ):
        return ""
    record = report.observation.record(current.id)
    part = part_number(record) + 1 if record else 2
    return describe.too_many_comments(report.thread, current.post.url, part)


def _resolvable(ports: Ports, report: Report) -> list[str]:
    """Return the keys that this pass may clear."""
    name = report.thread.name
    active = [key for key, _ in ports.alerts.active_alerts() if key.startswith(f"{name}:")]
    untouched = {f"{name}:{FAILED}"}
    # A pass that rendered nothing does not know whether the template is still broken.
    if not report.rendered:
        sent = any(one.kind is OverrideKind.PREAMBLE for one, _ in active_overrides(ports, report.thread))
        untouched |= {f"{name}:{BlockReason.TEXT_BROKEN}"} | ({f"{name}:{_LEFT_OUT}"} if sent else set())
    return [key for key in active if key not in untouched]


def _untagged(report: Report) -> tuple[str, ...]:
    """Return the tags missing from the current post; an adopted post is not ours to tag."""
    current = report.observation.current if report.observation else None
    return () if current is None or current.adopted else missing_tags(report.thread, current.post)


def missing_tags(thread: Thread, post: Post) -> tuple[str, ...]:
    """Return the thread's tags that its post lacks; none if the server does not support tags."""
    # 0.19 has no tags, so nobody could add them (docs/explanation/lemmy-versions.md).
    return () if post.tags is None else missing_names(thread.tags, post.tags)
