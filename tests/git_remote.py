"""A repository that a source is fetched from, and a clock for processes that wait for each other."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clocks import FakeClock

THREAD = """---
name: news
title: News
schedule: {every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2024-01-01}
---
Text
"""


class Remote:
    """A repository that contributors push to, with the source in its folder `bot`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place / "bot"
        self.folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("thread.md.j2", THREAD)
        self.commit()

    def git(self, *arguments: str) -> str:
        person = ("-c", "user.name=Robin", "-c", "user.email=robin@example.org")
        command = ["git", *person, *arguments]
        done = subprocess.run(command, cwd=self.place, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, path: str, content: str | bytes) -> None:
        full = self.folder / path
        full.parent.mkdir(exist_ok=True)
        full.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, *options: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Change", *options)
        return self.git("rev-parse", "HEAD")

    @property
    def away(self) -> Path:
        return self.place.with_name("away")

    def go_down(self) -> None:
        self.place.rename(self.away)

    def come_back(self) -> None:
        self.away.rename(self.place)


class Clock(FakeClock):
    """A clock that runs `meanwhile` while something waits."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], None]] = []

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        for act in self.meanwhile:
            act()


def be_another_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make git treat every repository as another account's, with a variable from git's own tests."""
    folder, real = tmp_path / "other-git", shutil.which("git")
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
