"""Where megabot may write what others will see: never into a state folder, which holds the token.

Every path is compared with its links resolved.
"""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from megabot.errors import ConfigError

MARKER = ".megabot-state"
"""A file that every state folder has: it keeps other bots, too, from publishing the folder."""
_ALSO_STATE = ("ledger.lock", "token.lock")  # state folders from before there was a marker
SITE_LIST = ".megabot-site.json"
"""A file that every folder with a site has; `archive.folder` writes it."""


def check_site(folder: Path, *, state: Path, source: Path | None) -> None:
    """Raise `ConfigError` if a site in this folder would publish, or be mixed with, something else.

    A site that is already in a repository goes on: an earlier version let it begin there.
    """
    place = folder.resolve()
    apart = {"the state folder": state, "the source": source}
    for what, other in apart.items():
        if other is not None and _overlap(place, other.resolve()):
            raise _refused(folder, f"it is, holds or is inside {what} {other}")
    for home in _homes():  # before what lies in it: that would name a folder, not the mistake
        if place in {home, *home.parents}:
            raise _refused(folder, f"it is or holds the home folder {home}")
    _check_markers(folder)
    repository = next(_repositories(place), None)
    if repository is not None and not (place / SITE_LIST).exists():
        raise _refused(folder, f"it is, holds or is inside the git repository {repository}")


def check_output(path: Path) -> None:
    """Raise `ConfigError` if a file or folder that a person named would be written into a state folder."""
    for folder in _and_above(path.resolve()):
        if _is_state(folder):
            raise ConfigError(f"{path} is in the state folder {folder}: choose a path outside it")


def check_private(path: Path, *, published: Path | None) -> None:
    """Raise `ConfigError` if a private file would be written where a site is published."""
    place = path.resolve()
    for folder in _and_above(place):
        if (folder / SITE_LIST).exists() or (published is not None and folder == published.resolve()):
            raise ConfigError(f"{path} would be published with the site in {folder}: choose another path")


def mark_state(folder: Path) -> None:
    """Mark a state folder, and keep git from adding it to a repository.

    A disk that is full or read-only is not an error here: the marker is a second guard.
    """
    for name, text in ((MARKER, _MARKER_TEXT), (".gitignore", "*\n")):
        if not (folder / name).exists():
            try:
                (folder / name).write_text(text, encoding="utf-8")
            except OSError:
                return


_MARKER_TEXT = """\
This folder is the state folder of a megabot: its record of what was posted, and the token of its account.
Keep it private. Because of this file no megabot publishes the folder.
"""


def _check_markers(folder: Path) -> None:
    place = folder.resolve()
    for other in (*_and_above(place), *_below(place)):
        if _is_state(other):
            raise _refused(folder, f"it is, holds or is inside the state folder {other}")


def _is_state(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in (MARKER, *_ALSO_STATE))


def _overlap(path: Path, other: Path) -> bool:
    return path in _and_above(other) or other in _and_above(path)


def _and_above(path: Path) -> tuple[Path, ...]:
    return (path, *path.parents)


def _below(folder: Path) -> list[Path]:
    """List the folders in a folder, and those that are linked there: web servers follow links.

    The folder may be missing or not ours to read.
    """
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _homes() -> Iterator[Path]:
    """Give this account's home folders; `/`, which system accounts have, is one of nobody's."""
    found = {os.environ.get("HOME", ""), _registered_home()}
    yield from (Path(home).resolve() for home in sorted(found) if Path(home).is_absolute() and home != "/")


def _registered_home() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return ""


def _repositories(place: Path) -> Iterator[Path]:
    yield from (folder for folder in (*_and_above(place), *_below(place)) if (folder / ".git").exists())


def _refused(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The site cannot be written into {folder}: {why}. Choose a folder of its own, such as "
        "/var/www/threads (--output FOLDER or MEGABOT_SITE_DIR)"
    )
