"""A folder as the source: what is read, what is refused, which commit it is."""

import os
import subprocess
from pathlib import Path

import pytest

from megabot.errors import SourceBroken, SourceMissing
from megabot.rendering.model import Rendered
from megabot.rendering.renderer import ChildRenderer
from megabot.source.files import ALL_LARGEST, FILE_LARGEST, FILES_MOST
from megabot.source.folder import FolderSource
from megabot.source.git.command import run_git
from megabot.source.model import Revision, Snapshot
from tests.git_remote import be_another_account
from tests.templates import CONTEXT

THREAD = """---
name: news
title: News
schedule: {every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2024-01-01}
---
Text
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "source"
    for name in ("preambles/news", "sections", "data"):
        (place / name).mkdir(parents=True)
    (place / "thread.md.j2").write_text(THREAD)
    return place


def snapshot(folder: Path) -> Snapshot:
    return FolderSource(folder).snapshot()


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in snapshot(folder).problems]


def git(folder: Path, *arguments: str) -> str:
    person = ("-c", "user.name=Robin", "-c", "user.email=robin@example.org")
    command = ["git", *person, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def committed(folder: Path) -> str:
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "All")
    return git(folder, "rev-parse", "HEAD")


def test_templates_preambles_sections_and_data_are_read(folder: Path) -> None:
    (folder / "sections/more").mkdir()
    (folder / "sections/more/10-maps.md").write_text("x")
    names = ["_footer.md.j2", "preambles/news/2026-W47.md", "sections/10-maps.md", "data/a.yaml"]
    for name in (*names, "data/b.csv", "README.md", "preambles/notes.txt", ".hidden.md.j2", "data/x.bin"):
        (folder / name).write_text("x")

    assert sorted(snapshot(folder).files) == sorted([*names, "data/b.csv", "thread.md.j2"])
    assert snapshot(folder).problems == ()


def test_line_ends_and_byte_order_marks_are_evened_out(folder: Path) -> None:
    """T05."""
    (folder / "sections/a.md").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")

    assert snapshot(folder).files["sections/a.md"] == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"one\ntw\xf6\n", "sections/a.md:2: the file is not UTF-8 (save it as UTF-8 in your editor)"),
        (b"one\n\ntw\0\n", "sections/a.md:3: there is a zero byte (delete it)"),
        (
            b"x" * (FILE_LARGEST + 1),
            "sections/a.md: the file has 2,097,153 bytes (make it smaller: at most 2,097,152 bytes)",
        ),
    ],
)
def test_a_file_that_is_no_text_is_a_problem_at_its_line(folder: Path, content: bytes, line: str) -> None:
    """T05."""
    (folder / "sections/a.md").write_bytes(content)

    assert problems(folder) == [line]
    assert list(snapshot(folder).files) == ["thread.md.j2"]


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """T03."""
    (tmp_path / "secret").write_text("secret")
    (folder / "sections/a.md").symlink_to(tmp_path / "secret")
    (folder / "sections/b.md").symlink_to(folder / "thread.md.j2")

    assert [line.split(":")[:2] for line in problems(folder)] == [
        ["sections/a.md", " the link leads out of the folder (put the file itself here)"]
    ]
    assert snapshot(folder).files["sections/b.md"] == THREAD


def test_a_folder_that_is_a_link_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "data/more").symlink_to(tmp_path / "elsewhere")

    assert problems(folder) == ["data/more: links to folders are not followed (put the folder itself here)"]


def test_pipes_and_dangling_links_are_problems_and_nobody_waits(folder: Path) -> None:
    """T03."""
    os.mkfifo(folder / "sections/a.md")
    (folder / "sections/b.md").symlink_to("nowhere")

    assert problems(folder) == [
        "sections/a.md: this is not a regular file (delete it)",
        "sections/b.md: the file cannot be read: No such file or directory (check its permissions)",
    ]


@pytest.mark.parametrize(("name", "shown"), [(b"a\n.md", "a\\n.md"), (b"\xff.md", "\\udcff.md")])
def test_an_odd_name_is_a_problem_that_can_be_printed(folder: Path, name: bytes, shown: str) -> None:
    Path(os.fsdecode(bytes(folder) + b"/sections/" + name)).touch()

    assert problems(folder) == [
        f"sections/{shown}: the file name has unusual characters (use letters, digits and -)"
    ]


def test_there_is_a_largest_number_of_files(folder: Path) -> None:
    for number in range(FILES_MOST):
        (folder / f"sections/{number}.md").touch()

    assert problems(folder) == [".: there are too many or too large files (at most 2,000 files and 20 MB)"]


def test_there_is_a_largest_size_of_all_files(folder: Path) -> None:
    for number in range(ALL_LARGEST // FILE_LARGEST + 2):
        (folder / f"sections/{number}.md").write_bytes(b"x" * FILE_LARGEST)

    assert problems(folder) == [".: there are too many or too large files (at most 2,000 files and 20 MB)"]


def test_a_source_that_is_not_there_is_an_error_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match=r"set MEGABOT_SOURCE to the folder with thread\.md\.j2"):
        snapshot(tmp_path / "nowhere")


def test_the_threads_of_a_source_are_parsed(folder: Path) -> None:
    source = FolderSource(folder)

    assert [thread.name for thread in source.threads(source.snapshot())] == ["news"]


def test_threads_with_mistakes_are_an_error_that_lists_them(folder: Path) -> None:
    (folder / "thread.md.j2").write_text(THREAD.replace("title", "tilte").replace("monday", "mondya"))
    source = FolderSource(folder)

    with pytest.raises(SourceBroken) as raised:
        source.threads(source.snapshot())
    assert str(raised.value).count("thread.md.j2:") == 3


def test_a_folder_outside_git_has_no_revision(folder: Path) -> None:
    assert snapshot(folder).revision == Revision()


def test_the_revision_is_gits_commit(folder: Path) -> None:
    commit = committed(folder)

    assert snapshot(folder).revision == Revision(commit=commit)


@pytest.mark.parametrize("name", ["thread.md.j2", "sections/new.md"])
def test_a_change_that_is_not_committed_makes_it_dirty(folder: Path, name: str) -> None:
    commit = committed(folder)
    (folder / name).write_text(THREAD + "more")

    assert snapshot(folder).revision == Revision(commit=commit, dirty=True)


def test_a_change_beside_the_folder_does_not(folder: Path) -> None:
    commit = committed(folder.parent)
    (folder.parent / "beside").write_text("x")

    assert snapshot(folder).revision == Revision(commit=commit)


def test_no_hook_or_monitor_of_a_repository_is_run(folder: Path) -> None:
    committed(folder)
    trap = folder / ".git/trap"
    trap.write_text(f"#!/bin/sh\ntouch {folder}/sprung\n")
    trap.chmod(0o755)
    git(folder, "config", "core.fsmonitor", str(trap))

    snapshot(folder)

    assert not (folder / "sprung").exists()


def test_git_gets_nothing_of_the_callers_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = committed(folder)
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    assert snapshot(folder).revision.commit == commit


def test_a_machine_without_git_has_no_revision(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(folder)
    monkeypatch.setenv("PATH", str(folder))

    assert run_git("status", cwd=folder).err == "FileNotFoundError"
    assert snapshot(folder).revision == Revision()


def test_a_repository_of_another_account_is_named_with_the_two_ways_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    committed(folder)
    be_another_account(monkeypatch, tmp_path)
    source = FolderSource(folder)

    snapshot = source.snapshot()

    assert (snapshot.revision, snapshot.problems) == (Revision(), ())
    assert (
        f"git refuses to read the repository {folder}, because another account owns it"
        in snapshot.no_revision
    )
    assert "chown -R" in snapshot.no_revision
    assert f"git config --global --add safe.directory {folder}" in snapshot.no_revision


def test_a_repository_that_is_trusted_gives_its_revision(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit = committed(folder)
    be_another_account(monkeypatch, tmp_path)
    git(folder, "config", "--global", "--add", "safe.directory", str(folder))

    assert (snapshot(folder).revision.commit, snapshot(folder).no_revision) == (commit, "")


def test_a_folder_in_no_repository_is_no_trouble(folder: Path) -> None:
    assert snapshot(folder).no_revision == ""


COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"


@pytest.mark.parametrize(("on_disk", "asked"), [(DECOMPOSED, COMPOSED), (COMPOSED, DECOMPOSED)])
def test_names_are_found_however_their_accents_are_written(folder: Path, on_disk: str, asked: str) -> None:
    """MacOS writes é as two characters; most keyboards as one."""
    (folder / "images").mkdir()
    (folder / f"sections/10-{on_disk}.md").write_text("---\ntitle: Coffee\n---\n- a bean\n")
    (folder / f"data/{on_disk}.yaml").write_text(f"{on_disk}: arabica\n")
    (folder / f"_{on_disk}.md.j2").write_text("A part.")
    (folder / f"images/{on_disk}.png").write_bytes(b"\x89PNG")
    body = f'{{{{ section("{asked}") }}}}\n{{{{ data["{asked}"]["{asked}"] }}}}\n'
    body += f'{{% include "_{asked}.md.j2" %}}'
    head = THREAD.replace("title: News", f"title: News\nimage: images/{asked}.png\nimage_alt: A cup")
    (folder / "thread.md.j2").write_text(head.replace("Text", body))
    source = FolderSource(folder)
    taken = source.snapshot()

    (thread,) = source.threads(taken)
    (made,) = ChildRenderer().render(taken, [(thread, CONTEXT)])

    assert isinstance(made, Rendered), made
    assert all(word in made.body for word in ("a bean", "arabica", "A part."))
    assert source.picture(taken, made.url) == b"\x89PNG"


def test_two_files_of_one_name_are_a_problem(folder: Path) -> None:
    for name in (COMPOSED, DECOMPOSED):
        (folder / f"data/{name}.yaml").write_text("x: 1")

    (problem,) = problems(folder)

    assert problem.startswith(f"data/{COMPOSED}.yaml: two files have this name; their accents")
