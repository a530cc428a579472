"""The live preview as a contributor has it: `megabot preview --open` in a browser, files that change."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.xdist_group("browser")

THREAD = """---
name: news
title: "News {{ edition.number }}, {{ edition.key }}"
community: news
schedule: {every: week, on: monday, at: "12:00", timezone: UTC, first: 2024-01-01}
---
{{ preamble.text }}

| bird | seen |
|------|-----:|
| kite | 3 |

More on tides[^1].

{{ sections() }}

[^1]: Twice a day.
"""
FILES = {
    "thread.md.j2": THREAD,
    "preambles/news/_default.md": "Welcome.\n",
    "sections/10-maps.md": "---\ntitle: Maps\n---\n- A map of the hills\n",
    "sections/20-birds.md": "---\ntitle: Birds\ncw: heights\n---\n- A nest\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("source")


@contextmanager
def opened(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A `megabot preview --open` of its own, and the address that it prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "MEGABOT_SOURCE": str(folder),
        "MEGABOT_STATE_DIR": str(folder.parent / "state"),
        "BROWSER": "true",  # the program of that name: it opens nothing
    }
    command = [sys.executable, "-m", "megabot", "preview", "--open"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    write(folder)
    with opened(folder) as (_, url):
        yield url


@pytest.fixture
def source(folder: Path, served: str) -> Path:
    """The files of the open preview, as they are at first."""
    write(folder)
    return folder


def write(folder: Path) -> None:
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_a_changed_file_is_followed_and_an_open_spoiler_stays_open(
    page: Page, source: Path, served: str
) -> None:
    page.goto(served)
    maps = page.locator("details", has_text="Maps")
    expect(maps.get_by_text("A map of the hills")).to_be_hidden()
    maps.locator("summary").click()
    expect(maps.get_by_text("A map of the hills")).to_be_visible()

    (source / "preambles/news/_default.md").write_text("Edited just now.\n")

    expect(page.get_by_text("Edited just now.")).to_be_visible()
    expect(maps.get_by_text("A map of the hills")).to_be_visible()
    expect(page.locator("details", has_text="Birds (CW: heights)").get_by_text("A nest")).to_be_hidden()


def test_the_next_weeks_can_be_stepped_through(page: Page, source: Path, served: str) -> None:
    page.goto(served)
    first = page.locator("h1").inner_text()
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_text("2 of the next 60")).to_be_visible()
    assert page.locator("h1").inner_text() != first

    page.wait_for_load_state()  # the script that listens for the key comes after the text
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("3 of the next 60")).to_be_visible()
    (source / "preambles/news/_default.md").write_text("Of every week.\n")
    expect(page.get_by_text("Of every week.")).to_be_visible()
    expect(page.get_by_text("3 of the next 60")).to_be_visible()


def test_a_mistake_appears_with_its_place_and_goes_when_it_is_mended(
    page: Page, source: Path, served: str
) -> None:
    page.goto(served)
    expect(page.get_by_text("No problems found.")).to_be_visible()

    (source / "thread.md.j2").write_text(THREAD.replace("preamble.text", "preambel.text"))
    expect(page.get_by_text("thread.md.j2:7")).to_be_visible()
    expect(page.get_by_text("did you mean preamble?")).to_be_visible()
    expect(page.get_by_text("The files have a mistake. This is the last version that worked")).to_be_visible()
    expect(page.get_by_text("Welcome.")).to_be_visible()

    (source / "thread.md.j2").write_text(THREAD)
    expect(page.get_by_text("No problems found.")).to_be_visible()
    expect(page.get_by_text("The files have a mistake.")).to_have_count(0)
    expect(page.get_by_text("Welcome.")).to_be_visible()


def test_tables_and_footnotes_are_as_lemmys_client_shows_them(page: Page, source: Path, served: str) -> None:
    page.goto(served)

    expect(page.get_by_role("cell", name="3")).to_have_css("text-align", "right")
    page.locator("sup a").click()
    expect(page).to_have_url(f"{served}#post.fn1")


def test_nothing_is_asked_of_another_host_and_nothing_is_refused(
    page: Page, source: Path, served: str
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    (source / "preambles/news/_default.md").write_text("![a kite](https://i.example/kite.png) <b>bold</b>\n")

    page.goto(served)
    expect(page.get_by_text("Image: a kite")).to_be_visible()

    assert [url for url in asked if not url.startswith((served, "data:,"))] == []
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_by_day_and_night(
    browser: Browser, source: Path, served: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    page.goto(served)

    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert widths[0] <= widths[1]
    assert (ground == "rgb(19, 21, 23)") == (scheme == "dark")


def test_a_preview_that_ended_says_so_on_its_page(page: Page, tmp_path: Path) -> None:
    write(tmp_path / "source")
    with opened(tmp_path / "source") as (process, url):
        page.goto(url)
        expect(page.get_by_role("alert")).to_be_hidden()
        process.kill()

        expect(page.get_by_role("alert")).to_be_visible()
