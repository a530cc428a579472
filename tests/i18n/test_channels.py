"""A sentence is read at the shell and on Lemmy: the commands in it differ, all else is the same."""

import json

import pytest

from megabot.forum.escaping import escape
from megabot.i18n import channels
from megabot.i18n.channels import CommandWords, Sentence, cut, fill, from_json, join, to_json

RESUME = CommandWords("megabot resume news", "`resume news`")
POST = CommandWords("megabot post news --next", "`post news next`")


def markdown(sentence: str) -> str:
    return channels.markdown(sentence, escape)


def test_facts_and_commands_are_filled_in() -> None:
    template = "{what} is held since {at}; {command}, or {post}"

    sentence = fill(template, what=1, at="noon", command=RESUME, post=POST)

    assert sentence == "1 is held since noon; megabot resume news, or megabot post news --next"
    assert markdown(sentence) == "1 is held since noon; `resume news`, or `post news next`"


def test_a_sentence_within_a_sentence_keeps_its_commands() -> None:
    inner = fill("to release it: {command}", command=RESUME)

    assert markdown(fill("alert: {what}", what=inner)) == "alert: to release it: `resume news`"
    assert markdown(Sentence("news: ", inner)) == "news: to release it: `resume news`"
    assert markdown(join("; ", ["one", inner, "two"])) == "one; to release it: `resume news`; two"


def test_braces_in_a_fact_are_filled_with_nothing() -> None:
    assert fill("{why}", why="{command} {0}") == "{command} {0}"


def test_what_others_wrote_is_escaped_and_never_taken_for_a_command() -> None:
    sentence = fill("{why}; {command}", why="*megabot resume news*\n# \ue000", command=RESUME)

    assert markdown(sentence) == "\\*megabot resume news\\*\n\\# ; `resume news`"


def test_only_the_start_of_a_line_is_escaped_as_one() -> None:
    assert markdown(fill("{command}. Or not", command=RESUME)) == "`resume news`. Or not"


@pytest.mark.parametrize(
    ("longest", "shell", "lemmy"),
    [
        (0, "", ""),
        (4, "do: ", "do: "),
        (22, "do: ", "do: "),
        (23, "do: megabot resume news", "do: `resume news`"),
        (24, "do: megabot resume news,", "do: `resume news`,"),
        (99, "do: megabot resume news, now", "do: `resume news`, now"),
    ],
)
def test_a_sentence_that_is_cut_has_no_half_of_a_command(longest: int, shell: str, lemmy: str) -> None:
    short = cut(fill("do: {command}, now", command=RESUME), longest)

    assert (short, markdown(short)) == (shell, lemmy)


def test_a_sentence_outlives_the_process() -> None:
    sentence = fill("do: {command}, now", command=RESUME)

    again = from_json(json.loads(json.dumps(to_json(sentence))))

    assert (again, markdown(again)) == (sentence, markdown(sentence))


def test_a_sentence_without_commands_is_kept_as_it_was_before_there_were_any() -> None:
    assert to_json(fill("{name} failed", name="news")) == to_json("news failed") == "news failed"
    assert markdown(from_json("news failed")) == "news failed"
