"""What the code cites by number (`decision 20`, `lemmy-api 2.3`) is in the repository's own pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.test_faults_page import spread

ROOT = Path(__file__).parents[2]
CITATION = re.compile(r"\b(decision|promise|lemmy-api) (\d+(?:\.\d+)?)")
CASE = re.compile(r"[(, ]([NAKRSHTGC]\d\d)\b")
CITING = ("megabot", "lemmy_sandbox", "lemmy_markdown", "tests", "bench", "systemd", "tools", "docs")
PAGE = re.compile(r"\bdocs/[a-z/-]+\.md\b")
BESIDE = re.compile(r"\.\./shared|parents\[\d\] / \"shared\"|\bdesign\.md\b")


def texts() -> Iterator[tuple[Path, str]]:
    for folder in CITING:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".md", ".sh", ".service"} and path != Path(__file__):
                yield path.relative_to(ROOT), path.read_text("utf-8")


def numbered(page: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE))


def headings() -> dict[str, set[str]]:
    """Every number that each kind of citation may name."""
    return {
        "promise": numbered("decisions.md", r"^(\d+)\. "),
        "decision": numbered("decisions.md", r"^### (\d+)\. "),
        "lemmy-api": numbered("reference/lemmy-api.md", r"^###? (\d+(?:\.\d+)?)\.? "),
        "case": {case for cases in numbered("faults.md", r"^\| ([A-Z]\d\d.*?) \|") for case in spread(cases)},
    }


def test_each_citation_has_its_paragraph() -> None:
    known = headings()
    cited = {(kind, number) for _, text in texts() for kind, number in CITATION.findall(text)}

    assert len(cited) > 20
    assert {(kind, number) for kind, number in cited if number not in known[kind]} == set()


def test_each_case_that_the_code_cites_is_on_the_page_of_faults() -> None:
    code = [text for path, text in texts() if path.parts[0] == "megabot" and path.suffix == ".py"]
    cited = {case for text in code for case in CASE.findall(text)}

    assert len(cited) > 10
    assert cited - headings()["case"] == set()


def test_each_page_that_a_comment_or_a_page_names_is_there() -> None:
    named = {(path, page) for path, text in texts() for page in PAGE.findall(text)}

    assert len(named) > 20
    assert {(path, page) for path, page in named if not (ROOT / page).exists()} == set()


def test_decisions_and_promises_are_numbered_without_a_gap() -> None:
    for kind in ("promise", "decision"):
        numbers = sorted(map(int, headings()[kind]))

        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("folder", CITING)
def test_nothing_is_read_from_beside_the_repository(folder: str) -> None:
    found = [str(path) for path, text in texts() if path.parts[0] == folder and BESIDE.search(text)]

    assert found == []
