"""`megabot site`, as a person types it."""

import json
from pathlib import Path

from tests.e2e.conftest import Megabot


def test_the_site_is_written_and_its_front_page_named(megabot: Megabot, tmp_path: Path) -> None:
    assert megabot("post")[0] == 0
    code, out, err = megabot("site", SITE_DIR=str(tmp_path / "site"), SITE_URL="https://threads.example")

    assert (code, out) == (0, f"{tmp_path / 'site' / 'index.html'}\n")
    assert "written, 0 removed" in err
    assert "https://threads.example/news/" in (tmp_path / "site" / "atom.xml").read_text()


def test_without_an_address_it_says_why_there_are_no_feeds(megabot: Megabot, tmp_path: Path) -> None:
    code, _, err = megabot("site", "--output", str(tmp_path / "site"))

    assert (code, list((tmp_path / "site").rglob("*.xml"))) == (0, [])
    assert "MEGABOT_SITE_URL" in err


def test_without_a_folder_it_says_what_to_set(megabot: Megabot) -> None:
    code, _, err = megabot("site")

    assert code == 2
    assert "MEGABOT_SITE_DIR" in err


def test_a_script_is_told_in_json(megabot: Megabot, tmp_path: Path) -> None:
    megabot("post")
    code, out, _ = megabot("site", "--look", "--json", "--output", str(tmp_path / "site"))

    assert code == 0
    assert json.loads(out).keys() == {"files", "written", "removed"}


def test_the_token_is_not_published(megabot: Megabot, nobodys_home: Path) -> None:
    """Neither by naming the state folder nor by a state folder inside the site."""
    megabot("check", "--online")
    state = nobodys_home / ".local" / "state" / "megabot"
    before = sorted(state.iterdir())

    for words, settings in (
        (["site", "--output", str(state)], {}),
        (["site"], {"SITE_DIR": str(state)}),
        (["site"], {"SITE_DIR": str(nobodys_home / "www"), "STATE_DIR": str(nobodys_home / "www" / "state")}),
        (["post"], {"SITE_DIR": str(nobodys_home / "www"), "STATE_DIR": str(nobodys_home / "www" / "state")}),
        (["preview", "--output", str(state / "token/token.json")], {}),
        (["preamble", "export", str(state)], {}),
        (["init", str(state)], {}),
    ):
        code, _, err = megabot(*words, **settings)
        assert (code, words) == (2, words), err
        assert "the state folder" in err or "would be published" in err

    assert sorted(state.iterdir()) == before
    assert not (nobodys_home / "www").exists()


def test_a_backup_is_not_published(megabot: Megabot, tmp_path: Path) -> None:
    megabot("post")
    megabot("site", "--output", str(tmp_path / "site"))

    code, _, err = megabot("backup", str(tmp_path / "site" / "ledger.db"))

    assert code == 2
    assert "would be published" in err
    assert not list((tmp_path / "site").glob("*.db"))
