"""docs/reference/alerts.md explains each alert, and names the commands that its sentence names."""

import re
from pathlib import Path

import pytest

from megabot.reconcile.actions import NEEDS_PERSON
from tools import page_blocks

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / page_blocks.ALERTS).read_text(encoding="utf-8")
NOT_HOLDS = {"cap", "database", "essay", "failed", "inbox", "job", "links", "preamble", "source", "tags"}
"""Alerts that hold nothing back: see `reconcile/alerts.py` and `service/`."""
COMMAND = re.compile(r"megabot [a-z]+(?: (?:--[a-z]+|[A-Z]+|news|[\d-]+W\d+|https:\S+))*")
SECTION = re.compile(
    r"^### .+?\n\n<!-- generated: alert:(\w+) -->\n(.*?)<!-- end -->\n(.*?)(?=^##|\Z)",
    re.MULTILINE | re.DOTALL,
)
SECTIONS = {name: (sentence, text) for name, sentence, text in SECTION.findall(PAGE)}


def test_each_alert_is_explained_once_and_no_other() -> None:
    assert sorted(page_blocks.names(PAGE)) == sorted(f"alert:{name}" for name in {*NEEDS_PERSON} | NOT_HOLDS)
    assert {f"alert:{name}" for name in SECTIONS} == set(page_blocks.names(PAGE))


def test_the_sentences_on_the_page_are_those_of_the_program() -> None:
    assert page_blocks.update(PAGE, page_blocks.alerts()) == PAGE


@pytest.mark.parametrize("alert", SECTIONS)
def test_each_alert_has_its_name_a_meaning_and_something_to_do(alert: str) -> None:
    _, text = SECTIONS[alert]

    assert text.startswith(f"\n`{alert}`")
    assert text.count("\n**What to do:** ") == 1


def options_by_verb(text: str) -> dict[str, set[str]]:
    """Return the options that each verb is named with in a text."""
    found: dict[str, set[str]] = {}
    for command in COMMAND.findall(text):
        verb, *rest = command.removeprefix("megabot ").split()
        found.setdefault(verb, set()).update(word for word in rest if word.startswith("--"))
    return found


@pytest.mark.parametrize("alert", SECTIONS)
def test_an_alert_and_the_page_name_the_same_commands_with_the_same_options(alert: str) -> None:
    sentence, text = SECTIONS[alert]
    on_page = options_by_verb(" ".join(text.split()))
    in_sentence = options_by_verb(sentence)

    differing = {v: options for v, options in in_sentence.items() if on_page.get(v, options) != options}
    assert differing == {}
