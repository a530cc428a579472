"""docs/faults.md has every case of the catalogue, and every case has a test that names it or says why not."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([A-Z]\d\d(?: to [A-Z]\d\d)?) \|.*\| (.*) \|$", re.MULTILINE)
CASE = re.compile(r"\b[NAKRSHTGC]\d\d\b")
MOST_EXCUSES = 10


def rows() -> dict[str, str]:
    """What the page says is done, by case."""
    text = (ROOT / "docs/faults.md").read_text("utf-8")
    return {case: what for cases, what in ROW.findall(text) for case in spread(cases)}


def spread(cases: str) -> Iterator[str]:
    """Name the cases of `R01 to R08`."""
    first, _, last = cases.partition(" to ")
    for number in range(int(first[1:]), int((last or first)[1:]) + 1):
        yield f"{first[0]}{number:02}"


@cache
def named() -> set[str]:
    """Every case that the docstring of a test, or of a module of tests, names."""
    texts = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        texts += [ast.get_docstring(tree) or ""]
        texts += [ast.get_docstring(test) or "" for test in tests if test.name.startswith("test_")]
    return set(CASE.findall("\n".join(texts)))


def excused() -> set[str]:
    return {case for case, what in rows().items() if what.startswith(("no test: ", "comes with "))}


def test_the_page_has_the_whole_catalogue() -> None:
    assert len(rows()) > 120


def test_every_case_is_named_by_a_test_or_excused() -> None:
    assert rows().keys() - excused() - named() == set()


def test_no_case_is_named_that_is_excused_or_not_there() -> None:
    assert named() & excused() == set()
    assert named() - rows().keys() == set()


def test_few_are_excused() -> None:
    assert len(excused()) <= MOST_EXCUSES
