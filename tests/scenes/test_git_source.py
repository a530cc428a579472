"""A git repository as the source: what is read, when it is fetched, what happens when that fails."""

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from megabot import settings_sources, state_dir
from megabot.app import App
from megabot.errors import Busy, ConfigError, SourceBroken, SourceMissing
from megabot.source.files import ALL_LARGEST, FILE_LARGEST, FILES_MOST
from megabot.source.git.address import GitAddress
from megabot.source.git.cache import LARGEST
from megabot.source.git.command import run_git
from megabot.source.git.repository import EVERY, GitSource
from megabot.source.model import Revision
from tests.git_remote import THREAD, Clock, Remote, be_another_account

SUBMODULE = "160000,1111111111111111111111111111111111111111,data"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path / "remote")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    return folder


Open = Callable[..., GitSource]


@pytest.fixture
def source(remote: Remote, clock: Clock, state: Path) -> Open:
    """Open the source as another process would, on another address if one is given."""

    def opened(
        *,
        branch: str = "main",
        folder: str = "bot",
        url: str = "",
        key_file: Path | None = None,
        largest: int = LARGEST,
    ) -> GitSource:
        address = GitAddress(url=url or f"file://{remote.place}", branch=branch, folder=folder)
        return GitSource(address, key_file=key_file, state=state, clock=clock, largest=largest)

    return opened


def problems(source: GitSource) -> list[str]:
    return [str(problem) for problem in source.snapshot().problems]


def litter(state: Path) -> int:
    return sum(path.stat().st_size for path in state.rglob("*") if path.is_file())


# -- what is read


def test_the_folder_of_the_newest_commit_is_read(source: Open, remote: Remote, clock: Clock) -> None:
    for path in ("_part.md.j2", "preambles/news/_x.md", "sections/a.md", "data/b.csv", "README.md"):
        (remote.folder / path).parent.mkdir(parents=True, exist_ok=True)
        remote.write(path, "\ufeffone\r\ntwo")
    commit = remote.commit()

    snapshot = source().snapshot()

    read = ["_part.md.j2", "data/b.csv", "preambles/news/_x.md", "sections/a.md", "thread.md.j2"]
    assert sorted(snapshot.files) == read
    assert snapshot.files["sections/a.md"] == "one\ntwo"
    assert (snapshot.revision, snapshot.problems) == (Revision(commit=commit), ())
    assert snapshot.fetched == clock.now()


def test_names_are_composed_and_what_is_not_read_is_named(source: Open, remote: Remote) -> None:
    remote.write("sections/cafe\u0301.md", "one")
    remote.write("sections/60-X.MD", "two")
    remote.commit()

    snapshot = source().snapshot()

    assert "sections/caf\u00e9.md" in snapshot.files
    assert [one.path for one in snapshot.ignored] == ["sections/60-X.MD"]


def test_without_branch_and_folder_it_is_the_root_of_what_the_repository_has_chosen(
    source: Open, remote: Remote
) -> None:
    remote.git("checkout", "--quiet", "-b", "elsewhere")
    remote.git("mv", "bot/thread.md.j2", "news.md.j2")
    remote.commit()
    chosen = source(branch="", folder="")

    assert list(chosen.snapshot().files) == ["news.md.j2"]
    assert [thread.name for thread in chosen.threads(chosen.snapshot())] == ["news"]


def test_a_detached_head_is_read_too(source: Open, remote: Remote) -> None:
    """T14."""
    first = remote.git("rev-parse", "HEAD")
    remote.write("thread.md.j2", "more")
    remote.commit()
    remote.git("checkout", "--quiet", "--detach", first)

    assert source(branch="").snapshot().revision.commit == first


def test_threads_with_mistakes_are_an_error_that_lists_them(source: Open, remote: Remote) -> None:
    remote.write("thread.md.j2", THREAD.replace("monday", "mondya"))
    remote.commit()

    with pytest.raises(SourceBroken, match=r"thread\.md\.j2:4"):
        source().threads(source().snapshot())


def test_the_bytes_are_the_commits_whatever_its_attributes_say(source: Open, remote: Remote) -> None:
    remote.write("sections/a.md", "$Id$ $Format:%an$")
    remote.write(".gitattributes", "*.md ident export-subst filter=lfs working-tree-encoding=UTF-16\n")
    remote.git("-c", "core.attributesFile=/dev/null", "add", "bot/.gitattributes")
    remote.write("sections/a.md", "$Id$ $Format:%an$".encode("utf-16"))
    remote.commit()

    assert source().snapshot().files["sections/a.md"] == "$Id$ $Format:%an$"


