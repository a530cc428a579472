"""Write the site into its folder: only files that changed, each as a whole; old ones are deleted.

A list in the folder records which files are megabot's and what each was made from. Other files are never
touched.
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
    """A file of the site: `made_of` is everything that its text depends on, `make` returns the text."""

    path: str
    made_of: str
    make: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """How many files the folder has now, and how many were written and removed."""

    files: int
    written: int
    removed: int


def write(folder: Path, files: Iterable[File]) -> WriteResult:
    """Bring a folder up to date. Raises `NeedsPerson`, with what to do, if that is not possible."""
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
    listed = _read_list(folder)
    if listed is None and _is_there(folder, "index.html"):
        raise NeedsPerson(
            f"{folder} has an index.html that is not megabot's; choose an empty folder, or delete that file"
        )
    known, now, written = listed or {}, {}, 0
    for file in files:
        digest = hashlib.sha256(file.made_of.encode("utf-8", "replace")).hexdigest()[:32]
        now[file.path] = digest
        if not _is_there(folder, file.path) or known.get(file.path) != digest:
            _put(folder / file.path, file.make())
            written += 1
    gone = known.keys() - now.keys()
    if now != listed:
        _put(folder / LIST, json.dumps(now, indent=0))
    for path in sorted(gone):
        _remove(folder, path)
    return WriteResult(files=len(now), written=written, removed=len(gone))


def _read_list(folder: Path) -> dict[str, str] | None:
    if not _is_there(folder, LIST):
        return None
    try:
        digests = json.loads((folder / LIST).read_text("utf-8"))
    except ValueError:  # damaged, but ours: None would mean that the folder is not megabot's
        digests = {}
    if not isinstance(digests, dict):
        return {}
    # What the list names is deleted, so a changed list must not lead out of the folder.
    return {path: str(digest) for path, digest in digests.items() if _is_inside(path)}


def _is_there(folder: Path, path: str) -> bool:
    """Return whether a regular file exists, in folders that are not links.

    Raises `NeedsPerson` for anything else: reading a pipe would never end, and a link leads out of the
    folder.
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
    """Return the mode of what is at a path, 0 for nothing. Does not follow links."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


def _put(path: Path, text: str) -> None:
    """Write a file and move it into place, so that a web server never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)  # of a run that was killed
    # `x` opens only a new file: writing to a pipe in its place would never end.
    with new.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)
    new.chmod(0o644)
    new.replace(path)


def _remove(folder: Path, path: str) -> None:
    """Delete a file, and the folders that are empty without it."""
    if not _is_there(folder, path):
        return
    (folder / path).unlink()
    for parent in (folder / path).parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()
