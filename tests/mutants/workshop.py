"""A copy of the code, to break: puts a mutant in, runs the tests that must notice, and mends it again."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import cache_from_source
from pathlib import Path

from tests.mutants.mutant import Mutant

COPIED = ("megabot", "tests", "templates", "pyproject.toml")
LONGEST = 240  # seconds for the tests of one mutant, or for all of them once
PASSED, FAILED = 0, 1
_FAILURE = re.compile(r"^(?:FAILED|ERROR) (?P<test>\S+::.+?)(?: - (?P<why>.*))?$", re.MULTILINE)
_NO_PROMISE = re.compile(
    r"(?:\w+\.)*(?:NameError|UnboundLocalError|AttributeError|ImportError|SyntaxError)\b"
)
"""A test that ends so met code that cannot run: that says nothing about what the test would notice."""


class Fate(StrEnum):
    """What became of a mutant. BROKEN is one that cannot run: it proves nothing, and has to be mended."""

    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mutant's fate, and what shows it: the test that caught it, or what is wrong."""

    fate: Fate
    shown: str


@dataclass(frozen=True, slots=True)
class Run:
    """How tests went: pytest's exit code, each failed test with the first line of why, everything printed."""

    code: int
    failures: dict[str, str]
    printed: str


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with a copy of the code in it. Only one mutant is in it at a time."""

    folder: Path

    @classmethod
    def set_up(cls, source: Path, folder: Path) -> "Workshop":
        """Copy what the tests need out of a working tree."""
        folder.mkdir(parents=True)
        for name in COPIED:
            path = source / name
            if path.is_dir():
                shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif path.exists():
                shutil.copy2(path, folder / name)
        return cls(folder)

    def imported_from(self, package: str) -> Path:
        """Tell which copy of a package the tests would import: an installed one is never meant."""
        done = self._python("-c", f"import {package}; print({package}.__file__)")
        return Path(done.stdout.strip())

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests on what the copy holds now."""
        done = self._python("-m", "pytest", "--quiet", "--tb=short", "-rfE", *tests)
        failures = {match["test"]: match["why"] or "" for match in _FAILURE.finditer(done.stdout)}
        return Run(done.returncode, failures, done.stdout + done.stderr)

    def judge(self, mutant: Mutant) -> Outcome:
        """Break the copy, see which of the mutant's tests notice, mend it."""
        try:
            with self._broken(mutant):
                run = self.run(mutant.caught_by)
        except ValueError as error:
            return Outcome(Fate.BROKEN, str(error))
        except subprocess.TimeoutExpired:
            return Outcome(Fate.BROKEN, f"its tests do not end within {LONGEST} s")
        return verdict(mutant, run)

    @contextmanager
    def _broken(self, mutant: Mutant) -> Iterator[None]:
        broken = mutant.broken(self.folder)
        whole = {path: path.read_text(encoding="utf-8") for path in broken}
        try:
            _write(broken)
            yield
        finally:
            _write(whole)

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        settings = {"PYTHONPATH": str(self.folder), "COLUMNS": "300"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )


def _write(texts: Mapping[Path, str]) -> None:
    """Write code, and forget its byte code: a change within a second that keeps the size goes unnoticed."""
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


def verdict(mutant: Mutant, run: Run) -> Outcome:
    """Tell a mutant's fate from how its tests went: each of them has to fail, by what it says."""
    if run.code not in (PASSED, FAILED) or (run.code == FAILED and not run.failures):
        last = run.printed.strip().rpartition("\n")[2]
        return Outcome(Fate.BROKEN, f"the tests cannot run (pytest's exit code {run.code}): {last}")
    for test, why in run.failures.items():
        if _NO_PROMISE.match(why):
            return Outcome(Fate.BROKEN, f"{test}: {why}")
    passed = [test for test in mutant.caught_by if not any(_is_of(failed, test) for failed in run.failures)]
    if passed:
        return Outcome(Fate.SURVIVED, passed[0])
    if mutant.words not in run.printed:
        return Outcome(Fate.SURVIVED, f"nobody says {mutant.words!r}")
    return Outcome(Fate.CAUGHT, next(iter(run.failures)))


def _is_of(failed: str, named: str) -> bool:
    """Whether a test that failed is one of those that a node id or a file names."""
    return failed == named or failed.startswith((f"{named}[", f"{named}::"))
