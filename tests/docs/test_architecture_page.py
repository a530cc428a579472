"""ARCHITECTURE.md names files that are there, and the states that there are."""

import re
from enum import Enum
from pathlib import Path

import pytest

from megabot.ledger.records import CommandState, IntentState

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
FILE = re.compile(r"`([\w/]+(?:\.py|/))`")


@pytest.mark.parametrize("name", sorted(set(FILE.findall(PAGE))))
def test_every_file_that_is_named_is_there(name: str) -> None:
    assert (ROOT / "megabot" / name).exists() or (ROOT / name).exists()


def test_every_package_is_in_the_table() -> None:
    packages = {path.parent.name for path in (ROOT / "megabot").glob("*/__init__.py")}

    assert packages - set(re.findall(r"^\| `(\w+)/` \|", PAGE, re.MULTILINE)) == set()


@pytest.mark.parametrize("states", [IntentState, CommandState])
def test_a_diagram_has_every_state(states: type[Enum]) -> None:
    diagrams = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", PAGE, re.DOTALL)
    drawn = [set(re.findall(r"\b[a-z_]+\b", diagram)) for diagram in diagrams]

    assert {str(state.value).replace(" ", "_") for state in states} in drawn
