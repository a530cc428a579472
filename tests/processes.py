"""Real processes of megabot, each on a machine of its own: a home, settings, a source, a state folder."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.conftest import SECTION, TEMPLATE

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse"
LONGEST = 60.0
"""Seconds after which a process that should end by itself is taken to hang."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where processes run that know nothing of another machine's. `settings` are without their prefix."""

    url: str
    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    surroundings: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def source(self) -> Path:
        return self.home / "templates"

    def environment(self) -> dict[str, str]:
        settings = {
            "INSTANCE": self.url,
            "USERNAME": "megabot",
            "PASSWORD": PASSWORD,
            "COMMUNITY": "news",
            "SOURCE": str(self.source),
            "STATE_DIR": str(self.state),
            **self.settings,
        }
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": str(ROOT),
            **self.surroundings,
            **{f"MEGABOT_{name}": value for name, value in settings.items()},
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start `megabot ...`; whoever starts it ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "megabot", *words],
            env=self.environment(),
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_heed_interrupts,  # noqa: PLW1509 - no lock is taken in between
        )

    def run(self, *words: str) -> Ended:
        """Run `megabot ...` to its end."""
        return ended(self.start(*words))


def _heed_interrupts() -> None:
    """Undo what a shell does to commands in its background: they ignore Ctrl-C, and so do their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(process: "subprocess.Popen[str]") -> Ended:
    """Wait for a process to end by itself."""
    with process:
        out, err = process.communicate(timeout=LONGEST)
    return Ended(process.returncode, out, err)


def machine(home: Path, url: str, **settings: str) -> Machine:
    """Furnish a machine with a source whose slot came yesterday: no week is over while a test runs."""
    machine = Machine(url=url, home=home, settings=settings)
    (machine.source / "sections").mkdir(parents=True)
    (machine.source / "preambles" / "news").mkdir(parents=True)
    day = f"{datetime.now(UTC) - timedelta(days=1):%A}".lower()
    (machine.source / "thread.md.j2").write_text(TEMPLATE.replace("DAY", day))
    (machine.source / "sections" / "10-maps.md").write_text(SECTION)
    (machine.source / "preambles" / "news" / "_default.md").write_text("Nothing special this week.\n")
    return machine
