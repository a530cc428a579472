"""The ledger lost, broken, old or without room: no second post, no second comment, one own pin (promise 5).

Whatever happened to the file, the bot's own marked posts say what was done. Each scene goes on to the next
handover, which has to come out right as well.
"""

import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from typing_extensions import override

from megabot.errors import LedgerError, NewerLedger, OutcomeUnknown
from megabot.forum.models import PostDraft
from megabot.forum.port import Forum
from megabot.ledger.file import VERSION, BrokenLedgerMoved
from megabot.ledger.records import OPEN_STATES, IntentKind, IntentState
from megabot.ledger.sql import SqlLedger
from megabot.ledger.sqlite import SqliteFile, SqliteLedger
from megabot.ledger.tables import METADATA
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.auth.token_store import StoredToken
from megabot.ports import Ports
from megabot.reconcile.loop import run_pass
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.service import Service
from tests.fakes import FakeClock
from tests.world import SLOT, WEEK, World

PAGE = 4096
EVERYTHING = tuple(
    f"SELECT {', '.join(column.name for column in table.c if column.name != 'revision')} FROM {table.name}"  # noqa: S608
    for table in METADATA.sorted_tables
)

WRITE_HALF = """
import sqlite3, sys
ledger = sqlite3.connect(sys.argv[1], isolation_level=None)
ledger.execute("PRAGMA cache_size = 1")
ledger.execute("BEGIN IMMEDIATE")
ledger.execute("UPDATE posts SET title = hex(randomblob(3000)), url = 'https://lemmy.example/post/77'")
ledger.execute("DELETE FROM intents")
for number in range(40):
    ledger.execute("INSERT INTO opt_outs VALUES (1, ? || hex(randomblob(2000)))", (f"half {number}",))
print("half written", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def at_work(world: World) -> World:
    """A world with two editions: the first told of the second, which is pinned; and the first's ledger."""
    world.post()
    shutil.copy(world.state / "ledger.db", world.state / "last week")
    world.clock.at = SLOT + WEEK
    world.run_pass()
    return world


def ends_right(world: World) -> None:
    """Look at once, then hand over: each edition has one post, each old thread one comment."""
    before = len(world.posts())
    world.run_pass()
    assert the_end(world) == [before, [before], [1] * (before - 1) + [0]]

    world.clock.at += WEEK
    assert world.run_pass().verified
    assert the_end(world) == [before + 1, [before + 1], [1] * before + [0]]
    assert f"Last: https://lemmy.example/post/{before}" in str(world.posts()[-1]["body"])


def the_end(world: World) -> list[object]:
    """How many posts, which pinned, how many comments of the bot's in each."""
    ids = [int(str(post["id"])) for post in world.posts()]
    return [len(ids), world.pinned(), [len(world.comments(one)) for one in ids]]


def delete(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_within_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 1000])


def garble_all(path: Path) -> None:
    path.write_bytes(random.Random(3).randbytes(path.stat().st_size))


def empty_an_index(path: Path) -> None:
    """Leave the rows in their table, where a look through the index misses them."""
    with closing(sqlite3.connect(path)) as ledger, ledger:
        ledger.execute("PRAGMA writable_schema = ON")
        ledger.execute("UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'intents_of_edition'")
        ledger.commit()
    with closing(sqlite3.connect(path)) as ledger, ledger:
        ledger.execute("REINDEX intents_of_edition")
        ledger.execute("PRAGMA writable_schema = ON")
        ledger.execute("UPDATE sqlite_schema SET sql = replace(sql, ' WHERE 0', '')")


HARMS = [empty, zero, cut, cut_within_a_page, garble_all, empty_an_index]


def kept_aside(world: World) -> list[Path]:
    return sorted(world.state.glob("ledger.db.broken-*"))


# -- lost and broken


def test_a_ledger_that_is_gone_is_made_anew_from_the_bots_own_posts(at_work: World) -> None:
    """S03."""
    delete(at_work.state / "ledger.db")

    ends_right(at_work)
    assert kept_aside(at_work) == []


