"""Where megabot may write public files: never to a state folder, which contains the token.

Paths are compared after resolving symbolic links.
"""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from megabot.errors import ConfigError

MARKER = ".megabot-state"
"""A file in every state folder, which stops every bot on the machine from publishing the folder."""
_ALSO_STATE = ("ledger.lock", "token.lock")  # in state folders of versions that wrote no marker
SITE_LIST = ".megabot-site.json"
"""A file in every folder with a site; `site.output` writes it."""


def check_site(folder: Path, *, state: Path, source: Path | None) -> None:
    """Raise `ConfigError` if a site in this folder would publish, or be mixed with, something else.

    A site that already exists in a git repository is still updated, because an earlier version allowed that.
    """
    place = folder.resolve()
    apart = {"the state folder": state, "the folder with the templates": source}
    for what, other in apart.items():
        if other is not None and _overlap(place, other.resolve()):
            raise _refused(folder, f"it is, contains or is inside {what} {other}")
    for home in _homes():  # before the checks below, which would name a folder inside it and not the cause
        if place in {home, *home.parents}:
            raise _refused(folder, f"it is or contains the home folder {home}")
    _check_markers(folder)
    repository = next(_repositories(place), None)
    if repository is not None and not (place / SITE_LIST).exists():
        raise _refused(folder, f"it is, contains or is inside the git repository {repository}")


def check_output(path: Path) -> None:
    """Raise `ConfigError` if an output path that the user named is in a state folder."""
    for folder in _and_above(path.resolve()):
        if _is_state(folder):
            raise ConfigError(f"{path} is in the state folder {folder}: choose a path outside it")


def check_private(path: Path, *, published: Path | None) -> None:
    """Raise `ConfigError` if a private file would be written to a folder that is published."""
    place = path.resolve()
    for folder in _and_above(place):
        if (folder / SITE_LIST).exists() or (published is not None and folder == published.resolve()):
            raise ConfigError(f"{path} would be published with the site in {folder}: choose another path")


def mark_state(folder: Path) -> None:
    """Mark a state folder, and keep git from adding it to a repository.

    A full or read-only disk is not an error here: the marker is only a second safeguard.
    """
    for name, text in ((MARKER, _MARKER_TEXT), (".gitignore", "*\n")):
        if not (folder / name).exists():
            try:
                (folder / name).write_text(text, encoding="utf-8")
            except OSError:
                return


_MARKER_TEXT = """\
This is the state folder of megabot: its record of what was posted, and the token of its account.
Keep it private. This file stops megabot from publishing the folder.
"""


def _check_markers(folder: Path) -> None:
    place = folder.resolve()
    for other in (*_and_above(place), *_below(place)):
        if _is_state(other):
            raise _refused(folder, f"it is, contains or is inside the state folder {other}")


def _is_state(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in (MARKER, *_ALSO_STATE))


def _overlap(path: Path, other: Path) -> bool:
    return path in _and_above(other) or other in _and_above(path)


def _and_above(path: Path) -> tuple[Path, ...]:
    return (path, *path.parents)


def _below(folder: Path) -> list[Path]:
    """List the folders in a folder, including linked ones, because web servers follow links.

    Returns nothing if the folder is missing or unreadable.
    """
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _homes() -> Iterator[Path]:
    """Yield this account's home folders, except `/`, which system accounts have."""
    homes = {os.environ.get("HOME", ""), _registered_home()}
    yield from (Path(home).resolve() for home in sorted(homes) if Path(home).is_absolute() and home != "/")


def _registered_home() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return ""


def _repositories(place: Path) -> Iterator[Path]:
    yield from (folder for folder in (*_and_above(place), *_below(place)) if (folder / ".git").exists())


def _refused(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The site cannot be written to {folder}: {why}. Choose a separate folder, like "
        "/var/www/threads (--output FOLDER or MEGABOT_SITE_DIR)"
    )