# -- what is refused


@pytest.mark.parametrize(
    ("path", "content", "problem"),
    [
        ("sections/a.md", b"one\ntw\xf6", ":2: the file is not UTF-8 (save it as UTF-8 in your editor)"),
        (
            "data/a.csv",
            b"x" * (FILE_LARGEST + 1),
            ": the file has 2,097,153 bytes (make it smaller: at most 2,097,152 bytes)",
        ),
        (
            "data/a.csv",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            ": this is a Git LFS pointer, not the file (store the file in git itself)",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_a_problem(
    source: Open, remote: Remote, path: str, content: bytes, problem: str
) -> None:
    remote.write(path, content)
    remote.commit()

    assert problems(source()) == [f"{path}{problem}"]
    assert list(source().snapshot().files) == ["thread.md.j2"]


def test_links_are_not_followed(source: Open, remote: Remote) -> None:
    (remote.folder / "data").symlink_to("/etc")
    (remote.folder / "other.md.j2").symlink_to("thread.md.j2")
    (remote.folder / "README.md").symlink_to("thread.md.j2")
    remote.commit()

    what = "links are not followed in git (put the file itself here)"
    assert problems(source()) == [f"data: {what}", f"other.md.j2: {what}"]


def test_a_submodule_is_a_problem_and_is_not_fetched(source: Open, remote: Remote, state: Path) -> None:
    """T14."""
    remote.git("update-index", "--add", "--cacheinfo", SUBMODULE.replace("data", "bot/data"))
    remote.git("update-index", "--add", "--cacheinfo", SUBMODULE.replace("data", "beside"))
    remote.git("commit", "--quiet", "--message", "Modules")

    what = "submodules are not fetched (put the files themselves here)"
    assert problems(source()) == [f"data: {what}"]
    assert not list(state.rglob("modules"))


@pytest.mark.parametrize(("name", "shown"), [(b"a\n.md", "a\\n.md"), (b"\xff.md", "\\udcff.md")])
def test_an_odd_name_is_a_problem_that_can_be_printed(
    source: Open, remote: Remote, name: bytes, shown: str
) -> None:
    remote.write("sections/a.md", "x")
    Path(os.fsdecode(bytes(remote.folder) + b"/sections/" + name)).write_text("x")
    remote.commit()

    assert problems(source()) == [
        f"sections/{shown}: the file name has unusual characters (use letters, digits and -)"
    ]


@pytest.mark.parametrize(
    ("number", "size"), [(FILES_MOST, 0), (ALL_LARGEST // FILE_LARGEST + 1, FILE_LARGEST)]
)
def test_a_source_that_is_too_large_is_not_read(source: Open, remote: Remote, number: int, size: int) -> None:
    for each in range(number):
        remote.write(f"sections/{each}.md", b"x" * size)
    remote.commit()

    assert problems(source()) == [".: there are too many or too large files (at most 2,000 files and 20 MB)"]


# -- when it is fetched


def test_it_is_fetched_every_ten_minutes_by_whichever_process(
    source: Open, remote: Remote, clock: Clock
) -> None:
    running = source()
    before = running.snapshot().revision
    newest = Revision(commit=_changed(remote))
    clock.advance(seconds=EVERY.total_seconds() - 1)

    assert [running.snapshot().revision, source().snapshot().revision] == [before, before]
    clock.advance(seconds=1)
    assert [source().snapshot().revision, running.snapshot().revision] == [newest, newest]


def test_a_refresh_fetches_at_once(source: Open, remote: Remote) -> None:
    opened = source()
    opened.snapshot()
    newest = _changed(remote)

    opened.refresh()

    assert opened.snapshot().revision.commit == newest


def test_a_clock_that_was_set_back_fetches(source: Open, remote: Remote, clock: Clock) -> None:
    source().snapshot()
    newest = _changed(remote)
    clock.advance(days=-2)

    assert source().snapshot().revision.commit == newest


def test_only_one_process_fetches_at_a_time(source: Open, state: Path, clock: Clock) -> None:
    with (
        state_dir.source_lock(state, clock, patience=0),
        pytest.raises(Busy, match="another megabot is fetching"),
    ):
        source().snapshot()


def test_who_waited_for_anothers_fetch_does_not_fetch_again(
    source: Open, remote: Remote, state: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    running = source()
    running.snapshot()
    newest = _changed(remote)
    clock.advance(minutes=10)
    with ExitStack() as other:
        other.enter_context(state_dir.source_lock(state, clock, patience=0))
        clock.meanwhile = [other.close, source().refresh, remote.go_down]

        assert running.snapshot().revision.commit == newest
    assert caplog.messages == []


# -- when fetching fails


def test_without_the_remote_the_last_good_commit_is_used_and_its_age_known(
    source: Open, remote: Remote, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """T14."""
    running = source()
    good = running.snapshot()
    remote.go_down()
    for _ in range(3):
        clock.advance(days=1)
        assert running.snapshot() == good

    (line,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert "does not appear to be a git repository" in line
    assert line.endswith("using the copy fetched at 2026-11-16 12:00 UTC")


def test_a_remote_that_is_back_is_fetched_again_and_that_is_said(
    source: Open, remote: Remote, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    running = source()
    running.snapshot()
    remote.go_down()
    running.refresh()
    remote.come_back()
    newest = _changed(remote)
    running.refresh()

    assert running.snapshot().revision.commit == newest
    assert caplog.messages[-1].endswith("can be fetched again")


def test_history_written_anew_is_followed(source: Open, remote: Remote) -> None:
    """T14."""
    running = source()
    running.snapshot()
    remote.write("thread.md.j2", THREAD + "other")
    newest = remote.commit("--amend")
    running.refresh()

    assert running.snapshot().revision.commit == newest


def test_a_branch_that_is_gone_leaves_the_last_good_commit(source: Open, remote: Remote) -> None:
    running = source()
    good = running.snapshot()
    remote.git("branch", "--move", "renamed")
    running.refresh()

    assert running.snapshot() == good


def test_a_commit_without_the_folder_leaves_the_last_good_commit(
    source: Open, remote: Remote, caplog: pytest.LogCaptureFixture
) -> None:
    running = source()
    good = running.snapshot()
    remote.git("mv", "bot", "elsewhere")
    remote.commit()
    running.refresh()

    assert running.snapshot() == good
    assert "its newest commit has no folder bot" in caplog.text


def test_a_remote_with_a_damaged_commit_leaves_the_last_good_one(source: Open, remote: Remote) -> None:
    """T14."""
    running = source()
    good = running.snapshot()
    _changed(remote)
    tree = remote.git("rev-parse", "HEAD:bot")
    (remote.place / ".git/objects" / tree[:2] / tree[2:]).unlink()
    running.refresh()

    assert running.snapshot() == good


def test_a_repository_that_is_too_large_is_given_up_and_leaves_nothing(
    source: Open, remote: Remote, state: Path
) -> None:
    """T14."""
    running = source(largest=1_000_000)
    good = running.snapshot()
    before = litter(state)
    remote.write("film.bin", os.urandom(3_000_000))
    remote.commit()
    running.refresh()

    assert running.snapshot() == good
    assert litter(state) < before + 1_000


def test_nothing_good_yet_is_an_error_with_the_next_step(source: Open, remote: Remote) -> None:
    remote.go_down()

    with pytest.raises(SourceMissing, match="check MEGABOT_SOURCE, and for a private repository"):
        source().snapshot()
    remote.come_back()
    assert source().snapshot().files


def test_another_address_does_not_get_this_ones_commit(source: Open, remote: Remote) -> None:
    source().snapshot()

    with pytest.raises(SourceMissing, match="couldn't find remote ref refs/heads/other"):
        source(branch="other").snapshot()


@pytest.mark.parametrize("lost", ["bot", "bot/thread.md.j2"])
def test_a_damaged_copy_is_fetched_anew(source: Open, remote: Remote, state: Path, lost: str) -> None:
    good = source().snapshot()
    _damage(state, remote.git("rev-parse", f"HEAD:{lost}"))

    assert source().snapshot() == good


def test_a_damaged_copy_without_the_remote_is_an_error(source: Open, remote: Remote, state: Path) -> None:
    source().snapshot()
    _damage(state, remote.git("rev-parse", "HEAD:bot"))
    remote.go_down()

    with pytest.raises(SourceMissing, match="does not appear to be a git repository"):
        source().snapshot()


def test_a_copy_that_was_half_made_is_made_whole(source: Open, state: Path) -> None:
    good = source().snapshot()
    (copy,) = (state / "source").iterdir()
    (copy / "HEAD").unlink()

    assert source().snapshot() == good


def test_a_copy_that_cannot_be_written_is_an_error_that_names_it(source: Open, state: Path) -> None:
    (state / "source").write_text("in the way")

    with pytest.raises(SourceMissing, match="cannot write to"):
        source().snapshot()


def test_a_machine_without_git_is_told_so(source: Open, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(state))

    with pytest.raises(SourceMissing, match="git is not installed"):
        source().snapshot()


# -- what must never run


def test_no_hook_is_run_and_none_is_copied(source: Open, remote: Remote, nobodys_home: Path) -> None:
    """T14."""
    hooks = nobodys_home / "template/hooks"
    hooks.mkdir(parents=True)
    for name in ("reference-transaction", "post-checkout", "post-merge", "pre-auto-gc"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {nobodys_home}/sprung\n")
        (hooks / name).chmod(0o755)
    lines = f"[init]\ntemplateDir = {hooks.parent}\n[core]\nhooksPath = {hooks}\n"
    (nobodys_home / ".gitconfig").write_text(lines)

    source().snapshot()

    assert not (nobodys_home / "sprung").exists()


@pytest.mark.parametrize("url", ["ext::touch sprung", "ext://touch", "fd::17", "git://localhost/x"])
def test_only_the_transport_of_the_address_is_allowed(source: Open, state: Path, url: str) -> None:
    with pytest.raises(SourceMissing, match="not allowed"):
        source(url=url).snapshot()

    assert not list(state.rglob("sprung"))


def test_an_address_is_never_an_option(source: Open) -> None:
    with pytest.raises(SourceMissing, match="strange pathname '--upload-pack=true' blocked"):
        source(url="--upload-pack=true").snapshot()


def test_a_command_that_takes_too_long_is_ended_with_its_helpers(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "said")
    said = os.open(tmp_path / "said", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(said, True)
    command = ("-c", "alias.hang=!exec 3>said; sleep 3; echo still here >&3", "hang")

    assert run_git(*command, cwd=tmp_path, timeout=0.5).err == "TimeoutExpired"
    assert os.read(said, 100) == b""  # the end, once nobody can write any more
    os.close(said)


# -- the deploy key


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "100% key"
    path.write_text("a key")
    path.chmod(0o600)
    return path


@pytest.fixture
def asked_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an ssh in front that writes down what it was asked, a line for each argument."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ssh").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\n')
    (folder / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path / "asked"


def test_ssh_is_given_the_key_alone_and_asks_nobody(
    source: Open, key: Path, asked_ssh: Path, state: Path
) -> None:
    with pytest.raises(SourceMissing):
        source(url="git@git.example:birds/threads.git", key_file=key).snapshot()

    asked = asked_ssh.read_text().splitlines()
    assert asked[:2] == ["-i", str(key).replace("%", "%%")]
    wanted = {"IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=accept-new", "git@git.example"}
    assert wanted < set(asked)
    assert f'UserKnownHostsFile="{state}/known_hosts" ~/.ssh/known_hosts' in asked


def test_a_key_that_others_may_read_is_refused(source: Open, key: Path) -> None:
    key.chmod(0o640)

    with pytest.raises(ConfigError, match=r"other users can read .*; run: chmod 600"):
        source(key_file=key).snapshot()


def test_a_key_that_is_not_there_is_refused(source: Open, tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError,
        match=r"MEGABOT_SOURCE_KEY_FILE: cannot read .*: No such file",
    ):
        source(key_file=tmp_path / "nowhere").snapshot()


def test_a_key_that_is_no_file_is_refused(source: Open, state: Path) -> None:
    with pytest.raises(ConfigError, match="as a file; check its permissions"):
        source(key_file=state).snapshot()


# -- how it is chosen


def test_the_setting_chooses_the_source(remote: Remote, state: Path, clock: Clock) -> None:
    environ = {"MEGABOT_SOURCE": f"file://{remote.place}#main:bot", "MEGABOT_STATE_DIR": str(state)}
    settings = settings_sources.load(environ, env_file=None, cwd=state, system_file=state / "none")

    assert [thread.name for thread in App(settings, clock).threads(None)] == ["news"]


def _changed(remote: Remote) -> str:
    remote.write("thread.md.j2", THREAD + "more")
    return remote.commit()


def _damage(state: Path, lost: str) -> None:
    (path,) = state.glob(f"source/*/objects/{lost[:2]}/{lost[2:]}")
    path.unlink()


def test_a_local_repository_of_another_account_is_named_with_the_two_ways_out(
    source: Open, remote: Remote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It used to blame the settings, which are right."""
    be_another_account(monkeypatch, tmp_path)

    with pytest.raises(SourceMissing, match="because another account owns it") as caught:
        source().snapshot()
    assert "chown -R" in str(caught.value)
    assert f"git config --global --add safe.directory {remote.place}" in str(caught.value)
    assert "MEGABOT_SOURCE_KEY_FILE" not in str(caught.value)
