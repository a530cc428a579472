"""One edition changed from the shell, in the words that moderators use on Lemmy."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Megabot


def next_slots(megabot: Megabot) -> list[dict[str, str]]:
    return list(json.loads(megabot("calendar", "--count", "2", "--json")[1]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hold",), "is on hold and will not be posted; to release it: megabot resume news "),
        (("skip", "news"), "will be skipped; to undo that: megabot resume news "),
        (("move", "news", "+2h"), "will be posted "),
        (("move", "-30m"), "will be posted "),
    ],
)
def test_the_next_edition_is_changed_and_taken_back(
    megabot: Megabot, words: tuple[str, ...], said: str
) -> None:
    megabot("post")
    before = next_slots(megabot)

    code, out, err = megabot(*words)

    assert (code, err) == (0, "")
    assert said in out
    assert next_slots(megabot) != before
    assert megabot("resume")[:2] == (0, "done: news: all holds, skips and moves are cancelled\n")
    assert next_slots(megabot) == before
    assert megabot("resume")[:2] == (4, "nothing to do: news: nothing is on hold, skipped or moved\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("move",), "error: move: a time is missing; write a time, such as 18:00, 6pm, +2h"),
        (("move", "sideways"), "error: move: 'sideways' is not understood; write a time, such as 18:00"),
        (("move", "2h"), "error: move: '2h' is not understood; did you mean +2h?"),
        (("hold", "2026-11"), "its schedule has no edition 2026-11"),
    ],
)
def test_what_makes_no_sense_is_one_line(megabot: Megabot, words: tuple[str, ...], line: str) -> None:
    code, out, err = megabot(*words)

    assert (code, out) == (2, "")
    assert line in err


@pytest.mark.parametrize(
    "words",
    [
        "hold nosuch",
        "move nosuch 18:00",
        "resume nosuch",
        "preamble clear nosuch",
        "refresh nosuch",
        "repost nosuch",
    ],
)
def test_a_wrong_name_gets_the_same_answer_from_every_verb(megabot: Megabot, words: str) -> None:
    refused = megabot("post", "nosuch")

    assert refused == (2, "", "error: there is no thread nosuch; the source has: news\n")
    assert megabot(*words.split()) == refused


def test_what_cannot_be_done_to_an_edition_is_refused_and_not_called_wrong_usage(megabot: Megabot) -> None:
    megabot("post")

    code, out, err = megabot("move", "+300d")

    assert (code, out) == (1, "")
    assert err.startswith("refused: news/")
    assert "that is in the past, or past the time of the edition before or after it" in err


def test_a_move_to_the_time_that_an_edition_has_is_nothing_to_do(megabot: Megabot) -> None:
    megabot("post")
    usual = next_slots(megabot)

    code, out, err = megabot("move", usual[0]["slot"][11:16])

    assert (code, err) == (4, "")
    assert out.startswith("nothing to do: news/")
    assert out.endswith(", its usual time\n")

    megabot("move", "+2h")
    assert megabot("move", "+2h")[0] == 4

    code, out, _ = megabot("move", usual[0]["slot"][11:16])
    assert code == 0
    assert out.endswith(", its usual time\n")
    assert next_slots(megabot) == usual
    assert megabot("resume")[0] == 4


@pytest.mark.parametrize("words", ["18:00", "to 18:00", "6 pm", "news 18", "news at 6pm"])
def test_a_slot_is_moved_to_a_time_as_people_write_it(megabot: Megabot, words: str) -> None:
    megabot("post")

    code, out, err = megabot("move", *words.split())

    assert (code, err) == (0, "")
    assert " 18:00 UTC instead of " in out


def test_a_preamble_is_set_exported_and_cleared(megabot: Megabot, tmp_path: Path) -> None:
    megabot("post")
    key = next_slots(megabot)[0]["edition"].rpartition("/")[2]
    essay = tmp_path / "essay.md"
    essay.write_text("An essay from the host.\n", "utf-8")

    code, out, err = megabot("preamble", "set", "news", key, "--file", str(essay))
    assert (code, err) == (0, "")
    assert f"done: The preamble of news/{key} is saved; it overrides the file" in out
    assert "An essay from the host." in megabot("preview", "--edition", key)[1]
    megabot("preamble", "export", str(tmp_path))
    written = tmp_path / "preambles/news" / f"{key}.md"
    assert written.read_text("utf-8") == "An essay from the host.\n"

    megabot("preamble", "clear", "news", key)

    assert "An essay from the host." not in megabot("preview", "--edition", key)[1]


def typed(*words: str, said: str) -> "subprocess.CompletedProcess[str]":
    """What a person types after a pipe, with the settings of the test."""
    return subprocess.run(
        [sys.executable, "-m", "megabot", *words], input=said, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("words", [("news",), ("-",), ("--file", "-")])
def test_a_preamble_comes_from_a_pipe(megabot: Megabot, words: tuple[str, ...]) -> None:
    megabot("post")

    done = typed("preamble", "set", *words, said="On tides.\n")

    assert (done.returncode, done.stderr) == (0, "")
    assert "On tides." in megabot("preview", "--edition", done.stdout.split("news/")[1].split()[0])[1]


def test_a_preamble_comes_from_the_editor_on_a_terminal(
    megabot: Megabot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    megabot("post")
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "On kites." > "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    _, terminal = os.openpty()

    done = subprocess.run(
        [sys.executable, "-m", "megabot", "preamble", "set"],
        stdin=terminal,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "On kites." in megabot("preview", "--edition", done.stdout.split("news/")[1].split()[0])[1]


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_preamble_is_refused_and_changes_nothing(megabot: Megabot, text: str) -> None:
    megabot("post")
    key = typed("preamble", "set", said="On tides.\n").stdout.split("news/")[1].split()[0]

    done = typed("preamble", "set", said=text)

    assert done.returncode == 2
    assert f"nothing was changed; to remove a preamble: megabot preamble clear news {key}" in done.stderr
    assert "On tides." in megabot("preview", "--edition", key)[1]


def test_the_front_matter_of_a_preamble_counts_as_in_a_file(megabot: Megabot, source: Path) -> None:
    template = source / "thread.md.j2"
    template.write_text(template.read_text().replace("{{ edition.number }}", "{{ preamble.theme }}"))
    (source / "preambles/news/_default.md").write_text("---\ntheme: nothing special\n---\nWords.\n")
    megabot("post")

    done = typed("preamble", "set", said="---\ntheme: tides\n---\nOn tides.\n")
    shown = megabot("preview", "--edition", done.stdout.split("news/")[1].split()[0])[1]

    assert "News tides" in shown
    assert "theme:" not in shown


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("::: spoiler Open\nOn tides.\n", "message:1: "),
        ("---\ntheme\n---\nOn tides.\n", "message:2: "),
        ("---\nOn tides.\n", "the front matter never ends"),
    ],
)
def test_a_preamble_that_cannot_be_used_is_refused_with_the_reason(
    megabot: Megabot, text: str, why: str
) -> None:
    megabot("post")

    done = typed("preamble", "set", said=text)

    assert done.returncode == 1
    assert done.stderr.startswith("refused: this cannot be the preamble of news/")
    assert "so nothing was changed" in done.stderr
    assert why in done.stderr
    code, out, _ = megabot("preamble", "clear")
    assert (code, out.partition(" for ")[0]) == (4, "nothing to do: no preamble was sent")


def test_set_and_clear_without_a_key_are_about_the_same_edition(megabot: Megabot) -> None:
    megabot("post")
    kept = typed("preamble", "set", said="On tides.\n").stdout
    key = kept.split("news/")[1].split()[0]
    other = kept.split("megabot preamble set news ")[1].split()[0]
    typed("preamble", "set", other, said="On kites.\n")

    assert megabot("preamble", "clear")[1] == f"done: news/{key} uses the preamble file again\n"
    assert megabot("preamble", "clear")[1] == (
        f"nothing to do: no preamble was sent for news/{key}; to remove that of another edition: "
        f"megabot preamble clear news {other}\n"
    )


def test_with_no_copy_there_is_nothing_to_undo(megabot: Megabot) -> None:
    megabot("post")

    code, out, _ = megabot("undo")

    assert code == 4
    assert out.startswith("nothing to do: ")
    assert "is not a repost" in out
