"""`help`, docs/reference/commands.md and the grammar name the same commands."""

import re
from pathlib import Path

import pytest

from megabot.cli.group import cli
from megabot.commands import reply_text
from megabot.commands.arguments import words_of
from megabot.commands.model import Command, Handle, Verb, Word
from megabot.commands.parser import parse
from megabot.forum.escaping import escape
from megabot.forum.notices import Origin
from megabot.i18n import suggestions
from megabot.i18n.channels import CommandWords, fill, markdown

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"
BOT = Handle("megabot", "lemmy.example")
UNLISTED = {Verb.CONFIRM, Verb.HELP}
"""The bot itself asks for one of them; the other lists them."""


def read(text: str, origin: Origin = Origin.MESSAGE) -> Command:
    """Read a command as it is listed, with something for each placeholder."""
    line = text.replace("TEXT", "Some words.")
    if line == "preamble":
        line = "preamble\n\nSome words."
    command = parse(line, origin=origin, bot=BOT, threads=["news"])
    assert isinstance(command, Command), text
    return command


def of_the_page() -> list[str]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    firsts = [line.split("|")[1] for line in lines if line.startswith("| `")]
    return [text for first in firsts for text in re.findall(r"`([^`]+)`", first)]


def of_help() -> list[str]:
    said = [text for sentence in reply_text.VERBS.values() for text in re.findall(r"`([^`]+)`", sentence)]
    return [*reply_text.VERBS, *said]


def named(listed: list[str]) -> set[tuple[Verb, Word | None, bool]]:
    commands = [read(text) for text in listed if text not in {"note", "move", "alerts"}]
    return {(one.verb, one.word, bool(one.part)) for one in commands if one.verb not in UNLISTED}


def test_help_and_the_page_list_the_same_commands_with_the_same_words() -> None:
    assert named(of_help()) == named(of_the_page())


def test_every_verb_and_every_word_of_the_grammar_is_listed() -> None:
    listed = named(of_the_page())

    assert {verb for verb, _, _ in listed} == set(Verb) - UNLISTED
    assert {(verb, word) for verb, word, _ in listed if word} == {
        (verb, word) for verb in Verb for word in words_of(verb)
    }


SUGGESTED = [
    suggestions.post("news"),
    suggestions.post_edition("news", "2026-W49"),
    suggestions.post_next("news"),
    suggestions.post_part("news", 2),
    suggestions.repost("news"),
    suggestions.repost("news", sure=True),
    suggestions.refresh_title("news"),
    suggestions.change(Verb.HOLD, "news", "2026-W49"),
    suggestions.change(Verb.SKIP, "news", "2026-W49"),
    suggestions.change(Verb.RESUME, "news", "2026-W49"),
    suggestions.change(Verb.RESUME, "news"),
    suggestions.adopt("https://lemmy.example/post/1"),
    suggestions.set_preamble("news", "2026-W49"),
    suggestions.clear_preamble("news", "2026-W49"),
    suggestions.plan(),
]


@pytest.mark.parametrize("suggested", SUGGESTED, ids=lambda suggested: suggested.shell)
def test_a_command_in_an_answer_is_one_that_its_reader_can_give(suggested: CommandWords) -> None:
    _, verb, *words = suggested.shell.replace("FILE", __file__).split()
    typed = cli.get_command(cli.make_context("megabot", [verb, *words]), verb)
    assert typed is not None
    typed.make_context(verb, list(words))  # raises for what is no such command

    (said,) = re.findall(r"`([^`]+)`", suggested.lemmy)
    meant = read(f"{said}\n\nSome words." if "on the lines below" in suggested.lemmy else said)
    assert meant.verb.value in {verb, "status"}
    if verb not in {"adopt", "plan"}:
        assert (meant.thread, meant.edition) == ("news", "2026-W49" if "2026-W49" in suggested.shell else "")


@pytest.mark.parametrize(
    ("suggested", "shell", "lemmy"),
    [
        (suggestions.post("news"), "megabot post news", "`post news`"),
        (suggestions.post_part("news", 2), "megabot post news --part 2", "`post news part 2`"),
        (suggestions.post_next("news"), "megabot post news --next", "`post news next`"),
        (suggestions.repost("news", sure=True), "megabot repost news --yes", "`repost yes news`"),
        (suggestions.refresh_title("news"), "megabot refresh news --title", "`refresh news title`"),
        (suggestions.change(Verb.RESUME, "news"), "megabot resume news", "`resume news`"),
        (suggestions.plan(), "megabot plan", "`status`"),
        (
            suggestions.clear_preamble("news", "2026-W49"),
            "megabot preamble clear news 2026-W49",
            "`preamble news 2026-W49 clear` by private message",
        ),
    ],
)
def test_each_reader_is_told_the_command_in_the_words_of_their_channel(
    suggested: CommandWords, shell: str, lemmy: str
) -> None:
    sentence = fill("to do that: {command}; or else", command=suggested)

    assert sentence == f"to do that: {shell}; or else"
    assert markdown(sentence, escape) == f"to do that: {lemmy}; or else"


def test_what_cannot_be_said_on_lemmy_stays_for_whoever_has_the_shell() -> None:
    for said in ("see: megabot check --online", "confirms it with: megabot post news --move"):
        assert markdown(said, escape) == said
