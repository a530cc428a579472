"""Another language: a file that has every sentence with what is filled in, or a line for each mistake."""

import ast
import re
from pathlib import Path

import pytest

from megabot.commands.model import ParseFailureReason, Verb
from megabot.errors import ConfigError
from megabot.i18n.catalogue import ENGLISH
from megabot.i18n.catalogue_file import read_language, sentences
from tests.repository.test_structure import ROOT, TREES, functions
from tools import reference_pages

ENGLISH_MAY_BE_NAMED = {
    "i18n.catalogue",
    "ports",
    "app",
    "service.schedulers",
    "cli.verbs.run",
    "i18n.catalogue_file",
}
ENGLISH_MAY_BE_NAMED |= {"reconcile.describe", "commands.adoption_text"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sentences.toml"
    path.write_text(reference_pages.english(), encoding="utf-8")
    return path


def changed(file: Path, before: str, after: str) -> str:
    """What is said of a file in which something was changed."""
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        read_language(file)
    return str(raised.value).removeprefix(f"{file}: ")


def test_the_file_in_english_has_every_sentence_as_it_is() -> None:
    assert (ROOT / reference_pages.SENTENCES).read_text("utf-8") == reference_pages.english()


def test_a_file_gives_every_sentence(file: Path) -> None:
    assert read_language(file) == ENGLISH


def test_every_verb_but_those_to_come_and_every_reason_has_a_sentence() -> None:
    names = {name for name, _ in sentences(ENGLISH)}

    assert {f"misunderstood.{reason}" for reason in ParseFailureReason} <= names
    assert f"verbs.{Verb.PREAMBLE}" in names


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('later = "later"\n', "", "the sentence later is missing; in English: later"),
        ('later = "later"\n', 'later = ""\n', "later: write a sentence in quotes"),
        ('later = "later"\n', "later = 7\n", "later: write a sentence in quotes"),
        ("{number} days", "{nubmer} days", "days: {nubmer}, {number} is misspelt, missing or too much;"),
        ("{number} days", "days", "what is filled in is {number}"),
        ("{number} days", "{number days", "days: a brace is open or closed that has no other"),
        ("{number} days", "{number:d} days", "days: {number:d}, {number} is misspelt"),
        ("Mon Tue ", "Mon ", "weekdays: write 7 words with spaces between them"),
        ("later = ", "latr = ", "there is no sentence latr; did you mean later?"),
        ("[verbs]", "[verbs", "cannot be read"),
        (
            "{url} carries edition",
            "{ulr} carries edition",
            "holds.ours: {ulr}, {url} is misspelt, missing",
        ),
    ],
)
def test_what_is_wrong_is_named(file: Path, before: str, after: str, said: str) -> None:
    assert said in changed(file, before, after)


def test_everything_that_is_wrong_is_named_at_once(file: Path) -> None:
    said = changed(file, 'later = "later"\ndays = "{number} days"\n', "")

    assert [line.rpartition("the sentence ")[2] for line in said.splitlines()] == [
        "later is missing; in English: later",
        "days is missing; in English: {number} days",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sentences\.toml cannot be read"):
        read_language(tmp_path / "sentences.toml")


def test_what_speaks_a_language_has_no_words_of_its_own() -> None:
    """Whatever takes a language says nothing but its sentences, names and signs."""
    speaking = [
        function
        for module, tree in TREES.items()
        if "config" not in module
        for function in functions(tree)
        if any(ast.unparse(one.annotation or ast.Constant("")) == "Language" for one in function.args.args)
    ]
    said = [
        (function.name, node.value)
        for function in speaking
        for node in ast.walk(ast.Module(body=function.body[1:], type_ignores=[]))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

    assert len(speaking) > 40
    assert [(name, text) for name, text in said if re.search(r"[A-Za-z] | [A-Za-z]", text)] == []


def test_english_is_named_only_where_a_language_is_chosen_or_the_log_is_written() -> None:
    naming = {
        module.removeprefix("megabot.")
        for module, tree in TREES.items()
        if any(isinstance(node, ast.Name) and node.id == "ENGLISH" for node in ast.walk(tree))
    }

    assert naming == ENGLISH_MAY_BE_NAMED
