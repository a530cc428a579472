"""The uptime monitor: asked for by GET, and nothing that it answers matters."""

import logging

import pytest

from megabot.service.heartbeat import Heartbeat
from tests.raw_server import RawServer, answer

SECRET = "3f2a-canary"


def beat(url: str, *, well: bool = True) -> None:
    heart = Heartbeat(f"{url}/ping/{SECRET}/", seconds=0.2)
    heart.beat(well=well)
    heart.close()


@pytest.mark.parametrize(("well", "path"), [(True, f"/ping/{SECRET}"), (False, f"/ping/{SECRET}/fail")])
def test_it_says_by_its_address_whether_all_is_well(*, well: bool, path: str) -> None:
    with RawServer(answer(b"OK")) as server:
        beat(server.url, well=well)

    assert server.requests[0].startswith(f"GET {path} HTTP/1.1".encode())


def test_a_query_stays_behind_the_path() -> None:
    with RawServer(answer(b"OK")) as server:
        heart = Heartbeat(f"{server.url}/push/{SECRET}?status=up", seconds=0.2)
        heart.beat(well=False)
        heart.close()

    assert server.requests[0].startswith(f"GET /push/{SECRET}/fail?status=up HTTP/1.1".encode())


def test_without_an_address_nothing_is_asked_for() -> None:
    heart = Heartbeat("")

    heart.beat(well=True)

    heart.close()


@pytest.mark.parametrize("status", ["404 Not Found", "302 Found", "500 Internal Server Error"])
def test_an_answer_that_is_no_thanks_is_a_warning(status: str, caplog: pytest.LogCaptureFixture) -> None:
    with RawServer(answer(b"", status=status, headers="Location: http://127.0.0.1:1/\r\n")) as server:
        beat(server.url)

    assert f"(HTTP {status[:3]}); check MEGABOT_HEARTBEAT_URL" in caplog.text


def test_a_monitor_that_is_silent_or_away_holds_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    with RawServer() as server:
        server.will(server.silence)
        beat(url := server.url)
    beat(url)

    assert caplog.text.count("the heartbeat could not be sent") == 2


def test_its_address_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "megabot"), RawServer(answer(b"", status="404 Not Found")) as server:
        beat(url := server.url)
    beat(url)

    assert SECRET not in caplog.text
