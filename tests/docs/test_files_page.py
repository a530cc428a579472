"""docs/reference/files.md names the files of a template folder and of a state folder."""

import re
from pathlib import Path

import pytest

from megabot import output_paths
from megabot.ledger import file as ledger_file
from megabot.service.accounts import turn_record
from megabot.source import files

PAGE = (Path(__file__).parents[2] / "docs/reference/files.md").read_text("utf-8")
TEMPLATES = PAGE.partition("## Template folder")[2].partition("## State folder")[0]
STATE = PAGE.partition("## State folder")[2].partition("## Installed files")[0]
NAMES = re.findall(r"^\| `([\w./-]+)`", TEMPLATES, re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"images/", "left-over.md"}])
def test_a_file_of_the_template_folder_is_read(name: str) -> None:
    assert files.is_source_file(name)


def test_every_folder_and_every_ending_is_on_the_page() -> None:
    examples = ["data/a.yaml", "data/a.yml", "data/a.json", "data/a.csv", "images/a.png", "images/a.jpg"]
    examples += ["images/a.jpeg", "images/a.gif", "images/a.webp", "images/a.avif", "sections/a.md"]

    for path in examples:
        assert files.is_source_file(path) or files.is_picture(path)
        assert f".{path.rpartition('.')[2]}" in TEMPLATES
    assert f"{files.FILES_MOST:,} files" in TEMPLATES
    assert f"{files.ALL_LARGEST // 1024**2} MB" in TEMPLATES
    assert f"{files.FILE_LARGEST // 1024**2} MB per file" in TEMPLATES
    assert f"at most {files.PICTURE_LARGEST // 1024**2} MB each" in TEMPLATES


@pytest.mark.parametrize(
    "name",
    [ledger_file.NAME, output_paths.MARKER, ".gitignore", "token/token.json", "links.json", turn_record.NAME],
)
def test_a_file_of_the_state_folder_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in STATE


def test_the_list_of_a_sites_files_is_on_the_page() -> None:
    assert f"`{output_paths.SITE_LIST}`" in PAGE
