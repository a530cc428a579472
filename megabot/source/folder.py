"""A source in a local folder: its files, and their git commit if there is one. Follows no links out of it."""

import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from typing_extensions import override

from megabot.errors import SourceBroken, SourceMissing
from megabot.source.child_process import COLD, Children
from megabot.source.files import (
    canonical,
    gather,
    is_inside,
    is_picture,
    is_source_file,
    odd_name,
    too_large,
    why_ignored,
)
from megabot.source.git import tree as git_tree
from megabot.source.git.command import ownership_trouble, run_git
from megabot.source.model import Revision, Snapshot, Thread
from megabot.source.port import Source
from megabot.source.problems import Problem
from megabot.source.thread_reader import threads

log = logging.getLogger("megabot")


class FolderSource(Source):
    """The source port on a folder, in a git work tree or not."""

    def __init__(self, folder: Path, *, children: Children = COLD) -> None:
        self._folder = folder
        self._children = children
        self._logged = ""

    @override
    def snapshot(self) -> Snapshot:
        if not self._folder.is_dir():
            raise SourceMissing(
                f"the folder with the templates, {self._folder}, does not exist; set MEGABOT_SOURCE to the "
                "folder with thread.md.j2, or run megabot init to create a template"
            )
        problems: list[Problem] = []
        paths = list(_paths(self._folder, problems))
        files, mistakes = gather(
            (canonical(path), _read(self._folder, path)) for path in paths if is_source_file(path)
        )
        seen = {canonical(path): _fingerprint(self._folder, path) for path in paths if is_picture(path)}
        pictures = {path: fingerprint for path, fingerprint in seen.items() if isinstance(fingerprint, str)}
        problems += [*mistakes, *(problem for problem in seen.values() if isinstance(problem, Problem))]
        revision, why = _revision(self._folder)
        # The folder is read in every pass, so the reason is logged only when it changes.
        if why and why != self._logged:
            log.warning("%s", why)
        self._logged = why
        return Snapshot(
            files=files,
            pictures=pictures,
            revision=revision,
            problems=tuple(problems),
            no_revision=why,
            ignored=tuple(filter(None, map(why_ignored, paths))),
        )

    @override
    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        if path not in snapshot.pictures:
            return None
        # macOS writes an accent in a file name as two characters, the snapshot has one.
        on_disk = next((one for one in _paths(self._folder, []) if canonical(one) == path), path)
        content = _read(self._folder, on_disk)
        return content if isinstance(content, bytes) else None

    @override
    def sections_at(self, commit: str) -> dict[str, str] | None:
        prefix = run_git("rev-parse", "--show-prefix", cwd=self._folder)
        if not prefix.ok or not commit:
            return None
        tree = f"{commit}:{prefix.out.strip()}"
        listing = run_git(
            "ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", tree, cwd=self._folder
        )
        if not listing.ok:
            return None
        entries = git_tree.sections(git_tree.entries(listing.raw))
        ids = "".join(f"{entry.id}\n" for entry in entries).encode()
        return git_tree.texts(run_git("cat-file", "--batch", cwd=self._folder, given=ids).raw, entries)

    @override
    def refresh(self) -> None:
        pass  # snapshot() always reads the folder as it is

    @override
    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        usable, problems = threads(snapshot, children=self._children)
        if problems:
            raise SourceBroken(problems, threads=usable)
        return usable


def _paths(folder: Path, problems: list[Problem]) -> Iterator[str]:
    """Yield the files of a source; unreadable folders are added to `problems`."""

    def unreadable(error: OSError) -> None:
        path = os.path.relpath(error.filename, folder)
        problems.append(Problem(path, 0, f"the folder cannot be read: {error.strerror}"))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        base = Path(place).relative_to(folder)
        # os.walk enters only what is left in this list.
        folders[:] = sorted(name for name in folders if is_inside(base / name))
        links = [base / name for name in folders if (folder / base / name).is_symlink()]
        problems += [
            Problem(str(link), 0, "links to folders are not followed", "put the folder itself here")
            for link in links
        ]
        yield from ((base / name).as_posix() for name in sorted(names))


def _fingerprint(folder: Path, path: str) -> str | Problem:
    """Return a value that changes with a file, or why the file cannot be used."""
    facts = _facts(folder, path)
    return facts if isinstance(facts, Problem) else f"{facts.st_size}-{facts.st_mtime_ns}"


def _facts(folder: Path, path: str) -> os.stat_result | Problem:
    """Check a file before it is opened: only regular files inside the folder are read."""
    odd = odd_name(path)
    if odd:
        return odd
    full = folder / path
    try:
        # A link must not lead to files outside the folder (T03).
        if not full.resolve().is_relative_to(folder.resolve()):
            return Problem(path, 0, "the link leads out of the folder", "put the file itself here")
        facts = full.stat()
    except OSError as error:
        return Problem(path, 0, f"the file cannot be read: {error.strerror}", "check its permissions")
    # Opening a pipe would wait until another program writes to it (T03).
    if not stat.S_ISREG(facts.st_mode):
        return Problem(path, 0, "this is not a regular file", "delete it")
    return too_large(path, facts.st_size) or facts


def _read(folder: Path, path: str) -> bytes | Problem:
    facts = _facts(folder, path)
    if isinstance(facts, Problem):
        return facts
    try:
        with (folder / path).open("rb") as opened:
            return opened.read(facts.st_size)  # it may have grown since
    except OSError as error:
        return Problem(path, 0, f"the file cannot be read: {error.strerror}", "check its permissions")


def _revision(folder: Path) -> tuple[Revision, str]:
    """Return the commit and whether the files differ from it; without git or a repository it is empty.

    The text says why git refuses to read an existing repository, "" if it does not.
    """
    commit = run_git("rev-parse", "--verify", "--end-of-options", "HEAD", cwd=folder)
    if not commit.ok:
        return Revision(), ownership_trouble(commit)
    changes = run_git(
        "status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=all", "--", ".", cwd=folder
    )
    return Revision(commit=commit.out.split()[-1], dirty=bool(changes.out.strip()) or not changes.ok), ""


def short_path(path: Path) -> str:
    """Return a path relative to the current folder, or absolute if that is shorter."""
    return min(os.path.relpath(path), str(path.absolute()), key=len)


def place_problem(problem: Problem, source: object) -> Problem:
    """Return a problem with its path relative to the current folder, if the source is a folder."""
    if not isinstance(source, Path):
        return problem
    return replace(problem, path=short_path(source / problem.path))
