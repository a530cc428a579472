"""A source that is a folder: its files as text, and the commit they come from. Follows nothing out of it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from megabot.adapters.git_command import run_git
from megabot.adapters.thread_files import threads
from megabot.core.problems import Problem
from megabot.core.threads import Revision, Snapshot, Thread
from megabot.errors import SourceBroken, SourceMissing

FILE_LARGEST = 2 * 1024 * 1024
ALL_LARGEST = 20 * 1024 * 1024
FILES_MOST = 2_000
_FOLDERS = ("preambles", "sections", "data")
_DATA = (".yaml", ".yml", ".json", ".csv")


class FolderSource:
    """The source port on a folder, in a git work tree or not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def snapshot(self) -> Snapshot:
        """Read the files that belong to a source; those that cannot be used are problems, not errors."""
        if not self._folder.is_dir():
            raise SourceMissing(
                f"the source {self._folder} is not there; set MEGABOT_SOURCE to the folder with thread.md.j2"
            )
        files: dict[str, str] = {}
        problems: list[Problem] = []
        room = ALL_LARGEST
        for path in _paths(self._folder, problems):
            if len(files) >= FILES_MOST or room < 0:
                problems.append(
                    Problem(".", 0, "the source is too large", "2,000 files and 20 MB are the most")
                )
                break
            text = _text(self._folder, path)
            if isinstance(text, Problem):
                problems.append(text)
            else:
                files[path] = text
                room -= len(text)
        return Snapshot(files=files, revision=_revision(self._folder), problems=tuple(problems))

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the threads; raise `SourceBroken` with every mistake of every file."""
        found, problems = threads(snapshot)
        if problems:
            raise SourceBroken(problems)
        return found


def belongs(path: str) -> bool:
    """Tell whether a path is part of a source: templates, preambles, sections, data."""
    parts = path.split("/")
    if any(part.startswith(".") for part in parts):
        return False
    match parts:
        case [name]:
            return name.endswith(".md.j2")
        case ["preambles", *_, name]:
            return name.endswith(".md")
        case ["sections", name]:
            return name.endswith(".md")
        case ["data", name]:
            return name.endswith(_DATA)
        case _:
            return False


def _paths(folder: Path, problems: list[Problem]) -> Iterator[str]:
    """Find the files of a source; what cannot be looked into is added to the problems."""

    def unreadable(error: OSError) -> None:
        path = os.path.relpath(error.filename, folder)
        problems.append(Problem(path, 0, f"the folder cannot be read: {error.strerror}"))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        base = Path(place).relative_to(folder)
        folders[:] = sorted(name for name in folders if _is_of_source(base / name))
        links = [base / name for name in folders if (folder / base / name).is_symlink()]
        problems += [
            Problem(str(link), 0, "a link to a folder, which is not followed", "put the folder itself here")
            for link in links
        ]
        paths = ((base / name).as_posix() for name in sorted(names))
        yield from (path for path in paths if belongs(path))


def _is_of_source(folder: Path) -> bool:
    return folder.parts[0] in _FOLDERS and not folder.name.startswith(".")


def _text(folder: Path, path: str) -> str | Problem:
    """Read one file, or say why not. Only a regular file inside the folder is opened at all."""
    if not path.isprintable():  # line breaks, control characters, bytes that are no UTF-8
        return Problem(ascii(path)[1:-1], 0, "an odd file name", "use letters, digits and -")
    full = folder / path
    try:
        if not full.resolve().is_relative_to(folder.resolve()):
            return Problem(path, 0, "a link that leads out of the source", "put the file itself here")
        facts = full.stat()
        if not stat.S_ISREG(facts.st_mode):
            return Problem(path, 0, "not a file", "delete it")
        if facts.st_size > FILE_LARGEST:
            return Problem(path, 0, f"the file has {facts.st_size:,} bytes", f"{FILE_LARGEST:,} are the most")
        with full.open("rb") as opened:
            raw = opened.read(FILE_LARGEST)  # it may have grown since
    except OSError as error:
        return Problem(path, 0, f"the file cannot be read: {error.strerror}", "check who may read it")
    return _decoded(path, raw)


def _decoded(path: str, raw: bytes) -> str | Problem:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(path, line, "the file is not UTF-8", "save it as UTF-8 in your editor")
    if "\0" in text:
        return Problem(path, text.count("\n", 0, text.index("\0")) + 1, "a zero byte", "delete it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _revision(folder: Path) -> Revision:
    """Ask git for the commit and whether the files differ from it; no git and no repository are no error."""
    commit = run_git("rev-parse", "--verify", "--end-of-options", "HEAD", cwd=folder)
    if not commit.ok:
        return Revision()
    changes = run_git(
        "status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=all", "--", ".", cwd=folder
    )
    return Revision(commit=commit.out.split()[-1], dirty=bool(changes.out.strip()) or not changes.ok)
