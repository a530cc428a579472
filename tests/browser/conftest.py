"""One browser for all tests of pages: Debian's chromium. Where there is none the tests fail, and say so."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ARGS = (
    "--no-sandbox",  # tests may run as root, where chromium's own does not work
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The page for moderators has this name in the docs; nothing else is served under it.
    "--host-resolver-rules=MAP megabot.example 127.0.0.1",
)
PATIENCE = 5_000  # milliseconds for a page to show what it should


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with an empty home."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("these tests need a browser; install it: apt-get install chromium")
    home = str(tmp_path_factory.mktemp("browser"))
    surroundings: dict[str, str | float | bool] = {"HOME": home, "PATH": "/usr/bin:/bin"}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=ARGS, env=surroundings)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
