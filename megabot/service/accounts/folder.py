"""The settings files of the accounts in a folder: which there are, and what changed since a scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from megabot.errors import ConfigError

SUFFIX = ".env"


@dataclass(frozen=True, slots=True)
class FileMark:
    """What identifies one version of a file."""

    inode: int
    size: int
    changed: int


def scan(folder: Path) -> dict[str, FileMark]:
    """Return the accounts by name with a mark of each file. Raises `ConfigError` for an unreadable folder."""
    try:
        found = sorted(path for path in folder.iterdir() if _is_settings(path))
        return {path.name.removesuffix(SUFFIX): mark for path in found if (mark := _mark(path)) is not None}
    except OSError as error:
        raise ConfigError(
            f"cannot read the folder with the accounts, {folder}: {error.strerror}; create it, with a "
            "settings file NAME.env for each account"
        ) from error


def changed(before: Mapping[str, FileMark], now: Mapping[str, FileMark]) -> tuple[str, ...]:
    """Return the accounts whose files are new or different since the scan before."""
    return tuple(name for name, mark in now.items() if before.get(name) != mark)


def _is_settings(path: Path) -> bool:
    # Editors write to hidden files beside the one they save.
    return path.suffix == SUFFIX and not path.name.startswith(".")


def _mark(path: Path) -> FileMark | None:
    try:
        facts = path.stat()
    except FileNotFoundError:  # removed since the folder was listed
        return None
    return FileMark(facts.st_ino, facts.st_size, facts.st_mtime_ns)
