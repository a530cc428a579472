"""What an idle pass costs and holds as its ledger grows old: it reads what it needs, not what there is.

The last editions are posted by real passes on a sandbox; the years before them are written into the ledger.
Then the server's responses are repeated from memory, so that only megabot's own work is measured.
"""

import logging
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Sized
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, cast

from bench.figures import Figure, Spread
from bench.processes import surroundings
from bench.stage import BOT, COMMUNITY, PASSWORD
from lemmy_sandbox import Sandbox
from megabot.app import App
from megabot.commands import status
from megabot.demo.stage import FakedClock
from megabot.forum.models import Account, PostDraft
from megabot.forum.port import Forum
from megabot.ledger.port import Ledger
from megabot.ledger.records import IntentKind, IntentState, KeptText, NewIntent, PostRecord
from megabot.ports import Ports
from megabot.reconcile.decide import writes
from megabot.reconcile.loop import run_pass
from megabot.rendering import context_json
from megabot.rendering.context_json import edition_facts
from megabot.rendering.model import EDITION_URL, Context, Rendered
from megabot.schedule.calendar import Edition
from megabot.service.schedulers import HISTORY_KEPT, IGNORED_KEPT
from megabot.settings_sources import load
from megabot.source.model import Snapshot, Thread

GROWTH = 1.2
"""An idle pass may cost and read this many times what it does after one year."""
MEGABYTES = 5.0
"""Two years of long bodies may take this much more memory than none."""
BODY = "".join(f"- Entry {number:04}: https://maps.example/{number:04}\n" for number in range(1000))
EDITS = 5
"""How often a week an edition is edited."""

_AGES, _YEAR = (1, 10, 30), 52
_START = datetime(2027, 1, 4, 11, tzinfo=UTC)  # a Monday, an hour before the slot
_POSTED = 3
_PASSES = 10
_FIRST_ID = 1_000_000
_IN_MEMORY = "/dev/shm"  # noqa: S108  thousands of transactions, each synced to disk, would take minutes
_TEMPLATE = """\
---
name: {name}
title: "{name} {{{{ edition.number }}}}"
schedule: {{every: week, on: monday, at: "12:00", timezone: UTC, first: 1990-01-01}}
previous: {{comment: "The new thread is [here]({{{{ edition.url }}}})."}}
---
{{{{ sections() }}}}
"""


def figures(runs: int) -> Iterator[Figure]:
    """Measure idle passes at each age, for one thread and for four, and the memory of two years."""
    for threads in (1, 4):
        with ExitStack() as stack:
            aged = {age: stack.enter_context(_aged(age * _YEAR, threads)) for age in _AGES}
            spent = _cpu({age: old.ports for age, old in aged.items()}, runs)
            counted = {age: _counted(old.ports) for age, old in aged.items()}
        yield from _cpu_figures(threads, spent)
        yield from _row_figures(threads, counted)
    yield _memory()


def _cpu(ports: Mapping[int, Ports], runs: int) -> dict[int, list[float]]:
    """Return the milliseconds of CPU of ten idle passes at each age; the ages take turns."""
    spent: dict[int, list[float]] = {age: [] for age in ports}
    for run in range(runs + 1):
        for age, of_age in ports.items():
            began = time.thread_time()
            for _ in range(_PASSES):
                _idle_pass(of_age)
            if run:  # the first one fills the caches
                spent[age].append((time.thread_time() - began) * 1000)
    return spent


def _cpu_figures(threads: int, spent: Mapping[int, Sequence[float]]) -> Iterator[Figure]:
    young = Spread.of(spent[1])
    for age in _AGES[1:]:
        yield Figure(
            what=f"ten idle passes of {threads} after {age} years, CPU (limit: {GROWTH} times one year)",
            unit="ms",
            ours=Spread.of(spent[age]),
            other="after 1 year",
            beside=young,
            limit=young.median * GROWTH,
        )


def _row_figures(threads: int, counted: Mapping[int, "Reads"]) -> Iterator[Figure]:
    young = counted[1]
    for age in _AGES[1:]:
        reads = counted[age]
        for unit, now, then in (("reads", reads.calls, young.calls), ("rows", reads.rows, young.rows)):
            yield Figure(
                what=f"an idle pass of {threads} after {age} years, from the ledger",
                unit=unit,
                ours=Spread.of([now.total()]),
                other="after 1 year",
                beside=Spread.of([then.total()]),
                limit=then.total() * GROWTH,
                detail=tuple(f"{times} {name}" for name, times in sorted(now.items())),
            )


def _memory() -> Figure:
    """Compare the memory of a process that runs idle passes after two years with one on an empty ledger."""
    after, empty = (Spread.of(_resident(weeks) for _ in range(3)) for weeks in (2 * _YEAR, 0))
    return Figure(
        what=f"idle passes after 2 years of {len(BODY) // 1000} kB, {EDITS} edits a week, resident",
        unit="MB",
        ours=after,
        other="empty ledger",
        beside=empty,
        limit=empty.median + MEGABYTES,
    )


