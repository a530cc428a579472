"""A sandbox, a source and `megabot ...` as a person types it."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from megabot.__main__ import main

TEMPLATE = """\
---
name: news
title: "News {{ edition.number }}"
schedule: {every: week, on: DAY, at: "00:00", timezone: UTC, first: {date: 2024-01-01, number: 1}}
previous: {comment: "The new thread is [here]({{ edition.url }})."}
---
{{ preamble.text }}

{% if previous %}Last time: [{{ previous.title }}]({{ previous.url }}){% endif %}

{{ sections() }}
"""
SECTION = "---\ntitle: Maps\n---\n- A map of the hills: https://maps.example/hills\n"

Megabot = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def pip_cache() -> str:
    """Find the caller's cache of downloads before the guards hide the home folder."""
    found = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: datetime.now(UTC)) as sandbox:
        for name in ("admin", "modlin", "megabot"):
            sandbox.add_person(name, admin=name == "admin", bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        yield sandbox
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


@pytest.fixture
def source(nobodys_home: Path) -> Path:
    """A source whose slot came today, so that a week is never over while the tests run."""
    folder = nobodys_home / "templates"
    (folder / "sections").mkdir(parents=True)
    (folder / "preambles" / "news").mkdir(parents=True)
    day = f"{datetime.now(UTC) - timedelta(days=1):%A}".lower()
    (folder / "thread.md.j2").write_text(TEMPLATE.replace("DAY", day))
    (folder / "sections" / "10-maps.md").write_text(SECTION)
    (folder / "preambles" / "news" / "_default.md").write_text("Nothing special this week.\n")
    return folder


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """Put the log back as it was: a verb sets it up for its whole process."""
    root, ours = logging.getLogger(), logging.getLogger("megabot")
    before = (root.handlers[:], root.level, ours.level)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


@pytest.fixture
def megabot(
    sandbox: Sandbox,
    source: Path,
    quiet_log: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Megabot:
    """Type `megabot ...` with everything set; keyword arguments change a setting."""

    def run(*words: str, **changed: str) -> tuple[int, str, str]:
        settings = {
            "INSTANCE": sandbox.url,
            "USERNAME": "megabot",
            "PASSWORD": "correct horse",
            "COMMUNITY": "news",
            **changed,
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"MEGABOT_{name}", value)
        code = main(list(words))
        out, err = capsys.readouterr()
        return code, out, err

    return run
