"""One host of `bench.hosts`: the service in a process of its own, with a fast clock and a fast renderer."""

import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typing_extensions import override

from bench.soak import typed
from megabot.app import App
from megabot.clock import Clock
from megabot.errors import DatabaseAway
from megabot.ledger.postgres.claims import Claims
from megabot.ledger.postgres.shared_database import database_at
from megabot.rendering.model import Context, Rendered, RenderProblem
from megabot.rendering.port import Renderer
from megabot.service.service import Service
from megabot.settings_sources import load
from megabot.source.model import Snapshot, Thread


@dataclass(frozen=True, slots=True)
class FastClock(Clock):
    """Simulated time, `speed` times as fast as real time from `began` on, a value of `time.monotonic`."""

    start: datetime
    began: float
    speed: float

    def now(self) -> datetime:
        """Give the simulated time."""
        return self.start + timedelta(seconds=max(0.0, time.monotonic() - self.began) * self.speed)

    def sleep(self, seconds: float) -> None:
        """Wait, and never so briefly that a loop would take the whole machine."""
        time.sleep(max(0.02, seconds / self.speed))


class Typed(Renderer):
    """Renders without a child process: a template's text is not what is measured."""

    @override
    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        return tuple(typed(snapshot, thread, context) for thread, context in jobs)


def main(text: str) -> None:
    """Run the service as `megabot run` does, until the process is killed."""
    given = json.loads(text)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format=f"{given['name']} %(message)s")
    clock = FastClock(datetime.fromtimestamp(given["start"], UTC), given["began"], given["speed"])
    settings = load(given["settings"], env_file=None, cwd=Path.cwd(), system_file=Path("none"))
    shared = database_at(settings.database_text())
    shared.claims = Claims(given["name"], lease=timedelta(seconds=given["lease"]))
    app = App(settings, clock)
    with closing(app):
        while True:
            try:
                with app.service_lock(on_wait=lambda _: None):
                    ports = replace(app.ports, renderer=Typed())
                    service = Service(ports, tick=settings.tick, notify=lambda _: None)
                    service.serve(leave=lambda: app.is_lost)
            except DatabaseAway:
                time.sleep(0.5)


if __name__ == "__main__":
    os.nice(5)  # the server and the database come first
    main(sys.argv[1])
