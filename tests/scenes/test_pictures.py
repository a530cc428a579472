"""Pictures of a source: known by their paths, read only when they are wanted, as the snapshot has them."""

from pathlib import Path

import pytest

from megabot.source.files import PICTURE_LARGEST
from megabot.source.folder import FolderSource
from megabot.source.git.address import GitAddress
from megabot.source.git.repository import GitSource
from tests.git_remote import Clock, Remote

BYTES = b"\x89PNG\r\n\x1a\n\0 not text \xff"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/kite.png").write_bytes(BYTES)
    (tmp_path / "thread.md.j2").write_text("x")
    return tmp_path


def test_pictures_of_a_folder_are_known_and_read(folder: Path) -> None:
    source = FolderSource(folder)

    snapshot = source.snapshot()

    assert snapshot.problems == ()
    assert [*snapshot.pictures] == ["images/kite.png"]
    assert source.picture(snapshot, "images/kite.png") == BYTES


def test_a_changed_picture_is_another_one(folder: Path) -> None:
    before = FolderSource(folder).snapshot().pictures
    (folder / "images/kite.png").write_bytes(BYTES + b"more")

    assert FolderSource(folder).snapshot().pictures != before


@pytest.mark.parametrize("name", ["images/.hidden.png", "images/notes.txt", "kite.png", "data/kite.png"])
def test_what_is_no_picture_of_the_source_is_left_out(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(BYTES)

    snapshot = FolderSource(folder).snapshot()

    assert [*snapshot.pictures] == ["images/kite.png"]
    assert snapshot.problems == ()


def test_a_picture_that_is_too_large_is_a_problem(folder: Path) -> None:
    with (folder / "images/huge.png").open("wb") as file:
        file.truncate(PICTURE_LARGEST + 1)

    (problem,) = FolderSource(folder).snapshot().problems

    assert str(problem).startswith("images/huge.png: the file has 10,485,761 bytes")


def test_a_link_out_of_the_folder_is_no_picture(folder: Path) -> None:
    (folder / "images/link.png").symlink_to("/etc/hostname")
    source = FolderSource(folder)

    snapshot = source.snapshot()

    assert "the link leads out of the folder" in str(snapshot.problems[0])
    assert source.picture(snapshot, "images/link.png") is None


def test_a_picture_that_is_gone_is_none(folder: Path) -> None:
    source = FolderSource(folder)
    snapshot = source.snapshot()
    (folder / "images/kite.png").unlink()

    assert source.picture(snapshot, "images/kite.png") is None


def test_pictures_of_a_repository_are_those_of_the_commit(tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    (remote.folder / "images").mkdir()
    (remote.folder / "images/kite.png").write_bytes(BYTES)
    remote.commit()
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    address = GitAddress(url=f"file://{remote.place}", branch="main", folder="bot")
    source = GitSource(address, key_file=None, state=state, clock=Clock())
    snapshot = source.snapshot()
    (remote.folder / "images/kite.png").write_bytes(b"another")
    remote.commit()
    source.refresh()

    assert source.picture(snapshot, "images/kite.png") == BYTES
    assert source.picture(source.snapshot(), "images/kite.png") == b"another"
    assert source.picture(snapshot, "images/none.png") is None
