"""Idempotency-Key as 1.0 keeps it: noted before anything is done, whatever comes of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from lemmy_sandbox.records import Person
from lemmy_sandbox.world import World

_HEADER = "idempotency-key"
_LONGEST = 32  # bytes; a longer one is looked past, as a UUID with its dashes
_SWEPT_EVERY = timedelta(minutes=2)


def is_used(world: World, person: Person | None, method: str, headers: Mapping[str, str]) -> bool:
    """Note the key of a request, and tell whether this person used it in the last two to four minutes."""
    key = headers.get(_HEADER)
    if key is None or person is None or not world.is_lemmy_1:
        return False
    if len(key.encode()) > _LONGEST or method not in {"POST", "PUT"}:
        return False
    noted = world.once_keys.get((person.id, key))
    if noted is not None and not _is_swept(noted, world.now()):
        return True
    world.once_keys[person.id, key] = world.now()
    return False


def _is_swept(noted: datetime, now: datetime) -> bool:
    """Return whether the last sweep, every two minutes, found the key two minutes old."""
    last_sweep = now - timedelta(seconds=now.timestamp() % _SWEPT_EVERY.total_seconds())
    return last_sweep - noted >= _SWEPT_EVERY
