"""The settings files of a folder with accounts."""

from pathlib import Path

import pytest

from megabot.errors import ConfigError
from megabot.service.accounts.folder import changed, scan


def test_each_settings_file_is_an_account_and_nothing_else_is(tmp_path: Path) -> None:
    for name in ("books.env", "films.env", ".films.env.swp", ".hidden.env", "notes.txt", "books.env~"):
        (tmp_path / name).write_text("")

    assert list(scan(tmp_path)) == ["books", "films"]


def test_new_and_changed_files_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "books.env").write_text("one")
    (tmp_path / "films.env").write_text("one")
    before = scan(tmp_path)
    assert changed({}, before) == ("books", "films")
    assert changed(before, scan(tmp_path)) == ()
    (tmp_path / "books.env").write_text("other")
    (tmp_path / "games.env").write_text("one")
    (tmp_path / "films.env").unlink()

    assert changed(before, scan(tmp_path)) == ("books", "games")


def test_a_link_that_leads_nowhere_is_no_account(tmp_path: Path) -> None:
    (tmp_path / "books.env").symlink_to(tmp_path / "gone")

    assert scan(tmp_path) == {}


def test_a_folder_that_is_not_there_is_a_mistake_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"create it, with a settings file NAME\.env for each account"):
        scan(tmp_path / "accounts")
