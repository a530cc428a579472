"""What of a pass needs a person: said once as an alert, and taken back when it is over."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from megabot.errors import Bug, MegabotError, SourceBroken, Stopping
from megabot.forum.models import Post
from megabot.forum.tags import missing_names
from megabot.i18n import sentences
from megabot.ledger.stored_overrides import preamble_of
from megabot.ports import Ports
from megabot.reconcile import describe
from megabot.reconcile.actions import BlockReason
from megabot.reconcile.content.continuations import part_number
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.describe import preamble_left_out
from megabot.reconcile.override_facts import active_overrides, has_preambles
from megabot.reconcile.report import Report, failure_of, may_pass
from megabot.rendering.model import RenderProblem
from megabot.schedule.interval import Interval
from megabot.schedule.overrides import OverrideKind
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import missing_soon

SOURCE, FAILED = "source", "failed"
"""The keys of the alerts about the source, and about a thread that fails."""
ALERT_AFTER = timedelta(hours=1)
"""How long a thread may fail for reasons that pass, such as a server that is away, before it is an alert."""

_LEFT_OUT = "essay"


def update_alerts(
    ports: Ports,
    reports: tuple[Report, ...],
    snapshot: Snapshot,
    *,
    broken: SourceBroken | None,
    left_out: Mapping[tuple[str, str], RenderProblem],
) -> None:
    """Tell people once what needs them, and that it is over when it is, or when its thread is gone.

    `broken` is why some threads of the source are not among the reports; `left_out` are the preambles that
    could not be used, by thread and edition.
    """
    alone = broken is None and len(reports) == 1
    for report in reports:
        failure = report.failure
        try:
            if failure is None:
                needs = _needs(ports, report, snapshot, alone=alone) | _left_out(ports, report, left_out)
                _announce_of(ports, report, needs)
        except Stopping:
            raise
        except Exception as error:  # noqa: BLE001  a bug too is one thread's alone
            failure = failure_of(error)
        _announce_failure(ports, report.thread.name, failure)
    _announce_source(ports, broken)
    names = {report.thread.name for report in reports}
    for key, _ in tuple(ports.alerts.active_alerts()) if broken is None else ():
        if ":" in key and key.partition(":")[0] not in names:
            ports.alerts.clear_alert(key)


def _announce_source(ports: Ports, broken: SourceBroken | None) -> None:
    if broken is None:
        ports.alerts.clear_alert(SOURCE)
    else:
        ports.alerts.raise_alert(SOURCE, sentences.source_partly_broken(broken))


def _announce_failure(ports: Ports, name: str, failure: MegabotError | None) -> None:
    """Say that a thread fails: at once if waiting cannot help, else when it has failed for an hour."""
    since_key, now = f"failing:{name}", ports.clock.now()
    fact = ports.ledger.get_fact(since_key)
    if failure is None:
        if fact:
            ports.ledger.set_fact(since_key, "")
        ports.alerts.clear_alert(f"{name}:{FAILED}")
        return
    if not fact:
        ports.ledger.set_fact(since_key, now.isoformat())
    since = datetime.fromisoformat(fact) if fact else now
    if not may_pass(failure) or isinstance(failure, Bug) or now not in Interval.after(since, ALERT_AFTER):
        ports.alerts.raise_alert(f"{name}:{FAILED}", sentences.thread_failed(name, failure))


def _announce_of(ports: Ports, report: Report, needs: Mapping[str, str]) -> None:
    for key, sentence in needs.items():
        ports.alerts.raise_alert(key, sentence)
    for key in _over(ports, report):
        if key not in needs:
            ports.alerts.clear_alert(key)


def _needs(ports: Ports, report: Report, snapshot: Snapshot, *, alone: bool) -> dict[str, str]:
    """Say what needs a person about a thread, each by its key."""
    needed = {
        f"{report.thread.name}:{one.reason}": one for one in blocked_actions(report.left) if one.needs_person
    }
    needs: dict[str, str] = {
        key: describe.blocked_sentence(report.thread, blocked) for key, blocked in needed.items()
    }
    posted = {thread_post.key for thread_post in report.observation.posts} if report.observation else set()
    bare = missing_soon(snapshot, report.thread, ports.clock.now(), alone=alone, posted=posted)
    written = bare and has_preambles(ports, snapshot, report.thread, alone=alone)
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
    """Say that a thread has grown too long, where its front matter says what that is."""
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


def _over(ports: Ports, report: Report) -> list[str]:
    """Name the alerts of a thread that a pass may end: a template is whole again when it gave a text."""
    name = report.thread.name
    standing = [key for key, _ in ports.alerts.active_alerts() if key.startswith(f"{name}:")]
    kept = {f"{name}:{FAILED}"}
    if not report.rendered:
        sent = any(one.kind is OverrideKind.PREAMBLE for one, _ in active_overrides(ports, report.thread))
        kept |= {f"{name}:{BlockReason.TEXT_BROKEN}"} | ({f"{name}:{_LEFT_OUT}"} if sent else set())
    return [key for key in standing if key not in kept]


def _untagged(report: Report) -> tuple[str, ...]:
    """Name the tags that the standing post lacks, if it is the bot's own to tag."""
    current = report.observation.current if report.observation else None
    return () if current is None or current.adopted else missing_tags(report.thread, current.post)


def missing_tags(thread: Thread, post: Post) -> tuple[str, ...]:
    """Name the tags of a thread that its post lacks, none where the server knows no tags."""
    return () if post.tags is None else missing_names(thread.tags, post.tags)