def _resident(weeks: int) -> float:
    with _aged(weeks, threads=1) as old:
        _idle_pass(old.ports)
        old.close()
        answers = old.folder / "answers"
        answers.write_bytes(pickle.dumps(old.forum.answers))
        shown = subprocess.run(
            [sys.executable, "-m", "bench.age", str(answers), old.clock.at.isoformat()],
            env=surroundings(old.environ, home=old.folder),
            cwd=old.folder,
            capture_output=True,
            check=True,
            text=True,
        )
    return float(shown.stdout)


def main() -> int:
    """Run idle passes in a process of their own, and print its memory in MB."""
    answers, now = sys.argv[1:]
    logging.getLogger("megabot").setLevel(logging.ERROR)
    with closing(_app(os.environ, Path(answers).parent, FakedClock(datetime.fromisoformat(now)))) as app:
        forum = RepeatedForum(None, pickle.loads(Path(answers).read_bytes()))  # noqa: S301  our own file
        ports = _measured_ports(app, forum)
        for _ in range(_PASSES):
            _idle_pass(ports)
            status.read(ports)
            ports.ledger.prune(app.clock.now() - HISTORY_KEPT, ignored_before=app.clock.now() - IGNORED_KEPT)
    shown = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in shown.splitlines() if line.startswith("VmRSS:"))
    print(int(line.split()[1]) / 1024)
    return 0


# -- an old ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """A bot with an old ledger and nothing to do."""

    folder: Path
    environ: dict[str, str]
    clock: FakedClock
    forum: "RepeatedForum"
    ports: Ports
    app: App

    def close(self) -> None:
        """Close the ledger's file."""
        self.app.close()


@contextmanager
def _aged(weeks: int, threads: int) -> Iterator[Aged]:
    """Yield a bot whose threads have run for some weeks, the last of them on a sandbox."""
    clock = FakedClock(_START)
    quick = _IN_MEMORY if Path(_IN_MEMORY).is_dir() else None
    with tempfile.TemporaryDirectory(prefix="megabot-age-", dir=quick) as name, Sandbox(clock.now) as sandbox:
        folder, environ = Path(name), _environ(Path(name), sandbox.url)
        sandbox.add_person("modlin")
        sandbox.add_person(BOT, bot=True)
        community = sandbox.add_community(COMMUNITY, "News", moderators=["modlin", BOT])
        _write_source(folder / "templates", threads)
        with closing(_app(environ, folder, clock)) as app:
            account = app.prove()
            for thread in app.threads(None):
                _write_past(app.ports.ledger, thread, weeks, community.id, sandbox.url)
            app.ports.ledger.prune(_START - HISTORY_KEPT, ignored_before=_START)
            forum = RepeatedForum(app.ports.forum, {})
            _post(replace(_measured_ports(app, forum), forum=app.ports.forum), account, clock)
            yield Aged(
                folder=folder,
                environ=environ,
                clock=clock,
                forum=forum,
                ports=_measured_ports(app, forum),
                app=app,
            )


def _environ(folder: Path, url: str) -> dict[str, str]:
    return {
        "MEGABOT_INSTANCE": url,
        "MEGABOT_USERNAME": BOT,
        "MEGABOT_PASSWORD": PASSWORD,
        "MEGABOT_COMMUNITY": COMMUNITY,
        "MEGABOT_SOURCE": str(folder / "templates"),
        "MEGABOT_STATE_DIR": str(folder / "state"),
    }


def _app(environ: Mapping[str, str], folder: Path, clock: FakedClock) -> App:
    return App(load(environ, env_file=None, cwd=folder, system_file=folder / "no.env"), clock)


def _write_source(folder: Path, threads: int) -> None:
    (folder / "sections").mkdir(parents=True)
    (folder / "sections" / "10-maps.md").write_text("---\ntitle: Maps\n---\nA map.\n", encoding="utf-8")
    for number in range(threads):
        text = _TEMPLATE.format(name=f"thread-{number}")
        (folder / f"thread-{number}.md.j2").write_text(text, encoding="utf-8")


def _write_past(ledger: Ledger, thread: Thread, weeks: int, community_id: int, url: str) -> None:
    """Write the editions before the start into the ledger, and of the last two years what was done."""
    due = thread.calendar.current(_START)
    if due is None:
        raise RuntimeError("the schedule begins too late")
    past = [due, *islice(thread.calendar.earlier(due), weeks)][:weeks]
    for edition in reversed(past):
        post_id = _FIRST_ID + len(past) * int(thread.name.rpartition("-")[2]) + edition.number
        context = context_json.to_json(Context(edition=edition_facts(edition), community=COMMUNITY))
        if _START - edition.slot < HISTORY_KEPT:
            _write_week(ledger, edition, post_id, context)
        ledger.record_post(
            PostRecord(
                post_id=post_id,
                thread=thread.name,
                edition=edition.key,
                number=edition.number,
                slot=edition.slot,
                community_id=community_id,
                url=f"{url}/post/{post_id}",
                title=f"{thread.name} {edition.number}",
                sent="sent",
                answered="answered",
                context=context,
            )
        )
        ledger.keep_text(
            KeptText(post_id=post_id, body=BODY, published=edition.slot, changed=edition.slot, open=False)
        )


