"""Where tests put files that they write again and again: in memory, if there is room."""

import os
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108  only a parent for temporary folders
_NEEDED = 1 << 30  # bytes; a container often has 64 MB


def memory_folder() -> Path | None:
    """Return a folder whose files need no disk, None if there is none with room for a database."""
    if not os.access(_MEMORY, os.W_OK):
        return None
    room = os.statvfs(_MEMORY)
    return _MEMORY if room.f_bavail * room.f_frsize > _NEEDED else None
