"""What megabot writes for others stays away from state folders, sources, repositories and homes."""

from pathlib import Path

import pytest

from megabot import output_paths
from megabot.errors import ConfigError
from megabot.output_paths import MARKER, check_output, check_private, check_site
from megabot.site.output import LIST


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "bot" / "state"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "bot" / "templates"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("bot/state", "inside the state folder"),
        ("bot/state/site", "inside the state folder"),
        ("bot/templates", "inside the folder with the templates"),
        ("bot/templates/site", "inside the folder with the templates"),
        ("bot", "inside the state folder"),
        ("link/site", "inside the state folder"),
        ("bot/../bot/state", "inside the state folder"),
        ("other", "inside the state folder"),
        ("other/site", "inside the state folder"),
        ("older/site", "inside the state folder"),
        ("holds-other", "inside the state folder"),
        ("holds-link", "inside the state folder"),
        ("code", "inside the git repository"),
        ("code/site", "inside the git repository"),
        ("holds-code", "inside the git repository"),
        ("", "inside the state folder"),
    ],
)
def test_a_site_is_not_written_over_something_else(
    tmp_path: Path, state: Path, source: Path, place: str, why: str
) -> None:
    for repository in ("code/.git", "holds-code/code/.git"):
        (tmp_path / repository).mkdir(parents=True)
    for marked in ("other", "holds-other/state"):
        (tmp_path / marked).mkdir(parents=True)
        output_paths.mark_state(tmp_path / marked)
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "ledger.lock").touch()
    (tmp_path / "link").symlink_to(state)
    (tmp_path / "holds-link").mkdir()
    (tmp_path / "holds-link" / "s").symlink_to(tmp_path / "other")

    with pytest.raises(ConfigError, match=why):
        check_site(tmp_path / place, state=state, source=source)


@pytest.mark.parametrize("place", ["~", "~/.."])
def test_a_site_is_not_written_over_a_home_folder(nobodys_home: Path, place: str) -> None:
    for folder in (nobodys_home, nobodys_home / "bot"):
        folder.mkdir(exist_ok=True)
        output_paths.mark_state(folder)

    with pytest.raises(ConfigError, match="the home folder"):
        check_site(Path(place).expanduser(), state=Path("/nowhere"), source=None)


@pytest.mark.parametrize("place", ["www/threads", "bot/site"])
def test_a_folder_of_its_own_takes_a_site(tmp_path: Path, state: Path, source: Path, place: str) -> None:
    check_site(tmp_path / place, state=state, source=source)


def test_a_folder_in_a_home_takes_a_site(nobodys_home: Path, state: Path) -> None:
    check_site(nobodys_home / "public_html", state=state, source=None)


def test_a_site_that_is_in_a_repository_already_goes_on(tmp_path: Path, state: Path) -> None:
    (tmp_path / "pages" / ".git").mkdir(parents=True)
    (tmp_path / "pages" / LIST).write_text("{}")

    check_site(tmp_path / "pages", state=state, source=None)


def test_the_list_of_a_site_has_one_name() -> None:
    assert output_paths.SITE_LIST == LIST


@pytest.mark.parametrize("place", ["token.json", "pages/thread.html", "."])
def test_what_a_person_names_is_not_written_into_a_state_folder(state: Path, place: str) -> None:
    output_paths.mark_state(state)

    with pytest.raises(ConfigError, match="choose a path outside it"):
        check_output(state / place)
    check_output(state.parent / "thread.html")


def test_what_is_private_is_not_written_where_a_site_is(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / LIST).write_text("{}")

    for place, published in (("site/deep/ledger.db", None), ("www/ledger.db", tmp_path / "www")):
        with pytest.raises(ConfigError, match="would be published"):
            check_private(tmp_path / place, published=published)
    check_private(tmp_path / "ledger.db", published=tmp_path / "www")


def test_a_state_folder_is_marked_and_left_out_of_git(state: Path) -> None:
    output_paths.mark_state(state)

    assert (state / ".gitignore").read_text() == "*\n"
    assert "Keep it private" in (state / MARKER).read_text()
