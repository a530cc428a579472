"""`changes` from git history: read by both sources, rendered, kept with the post."""

from dataclasses import replace
from pathlib import Path

import pytest

from megabot.rendering import context_json
from megabot.source.folder import FolderSource
from megabot.source.git.address import GitAddress
from megabot.source.git.repository import GitSource
from megabot.source.section_diff import Change, Changes
from tests.git_remote import Clock, Remote
from tests.templates import CONTEXT, body_of
from tests.world import SLOT, WEEK, World

OLD = "---\ntitle: Maps\n---\n- Hills\n"
NEW = "---\ntitle: Maps\n---\n- Hills\n- Coast\n"
TEMPLATE = (
    "{% if changes %}{% for one in changes.added %}{{ one.section }}: {{ one.text }}{% endfor %}{% endif %}"
)


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path / "remote")


def source(remote: Remote, tmp_path: Path) -> GitSource:
    state = tmp_path / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    return GitSource(
        GitAddress(url=f"file://{remote.place}", branch="main", folder="bot"),
        key_file=None,
        state=state,
        clock=Clock(),
    )


def two_commits(remote: Remote) -> str:
    remote.write("sections/10-maps.md", OLD)
    remote.write("thread.md.j2", "x")
    old = remote.commit()
    remote.write("sections/10-maps.md", NEW)
    remote.commit()
    return old


def test_a_repository_elsewhere_gives_the_sections_of_an_older_commit(remote: Remote, tmp_path: Path) -> None:
    """Its copy is of the newest commit alone, so the older one is fetched by its id."""
    old = two_commits(remote)
    remote.git("config", "uploadpack.allowAnySHA1InWant", "true")
    ours = source(remote, tmp_path)
    assert ours.snapshot().files["sections/10-maps.md"] == NEW

    assert ours.sections_at(old) == {"sections/10-maps.md": OLD}


@pytest.mark.parametrize("commit", ["0" * 40, "--upload-pack=x", "", "HEAD~1"])
def test_a_commit_that_is_not_there_is_none(remote: Remote, tmp_path: Path, commit: str) -> None:
    two_commits(remote)
    ours = source(remote, tmp_path)
    ours.snapshot()

    assert ours.sections_at(commit) is None


def test_a_folder_within_a_work_tree_gives_them_too(remote: Remote) -> None:
    remote.write("sections/10-maps.md", OLD)
    old = remote.commit()
    remote.write("sections/10-maps.md", NEW)
    remote.commit()

    assert FolderSource(remote.folder).sections_at(old) == {"sections/10-maps.md": OLD}


def test_a_folder_in_no_repository_has_no_history(tmp_path: Path) -> None:
    assert FolderSource(tmp_path).sections_at("0" * 40) is None


def test_a_template_can_show_them() -> None:
    changes = Changes(added=(Change(section="Maps", text="Coast"),))

    assert "Maps: Coast" in body_of(TEMPLATE, replace(CONTEXT, changes=changes))
    assert body_of(f"x{TEMPLATE}", replace(CONTEXT, changes=None)).strip() == "x"


def test_an_edition_is_posted_with_the_changes_since_the_one_before(world: World) -> None:
    world.pages.files = {"sections/10-maps.md": OLD, "thread.md.j2": TEMPLATE}
    world.pages.history["a" * 40] = {"sections/10-maps.md": OLD}
    world.post()
    world.clock.at = SLOT + WEEK
    world.pages.files = world.pages.files | {"sections/10-maps.md": NEW}
    world.pages.commit = "b" * 40
    world.post()

    kept = [context_json.from_json(one.context).changes for one in world.ports().ledger.posts("news")]
    assert kept == [None, Changes(added=(Change(section="Maps", text="Coast"),))]
