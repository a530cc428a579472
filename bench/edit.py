"""How long an edit of a large directory takes to be in the live preview, and how long a check of it takes."""

import http.client
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.directory import snapshot
from bench.figures import Figure, Spread
from megabot.check import findings as check_findings
from megabot.check import templates
from megabot.ledger.empty import NoLedger
from megabot.ports import OfflinePorts
from megabot.preview.file_watcher import Follower, fingerprint
from megabot.preview.live_view import view
from megabot.rendering.renderer import ChildRenderer, WarmRenderer
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.source.folder import FolderSource
from megabot.web import edition, edition_html
from megabot.web.edition_html import Shown
from megabot.web.live.server import LiveServer
from megabot.web.live.site import Site

LONGEST_EDIT = 300
LONGEST_CHECK = 10_000


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        raise RuntimeError("nothing waits here")


def shown(runs: int, *, entries: int, length: int) -> Figure:
    """Measure from the moment a section's file is written until the browser has the page that shows it."""
    spent = []
    with _source(entries, length) as folder, closing(WarmRenderer()) as renderer:
        ports = _desk(folder, renderer)
        follower = Follower(lambda: fingerprint(folder))
        site = Site(lambda wish: view(ports, wish, compare=lambda _: ("", "")), lambda *_: None, follower)
        server = LiveServer(site)
        follower.start()
        server.start()
        events = _connection(server, "/events")
        _next_event(events)
        for number in range(runs + 1):
            began = time.perf_counter()
            _edit(folder, f"edited {number}")
            _next_event(events)
            html = _connection(server, "/part").read().decode()
            spent.append((time.perf_counter() - began) * 1000)
            if f"edited {number}" not in html:
                raise RuntimeError("the page does not show the edit")
        follower.close()
        server.close()
    return Figure(
        what=f"{entries:,} entries: from an edit to the page that shows it",
        unit="ms",
        ours=Spread.of(spent[1:]),  # the first starts the warm process
        limit=LONGEST_EDIT,
    )


def typed(runs: int, *, entries: int, length: int) -> Figure:
    """Measure from what a moderator typed until the thread with it is HTML, with a warm renderer."""
    spent, templates = [], edition_html.environment()
    with _source(entries, length) as folder, closing(WarmRenderer()) as renderer:
        ports = _desk(folder, renderer)
        thread = ports.source.threads(ports.source.snapshot())[0]
        key = next(thread.calendar.upcoming(ports.clock.now())).key
        for number in range(runs + 1):
            began = time.perf_counter()
            found = edition.find(ports, thread.name, key, actor="")
            if found is None:
                raise RuntimeError("there is no such edition")
            desk = edition.with_typed(found, edition.Typed(values={}, body=f"Typed {number}."))
            view = edition.view(ports, desk)
            html = edition_html.part(templates, Shown(desk=desk, view=view, address="", csrf=""))
            spent.append((time.perf_counter() - began) * 1000)
            if f"Typed {number}." not in html:
                raise RuntimeError("the page does not show what was typed")
    return Figure(
        what=f"{entries:,} entries: from a typed essay to the thread with it",
        unit="ms",
        ours=Spread.of(spent[1:]),  # the first starts the warm process
        limit=LONGEST_EDIT,
    )


def checked(runs: int, *, entries: int, length: int) -> Figure:
    """Measure a check of the next 60 editions."""
    spent = []
    with _source(entries, length) as folder:
        for _ in range(runs):
            began = time.perf_counter()
            findings = list(templates.check_source(_desk(folder, ChildRenderer())))
            spent.append((time.perf_counter() - began) * 1000)
            if [one.level for one in findings] != [check_findings.Level.FINE]:
                raise RuntimeError(f"not a good source: {findings}")
    return Figure(
        what=f"{entries:,} entries: megabot check of 60 editions",
        unit="ms",
        ours=Spread.of(spent),
        limit=LONGEST_CHECK,
    )


@contextmanager
def _source(entries: int, length: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for path, text in snapshot(entries, length).files.items():
            (Path(name) / path).parent.mkdir(exist_ok=True)
            (Path(name) / path).write_text(text, encoding="utf-8")
        yield Path(name)


def _desk(folder: Path, renderer: ChildRenderer) -> OfflinePorts:
    ledger = NoLedger()
    return OfflinePorts(
        clock=_Clock(),
        ledger=ledger,
        source=FolderSource(folder),
        renderer=renderer,
        alerts=LedgerAlerts(ledger),
        community="news",
    )


def _edit(folder: Path, words: str) -> None:
    path = folder / "sections/00-part-0.md"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[3] = f"- {words}"
    path.write_text("\n".join(lines), encoding="utf-8")


def _connection(server: LiveServer, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path)
    return connection.getresponse()


def _next_event(events: http.client.HTTPResponse) -> None:
    while events.readline() != b"\n":
        continue
