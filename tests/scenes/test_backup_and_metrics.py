"""Looking after a bot: a backup while it runs, put back; figures for a monitor; a server that is away."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from megabot import settings_sources
from megabot.app import App
from megabot.cli.verbs.run import _ports
from megabot.clock import Stop, SystemClock
from megabot.errors import WriteFailed
from megabot.ledger.sqlite import SqliteLedger
from megabot.service import metrics
from megabot.service.metrics import Meter, Metrics
from megabot.settings import Settings
from tests.contract.test_ledger_web import DRAFT, LINK, SESSION
from tests.e2e.conftest import TEMPLATE
from tests.world import SLOT, WEEK, World

TICK = timedelta(seconds=30)


def ledger_of(world: World) -> SqliteLedger:
    return SqliteLedger(world.state, world.clock, on_wait=lambda: None, on_set_aside=lambda _: None)


@pytest.fixture
def backup(world: World, tmp_path: Path) -> Path:
    """A copy made after the first week, while another process is in the middle of a write."""
    world.post()
    target = tmp_path / "backup.db"
    with closing(sqlite3.connect(world.state / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO people (account_id, asked, person_id) VALUES (1, 'half', 7)")
        ledger_of(world).back_up(target)
        other.execute("ROLLBACK")
    return target


def test_a_backup_is_whole_and_for_its_owner_alone(backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT post_id FROM posts").fetchall() == [(1,)]
        assert copy.execute("SELECT * FROM people WHERE asked = 'half'").fetchall() == []
    assert backup.stat().st_mode & 0o777 == 0o600


def test_the_token_is_not_in_a_backup(backup: Path, world: World) -> None:
    token = json.loads((world.state / "token.json").read_text())["token"]

    assert token
    assert token.encode() not in backup.read_bytes()


def test_links_sessions_and_drafts_of_the_page_are_not_in_a_backup(world: World, tmp_path: Path) -> None:
    ledger, target = ledger_of(world), tmp_path / "backup.db"
    ledger.change_web_access(lambda _: (LINK, SESSION))
    ledger.keep_web_draft(DRAFT)

    ledger.back_up(target)

    with closing(sqlite3.connect(target)) as copy:
        for table in ("web_access", "web_drafts"):
            assert copy.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]  # noqa: S608
    for words in (LINK.digest, SESSION.digest, DRAFT.text):
        assert words.encode() in (world.state / "ledger.db").read_bytes()
        assert words.encode() not in target.read_bytes()


def test_an_older_backup_put_back_doubles_nothing(backup: Path, world: World) -> None:
    """As docs/how-to/back-up.md says: stopped, copied over, started."""
    world.clock.at = SLOT + WEEK
    world.run_pass()
    (world.state / "ledger.db").write_bytes(backup.read_bytes())
    world.clock.at += timedelta(hours=1)

    service = world.service()
    service.tick()

    assert len(world.posts()) == 2
    assert world.pinned() == [2]
    assert [record.post_id for record in ledger_of(world).posts("news")] == [1, 2]


def test_a_file_that_is_there_is_not_overwritten(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("a letter")

    with pytest.raises(WriteFailed, match="is not overwritten"):
        ledger_of(world).back_up(tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "a letter"


def test_where_no_file_can_be_made_it_says_so_and_leaves_none(world: World, tmp_path: Path) -> None:
    with pytest.raises(WriteFailed, match="cannot be written: No such file or directory"):
        ledger_of(world).back_up(tmp_path / "nowhere" / "backup.db")
    assert list(tmp_path.glob("**/*.part")) == []


# -- figures for a monitor


@dataclass
class Board:
    """Where measured figures are hung up."""

    hung: list[Metrics] = field(default_factory=list)
    broken: bool = False

    def hang(self, snapshot: Metrics) -> None:
        if self.broken:
            raise WriteFailed("the disk is full")
        self.hung.append(snapshot)


def meter(world: World, board: Board, issued: datetime | None = SLOT) -> Meter:
    return Meter(world.ports(), version="1.2.3", sign_ins=lambda: (2, issued), write=board.hang)


def test_a_verified_pass_is_measured_with_slots_and_alerts(world: World) -> None:
    board = Board()
    world.post()
    meter(world, board).note(well=True)

    (snapshot,) = board.hung
    assert (snapshot.verified, snapshot.verified_passes, snapshot.failed_passes) == (world.clock.now(), 1, 0)
    assert (snapshot.slots, snapshot.alerts, snapshot.unknown) == ({"news": SLOT + WEEK}, 0, {"news": 0})
    assert (snapshot.sign_ins_left, snapshot.token_issued) == (2, SLOT)


def test_a_failed_pass_leaves_the_last_good_one_known(world: World) -> None:
    board = Board()
    measured, began = meter(world, board), world.clock.now()
    measured.note(well=True)
    world.pages.broken = "thread.md.j2:3: a tab"
    world.clock.at += timedelta(hours=1)
    measured.note(well=False)

    snapshot = board.hung[-1]
    assert (snapshot.verified, snapshot.measured) == (began, began + timedelta(hours=1))
    assert (snapshot.failed_passes, snapshot.alerts, snapshot.slots) == (1, None, {})


def test_figures_that_cannot_be_written_stop_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    meter(world, Board(broken=True)).note(well=True)

    assert "the disk is full" in caplog.text


def test_the_file_is_replaced_whole_and_read_by_everyone(tmp_path: Path) -> None:
    path = tmp_path / "megabot.prom"
    metrics.write(path, "megabot_old 1\n")
    with path.open() as reading:
        metrics.write(path, "megabot_new 1\n")

        assert reading.read() == "megabot_old 1\n"
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("megabot_new 1\n", 0o644)
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteFailed, match=r"MEGABOT_METRICS_FILE: .* cannot be written"):
        metrics.write(tmp_path / "nowhere" / "megabot.prom", "")


# -- a server that is away when the service starts


@dataclass
class Waiting:
    """The world's clock; the server is back after so many waits."""

    world: World
    waits: int
    waited: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.world.clock.now()

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        if seconds >= TICK.total_seconds():
            self.waits -= 1
        if self.waits == 0:
            self.world.sandbox.start()
            self.waits = -1


