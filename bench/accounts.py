"""`python -m bench.accounts`: what a service with a thousand accounts takes when none of them has work.

The server is a sandbox in a process of its own. Each account has its own community, template and state
folder, and a token, as after `megabot login`. The service runs as installed; what it uses is read from /proc.
"""

import argparse
import multiprocessing
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from bench.processes import surroundings
from lemmy_sandbox import Sandbox
from lemmy_sandbox.http.exchange import Answer, Request
from megabot.lemmy.auth.token_file import StoredToken, TokenFile

TICK = 30
MOST_MEGABYTES = 250
_FIRST_PASSES = 1800.0
"""Seconds within which all accounts must have had their first pass."""
_UNREAD = "/api/v3/user/unread_count"
_HEAD = """\
---
name: {name}
title: "{name} {{{{ edition.number }}}}"
schedule: {{every: week, on: {day}, at: "12:00", timezone: Europe/London, first: 2026-01-01}}
---
Talk about everything here.

{{{{ sections() }}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process holds and has used: resident memory in MB, CPU seconds with its children's."""

    resident: float
    cpu: float
    children_cpu: float
    threads: int
    descriptors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the server was asked so far: all requests, by how many accounts for unread ones, by second.

    `gap` is the longest time between two such requests of one account since it was last asked, in seconds.
    """

    requests: int
    accounts: int
    seconds: Counter[int]
    gap: float


def main() -> int:
    """Run the service with idle accounts for some ticks, and print what each tick took."""
    parser = argparse.ArgumentParser(prog="python -m bench.accounts", description=__doc__)
    parser.add_argument("accounts", type=int, nargs="?", default=1000)
    parser.add_argument("--hanging", type=int, default=0, help="how many more have a server that is silent")
    parser.add_argument("--ticks", type=int, default=4, help="how many ticks to measure")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory(prefix="megabot-bench-") as name, _server(options.accounts) as server:
        url, tokens = server.recv()
        _furnish(Path(name), url, tokens)
        silent = socket.create_server(("127.0.0.1", 0), backlog=1000)  # connects, and never answers
        for number in range(options.hanging):
            address = f"http://127.0.0.1:{silent.getsockname()[1]}"
            _furnish_account(Path(name), f"hangs{number}", address, "token", f"c{number}")
        with _service(Path(name)) as service:
            return _measure(service, server, options.accounts, options.ticks)


def _measure(service: "subprocess.Popen[bytes]", server: Connection, accounts: int, ticks: int) -> int:
    began = time.monotonic()
    while _ask(server).accounts < accounts:
        if time.monotonic() - began > _FIRST_PASSES or service.poll() is not None:
            raise TimeoutError("not all accounts had their first pass")
        time.sleep(1)
    first = _usage(service.pid)
    took = (
        f"{time.monotonic() - began:.0f} s, {first.cpu:.0f} s CPU and {first.children_cpu:.0f} s in children"
    )
    print(f"{accounts} accounts had their first pass after {took}; resident {first.resident:.0f} MB")
    time.sleep(TICK)
    worst = max(_tick(service, server, number) for number in range(1, ticks + 1))
    print(f"limit: {MOST_MEGABYTES} MB resident: {'OVER' if worst > MOST_MEGABYTES else 'ok'}")
    return 1 if worst > MOST_MEGABYTES else 0


def _tick(service: "subprocess.Popen[bytes]", server: Connection, number: int) -> float:
    """Print what a tick took; return the resident memory after it in MB."""
    before, asked = _usage(service.pid), _ask(server)
    time.sleep(TICK)
    after, now = _usage(service.pid), _ask(server)
    in_one_second = max((now.seconds - asked.seconds).values(), default=0)
    cpu, children = after.cpu - before.cpu, after.children_cpu - before.children_cpu
    print(
        f"tick {number}: {now.requests - asked.requests} requests, at most {in_one_second} in one second, "
        f"at most {now.gap:.0f} s between two of one account; "
        f"{cpu:.1f} s CPU, {children:.1f} s in children; resident {after.resident:.0f} MB, "
        f"{after.threads} threads, {after.descriptors} descriptors"
    )
    return after.resident


def _ask(server: Connection) -> Asked:
    server.send("count")
    asked: Asked = server.recv()
    return asked


def _usage(pid: int) -> Usage:
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    )
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    clock = os.sysconf("SC_CLK_TCK")
    own, children = (sum(map(int, fields[start : start + 2])) / clock for start in (11, 13))
    return Usage(
        resident=int(status["VmRSS"].split()[0]) / 1024,
        cpu=own,
        children_cpu=children,
        threads=int(status["Threads"]),
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
    )


def _furnish(folder: Path, url: str, tokens: list[str]) -> None:
    (folder / "accounts").mkdir()
    for number, token in enumerate(tokens):
        _furnish_account(folder, f"bot{number}", url, token, f"c{number}")


def _furnish_account(folder: Path, name: str, url: str, token: str, community: str) -> None:
    """Write the settings, the template and the token of an account."""
    day = f"{datetime.now(UTC):%A}".lower()  # the next edition is due in a week, or later today
    source, state = folder / "templates" / name, folder / "state" / "megabot" / "accounts" / name
    (source / "sections").mkdir(parents=True)
    (source / "thread.md.j2").write_text(_HEAD.format(name=name, day=day))
    links = "- A map: https://maps.example/\n" * 50
    (source / "sections" / "10-maps.md").write_text(f"---\ntitle: Maps\n---\n{links}")
    (state / "token").mkdir(mode=0o700, parents=True)
    state.chmod(0o700)
    TokenFile(state / "token" / "token.json").write(
        StoredToken(instance=url, username=name, token=token, issued=datetime.now(UTC))
    )
    (folder / "accounts" / f"{name}.env").write_text(
        f"MEGABOT_INSTANCE={url}\nMEGABOT_USERNAME={name}\nMEGABOT_COMMUNITY={community}\n"
        f"MEGABOT_SOURCE={source}\nMEGABOT_TICK={TICK}\n"
    )


@contextmanager
def _service(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "megabot", "run", "--accounts", str(folder / "accounts")],
        env=surroundings({"XDG_STATE_HOME": str(folder / "state")}, home=folder),
        cwd=folder,
        stderr=subprocess.DEVNULL,
    ) as service:
        try:
            yield service
        finally:
            service.terminate()


@contextmanager
def _server(accounts: int) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs, accounts), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


def _serve(line: Connection, accounts: int) -> None:
    with Sandbox(lambda: datetime.now(UTC)) as sandbox:
        tokens = []
        for number in range(accounts):
            sandbox.add_person(f"bot{number}", bot=True)
            sandbox.add_community(f"c{number}", f"Community {number}", moderators=[f"bot{number}"])
            tokens.append(sandbox.token_of(f"bot{number}"))
        line.send((sandbox.url, tokens))
        seconds: Counter[int] = Counter()
        last: dict[str, float] = {}
        gaps = [0.0]
        server = sandbox._server  # noqa: SLF001  a stage looks behind the scenes
        if server is None:
            raise RuntimeError("the server does not listen")
        respond = server.respond

        def counted(request: Request) -> Answer:
            now = time.time()
            seconds[int(now)] += 1
            if request.path == _UNREAD:
                token = request.headers.get("authorization", "")
                gaps.append(now - last.get(token, now))
                last[token] = now
            return respond(request)

        server.respond = counted
        while line.recv():
            sandbox.forget_requests()
            line.send(
                Asked(requests=seconds.total(), accounts=len(last), seconds=Counter(seconds), gap=max(gaps))
            )
            del gaps[1:]


if __name__ == "__main__":
    sys.exit(main())