def _write_week(ledger: Ledger, edition: Edition, post_id: int, context: str) -> None:
    draft = PostDraft(title=edition.key, body=BODY)
    publish = NewIntent(
        kind=IntentKind.PUBLISH, thread=edition.thread, edition=edition.key, at=edition.slot, draft=draft
    )
    edit = replace(publish, kind=IntentKind.EDIT, post_id=post_id, context=context)
    small = [
        replace(edit, kind=kind, draft=None, context="")
        for kind in (IntentKind.PIN, IntentKind.COMMENT, IntentKind.UNPIN)
    ]
    for new in (replace(publish, context=context), *small, *[edit] * EDITS):
        ledger.resolve_intent(ledger.begin_intent(new).id, IntentState.DONE, at=edition.slot)


def _post(ports: Ports, account: Account | None, clock: FakedClock) -> None:
    """Post the next editions of all threads, each at its slot. Raises `RuntimeError` if one is missing."""
    (first, *_) = run_pass(ports, account=account)
    slots = [edition.slot for edition in islice(first.thread.calendar.upcoming(clock.at), _POSTED)]
    for slot in slots:
        clock.at = slot + timedelta(minutes=1)
        reports = run_pass(ports, account=account)
        if not all(report.done and report.verified for report in reports):
            raise RuntimeError(f"not posted: {reports}")
    clock.at += timedelta(days=2)


# -- an idle pass


def _idle_pass(ports: Ports) -> None:
    for report in run_pass(ports, authenticated=True):
        if report.failure or report.done or writes(report.left) or report.observation is None:
            raise RuntimeError(f"that was no idle pass: {report}")


def _counted(ports: Ports) -> "Reads":
    reads = Reads(ports.ledger)
    _idle_pass(replace(ports, ledger=cast("Ledger", reads)))
    return reads


def _measured_ports(app: App, forum: "RepeatedForum") -> Ports:
    offline = app.writing_ports
    source = offline.source
    return Ports(
        clock=app.clock,
        ledger=offline.ledger,
        source=cast("Any", OneSnapshot(source)),
        renderer=Typist(),
        alerts=offline.alerts,
        community=offline.community,
        forum=cast("Forum", forum),
        draw_code=lambda: "",
    )


class Typist:
    """A renderer that takes no time: a process of its own renders, which is not measured here."""

    def render(self, _: Snapshot, jobs: Sequence[tuple[Thread, Context]]) -> tuple[Rendered, ...]:
        """Return a long text for each job."""
        return tuple(
            Rendered(
                title=f"{thread.name} {context.edition.number}",
                body=BODY,
                comment=thread.previous.comment.replace("{{ edition.url }}", EDITION_URL),
            )
            for thread, context in jobs
        )


class OneSnapshot:
    """A source that was read once."""

    def __init__(self, source: Any) -> None:  # noqa: ANN401  any source, and all that it can do
        self._source = source
        self._snapshot: Snapshot = source.snapshot()

    def snapshot(self) -> Snapshot:
        """Return what was read."""
        return self._snapshot

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the source's own method
        return getattr(self._source, name)


class RepeatedForum:
    """A forum that asks each thing once and then repeats the answer."""

    def __init__(self, forum: Forum | None, answers: dict[object, Any]) -> None:
        self.answers = answers
        self._forum = forum

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the forum's own method
        def repeated(*values: object, **named: object) -> Any:  # noqa: ANN401  its answer
            key = (name, values, tuple(sorted(named.items())))
            if key not in self.answers:
                self.answers[key] = getattr(self._forum, name)(*values, **named)
            return self.answers[key]

        return repeated


class Reads:
    """A ledger that counts what is read from it: `calls` and `rows` by the method's name."""

    def __init__(self, ledger: Ledger) -> None:
        self.calls, self.rows = Counter[str](), Counter[str]()
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the ledger's own method
        def counted(*values: object, **named: object) -> Any:  # noqa: ANN401  its answer
            answer = getattr(self._ledger, name)(*values, **named)
            self.calls[name] += 1
            rows = len(answer) if isinstance(answer, Sized) and not isinstance(answer, str) else 1
            self.rows[name] += 0 if answer is None else rows
            return answer

        return counted


if __name__ == "__main__":
    sys.exit(main())
