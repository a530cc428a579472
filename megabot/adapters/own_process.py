"""Another megabot beside this one, for long work: started, asked, ended, but never waited for."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence


class OwnProcess:
    """A `megabot ...` that was started with this process's own settings. What it prints goes to a file."""

    def __init__(self, words: Sequence[str]) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  closed when the answer was read
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "megabot", *words],
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=subprocess.DEVNULL,
        )

    def answer(self) -> str | None:
        """Give what it printed, None while it runs. May be asked once."""
        if self._child.poll() is None:
            return None
        with self._out as out:
            out.seek(0)
            return out.read().decode(errors="replace")

    def end(self) -> None:
        """End it, and wait until it is gone."""
        self._child.kill()
        self._child.wait()
        self._out.close()
