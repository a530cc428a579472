"""What the last turn of an account left, for `megabot status --accounts`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from megabot.service.accounts.turn_record import NAME, TurnFile, TurnRecord

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
RECORD = TurnRecord(
    thread="news", edition="2026-W48", slot=NOW + timedelta(days=7), alerts=2, trouble="inbox"
)


def test_what_was_written_is_read_with_the_time_of_the_turn(tmp_path: Path) -> None:
    TurnFile(tmp_path).write(RECORD, NOW)

    assert TurnFile(tmp_path).read() == (NOW, RECORD)


def test_a_turn_that_changes_nothing_moves_the_time_alone(tmp_path: Path) -> None:
    file = TurnFile(tmp_path)
    file.write(RECORD, NOW)
    inode = (tmp_path / NAME).stat().st_ino
    file.write(RECORD, NOW + timedelta(seconds=30))

    assert file.read() == (NOW + timedelta(seconds=30), RECORD)
    assert (tmp_path / NAME).stat().st_ino == inode


def test_before_the_first_turn_there_is_nothing(tmp_path: Path) -> None:
    assert TurnFile(tmp_path).read() is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"slot": 3}', '{"slot": "", "other": 1}'])
def test_a_damaged_file_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content)

    assert TurnFile(tmp_path).read() is None


def test_a_folder_that_is_gone_stops_no_turn(tmp_path: Path) -> None:
    TurnFile(tmp_path / "gone").write(RECORD, NOW)

    assert list(tmp_path.iterdir()) == []
