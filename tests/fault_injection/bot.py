"""A real process of the bot that kills itself at its n-th effect; `killed` starts it.

Everything is as shipped but the clock, which stands, and a counter around the ports. Prints how many effects
there were, if it comes to its end.
"""

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from megabot.app import App
from megabot.forum.port import Forum
from megabot.ledger.port import Ledger
from megabot.rendering.port import Renderer
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.service import Service
from megabot.settings_sources import load
from tests.simulation.faults import KEEPS, READS, RENDERS, WRITES
from tests.world import Clock

EFFECTS = READS | WRITES | KEEPS | RENDERS


class Counted:
    """A port whose calls are counted; before or after the n-th the process is gone."""

    count = 0  # of all ports together

    def __init__(self, port: object, number: int, *, after: bool) -> None:
        self._port = port
        self._number = number
        self._after = after

    def __getattr__(self, name: str) -> object:
        """Give a call, counted if it is an effect."""
        real = getattr(self._port, name)
        if name not in EFFECTS:
            return real

        def call(*args: Any, **named: Any) -> object:  # noqa: ANN401  whatever the port's own call takes
            Counted.count += 1
            mine = Counted.count
            if mine == self._number and not self._after:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*args, **named)
            if mine == self._number:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return call


def main(url: str, state: str, source: str, at: str, effect: str, database: str) -> None:
    """Start, tick once, end. `effect` is a number and whether the process is killed before it or after."""
    mode, _, number = effect.partition(" ")
    settings = load(
        {
            "MEGABOT_INSTANCE": url,
            "MEGABOT_USERNAME": "megabot",
            "MEGABOT_PASSWORD": "correct horse",
            "MEGABOT_SOURCE": source,
            "MEGABOT_STATE_DIR": state,
            "MEGABOT_DATABASE_URL": database,
        },
        env_file=None,
        cwd=Path(state),
        system_file=Path(state) / "no.env",
    )
    app = App(settings, Clock(datetime.fromisoformat(at)))
    ports = app.ports

    def counted(port: object) -> Any:  # noqa: ANN401  it stands for the port it counts
        return Counted(port, int(number), after=mode == "after")

    ledger = cast("Ledger", counted(ports.ledger))
    service = Service(
        replace(
            ports,
            forum=cast("Forum", counted(ports.forum)),
            renderer=cast("Renderer", counted(ports.renderer)),
            ledger=ledger,
            alerts=LedgerAlerts(ledger),
        ),
        tick=timedelta(seconds=30),
        notify=lambda _: None,
    )
    service.tick()
    app.close()
    print(Counted.count)  # noqa: T201  to the parent


if __name__ == "__main__":
    main(*sys.argv[1:])
