"""The folder that the site is written into: whole files, only those that changed; old ones are taken away.

A list in it says which files are megabot's and what each was made from; others' are never touched.
"""

import hashlib
import json
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from megabot.errors import NeedsPerson

LIST = ".megabot-site.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the site: `made_of` is everything that its text depends on, `make` writes it."""

    path: str
    made_of: str
    make: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """What became of the folder."""

    files: int
    written: int
    removed: int


def write(folder: Path, files: Iterable[File]) -> WriteResult:
    """Bring a folder up to date. Raises `NeedsPerson` where that cannot be, with the next step."""
    try:
        return _write(folder, files)
    except OSError as error:
        name = error.filename or folder
        raise NeedsPerson(
            f"{name} cannot be written: {error.strerror}; make the folder writable for this account, "
            "or choose another one"
        ) from error


def _write(folder: Path, files: Iterable[File]) -> WriteResult:
    folder.mkdir(parents=True, exist_ok=True)
    before = _read_list(folder)
    if before is None and _is_there(folder, "index.html"):
        raise NeedsPerson(
            f"{folder} holds an index.html that is not megabot's; choose an empty folder, or delete that file"
        )
    known, now, written = before or {}, {}, 0
    for file in files:
        digest = hashlib.sha256(file.made_of.encode("utf-8", "replace")).hexdigest()[:32]
        now[file.path] = digest
        if not _is_there(folder, file.path) or known.get(file.path) != digest:
            _put(folder / file.path, file.make())
            written += 1
    gone = known.keys() - now.keys()
    if now != before:
        _put(folder / LIST, json.dumps(now, indent=0))
    for path in sorted(gone):
        _remove(folder, path)
    return WriteResult(files=len(now), written=written, removed=len(gone))


def _read_list(folder: Path) -> dict[str, str] | None:
    if not _is_there(folder, LIST):
        return None
    try:
        found = json.loads((folder / LIST).read_text("utf-8"))
    except ValueError:
        found = {}
    if not isinstance(found, dict):
        return {}
    return {path: str(digest) for path, digest in found.items() if _is_inside(path)}


def _is_there(folder: Path, path: str) -> bool:
    """Return whether there is a regular file, in folders that are no links.

    Anything else is refused: a pipe would never be read to its end, and a link leads out of the folder.
    """
    place = folder
    for part in path.split("/"):
        place /= part
        mode = _mode(place)
        if mode == 0:
            return False
        wanted = stat.S_ISREG if place == folder / path else stat.S_ISDIR
        if not wanted(mode):
            kind = "file" if wanted is stat.S_ISREG else "folder"
            raise NeedsPerson(
                f"{place} is not a regular {kind}; delete it, or choose another folder for the site"
            )
    return True


def _mode(path: Path) -> int:
    """Return what is at a path, 0 for nothing. Follows no link."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


def _put(path: Path, text: str) -> None:
    """Put a file into its place whole: who reads meanwhile reads the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unborn = path.with_name(f".{path.name}.new")
    unborn.unlink(missing_ok=True)
    with unborn.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)
    unborn.chmod(0o644)
    unborn.replace(path)


def _remove(folder: Path, path: str) -> None:
    """Take a file away, and the folders that are empty without it."""
    if not _is_there(folder, path):
        return
    (folder / path).unlink()
    for parent in (folder / path).parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()
