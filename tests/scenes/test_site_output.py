"""The site's folder: whole files, only what changed, others' files left alone."""

import contextlib
import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from megabot.errors import NeedsPerson
from megabot.site.build import Site, files
from megabot.site.entries import gather
from megabot.site.output import LIST, File, WriteResult, write
from tests.fake_ledger import FakeLedger
from tests.site_editions import post_week


def a_file(path: str, text: str) -> File:
    return File(path=path, made_of=text, make=lambda: text)


def test_a_second_time_nothing_is_written(tmp_path: Path) -> None:
    some = [a_file("index.html", "home"), a_file("news/a/index.html", "a")]

    assert write(tmp_path / "site", some) == WriteResult(files=2, written=2, removed=0)
    assert write(tmp_path / "site", some) == WriteResult(files=2, written=0, removed=0)


def test_what_is_no_part_of_it_any_more_goes_with_its_folder(tmp_path: Path) -> None:
    write(tmp_path, [a_file("index.html", "home"), a_file("news/a/index.html", "a")])
    write(tmp_path, [a_file("index.html", "home")])

    assert sorted(path.name for path in tmp_path.iterdir()) == [LIST, "index.html"]


def test_a_file_that_somebody_deleted_is_written_again(tmp_path: Path) -> None:
    write(tmp_path, [a_file("index.html", "home")])
    (tmp_path / "index.html").unlink()
    write(tmp_path, [a_file("index.html", "home")])

    assert (tmp_path / "index.html").read_text() == "home"


def test_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "robots.txt").write_text("mine")
    write(tmp_path, [a_file("index.html", "home")])
    write(tmp_path, [])

    assert [path.name for path in tmp_path.glob("[!.]*")] == ["robots.txt"]


def test_a_front_page_of_somebody_elses_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")

    with pytest.raises(NeedsPerson, match="not megabot's"):
        write(tmp_path, [a_file("index.html", "home")])


def test_a_reader_never_finds_half_a_file(tmp_path: Path) -> None:
    """The old one is there until the new one is whole."""
    write(tmp_path, [a_file("index.html", "old")])

    def look() -> str:
        assert (tmp_path / "index.html").read_text() == "old"
        return "new"

    write(tmp_path, [File(path="index.html", made_of="new", make=look)])
    assert (tmp_path / "index.html").read_text() == "new"


def test_a_build_that_breaks_off_is_finished_by_the_next(tmp_path: Path) -> None:
    def fail() -> str:
        raise RuntimeError

    some = [a_file("a.html", "a"), a_file("index.html", "home")]
    with pytest.raises(RuntimeError):
        write(tmp_path, [some[0], File(path="index.html", made_of="home", make=fail)])
    (tmp_path / "a.html").write_text("torn")

    assert write(tmp_path, some).written == 2


def test_a_list_that_was_tampered_with_removes_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "precious").write_text("here")
    (tmp_path / "site" / LIST).write_text(json.dumps({"../precious": "x", "/etc/passwd": "x"}))
    write(tmp_path / "site", [])

    assert (tmp_path / "precious").exists()


def test_a_folder_that_cannot_be_made_is_told_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(NeedsPerson, match="choose another"):
        write(tmp_path / "file" / "site", [])


def test_a_new_edition_changes_few_files_and_a_removed_one_disappears(tmp_path: Path) -> None:
    ledger = FakeLedger()
    for number in range(1, 11):
        post_week(ledger, number)
    write(tmp_path, files(Site(entries=gather(ledger))))
    post_week(ledger, 11)
    assert write(tmp_path, files(Site(entries=gather(ledger)))).written < 10
    post_week(ledger, 5, open=False)
    write(tmp_path, files(Site(entries=gather(ledger))))

    pages = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any("Essay 5" in path.read_text() for path in pages)


@pytest.mark.parametrize("path", ["index.html", LIST, "news/index.html", "news"])
@pytest.mark.parametrize("kind", ["pipe", "link", "socket"])
def test_only_regular_files_are_opened(tmp_path: Path, path: str, kind: str) -> None:
    site, some = tmp_path / "site", [a_file("index.html", "home"), a_file("news/index.html", "news")]
    write(site, some)
    place = site / path
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    put_odd_file(place, kind, to=tmp_path / "elsewhere")

    with pytest.raises(NeedsPerson, match=f"{place} is not a regular"):
        write(site, some)
    assert not (tmp_path / "elsewhere").exists()


def test_a_pipe_in_a_temporary_files_place_does_not_hold_the_build_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".index.html.new")

    assert write(tmp_path, [a_file("index.html", "home")]).written == 1
    assert (tmp_path / "index.html").read_text() == "home"


def put_odd_file(place: Path, kind: str, *, to: Path) -> None:
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "link":
            place.symlink_to(to)
        case _:
            with contextlib.chdir(place.parent), socket.socket(socket.AF_UNIX) as end:
                end.bind(place.name)
