"""The addresses that the demo shows can be opened: on the server's pages and on its site."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest
import requests

from megabot.cli.demo_page import bound
from megabot.cli.verbs.demo import serve
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


# -- the page for moderators


def interrupted_after(*steps: Callable[[], None]) -> Callable[[float], None]:
    """Return what waits in place of a person who does these steps, one a second, and presses Ctrl-C."""
    left = iter(steps)

    def wait(_seconds: float) -> None:
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    return wait


def csrf_in(page: str) -> str:
    (token,) = set(re.findall(r'name="csrf" value="(\w+)"', page))
    return str(token)


@pytest.mark.parametrize("api", ["v3", "v4"])
def test_the_demo_prints_the_pages_address_and_a_link_that_signs_in(
    api: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link is the bot's reply to a moderator's message, and what they order is carried out."""
    made, told = bound(), []
    url, person = "http://{}:{}".format(*made.getsockname()), requests.Session()
    person.headers["Origin"] = url

    def sign_in() -> None:
        out = capsys.readouterr().out
        assert f"The page for moderators: {url}/\n" in out
        (link,) = re.findall(rf"^{re.escape(url)}/sign-in\?token=\S+$", out, re.MULTILINE)
        asked = person.get(link, timeout=10)
        assert "token" not in asked.url
        overview = person.post(f"{url}/sign-in", {"csrf": csrf_in(asked.text)}, timeout=10)
        assert (overview.status_code, overview.url) == (200, f"{url}/")
        order = {"verb": "skip", "thread": "news", "edition": "2026-W46", "csrf": csrf_in(overview.text)}
        assert person.post(f"{url}/orders", order, timeout=10).status_code == 200

    def look() -> None:
        assert "news/2026-W46 will be skipped" in person.get(f"{url}/history", timeout=10).text

    with set_stage(lambda *line: told.append(line[1:]), api=api, web_url=url) as stage:
        stage.start_bot()
        stage.until(FIRST_SLOT)
        with pytest.raises(KeyboardInterrupt):
            serve(stage, made, lambda _: None, wait=interrupted_after(sign_in, look))

    assert told[-2:] == [
        ("modlin", "writes to the bot in a private message: web"),
        ("megabot", "replies with a link that works once, within 15 minutes"),
    ]


def test_without_its_libraries_the_demo_says_what_the_page_needs(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        serve(stage, None, lambda _: None, wait=interrupted_after())

    assert "install starlette, uvicorn and python-multipart" in capsys.readouterr().out
