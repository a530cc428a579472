"""Paths in messages start where the user is."""

from pathlib import Path

import pytest

from megabot.cli import terminal
from megabot.cli.shell_orders import tell
from megabot.commands.run_order import OrderResult
from megabot.i18n.tables import Outcome
from megabot.source import folder
from megabot.source.problems import Problem


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bot/templates/sections").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "bot")
    return tmp_path / "bot"


def test_a_sentence_names_what_is_below_the_users_folder_from_there(here: Path) -> None:
    assert terminal.shorten_paths(f"{here}/.env holds a secret; run: chmod 600 {here}/.env") == (
        ".env holds a secret; run: chmod 600 .env"
    )


def test_what_is_elsewhere_keeps_its_whole_path(here: Path) -> None:
    for path in (f"{here}2/.env", f"/mnt{here}/x", f"https://a.example{here}/x", str(here)):
        assert terminal.shorten_paths(f"see {path}") == f"see {path}"


def test_a_mistake_is_placed_from_the_users_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = Problem("sections/10-maps.md", 3, "a slip")

    seen = [str(folder.place_problem(mistake, here / "templates"))]
    monkeypatch.chdir(here / "templates/sections")
    seen.append(str(folder.place_problem(mistake, here / "templates")))

    assert seen == ["templates/sections/10-maps.md:3: a slip", "10-maps.md:3: a slip"]


def test_a_path_is_whole_if_that_is_shorter(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    monkeypatch.chdir(here / "templates/sections")

    assert folder.short_path(Path("/etc/x")) == "/etc/x"


def test_a_folder_that_was_deleted_stops_no_message(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "gone").mkdir()
    monkeypatch.chdir(here / "gone")
    (here / "gone").rmdir()

    assert terminal.shorten_paths("a sentence") == "a sentence"


def test_the_first_word_of_an_answer_about_several_threads_is_that_of_its_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = ((Outcome.NOTHING, "news: posted already"), (Outcome.DONE, "film: posted"))

    code = tell(OrderResult(lines))

    assert code == 0
    assert capsys.readouterr().out == "done: film: posted\nnothing to do: news: posted already\n"
