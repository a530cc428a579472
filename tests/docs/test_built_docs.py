"""The documentation as a site: it builds, a broken link stops it, its pages load nothing from elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOADED = re.compile(
    r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)"""
)
IN_STYLES = re.compile(r"""url\(["']?((?:https?:)?//[^"')]+)|@import""")
ANSWERED = {
    "how-to/moderator-commands.html#post-now",
    "how-to/moderator-commands.html#skip-hold-or-move-an-edition",
    "how-to/recover.html#the-bot-was-down-when-the-thread-was-due",
    "how-to/edit-the-directory.html#add-a-content-warning",
    "how-to/move-server.html#move-to-another-machine",
    "reference/alerts.html#not-a-moderator",
    "how-to/translate.html",
}


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Build what is in a folder as `make docs` does."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / str(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["site_dir"])


def test_every_page_is_built_and_no_page_loads_anything_from_elsewhere(built: Path) -> None:
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in ROOT.glob("docs/**/*.md")}
    loaded = [
        *(found for path in built.rglob("*.html") for found in LOADED.findall(path.read_text("utf-8"))),
        *(found for path in built.rglob("*.css") for found in IN_STYLES.findall(path.read_text("utf-8"))),
    ]

    assert {page for page in pages if not (built / page).exists()} == set()
    assert loaded == []
    assert [path.name for path in built.rglob("*.html") if 'class="mermaid"' in path.read_text("utf-8")] == []


def test_the_first_page_links_the_answers_that_people_ask_for_most(built: Path) -> None:
    home = (built / "index.html").read_text("utf-8")

    assert {answer for answer in ANSWERED if f'href="{answer}"' not in home} == set()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[a](b.md)", "'b.md', but the target is not found"),
        ("[a](index.md#nosuch)", "there is no such anchor"),
        ("![a](b.png)", "'b.png', but the target is not found"),
        ("[a](../README.md)", "'../README.md', but the target is not found"),
    ],
)
def test_a_broken_link_stops_the_build(tmp_path: Path, line: str, said: str) -> None:
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").partition("nav:")[0] + "nav:\n  - Home: index.md\n"
    (tmp_path / "mkdocs.yml").write_text(settings)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(f"# Home\n\n{line}\n")

    done = build(tmp_path)

    assert done.returncode == 1
    assert said in done.stderr
