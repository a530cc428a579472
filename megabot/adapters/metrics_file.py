"""The file that a monitor's collector reads: replaced whole, so that it never reads half of one."""

import os
from pathlib import Path

from megabot.errors import WriteFailed


def write(path: Path, text: str) -> None:
    """Put a text in place of the file's, readable by everyone: it holds no secret. Raises `WriteFailed`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")  # not *.prom, or the collector would read it
    try:
        with beside.open("w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise WriteFailed(f"MEGABOT_METRICS_FILE: {path} cannot be written: {error.strerror}") from error
