"""The page for moderators in a browser: a phone, without scripts, by keyboard, light and dark, with axe."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from megabot.service.service import Service
from tests.scenario import at_work, letters, tick, write
from tests.scenes.test_web_commands import token_in
from tests.web_client import page_of
from tests.world import World, opened_world

pytestmark = pytest.mark.xdist_group("browser")
NEXT = "2026-W49"
ESSAY = f"/threads/news/editions/{NEXT}"
PAGES = ("/", "/calendar", "/threads/news", ESSAY, "/history")


@dataclass(frozen=True, kw_only=True)
class Served:
    """The page of a world, on a port of this machine."""

    world: World
    service: Service
    url: str

    def link(self) -> str:
        """Ask the bot for a link, as a moderator does."""
        write(self.world, self.service, "web")
        return f"{self.url}/sign-in?token={token_in(letters(self.world)[-1], self.url)}"

    def sign_in(self, page: Page) -> None:
        page.goto(self.link())
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_title("Overview - megabot")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with opened_world(tmp_path / "state") as world, socket.create_server(("127.0.0.1", 0)) as made:
        url = f"http://localhost:{made.getsockname()[1]}"
        world.web_url = url
        world.pages.files["thread.md.j2"] = "{{ preamble.theme }} {{ preamble.text }}"
        config = uvicorn.Config(
            page_of(world, url=url), http="h11", ws="none", lifespan="off", log_config=None
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: server.run(sockets=[made]), daemon=True)
        service = at_work(world)
        thread.start()
        yield Served(world=world, service=service, url=url)
        server.should_exit = True
        thread.join()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone's window, without scripts."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    context.set_default_timeout(5_000)
    yield context
    context.close()


def test_on_a_phone_without_scripts_a_week_is_written_skipped_and_posted(
    served: Served, phone: BrowserContext
) -> None:
    page = phone.new_page()
    served.sign_in(page)

    page.get_by_role("link", name="Write the essay").click()
    page.get_by_label("Essay, in Markdown").fill("A wren at the *window*. <script>alert(1)</script>")
    page.get_by_role("button", name="Save draft and show").click()
    expect(page.locator(".shown .card em")).to_have_text("window")
    page.get_by_role("button", name="Use for this edition").click()
    expect(page.get_by_text("Ordered.")).to_be_visible()
    tick(served.world, served.service)

    page.get_by_role("link", name="Calendar").click()
    page.get_by_label("Change news/2026-W50").click()
    page.get_by_role("button", name="Skip: news/2026-W50").click()
    tick(served.world, served.service)
    page.get_by_role("link", name="Check again").click()
    expect(page.get_by_text("news/2026-W50 will be skipped")).to_be_visible()

    page.get_by_label(f"Change news/{NEXT}").click()
    page.get_by_role("button", name=f"Post now: news/{NEXT}").click()
    page.get_by_role("button", name="Yes").click()
    tick(served.world, served.service)
    assert "A wren at the *window*." in str(served.world.posts()[-1]["body"])

    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("Send the bot a private message")).to_be_visible()
    page.goto(f"{served.url}/history")
    expect(page.get_by_text("Send the bot a private message")).to_be_visible()


def test_by_keyboard_alone_an_order_is_given(served: Served, page: Page) -> None:
    page.goto(served.link())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Overview - megabot")

    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Hold: news/{NEXT}":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ordered.").first).to_be_visible()
    tick(served.world, served.service)
    # The script looks again.
    expect(page.get_by_text("is on hold").first).to_be_visible(timeout=10_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_page_is_wider_than_a_phone(
    served: Served, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text))
    served.sign_in(page)
    found = {}
    for path in PAGES:
        page.goto(f"{served.url}{path}")
        for details in page.locator("summary").all()[:2]:
            details.click()
        found[path] = [one["id"] for one in Axe().run(page).response["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    context.close()

    assert found == {path: [] for path in PAGES}
    assert broken == []


def test_a_script_in_a_text_does_not_run(served: Served, page: Page) -> None:
    ran: list[str] = []
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    served.sign_in(page)
    page.goto(f"{served.url}{ESSAY}")
    page.get_by_label("Essay, in Markdown").fill(
        "*new* <img src=x onerror=alert(1)><script>alert(1)</script>"
    )
    expect(page.locator(".shown .card em")).to_have_text("new")

    assert page.locator(".shown script").count() == 0
    assert ran == []
