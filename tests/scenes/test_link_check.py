"""The links of the coming editions, from the source's line to the sentence; and the weekly look at them."""

import io
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from megabot.check import links
from megabot.check.link_client import LinkCache
from megabot.cli import progress
from megabot.errors import NoNetwork
from megabot.lemmy.link_verdict import Contact, Outcome, Verdict
from megabot.ports import OfflinePorts, Ports
from megabot.rendering.renderer import ChildRenderer
from megabot.service.background import OwnProcess
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.link_job import LONGEST, link_job
from megabot.source.folder import FolderSource
from tests.fake_ledger import FakeLedger
from tests.fakes import MONDAY_NOON, FakeClock
from tests.world import World

ALIVE, DEAD, UNSURE = Verdict(Outcome.ALIVE), Verdict(Outcome.DEAD, "404"), Verdict(Outcome.UNSURE, "429")
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> OfflinePorts:
    source = tmp_path / "source"
    (source / "sections").mkdir(parents=True)
    (source / "thread.md.j2").write_text(
        '---\nname: news\ntitle: "News"\ncommunity: news\n'
        'schedule: {every: week, on: monday, at: "12:00", timezone: UTC, first: 2024-01-01}\n---\n'
        "Look ![a kite](https://i.example/k.png) and <https://old.example/a#part>.\n{{ sections() }}\n"
    )
    (source / "sections/10-maps.md").write_text(
        "---\ntitle: Maps\n---\n- [Hills](https://m.example/hügel)\n- https://old.example/a again\n"
    )
    ledger = FakeLedger()
    return OfflinePorts(
        clock=FakeClock(),
        ledger=ledger,
        source=FolderSource(source),
        renderer=ChildRenderer(),
        alerts=LedgerAlerts(ledger),
    )


@contextmanager
def unseen(_: int) -> Iterator[Callable[[], None]]:
    yield lambda: None


def checked(ports: OfflinePorts, folder: Path, ask: links.Ask, *, online: bool = True) -> list[str]:
    cache = LinkCache(folder / "links.json")
    findings = links.check(ports, ask=ask, cache=cache, progress=unseen, is_online=lambda: online)
    return [f"{one.level} {one.sentence}" for one in findings]


def test_a_dead_link_is_a_problem_at_its_line_and_one_that_cannot_be_told_a_warning(
    desk: OfflinePorts, tmp_path: Path
) -> None:
    answers = {"i": ALIVE, "old": DEAD, "m": UNSURE}

    found = checked(desk, tmp_path, lambda link: answers[link.partition("//")[2].partition(".")[0]])

    assert [line.partition(" (")[0] for line in found] == [
        "problem sections/10-maps.md:5: https://old.example/a is dead: 404",
        "warning sections/10-maps.md:4: https://m.example/h%C3%BCgel could not be checked: 429",
        "ok 1 of 3 links work",
    ]


NO_NAME = Verdict(Outcome.DEAD, "there is no server with that name", Contact.SILENT)
UNASKED = Verdict(Outcome.UNSURE, "not public", Contact.UNASKED)


def test_without_a_network_no_link_is_called_dead_and_nothing_is_kept(
    desk: OfflinePorts, tmp_path: Path
) -> None:
    answers = {"i": NO_NAME, "old": NO_NAME, "m": UNASKED}

    def ask(link: str) -> Verdict:
        return answers[link.partition("//")[2].partition(".")[0]]

    with pytest.raises(NoNetwork, match="This machine seems to be offline"):
        checked(desk, tmp_path, ask, online=False)
    assert not (tmp_path / "links.json").exists()
    assert "problem sections/10-maps.md:5: https://old.example/a is dead" in "".join(
        checked(desk, tmp_path, ask, online=True)
    )


def test_one_server_that_answers_proves_the_network(desk: OfflinePorts, tmp_path: Path) -> None:
    found = checked(desk, tmp_path, lambda link: ALIVE if "m.example" in link else NO_NAME, online=False)

    assert [line.partition(" ")[0] for line in found] == ["problem", "problem", "ok"]


def test_of_threads_that_cannot_be_rendered_no_links_are_told(desk: OfflinePorts, tmp_path: Path) -> None:
    template = tmp_path / "source/thread.md.j2"
    template.write_text(template.read_text() + "{{ nosuch }}")

    assert checked(desk, tmp_path, lambda _: ALIVE) == []


