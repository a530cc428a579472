"""Without the libraries of the extra `web`: only what needs them fails, and says how to install them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKED = """
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"starlette", "uvicorn", "anyio", "python_multipart"}:
            raise ModuleNotFoundError("no module named " + name, name=name)
sys.meta_path.insert(0, Missing())
from megabot.__main__ import main
raise SystemExit(main(sys.argv[1:]))
"""


def megabot(source: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environ = {"MEGABOT_SOURCE": str(source), "MEGABOT_COMMUNITY": "news", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, *words],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_live_preview_says_in_one_line_what_to_install(source: Path) -> None:
    done = megabot(source, "preview", "--open")

    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.endswith(
        "preview --open needs Starlette and uvicorn; run: pipx inject megabot starlette uvicorn, or, if "
        "megabot was installed with pip: pip install starlette uvicorn"
    )


def test_the_page_says_in_one_line_what_to_install(source: Path) -> None:
    done = megabot(source, "web")

    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert (
        "megabot web needs Starlette, uvicorn and python-multipart; run: sudo make install WEB=1 (if" in line
    )


@pytest.mark.parametrize("words", [["preview"], ["check"], ["preview", "--json"]], ids=" ".join)
def test_everything_else_works(source: Path, words: list[str]) -> None:
    done = megabot(source, *words)

    assert done.returncode == 0, done.stderr
