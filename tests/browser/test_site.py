"""The site in a real browser: search, sections, a phone's width, the keyboard, what axe finds."""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from megabot.site.build import Site, files
from megabot.site.entries import gather
from megabot.site.output import write
from tests.fake_ledger import FakeLedger
from tests.site_editions import a_highlight, post_week

BODY = """## Essay {number}

Words about *kites*, see [a page](https://kites.example/a_b).

::: spoiler Maps (CW: heights)
- [Hills](https://maps.example/hills) from above
- {long}
:::

| sort | number |
| --- | --: |
| wren | {number} |

```
{long}
```
"""
PAGES = ["", "news/", "news/2026-W48/", "bulletins/", "search/?q=kites"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A web server that says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of four weeks, served."""
    folder = tmp_path_factory.mktemp("site")
    ledger = FakeLedger()
    for number in range(1, 5):
        body = BODY.format(number=number, long="a_very_long_word_" * 20)
        post_week(
            ledger,
            number,
            body=body if number > 1 else "Only bells & <b>whistles</b>.",
            preamble=f"Bulletin {number} about kites.",
            featured=(a_highlight(number),),
        )
    write(folder, files(Site(entries=gather(ledger), address="https://threads.example/")))
    with served(folder) as url:
        yield url


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a port of its own."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser's console says; nothing may be refused, and nothing asked for elsewhere."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    yield said
    assert [one for one in said if "favicon" not in one] == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(page: Page, address: str, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{address}{path}")
    if "search" in path:
        expect(page.get_by_role("status")).to_have_text("Editions found: 4")
    for spoiler in page.locator("summary").all():
        spoiler.click()

    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_all_of_a_page_without_scrolling_sideways(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{address}{path}")
    for spoiler in page.locator("summary").all():
        spoiler.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_search_finds_words_of_texts_and_highlights(
    page: Page, address: str, complaints: list[str]
) -> None:
    page.goto(f"{address}search/")
    page.get_by_label("Search for").fill("WHISTLES <b>")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_have_text("Editions found: 0")
    page.get_by_label("Search for").fill("Whistles bells")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Editions found: 1")
    expect(page.locator("mark")).to_have_text("whistles")
    assert page.url.endswith("?q=Whistles%20bells")
    page.get_by_role("link", name="News 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("News 1")


def test_a_spoiler_opens_by_the_keyboard(page: Page, address: str, complaints: list[str]) -> None:
    page.goto(f"{address}news/2026-W48/")
    inside = page.get_by_role("link", name="Hills")
    expect(inside).to_be_hidden()
    page.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(inside).to_be_visible()


def test_the_keyboard_alone_leads_to_the_text_and_on_to_the_next_week(page: Page, address: str) -> None:
    page.goto(f"{address}news/2026-W48/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the text")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", "main")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.rel") == "next":
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("News 3")


def test_a_page_has_the_landmarks_that_screen_readers_jump_to(page: Page, address: str) -> None:
    page.goto(f"{address}news/2026-W48/")

    for role in ("banner", "main", "contentinfo", "article"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Site")).to_be_visible()
    expect(page.get_by_role("navigation", name="Editions")).to_be_visible()


def test_without_scripts_everything_but_the_search_can_be_read(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}news/2026-W48/")
        page.locator("summary").click()
        expect(page.get_by_role("link", name="Hills")).to_be_visible()
        page.goto(f"{address}search/")

        expect(page.get_by_role("link", name="News")).to_be_visible()