def test_what_was_found_out_is_not_asked_again_for_a_day(desk: OfflinePorts, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(address: str) -> Verdict:
        asked.append(address)
        return UNSURE if "m.example" in address else ALIVE

    for later in (timedelta(0), HOUR / 2, HOUR * 2, HOUR * 25):
        moved = replace(desk, clock=FakeClock(MONDAY_NOON + later))
        checked(moved, tmp_path, ask)

    assert [sum(word in one for one in asked) for word in ("old", "m.example")] == [2, 3]


@pytest.mark.parametrize("broken", ["", "[]", '{"a": 1}', '{"a": {"outcome": "x", "why": "", "at": ""}}'])
def test_a_cache_that_cannot_be_read_is_none(tmp_path: Path, broken: str) -> None:
    (tmp_path / "links.json").write_text(broken)
    cache = LinkCache(tmp_path / "links.json")

    assert cache.read(MONDAY_NOON) == {}
    cache.write({"b": ALIVE}, MONDAY_NOON)
    assert cache.read(MONDAY_NOON) == {"b": ALIVE}


def test_a_cache_without_a_folder_is_done_without(tmp_path: Path) -> None:
    LinkCache(tmp_path / "no" / "links.json").write({"b": ALIVE}, MONDAY_NOON)

    assert not (tmp_path / "no").exists()


def test_two_links_of_a_host_are_asked_at_once_and_never_three() -> None:
    both, most, now = threading.Barrier(2, timeout=5), 0, 0
    guard = threading.Lock()

    def ask(_: str) -> Verdict:
        nonlocal most, now
        with guard:
            now += 1
            most = max(most, now)
        both.wait()
        with guard:
            now -= 1
        return ALIVE

    verdicts = links.ask_all([f"https://a.example/{number}" for number in range(6)], ask)

    assert (most, len(verdicts)) == (2, 6)


def test_progress_is_said_only_after_two_seconds() -> None:
    times, said = iter([0.0, 1.0, 2.5, 3.0]), io.StringIO()
    with progress.show_progress("links checked", 9, stream=said, now=lambda: next(times)) as step:
        step()
        assert said.getvalue() == ""
        step()
        step()

    assert said.getvalue() == "megabot: 2 of 9 links checked so far\n"


def test_a_terminal_gets_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    said = Terminal()
    with progress.show_progress("links checked", 9, stream=said, now=iter([0.0, 5.0]).__next__) as step:
        step()

    assert "1/9" in said.getvalue()


# -- the weekly look


class Look:
    """A look under way, whose end the test decides."""

    def __init__(self) -> None:
        self.printed: str | None = None
        self.ended = False

    def answer(self) -> str | None:
        return self.printed

    def end(self) -> None:
        self.ended = True


def printed(dead: Sequence[str]) -> str:
    found = [{"level": "problem", "path": "a.md", "line": 7, "link": link} for link in dead]
    return json.dumps({"findings": [*found, {"level": "problem", "sentence": "no link of these"}]})


def alerts(ports: Ports) -> list[str]:
    return [sentence for _, sentence in ports.alerts.active_alerts()]


def test_once_a_week_one_list_of_dead_links_is_told_and_taken_back(world: World) -> None:
    ports, looks = world.ports(), [Look(), Look()]
    started = iter(looks)
    job = link_job(ports, lambda: next(started))
    now = world.clock.now()

    job.poll(now)
    job.poll(now)
    assert alerts(ports) == []
    looks[0].printed = printed(["https://old.example/a", "https://old.example/b"])
    job.poll(now + HOUR)
    job.poll(now + HOUR)

    said = "2 links are dead (see all with: megabot check --links): a.md:7 https://old.example/a, "
    assert alerts(ports) == [f"{said}a.md:7 https://old.example/b"]
    looks[1].printed = printed([])
    job.poll(now + timedelta(days=7))
    job.poll(now + timedelta(days=7))
    assert alerts(ports) == []


def test_a_long_list_is_cut_to_what_a_message_holds(world: World) -> None:
    ports, look = world.ports(), Look()
    job = link_job(ports, lambda: look)
    look.printed = printed([f"https://old.example/{'x' * 50}/{number}" for number in range(30)])
    job.poll(world.clock.now())
    job.poll(world.clock.now())

    (said,) = alerts(ports)
    assert said.startswith("30 links are dead")
    assert said.endswith("more")
    assert len(said) < 700


@pytest.mark.parametrize("broken", ["", "{}"])
def test_a_look_that_came_to_nothing_is_only_logged(
    world: World, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    ports, look = world.ports(), Look()
    look.printed = broken
    job = link_job(ports, lambda: look)
    job.poll(world.clock.now())
    job.poll(world.clock.now())

    assert alerts(ports) == []
    assert "the weekly link check failed" in caplog.text


def test_a_look_while_the_clock_was_a_year_ahead_does_not_put_off_the_next_one_by_a_year(
    world: World,
) -> None:
    """K04."""
    looks = [Look(), Look()]
    looks[0].printed = printed([])
    started = iter(looks)
    job = link_job(world.ports(), lambda: next(started))
    ahead = world.clock.now() + timedelta(days=365)
    job.poll(ahead)
    job.poll(ahead)

    job.poll(world.clock.now())

    assert list(started) == []


def test_a_look_that_never_ends_is_ended(world: World) -> None:
    look = Look()
    job = link_job(world.ports(), lambda: look)
    job.poll(world.clock.now())
    job.poll(world.clock.now() + LONGEST + HOUR)

    assert look.ended


def test_a_process_of_our_own_is_asked_and_not_waited_for() -> None:
    child = OwnProcess(["--help"])
    child._child.wait(10)

    assert "Set up:" in str(child.answer())


def test_a_process_of_our_own_can_be_ended() -> None:
    child = OwnProcess(["demo"])

    child.end()

    assert child._child.returncode is not None