def settings_of(world: World, **more: str) -> Settings:
    environ = {f"MEGABOT_{name}": value for name, value in more.items()} | {
        "MEGABOT_INSTANCE": world.sandbox.url,
        "MEGABOT_USERNAME": "megabot",
        "MEGABOT_PASSWORD": "correct horse",
        "MEGABOT_STATE_DIR": str(world.state),
    }
    return settings_sources.load(environ, env_file=None, cwd=world.state, system_file=world.state / "none")


def test_a_server_that_is_away_at_the_first_start_is_waited_for(world: World) -> None:
    """Ended and started again it would be just as far away."""
    clock = Waiting(world, waits=3)
    world.sandbox.stop()
    app = App(settings_of(world), clock)
    ports = _ports(app, (), lambda: False)
    app.close()

    assert ports is not None
    assert [wait for wait in clock.waited if wait >= TICK.total_seconds()] == [30, 60, 120]


def test_each_answer_of_the_server_is_progress_that_feeds_the_watchdog(world: World) -> None:
    """A pass of many slow answers takes longer than WatchdogSec, and hangs nowhere."""
    fed: list[int] = []
    app = App(settings_of(world), world.clock, progress=lambda: fed.append(len(world.sandbox.requests)))
    app.ports.forum.unread()
    app.ports.forum.account()
    app.close()

    assert len(fed) == len(world.sandbox.requests) >= 3


def test_a_bot_that_began_without_a_ledger_is_measured_by_the_one_it_has_now(world: World) -> None:
    """The first look at the source comes before the ledger is born."""
    (world.state / "thread.md.j2").write_text(TEMPLATE.replace("DAY", "monday"))
    figures = world.state / "megabot.prom"
    app = App(settings_of(world, SOURCE=str(world.state), METRICS_FILE=str(figures)), world.clock)
    assert app.threads(None)
    app.ports.alerts.raise_alert("news:clock", "it is late")
    assert app.meter is not None
    app.meter.note(well=True)
    app.close()

    assert "megabot_alerts_standing 1" in figures.read_text()


def test_a_wait_is_progress_for_it_comes_after_something() -> None:
    fed: list[str] = []
    SystemClock(Stop(), progress=lambda: fed.append("WATCHDOG=1")).sleep(0)

    assert fed == ["WATCHDOG=1"]
