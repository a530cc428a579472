"""One edition changed from the shell, in the words that moderators use on Lemmy."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Megabot


def next_slots(megabot: Megabot) -> list[dict[str, str]]:
    return list(json.loads(megabot("calendar", "--count", "2", "--json")[1]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hold",), "is held: it is not posted by itself"),
        (("skip", "news"), "is left out"),
        (("move", "news", "+2h"), "is posted "),
        (("move", "-30m"), "is posted "),
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
    assert megabot("resume")[:2] == (0, "done: news: every hold, skip and move is taken back\n")
    assert next_slots(megabot) == before
    assert megabot("resume")[:2] == (4, "nothing to do: news: nothing is held, left out or moved\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("move",), "error: move: a time is missing; see: megabot move --help"),
        (("move", "sideways"), "error: move: 'sideways' is not understood"),
        (("skip", "mews"), "did you mean news?"),
        (("hold", "2026-11"), "its schedule has no edition 2026-11"),
        (("move", "+300d"), "cannot be moved to"),
    ],
)
def test_what_makes_no_sense_is_one_line(megabot: Megabot, words: tuple[str, ...], line: str) -> None:
    code, out, err = megabot(*words)

    assert (code, out) == (2, "")
    assert line in err


def test_a_preamble_is_set_exported_and_cleared(megabot: Megabot, tmp_path: Path) -> None:
    megabot("post")
    key = next_slots(megabot)[0]["edition"].rpartition("/")[2]
    essay = tmp_path / "essay.md"
    essay.write_text("An essay from the host.\n", "utf-8")

    code, out, err = megabot("preamble", "set", "news", key, "--file", str(essay))
    assert (code, err) == (0, "")
    assert f"The preamble of news/{key} is this one now" in out
    assert "An essay from the host." in megabot("preview", "--edition", key)[1]
    megabot("preamble", "export", str(tmp_path))
    written = tmp_path / "preambles/news" / f"{key}.md"
    assert written.read_text("utf-8") == "An essay from the host.\n"

    megabot("preamble", "clear", "news", key)

    assert "An essay from the host." not in megabot("preview", "--edition", key)[1]


def test_with_no_copy_there_is_nothing_to_undo(megabot: Megabot) -> None:
    megabot("post")

    code, out, _ = megabot("undo")

    assert code == 4
    assert out.startswith("nothing to do: ")
    assert "is not a repost" in out
