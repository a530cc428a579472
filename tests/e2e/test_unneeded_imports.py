"""What a command does not need stays out of its process: SQLAlchemy and Alembic take time and memory."""

import json
import os
import subprocess
import sys
import time
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
libraries = {"sqlalchemy", "alembic", "mako", "psycopg", "starlette", "uvicorn"}
print(json.dumps([code, [*(libraries & sys.modules.keys())]]))
"""


def libraries_of(*words: str, **environ: str) -> list[str]:
    """Run a verb in a process of its own, and give which of the libraries it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, libraries = json.loads(done.stdout.splitlines()[-1])
    assert not code, done.stderr
    return sorted(libraries)


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
    account = {
        "MEGABOT_INSTANCE": sandbox.url,
        "MEGABOT_USERNAME": "megabot",
        "MEGABOT_PASSWORD": "correct horse",
        "MEGABOT_COMMUNITY": "news",
        "MEGABOT_SOURCE": str(source),
        "MEGABOT_STATE_DIR": str(tmp_path),
    }
    write_old_ledger(tmp_path / "ledger.db", 4)

    assert libraries_of("post", **account) == ["alembic", "mako", "sqlalchemy"]
    assert libraries_of("status", **account) == ["sqlalchemy"]
    (tmp_path / "ledger.db").unlink()
    assert libraries_of("plan", **account) == ["sqlalchemy"]


def test_the_service_loads_nothing_of_the_page_for_moderators(
    sandbox: Sandbox, source: Path, tmp_path: Path
) -> None:
    """Its memory is the same with the page as without."""
    environ = {
        "MEGABOT_INSTANCE": sandbox.url,
        "MEGABOT_USERNAME": "megabot",
        "MEGABOT_PASSWORD": "correct horse",
        "MEGABOT_COMMUNITY": "news",
        "MEGABOT_SOURCE": str(source),
        "MEGABOT_STATE_DIR": str(tmp_path),
        "MEGABOT_WEB_URL": "https://megabot.example",
        "MEGABOT_TICK": "5",
    }
    service = subprocess.Popen(
        [sys.executable, "-c", RUN, "run"],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        give_up = time.monotonic() + 60
        # It has started, ticked once, and ticked again.
        while [one.path for one in sandbox.requests].count("/api/v3/user/unread_count") < 3:
            assert time.monotonic() < give_up
            time.sleep(0.05)
        service.terminate()
        written, _ = service.communicate(timeout=60)
    finally:
        service.kill()
        service.wait()
        if service.stdout is not None:
            service.stdout.close()
    code, libraries = json.loads(written.splitlines()[-1])
    assert (code, sorted(libraries)) == (0, ["sqlalchemy"])
