"""The page for moderators on the sandbox: a link from Lemmy, the pages, and orders that are carried out."""

import pytest

from megabot.service.service import Service
from tests.scenario import ON_BOTH, at_work, letters, tick, write
from tests.scenes.test_web_commands import token_in
from tests.web_client import URL, Browser, page_of
from tests.world import World

NEXT = "2026-W49"


@pytest.fixture
def service(world: World) -> Service:
    world.web_url = URL
    world.sandbox.add_person("stranger")
    return at_work(world)


@pytest.fixture
def browser(world: World, service: Service) -> Browser:
    """A browser of modlin, who has signed in."""
    return signed_in(world, service)


def link(world: World, service: Service, *, by: str = "modlin") -> str:
    write(world, service, "web", by=by)
    return f"/sign-in?token={token_in(letters(world, by)[-1])}"


def signed_in(world: World, service: Service, *, by: str = "modlin") -> Browser:
    browser = Browser(page_of(world))
    browser.follow(browser.get(link(world, service, by=by)))
    answer = browser.post("/sign-in", {})
    assert (answer.status, answer.header("location")) == (303, "/")
    return browser


@ON_BOTH
def test_a_link_from_lemmy_signs_in_and_an_order_is_carried_out(world: World, service: Service) -> None:
    browser = Browser(page_of(world))

    asked = browser.follow(browser.get(link(world, service)))
    assert "This link signs you in as modlin" in asked.words
    overview = browser.follow(browser.post("/sign-in", {}))
    assert "2026-W48 , pinned: yes" in overview.words

    answer = browser.post("/orders", {"verb": "skip", "thread": "news", "edition": NEXT, "back": "overview"})
    assert "Ordered. The bot carries it out within a minute." in browser.follow(answer).words
    tick(world, service)

    after = browser.follow(answer)
    assert "news/2026-W49 will be skipped" in after.words
    (skip,) = world.ports().ledger.overrides("news")
    assert (skip.edition, skip.by) == (NEXT, "modlin")
