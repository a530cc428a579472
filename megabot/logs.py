"""The log, decided once as data: one line each on stderr, with secrets blotted out whatever happens."""

import logging
import sys
from collections.abc import Sequence

BLOT = "[secret]"


class Blotter(logging.Formatter):
    """Formats a record, then replaces every known secret, tracebacks included."""

    def __init__(self, pattern: str, secrets: Sequence[str]) -> None:
        super().__init__(pattern, "%Y-%m-%d %H:%M:%S")
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        """Format one record without any secret in it."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, BLOT)
        return line


def set_up(level: str, *, secrets: Sequence[str]) -> None:
    """Send the log to stderr from `level` on; libraries speak up only for warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Blotter("%(asctime)s %(levelname)s %(message)s", secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("megabot").setLevel(level.upper())