@pytest.mark.parametrize("harm", HARMS)
def test_a_broken_ledger_is_kept_aside_and_made_anew(at_work: World, harm: Callable[[Path], None]) -> None:
    """S03."""
    harm(at_work.state / "ledger.db")
    broken = (at_work.state / "ledger.db").read_bytes()

    ends_right(at_work)
    assert [path.read_bytes() for path in kept_aside(at_work)] == [broken]


def test_whichever_page_is_garbled_nothing_is_done_twice(at_work: World) -> None:
    """S03: each page in turn, half of it and all of it; what is not seen to be broken must do no harm."""
    path = at_work.state / "ledger.db"
    whole = path.read_bytes()
    for start in range(0, len(whole), PAGE // 2):
        for length in (PAGE // 2, PAGE):
            noise = random.Random(start + length).randbytes(length)
            path.write_bytes((whole[:start] + noise + whole[start + length :])[: len(whole)])
            at_work.run_pass()

    assert len(kept_aside(at_work)) >= len(whole) // PAGE
    ends_right(at_work)


def test_a_broken_ledger_is_said_to_be_so_and_nothing_is_written_to_the_server(at_work: World) -> None:
    """S03: until the posts were read again the ledger is for reading only, and then nothing is left to do."""
    told: list[BrokenLedgerMoved] = []
    cut(at_work.state / "ledger.db")
    at_work.sandbox.forget_requests()
    ledger = SqliteLedger(at_work.state, at_work.clock, on_wait=lambda: None, on_set_aside=told.append)
    with closing(ledger):
        alerts = LedgerAlerts(ledger)
        run_pass(
            replace(at_work.ports(), ledger=ledger, alerts=alerts, source=at_work.pages), authenticated=True
        )

        assert [record.post_id for record in ledger.posts("news")] == [1, 2]
    assert at_work.writes() == []
    assert [str(kept_aside(at_work)[0]) in str(one) for one in told] == [True]


def test_a_ledger_of_a_newer_megabot_stops_everything_and_names_the_version(at_work: World) -> None:
    """S03, R15: it is refused, not set aside, and nothing is posted without it."""
    path = at_work.state / "ledger.db"
    with closing(sqlite3.connect(path)) as ledger, ledger:
        ledger.execute(f"PRAGMA user_version = {VERSION + 4}")
        ledger.execute("UPDATE written_by SET version = '99.0'")
    newer = path.read_bytes()
    at_work.clock.at += WEEK

    with pytest.raises(NewerLedger, match=rf"newer megabot \(its tables have version {VERSION + 4},"):
        at_work.run_pass()
    assert (path.read_bytes(), kept_aside(at_work), len(at_work.posts())) == (newer, [], 2)


@dataclass
class Dying:
    """A forum whose process dies before or after its n-th write, as if by SIGKILL."""

    forum: Forum
    dies_at: int
    after: bool
    made: int = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        method = getattr(self.forum, name)
        if name not in {"create_post", "feature", "comment"}:
            return method

        def call(*given: object, **named: object) -> object:
            self.made += 1
            if self.made != self.dies_at:
                return method(*given, **named)
            if self.after:
                method(*given, **named)
            raise SystemExit

        return call


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_a_death_amid_a_handover_and_the_ledger_with_it(at_work: World, dies_at: int, *, after: bool) -> None:
    """S03 with R02 to R06. That the old thread was to be told is forgotten with the ledger at worst."""
    at_work.clock.at += WEEK
    ports = at_work.ports()
    with pytest.raises(SystemExit):
        run_pass(replace(ports, forum=Dying(ports.forum, dies_at, after)), authenticated=True)
    ports.ledger.close()  # type: ignore[attr-defined]
    delete(at_work.state / "ledger.db")
    at_work.run_pass()

    posts, pinned, comments = the_end(at_work)
    assert (posts, pinned) == (3, [3])
    assert comments in ([1, 1, 0], [1, 0, 0])


@pytest.mark.parametrize("harm", [delete, cut])
def test_a_removal_and_the_ledger_with_it_make_no_second_post(
    at_work: World, harm: Callable[[Path], None]
) -> None:
    """S03 with A14: on 0.19 the account's own list hides what was removed."""
    at_work.hand("modlin").remove(2)
    harm(at_work.state / "ledger.db")

    at_work.run_pass()
    at_work.post()

    assert len(at_work.posts()) == 2


def test_a_series_whose_posts_were_all_removed_goes_on_without_its_ledger(world: World) -> None:
    """Decision 6: the edition of the week before exists, though 0.19 lists it no more."""
    world.post()
    world.hand("modlin").remove(1)
    delete(world.state / "ledger.db")
    world.clock.at = SLOT + WEEK + timedelta(hours=1)

    assert world.run_pass().verified
    assert (len(world.posts()), world.pinned()) == (2, [2])


# -- old and half copied


def test_last_weeks_ledger_put_back_repeats_nothing(at_work: World) -> None:
    """S05."""
    shutil.copy(at_work.state / "last week", at_work.state / "ledger.db")

    ends_right(at_work)


def test_a_copy_of_any_moment_put_back_at_any_later_week_repeats_nothing(world: World) -> None:
    """S05: a copy is taken before each write of a handover; each is put back when another week has gone."""
    world.post()
    world.clock.at = SLOT + WEEK
    for copy in snapshots(world):
        (world.state / "ledger.db").write_bytes(copy)
        ends_right(world)

    assert len(world.posts()) >= 12


def test_a_copy_of_before_a_removal_makes_no_second_post(at_work: World) -> None:
    """S05 with A14: a repost needs a person's word, however old the ledger is."""
    at_work.hand("modlin").remove(2)
    shutil.copy(at_work.state / "last week", at_work.state / "ledger.db")

    at_work.run_pass()

    assert len(at_work.posts()) == 2


def test_a_copy_without_its_journal_is_seen_to_be_half_written(at_work: World) -> None:
    """S04: a writer was killed in the middle; the file was copied away from its journal."""
    path = at_work.state / "ledger.db"
    kill_amid_a_transaction(path)
    (at_work.state / "ledger.db-journal").unlink()

    ends_right(at_work)
    assert len(kept_aside(at_work)) == 1


def test_a_writer_killed_in_the_middle_costs_nothing_where_its_journal_is(at_work: World) -> None:
    """S04: with its journal the file is as it was before."""
    before = content(at_work.state / "ledger.db")
    kill_amid_a_transaction(at_work.state / "ledger.db")
    at_work.ports().ledger.account()

    assert content(at_work.state / "ledger.db") == before
    ends_right(at_work)
    assert kept_aside(at_work) == []


def kill_amid_a_transaction(path: Path) -> None:
    whole = path.read_bytes()
    command = [sys.executable, "-c", WRITE_HALF, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half written\n"
        writer.send_signal(signal.SIGKILL)

    assert path.with_name("ledger.db-journal").stat().st_size > 0
    assert path.read_bytes() != whole


def test_no_mixture_of_two_moments_is_taken_for_a_ledger(world: World, tmp_path: Path) -> None:
    """S04, S09: of what a transaction changed, a copy made meanwhile has some pages and lacks others."""
    world.post()
    world.clock.at = SLOT + WEEK
    copies = snapshots(world)
    mixed = [one for before, after in pairwise(copies) for one in mixtures(before, after)]

    assert len(mixed) > 20
    for number, (mixture, moments) in enumerate(mixed):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "ledger.db").write_bytes(mixture)
        assert opened(folder) in (*(rows(one, tmp_path) for one in moments), "set aside")


def mixtures(before: bytes, after: bytes) -> Iterator[tuple[bytes, tuple[bytes, bytes]]]:
    """Give the older file with some of the newer one's pages, in all ways."""
    starts = range(0, len(after), PAGE)
    changed = [start for start in starts if before[start : start + PAGE] != after[start : start + PAGE]]
    for some in range(1, len(changed)):
        for chosen in combinations(changed, some):
            mixture = bytearray(before)
            for start in chosen:
                mixture[start : start + PAGE] = after[start : start + PAGE]
            yield bytes(mixture), (before, after)


def opened(folder: Path) -> object:
    """What a ledger finds, or that it set the file aside."""
    told: list[BrokenLedgerMoved] = []
    ledger = SqliteLedger(folder, FakeClock(), on_wait=lambda: None, on_set_aside=told.append)
    with closing(ledger):
        ledger.account()
    return "set aside" if told else content(folder / "ledger.db")


def rows(file: bytes, folder: Path) -> object:
    (folder / "rows").write_bytes(file)
    return content(folder / "rows")


def content(path: Path) -> object:
    with closing(sqlite3.connect(path)) as ledger:
        return [ledger.execute(sql).fetchall() for sql in EVERYTHING]


class WatchedFile(SqliteFile):
    """A file that keeps its bytes before each write."""

    def __init__(self, world: World) -> None:
        super().__init__(world.state, world.clock, on_set_aside=lambda _: None, patience=5.0)
        self.copies: list[bytes] = []

    @override
    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.reading():
            self.copies.append(self._path.read_bytes())
        with super().writing() as connection:
            yield connection


def snapshots(world: World) -> list[bytes]:
    """Run a pass and give the ledger's file as it was at each of its writes."""
    watched = WatchedFile(world)
    ledger = ledger_on(watched, world)
    with closing(ledger):
        run_pass(replace(world.ports(), ledger=ledger, alerts=LedgerAlerts(ledger)), authenticated=True)
        watched.copies.append((world.state / "ledger.db").read_bytes())
    return watched.copies


def ledger_on(file: SqliteFile, world: World) -> SqliteLedger:
    ledger = SqliteLedger(world.state, world.clock, on_wait=lambda: None, on_set_aside=lambda _: None)
    ledger._file = file
    SqlLedger.__init__(ledger, file)
    return ledger


# -- no room


class CrampedFile(SqliteFile):
    """A file on a disk that is full from the n-th write on; `how` is where the disk says so."""

    def __init__(self, world: World, *, full_at: int, how: str) -> None:
        super().__init__(world.state, world.clock, on_set_aside=lambda _: None, patience=5.0)
        self.made = 0
        self._full_at = full_at
        self._how = how

    @override
    @contextmanager
    def writing(self) -> Iterator[Connection]:
        self.made += 1
        if self.made < self._full_at:
            with super().writing() as connection:
                yield connection
        elif self._how == "while writing":
            with super().writing() as connection:
                fill_up(connection)
                yield connection
        else:
            with room(), super().writing() as connection:
                yield connection
                leave_no_room()  # the journal's last bytes and the pages themselves are refused


def fill_up(connection: Connection) -> None:
    """Make SQLite meet the end of the disk: the file may not grow by a page."""
    connection.exec_driver_sql("PRAGMA max_page_count = 1")
    connection.exec_driver_sql("INSERT INTO opt_outs VALUES (1, hex(randomblob(100000)))")


def leave_no_room() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))


