"""The log: for people on a terminal, for journald under systemd, and never with a secret in it."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from megabot import log_setup

ROOT = Path(__file__).parents[2]
SECRET = "correct horse"
A_BUG = """
import sys
import megabot.cli.verbs.status as verb
from megabot.__main__ import main
verb.status = None
sys.exit(main(["status"]))
"""


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """The root log, put back as it was."""
    root, ours = logging.getLogger(), logging.getLogger("megabot")
    before = (root.handlers[:], root.level, ours.level)
    yield ours
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def a_bug(log: logging.Logger) -> None:
    try:
        int(SECRET)
    except ValueError:
        log.exception('this is a "bug"')


def test_people_read_a_time_a_level_and_a_sentence(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_setup.set_up("INFO", secrets=[SECRET])
    log.info("all is well")

    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(" INFO all is well")


def test_the_journal_gets_its_priority_and_pairs_of_key_and_value(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_setup.set_up("DEBUG", secrets=[SECRET], journal=True)
    log.debug("GET /api")
    log.info("all is well")
    log.warning("trying again in %d s", 30)

    assert capsys.readouterr().err.splitlines() == [
        '<7>level=debug msg="GET /api"',
        '<6>level=info msg="all is well"',
        '<4>level=warning msg="trying again in 30 s"',
    ]


def test_a_record_names_the_account_that_it_is_about(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_setup.set_up("DEBUG", secrets=[SECRET])
    with log_setup.about_account("books", "info"):
        log.info("all is well")
        log.debug("GET /api")
    log.info("stopped")

    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith(" INFO books: all is well")
    assert second.endswith(" INFO stopped")


def test_the_journal_gets_the_account_as_a_pair(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_setup.set_up("INFO", secrets=[SECRET], journal=True)
    with log_setup.about_account("books", "warning"):
        log.info("all is well")
        log.warning("trying again in %d s", 30)

    assert capsys.readouterr().err.splitlines() == [
        '<4>level=warning account=books msg="trying again in 30 s"'
    ]


def test_each_line_of_a_traceback_has_its_priority_and_no_secret(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_setup.set_up("INFO", secrets=[SECRET], journal=True)
    a_bug(log)

    first, *rest = capsys.readouterr().err.splitlines()
    assert first == r'<3>level=error msg="this is a \"bug\""'
    assert len(rest) > 3
    assert all(line.startswith('<3>level=error trace="') for line in rest)
    assert rest[-1].endswith("base 10: '[secret]'\"")


def test_what_a_server_said_cannot_begin_a_line_of_its_own(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_setup.set_up("INFO", secrets=[], journal=True)
    log.info("it said: %s", "no\n<0>level=emerg msg=forged\rx\x1b[2J")

    said = capsys.readouterr().err
    assert all(line.startswith("<6>level=info ") for line in said.splitlines())
    assert "\x1b" not in said


def test_journald_is_known_by_device_and_inode(tmp_path: Path) -> None:
    """A shell that was started by a service has its JOURNAL_STREAM, yet writes to a terminal."""
    with (tmp_path / "stream").open("w") as stream, (tmp_path / "other").open("w") as other:
        facts = os.fstat(stream.fileno())
        environ = {"JOURNAL_STREAM": f"{facts.st_dev}:{facts.st_ino}"}

        assert log_setup.goes_to_journal(environ, stream.fileno())
        assert not log_setup.goes_to_journal(environ, other.fileno())
        assert not log_setup.goes_to_journal({}, stream.fileno())


def in_a_journal(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run Python with a stream for stderr that passes for journald's."""
    path = folder / "stream"
    with path.open("w") as stream:
        facts = os.fstat(stream.fileno())
        settings = {"PYTHONPATH": str(ROOT), "JOURNAL_STREAM": f"{facts.st_dev}:{facts.st_ino}"}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, **settings},
            stderr=stream,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    return done.returncode, path.read_text().splitlines()


def test_what_ends_a_process_is_written_as_the_journal_takes_it(tmp_path: Path) -> None:
    code, lines = in_a_journal(tmp_path, "-m", "megabot", "--env", "/nowhere/x.env", "check")

    assert code == 2
    assert lines == ['<3>level=error msg="error: cannot read /nowhere/x.env: No such file or directory"']


def test_a_bug_that_ends_a_process_has_no_bare_line(tmp_path: Path) -> None:
    code, lines = in_a_journal(tmp_path, "-c", A_BUG)

    assert code == 3
    assert len(lines) > 3
    assert all(line.startswith('<3>level=error msg="') for line in lines)


@pytest.mark.parametrize("word", ["password", "from", "the", "MEGABOT", "Taken", "30", "12:00", "a"])
def test_a_plain_word_is_not_told_by_a_blot_in_our_own_sentence(
    log: logging.Logger, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    log_setup.set_up("INFO", secrets=[word])
    log.warning("Taken: using the password from MEGABOT_PASSWORD; a try at 12:00, in 30 s")
    said = log_setup.redact("using the password from MEGABOT_PASSWORD, by hand", own=True)

    assert log_setup.BLOT not in capsys.readouterr().err + said


@pytest.mark.parametrize("word", ["password", "letmein", "12345678"])
def test_a_plain_word_is_blotted_out_where_others_speak(
    log: logging.Logger, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    log_setup.set_up("INFO", secrets=[word])
    logging.getLogger("urllib3").warning("could not send %s", word)
    try:
        os.environ[f"no {word}"]
    except KeyError:
        log.exception("a bug")
    said = capsys.readouterr().err + log_setup.redact(f"Traceback: {word}", own=False)

    assert word not in said
    assert said.count(log_setup.BLOT) >= 3


@pytest.mark.parametrize(
    "secret", ["hunter2x", "correct horse battery staple", "qGzTbWkPxR", "Tr0ub4dor&3", "canary-ping"]
)
def test_what_is_no_plain_word_is_blotted_out_everywhere(
    log: logging.Logger, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    log_setup.set_up("INFO", secrets=[secret])
    log.info("the answer was %s", secret)

    assert secret not in capsys.readouterr().err
    assert secret not in log_setup.redact(f"not {secret}!", own=True)
