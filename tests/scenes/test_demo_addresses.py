"""The addresses that the demo shows can be opened: on the server's pages and on its site."""

import logging
import re
from collections.abc import Iterator

import pytest
import requests

from megabot.demo.scenes import FIRST_SLOT
from megabot.demo.stage import Stage, set_stage


@pytest.fixture(scope="module", params=["v3", "v4"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A play whose first thread is up."""
    with set_stage(lambda *_: None, api=request.param) as stage:
        stage.start_bot()
        stage.until(FIRST_SLOT)
        yield stage


def test_the_site_leads_to_the_thread_at_an_address_that_can_be_opened(stage: Stage) -> None:
    """It led to https://lemmy.example, where nothing is."""
    with stage.site() as address:
        page = requests.get(f"{address}news/latest/", timeout=10).text

    (target,) = set(re.findall(r"https?://[^\"'<>; ]+/post/\d+", page))
    shown = requests.get(target, timeout=10)
    assert target == f"{stage.sandbox.url}/post/{stage.newest()}"
    assert (shown.status_code, "News megathread" in shown.text) == (200, True)


def test_every_address_of_the_server_is_at_its_own_port(stage: Stage) -> None:
    answers = [stage.people["modlin"].get("site"), stage.people["modlin"].get("post", id=stage.newest())]

    actors = re.findall(r"'(?:ap_id|actor_id)': '(https?://[^/']+)", str(answers))

    assert set(actors) == {stage.sandbox.url}


def test_the_log_is_quiet_for_as_long_as_the_play_is_on(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="megabot")
    log = logging.getLogger("megabot.pass")
    with set_stage(lambda *_: None):
        log.warning("during the play")
    log.warning("after the play")

    assert caplog.messages == ["after the play"]
