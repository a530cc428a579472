"""Checks over HTTP whether links still work, and caches the results for a day."""

import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from typing_extensions import override

from megabot.check.links import Cache
from megabot.lemmy.link_verdict import (
    UNSURE_VERDICT_KEPT,
    VERDICT_KEPT,
    Outcome,
    Verdict,
    lemmy_questions,
    lemmy_verdict,
    verdict_by_status,
)
from megabot.lemmy.public_web import Connect, NoPage, PublicWeb, Resolve
from megabot.proxy import Proxy

_PAGE, _DOCUMENT = (
    4 * 1024,
    256 * 1024,
)  # bytes; only the status of a page matters, and only the start of an API's response


class LinkAsker:
    """Checks links, from several threads at once. `seconds` is the timeout of a connection or response."""

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        connect: Connect | None = None,
        seconds: float = 10.0,
        proxy: Proxy | None = None,
    ) -> None:
        self._web = PublicWeb(
            purpose="link check", resolve=resolve, connect=connect, seconds=seconds, proxy=proxy
        )

    def ask(self, address: str) -> Verdict:
        """Check a link. Raises nothing: an error is part of the verdict."""
        # The page of a removed post answers 200; only the API says that it is gone (lemmy-api 1.8).
        for question in lemmy_questions(address):
            try:
                verdict = lemmy_verdict(self._web.read("GET", question, most=_DOCUMENT).body)
            except NoPage as nothing:
                if nothing.final:
                    return nothing.verdict
                continue
            if verdict is not None:
                return verdict
        return self._page(address)

    def _page(self, address: str) -> Verdict:
        """Send a HEAD request, then GET if that is refused, because many servers do not support HEAD."""
        try:
            page = self._web.read("HEAD", address, most=0)
            if page.status < HTTPStatus.MULTIPLE_CHOICES:
                return verdict_by_status(page.status, page.address)
        except NoPage as nothing:
            if nothing.final:
                return nothing.verdict
        try:
            # Many servers do not support HEAD.
            page = self._web.read("GET", address, most=_PAGE)
        except NoPage as nothing:
            return nothing.verdict
        return verdict_by_status(page.status, page.address)


class LinkCache(Cache):
    """The verdicts in a file. An unreadable file counts as empty: checking again does no harm."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @override
    def read(self, now: datetime) -> dict[str, Verdict]:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                address: Verdict(Outcome(entry["outcome"]), str(entry["why"]))
                for address, entry in stored.items()
                if _is_fresh(Outcome(entry["outcome"]), datetime.fromisoformat(entry["at"]), now)
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    @override
    def write(self, fresh: Mapping[str, Verdict], now: datetime) -> None:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            stored = {}
        old = {address: stored[address] for address in self.read(now) if address in stored}
        new = {
            address: {
                "outcome": verdict.outcome.value,
                "why": verdict.why,
                "at": now.astimezone(UTC).isoformat(),
            }
            for address, verdict in fresh.items()
        }
        beside = self._file.with_suffix(".new")
        # A cache that cannot be written costs only more requests. Renaming a complete file leaves no half of
        # one.
        with contextlib.suppress(OSError):
            beside.write_text(json.dumps(old | new), encoding="utf-8")
            beside.replace(self._file)


def _is_fresh(outcome: Outcome, at: datetime, now: datetime) -> bool:
    age = now - at
    # abs, because a result from a clock that was ahead must not count until that time comes (K04).
    return abs(age) < (UNSURE_VERDICT_KEPT if outcome is Outcome.UNSURE else VERDICT_KEPT)
