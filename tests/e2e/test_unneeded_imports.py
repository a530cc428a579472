"""What a command does not need stays out of its process, because it takes time and memory."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from tests.filled_ledger import write_old_ledger

ROOT = Path(__file__).parents[2]
RUN = """
import json, sys
from megabot.__main__ import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(json.dumps([code, [name for name, module in sys.modules.items() if module is not None]]))
"""
DATABASE = {"sqlalchemy", "alembic", "mako", "psycopg"}
OF_NO_USE = {
    *("alembic", "mako", "psycopg", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "greenlet"),
    *("jinja2", "babel", "markdown_it", "nh3", "yaml", "rich"),
    *("chardet", "charset_normalizer", "html.entities", "plemmy.objects", "plemmy.responses", "plemmy.views"),
    *("starlette", "uvicorn", "anyio", "megabot.web"),
    *("megabot.cli.accounts_process", "megabot.preview.preview", "megabot.site.build", "megabot.demo.stage"),
}
"""What an idle service of one account needs none of."""
PATIENCE = 60.0


def libraries_of(*words: str, **environ: str) -> list[str]:
    """Run a verb in a process of its own, and give which of the libraries for databases it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return sorted(DATABASE & modules(done.stdout, done.stderr))


def modules(out: str, err: str) -> set[str]:
    """Read which modules a process had that succeeded."""
    code, names = json.loads(out.splitlines()[-1])
    assert not code, err
    return set(names)


def account(url: str, source: Path, state: Path) -> dict[str, str]:
    return {
        "MEGABOT_INSTANCE": url,
        "MEGABOT_USERNAME": "megabot",
        "MEGABOT_PASSWORD": "correct horse",
        "MEGABOT_COMMUNITY": "news",
        "MEGABOT_SOURCE": str(source),
        "MEGABOT_STATE_DIR": str(state),
    }


@pytest.mark.parametrize(
    "words",
    [
        *(["--help"], ["--version"], ["run", "--help"], ["post", "--help"], ["backup", "--help"]),
        *(["check"], ["preview"], ["calendar"], ["calendar", "--json"]),
    ],
    ids=" ".join,
)
def test_a_command_without_a_ledger_loads_no_database(words: list[str], source: Path) -> None:
    assert libraries_of(*words, MEGABOT_SOURCE=str(source), MEGABOT_COMMUNITY="news") == []


def test_only_a_ledger_of_an_earlier_version_loads_the_migrations(
    sandbox: Sandbox, source: Path, tmp_path: Path
) -> None:
    settings = account(sandbox.url, source, tmp_path)
    write_old_ledger(tmp_path / "ledger.db", 4)

    assert libraries_of("post", **settings) == ["alembic", "mako", "sqlalchemy"]
    assert libraries_of("status", **settings) == ["sqlalchemy"]
    (tmp_path / "ledger.db").unlink()
    assert libraries_of("plan", **settings) == ["sqlalchemy"]


@pytest.mark.parametrize(
    ("api", "unread", "other"),
    [
        ("v3", "/api/v3/user/unread_count", {"megabot.lemmy.v4.dialect"}),
        ("v4", "/api/v4/account/unread_counts", {"megabot.lemmy.v3.dialect", "plemmy"}),
    ],
    ids=["Lemmy 0.19", "Lemmy 1.0"],
)
def test_an_idle_service_has_nothing_that_it_does_not_use(
    api: str, unread: str, other: set[str], source: Path, tmp_path: Path
) -> None:
    with Sandbox(lambda: datetime.now(UTC), api=api) as sandbox:
        for name in ("modlin", "megabot"):
            sandbox.add_person(name, bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        settings = account(sandbox.url, source, tmp_path) | {
            "MEGABOT_TICK": "5",
            "MEGABOT_WEB_URL": "https://megabot.example",
        }
        with subprocess.Popen(
            [sys.executable, "-c", RUN, "run"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as service:
            until = time.monotonic() + PATIENCE
            while not any(request.path == unread for request in sandbox.requests):
                assert time.monotonic() < until, sandbox.requests
                time.sleep(0.02)
            service.send_signal(signal.SIGTERM)
            out, err = service.communicate(timeout=PATIENCE)

    found = modules(out, err)
    assert {"requests", "sqlalchemy", "megabot.reconcile.loop"} <= found
    assert found & (OF_NO_USE | other) == set()