@contextmanager
def room() -> Iterator[None]:
    """Give the process its room to write back, whatever happens inside."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def cramped(world: World, *, full_at: int, how: str) -> tuple[Ports, SqliteLedger, CrampedFile]:
    file = CrampedFile(world, full_at=full_at, how=how)
    ledger = ledger_on(file, world)
    return replace(world.ports(), ledger=ledger, alerts=LedgerAlerts(ledger)), ledger, file


def written_down(world: World) -> list[str]:
    """The editions of which the ledger knows that a post was sent or may have been."""
    with closing(SqliteLedger(world.state, world.clock, on_wait=lambda: None, on_set_aside=print)) as ledger:
        return [
            intent.new.edition
            for intent in ledger.intents("news")
            if intent.new.kind is IntentKind.PUBLISH and intent.state in {*OPEN_STATES, IntentState.DONE}
        ]


@pytest.mark.parametrize("how", ["while writing", "while committing"])
def test_a_disk_that_is_full_at_any_write_makes_no_post_that_was_not_written_down(
    world: World, how: str
) -> None:
    """S01, S02, S11: n = 1, 2, ... until a handover gets by with fewer writes; one a week."""
    world.post()
    for week in range(1, 40):
        world.clock.at += WEEK
        ports, ledger, file = cramped(world, full_at=week, how=how)
        with closing(ledger):
            if full_disk_stops(ports):
                assert len(world.posts()) <= len(written_down(world))
                world.run_pass()
        assert the_end(world) == [week + 1, [week + 1], [1] * week + [0]]
        if file.made < week:
            break

    # Twelve writes: of the post four, of pin, comment and unpin two each, and one each of the old thread's
    # new comment and of what stands.
    assert week == 13


def full_disk_stops(ports: Ports) -> bool:
    try:
        run_pass(ports, authenticated=True)
    except LedgerError:
        return True
    return False


def test_before_its_intent_can_be_written_nothing_is_sent(at_work: World) -> None:
    """S01: the service says so, goes on, and posts once when there is room again."""
    at_work.clock.at += WEEK
    ports, ledger, _ = cramped(at_work, full_at=1, how="while writing")
    told: list[bool] = []
    service = Service(ports, tick=WEEK / 20160, notify=lambda _: None, beat=told.append)
    at_work.sandbox.forget_requests()
    with closing(ledger):
        service.tick()
        assert (at_work.writes(), told) == ([], [False])

    at_work.run_pass()
    assert the_end(at_work) == [3, [3], [1, 1, 0]]


@dataclass
class LosingAnswers:
    """A forum whose answer to a new post is lost after it was made."""

    forum: Forum
    lost: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self.forum, name)

    def create_post(self, community_id: int, draft: PostDraft, *, key: str = "") -> None:
        self.forum.create_post(community_id, draft, key=key)
        self.lost.append(draft.title)
        raise OutcomeUnknown("the answer was lost")


def test_a_lost_answer_on_a_full_disk_is_found_by_its_marker(at_work: World) -> None:
    """S02 with N02: neither the answer nor what came of it could be written down."""
    at_work.clock.at += WEEK
    intent_is_there = 2
    ports, ledger, _ = cramped(at_work, full_at=intent_is_there, how="while committing")
    with closing(ledger), pytest.raises(LedgerError):
        run_pass(replace(ports, forum=LosingAnswers(ports.forum)), authenticated=True)  # type: ignore[arg-type]

    at_work.run_pass()

    assert the_end(at_work) == [3, [3], [1, 1, 0]]


def test_a_token_that_there_is_no_room_for_leaves_the_old_file_and_sends_nothing(world: World) -> None:
    """S01: an attempt that could not be counted is not made; the file is whole or as it was."""
    world.ports().forum.unread()
    path = world.state / "token.json"
    whole = path.read_bytes()
    with room():
        leave_no_room()
        with pytest.raises(LedgerError, match="cannot be written"):
            TokenFile(path).write(StoredToken(instance=world.sandbox.url, username="megabot"))

    assert path.read_bytes() == whole
    assert [one.name for one in world.state.glob("*token.json*")] == ["token.json"]


def test_a_sign_in_that_cannot_be_counted_is_not_sent(world: World) -> None:
    """S01, A03: on a full disk a crash loop would else sign in each time."""
    forum = world.ports().forum
    with room():
        leave_no_room()
        for _ in range(3):
            with pytest.raises(LedgerError, match="cannot be written"):
                forum.unread()

    assert world.sandbox.requests == []
    assert forum.unread().total == 0
