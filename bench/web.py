"""`python -m bench.web`: what the page for moderators costs: CPU, memory, a preview after a keystroke.

The CPU is that of a request inside the application, with the sandbox that it asks for the moderators. The
memory is that of a real `megabot web` over `bench/source`, before its first request and after 50 of each
kind; its warm renderer is a process of its own, given beside it.
"""

import argparse
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path

from bench import edit
from bench.figures import Figure, Spread, table
from bench.processes import surroundings
from bench.stage import Stage, week_gone
from megabot.clock import Stop, SystemClock
from megabot.commands import web_access
from megabot.ledger.sqlite import SqliteLedger
from megabot.reconcile.loop import run_pass
from tests.web_client import URL, Browser, page_of
from tests.world import NEWS, SLOT, WEEK, opened_world

MOST_CPU, MOST_MEMORY = 100, 80
RUNS, REQUESTS = 15, 50
_TOKEN = "t" * 43
_PATIENCE = 30.0


def main() -> int:
    """Measure, and print; 1 if a limit is exceeded."""
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__)
    parser.add_argument("--threads", type=int, default=50)
    options = parser.parse_args()
    figures = [overview(options.threads), edit.typed(RUNS, entries=1000, length=45), *memory()]
    print(table(figures, verbose=False))
    return 1 if any(figure.is_over for figure in figures) else 0


def overview(threads: int) -> Figure:
    """Measure the CPU of the overview of a moderator of so many threads, each posted."""
    with (
        tempfile.TemporaryDirectory(prefix="megabot-web-") as folder,
        opened_world(Path(folder) / "state") as world,
    ):
        world.pages.all = tuple(replace(NEWS, name=f"thread-{number}") for number in range(threads))
        ports = world.ports()
        (moderator, *_) = ports.forum.community("news").moderators
        run_pass(ports, authenticated=True)
        world.clock.at = SLOT + WEEK
        run_pass(ports, authenticated=True)
        now, actor = world.clock.now(), moderator.actor
        ports.ledger.change_web_access(lambda kept: web_access.new_link(kept, "link", actor, "mod", now))
        ports.ledger.change_web_access(lambda kept: web_access.redeem(kept, "link", _TOKEN, now)[0])
        browser = Browser(page_of(world), cookies={"__Host-megabot": _TOKEN})
        spent = []
        for _ in range(RUNS + 1):
            began = time.process_time()
            answer = browser.get("/")
            spent.append((time.process_time() - began) * 1000)
            if answer.text.count('class="card"') != threads:
                raise RuntimeError(f"not the overview at {URL}: {answer.status} {answer.words[:200]}")
    return Figure(
        what=f"overview of {threads} threads, CPU", unit="ms", ours=Spread.of(spent[1:]), limit=MOST_CPU
    )


def memory() -> Iterator[Figure]:
    """Measure the process before its first request, and after many."""
    with week_gone() as stage, _served(stage) as (process, port):
        yield _resident("megabot web, idle, resident", process.pid)
        cookie = _signed_in(stage, port)
        pages = ["/", "/calendar", "/history", "/threads/news"]
        essay = re.search(r'href="(/threads/[\w-]+/editions/[\w-]+)"', _asked(port, "/", cookie))
        if essay:
            pages.append(essay[1])
        for _ in range(REQUESTS):
            for page in pages:
                _asked(port, page, cookie)
        yield _resident(f"megabot web, after {REQUESTS} of {len(pages)} pages, resident", process.pid)
        for threads in Path(f"/proc/{process.pid}/task").glob("*/children"):
            for child in threads.read_text("ascii").split():
                yield replace(_resident("its warm renderer, resident", int(child)), limit=None)


def _resident(what: str, pid: int) -> Figure:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
    return Figure(what=what, unit="MB", ours=Spread.of([kilobytes / 1024]), limit=MOST_MEMORY)


@contextmanager
def _served(stage: Stage) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    environ = stage.environ | {"MEGABOT_WEB_URL": f"http://localhost:{port}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "megabot", "web", "--listen", f"127.0.0.1:{port}"],
        env=surroundings(environ, home=stage.folder),
        cwd=stage.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stderr is None or "listening" not in process.stderr.readline():
            raise RuntimeError("the page does not start")
        time.sleep(1)
        yield process, port
    finally:
        process.terminate()
        process.wait()


def _signed_in(stage: Stage, port: int) -> str:
    clock = SystemClock(Stop())
    ledger = SqliteLedger(stage.state, clock, on_wait=lambda: None, on_set_aside=lambda _: None)
    actor, now = f"https://{stage.sandbox.world.hostname}/u/modlin", datetime.now(UTC)
    with closing(ledger):
        ledger.change_web_access(lambda kept: web_access.new_link(kept, "link", actor, "modlin", now))
        ledger.change_web_access(lambda kept: web_access.redeem(kept, "link", _TOKEN, now)[0])
    return SimpleCookie({"megabot": _TOKEN}).output(header="").strip()


def _asked(port: int, path: str, cookie: str) -> str:
    with closing(HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)) as connection:
        connection.request("GET", path, headers={"Host": f"localhost:{port}", "Cookie": cookie})
        answer = connection.getresponse()
        text = answer.read().decode()
    if answer.status != 200:  # noqa: PLR2004
        raise RuntimeError(f"{path}: {answer.status} {text[:500]}")
    return text


if __name__ == "__main__":
    sys.exit(main())
