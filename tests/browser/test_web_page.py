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
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from megabot.service.service import Service
from tests.scenario import at_work, letters, tick, write
from tests.scenes.test_web_commands import token_in
from tests.web_client import page_of
from tests.world import World, opened_world

pytestmark = pytest.mark.xdist_group("browser")
NEXT = "2026-W49"
ESSAY = f"/threads/news/editions/{NEXT}"
PHONE: ViewportSize = {"width": 390, "height": 844}
PAGES = ("/", "/calendar", "/threads/news", ESSAY, "/history")


@dataclass(frozen=True, kw_only=True)
class Served:
    """The page of a world, on a port of this machine."""

    world: World
    service: Service
    url: str

    def link(self, by: str = "modlin") -> str:
        """Ask the bot for a link, as a moderator does."""
        write(self.world, self.service, "web", by=by)
        return f"{self.url}/sign-in?token={token_in(letters(self.world, by)[-1], self.url)}"

    def sign_in(self, page: Page, by: str = "modlin") -> None:
        page.goto(self.link(by))
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


def reach(page: Page, element: Locator) -> None:
    """Move the focus to an element with the Tab key."""
    expect(element).to_be_visible()
    for _ in range(80):
        if element.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the Tab key does not reach {element}")


def press_on(page: Page, element: Locator) -> None:
    reach(page, element)
    page.keyboard.press("Enter")


def look_over(page: Page, title: str) -> None:
    """Check that this page is shown, that axe finds nothing, and that it is not wider than the window."""
    expect(page).to_have_title(f"{title} - megabot")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == [], title
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], title


def carry_out(served: Served, page: Page) -> None:
    """Let the service carry out what was just ordered."""
    expect(page.get_by_text("Ordered.").first).to_be_visible()
    tick(served.world, served.service)


def test_a_moderator_does_a_weeks_work_on_a_phone_by_keyboard_alone(served: Served, browser: Browser) -> None:
    """From the link to the sign-out: an essay that is seen in the thread, a week skipped, and a post."""
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(5_000)
    page = context.new_page()
    page.goto(served.link())
    look_over(page, "Sign in")
    press_on(page, page.get_by_role("button", name="Sign in"))
    look_over(page, "Overview")

    press_on(page, page.get_by_role("link", name="Write the essay"))
    look_over(page, f"news/{NEXT}")
    reach(page, page.get_by_label("Essay, in Markdown"))
    page.keyboard.type("A wren at the *window*.")
    expect(page.locator(".shown .card em")).to_have_text("window")
    look_over(page, f"news/{NEXT}")
    press_on(page, page.get_by_role("button", name="Use for this edition"))
    carry_out(served, page)

    press_on(page, page.get_by_role("link", name="Calendar"))
    look_over(page, "Calendar")
    press_on(page, page.get_by_label("Change news/2026-W50"))
    press_on(page, page.get_by_role("button", name="Skip: news/2026-W50"))
    carry_out(served, page)
    # The script looks again.
    expect(page.get_by_text("news/2026-W50 will be skipped")).to_be_visible(timeout=10_000)
    press_on(page, page.get_by_label(f"Change news/{NEXT}"))
    press_on(page, page.get_by_role("button", name=f"Post now: news/{NEXT}"))
    press_on(page, page.get_by_role("button", name="Yes"))
    carry_out(served, page)
    assert "A wren at the *window*." in str(served.world.posts()[-1]["body"])
    kept = {(one.edition, one.kind.value) for one in served.world.ports().ledger.overrides("news")}
    assert kept == {(NEXT, "preamble"), ("2026-W50", "skip")}

    press_on(page, page.get_by_role("button", name="Sign out", exact=True))
    look_over(page, "Sign in")
    page.goto(f"{served.url}/history")
    look_over(page, "Sign in")
    context.close()


def test_of_two_moderators_on_phones_the_second_is_warned_and_nothing_is_lost(
    served: Served, browser: Browser
) -> None:
    """Each in a browser of their own: drafts side by side, a text used meanwhile, and a choice seen first."""
    world = served.world
    world.sandbox.add_person("kim")
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("kim").id)
    contexts = [browser.new_context(viewport=PHONE) for _ in range(2)]
    modlin, kim = (context.new_page() for context in contexts)
    for page, name in ((modlin, "modlin"), (kim, "kim")):
        page.set_default_timeout(5_000)
        served.sign_in(page, by=name)
        page.goto(f"{served.url}{ESSAY}")

    modlin.get_by_label("Essay, in Markdown").fill("The words of *modlin*.")
    expect(modlin.locator(".shown .card em")).to_have_text("modlin")
    kim.get_by_label("Essay, in Markdown").fill("The words of *kim*.")
    expect(kim.get_by_text("modlin is editing this edition too")).to_be_visible()
    modlin.get_by_role("button", name="Use for this edition").click()
    expect(modlin.get_by_text("Ordered.").first).to_be_visible()
    tick(world, served.service)

    kim.get_by_role("button", name="Use for this edition").click()
    warning = kim.get_by_role("alert")
    expect(warning).to_contain_text("The preamble changed while you were writing")
    expect(kim.locator("del").filter(has_text="The words of *modlin*.")).to_be_visible()
    expect(kim.get_by_label("Essay, in Markdown")).to_have_value("The words of *kim*.")
    tick(world, served.service)
    assert [one.text for one in world.ports().ledger.overrides("news")] == ["The words of *modlin*."]

    for page in (modlin, kim):
        look_over(page, f"news/{NEXT}")
    kim.get_by_role("button", name="Use my text instead").click()
    expect(kim.get_by_text("Ordered.").first).to_be_visible()
    tick(world, served.service)
    assert [one.text for one in world.ports().ledger.overrides("news")] == ["The words of *kim*."]
    modlin.reload()
    expect(modlin.get_by_role("alert")).to_contain_text("The preamble changed while you were writing")
    for context in contexts:
        context.close()


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
