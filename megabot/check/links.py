"""The links in the upcoming editions: which file each is in, and whether it still works. Changes nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from datetime import datetime
from threading import Event
from typing import Protocol
from urllib.parse import unquote, urldefrag

from lemmy_markdown import addresses
from megabot.check import check_text
from megabot.check.findings import Finding, Level, mistake_finding, ok_finding
from megabot.errors import NoNetwork
from megabot.lemmy.link_verdict import Link, Outcome, Verdict, all_silent, host_of, lanes
from megabot.ports import OfflinePorts
from megabot.preview import preview
from megabot.rendering.model import Rendered
from megabot.source.model import Snapshot
from megabot.source.problems import Problem

# Few at a time on one host, because megabot is polite (promise 9).
AT_ONCE, A_HOST = 8, 2
Ask = Callable[[str], Verdict]
Progress = Callable[[int], AbstractContextManager[Callable[[], None]]]
"""Shows the progress of a number of steps; the function that it returns is called after each step."""


class Cache(Protocol):
    """The results of recent checks."""

    def read(self, now: datetime) -> dict[str, Verdict]:
        """Return the verdicts that are not too old."""

    def write(self, fresh: Mapping[str, Verdict], now: datetime) -> None:
        """Add new verdicts, and drop those that are too old."""


def check(
    ports: OfflinePorts, *, ask: Ask, cache: Cache, progress: Progress, is_online: Callable[[], bool]
) -> Iterator[Finding]:
    """Check every link in the upcoming editions.

    If no server could be reached, `is_online` decides whether the network is down. Raises `SourceMissing`,
    and `NoNetwork` if it is.
    """
    all_links, now = links(ports), ports.clock.now()
    if all_links is None:
        return  # check_source reports why
    verdicts = cache.read(now)
    wanted = [link.address for link in all_links if link.address not in verdicts]
    with progress(len(wanted)) as step:
        fresh = ask_all(wanted, ask, on_each=step)
    if all_silent(fresh.values()) and not is_online():
        raise NoNetwork(check_text.no_network())  # an outage says nothing about the links: do not cache it
    cache.write(fresh, now)
    yield from findings(all_links, verdicts | fresh)


def links(ports: OfflinePorts) -> tuple[Link, ...] | None:
    """Return the links in the next edition of each thread, each once; None if no edition can be rendered.

    Raises `SourceMissing`.
    """
    snapshot = ports.source.snapshot()
    shown = preview.preview(ports, None, choose=lambda: ports.source.threads(snapshot)).editions
    if not any(isinstance(one.text, Rendered) for one in shown):
        return None
    links: dict[str, Link] = {}
    for edition in shown:
        for address in _of(edition.text) if isinstance(edition.text, Rendered) else ():
            links.setdefault(address, _placed(snapshot, edition.thread.path, address))
    return tuple(sorted(links.values()))


def _of(text: Rendered) -> Iterator[str]:
    for address in (*addresses(f"{text.body}\n\n{text.comment}"), text.url, text.thumbnail):
        # A fragment is never sent to a server, so links into one page are one link.
        bare = urldefrag(address).url
        # Names under .invalid never exist (RFC 6761), and stand for addresses that are not known yet.
        if bare.startswith(("https://", "http://")) and not host_of(bare).endswith(".invalid"):
            yield bare


def _placed(snapshot: Snapshot, thread: str, address: str) -> Link:
    """Find the file and line that contain an address, as it is or in a form in which people write it."""
    forms = (address, unquote(address), address.rstrip("/"), address.partition("://")[2].rstrip("/"))
    for form in dict.fromkeys(forms):
        for path, text in sorted(snapshot.files.items()):
            at = text.find(form)
            if at >= 0:
                return Link(path, text.count("\n", 0, at) + 1, address)
    return Link(thread, 0, address)


def ask_all(
    wanted: Sequence[str], ask: Ask, *, on_each: Callable[[], None] = lambda: None
) -> dict[str, Verdict]:
    """Check all links, several at once, but never more than two on one host."""
    stop = Event()

    def walk(lane: tuple[str, ...]) -> dict[str, Verdict]:
        verdicts = {}
        for address in lane:
            if not stop.is_set():
                verdicts[address] = ask(address)
                on_each()
        return verdicts

    verdicts: dict[str, Verdict] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for done in as_completed([pool.submit(walk, lane) for lane in lanes(wanted, width=A_HOST)]):
                verdicts |= done.result()
        finally:
            # After Ctrl-C the pool still waits for its threads, which then end at their next link.
            stop.set()
    return verdicts


def findings(links: Sequence[Link], verdicts: Mapping[str, Verdict]) -> Iterator[Finding]:
    """Yield a finding for each dead or unclear link, then one with the number of working links."""
    for outcome, level in ((Outcome.DEAD, Level.PROBLEM), (Outcome.UNSURE, Level.WARNING)):
        for link in links:
            verdict = verdicts[link.address]
            if verdict.outcome is outcome:
                what = Problem(link.path, link.line, *check_text.link(link.address, verdict))
                yield mistake_finding(level, what, link=link.address)
    alive = sum(1 for link in links if verdicts[link.address].outcome is Outcome.ALIVE)
    yield ok_finding(check_text.links_alive(alive, len(links)))
