"""The pictures of docs/how-to/moderator-page.md, taken of the page itself: `make pictures`.

The server, its people and the texts are those of `megabot demo`.
"""

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from megabot.cli.anonymous import public_posts, warm_renderer
from megabot.cli.web_process import Opener
from megabot.demo.scenes import FIRST_SLOT, WEEK
from megabot.demo.stage import MODERATOR, READER, Stage, set_stage
from megabot.web.app import application
from megabot.web.console import Console
from tests.browser.conftest import ARGS
from tests.proxies import free_port

FOLDER = Path(__file__).parents[1] / "docs/how-to/moderator-page"
LARGEST = 60_000
"""Bytes of a picture."""
WIDE, NARROW, PHONE = 1100, 640, 360
EDITION = "/threads/news/editions/2026-W48"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The page of a stage, and a window that is signed in to it."""

    stage: Stage
    url: str
    page: Page

    def at(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def carried_out(self) -> None:
        """Let the service carry out what was ordered."""
        self.stage.clock.sleep(30)
        self.stage.tick()


@contextmanager
def served() -> Iterator[tuple[Stage, str]]:
    """Serve the page of a bot in its third week. Yields its address."""
    url = f"http://localhost:{free_port()}"
    with ExitStack() as stack:
        stage = stack.enter_context(
            set_stage(lambda *_: None, language={"MEGABOT_WEB_URL": url, "MEGABOT_TICK": "30s"})
        )
        _play(stage)
        app = stage.open_app()
        app.rest()
        renderer = stack.enter_context(closing(warm_renderer()))
        posts = stack.enter_context(public_posts(stage.sandbox.url))
        numbers = count(1)
        console = Console(
            web_url=url,
            ports=Opener(app, renderer).ports,
            commanders=posts.moderators,
            draw_token=lambda: f"session-{next(numbers)}",
            draw_key=lambda: f"{next(numbers):032x}",
        )
        stack.enter_context(_serving(console, int(url.rpartition(":")[2])))
        yield stage, url


def _play(stage: Stage) -> None:
    """Let some weeks pass."""
    stage.start_bot()
    stage.tick()
    stage.until(FIRST_SLOT + 2 * WEEK)
    newest = stage.newest()
    remark = stage.people[READER].comment(newest, "The tide tables of 1911 are online by now.")
    stage.clock.sleep(3600)
    stage.command(MODERATOR, "feature", newest, to=remark)
    stage.command(MODERATOR, "note The map server is closed on Friday", newest)
    stage.command(MODERATOR, "skip news 2026-W50", newest)
    stage.until(FIRST_SLOT + 2 * WEEK + timedelta(days=2))


@contextmanager
def _serving(console: Console, port: int) -> Iterator[None]:
    config = uvicorn.Config(
        application(console), http="h11", ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", port)) as made:
        thread = threading.Thread(target=lambda: server.run(sockets=[made]), daemon=True)
        thread.start()
        yield
        server.should_exit = True
        thread.join()


def link(stage: Stage, url: str) -> str:
    """Ask the bot for a link, as a moderator does."""
    hand = stage.people[MODERATOR]
    hand.message(stage.sandbox.person("megabot").id, "web")
    stage.clock.sleep(30)
    stage.tick()
    letters = [str(one["private_message"]["content"]) for one in hand.messages()]
    (found,) = {text.partition("token=")[2].split()[0] for text in letters if f"{url}/sign-in" in text}
    return f"{url}/sign-in?token={found}"


def _sign_in(shown: Shown) -> Page:
    shown.page.goto(link(shown.stage, shown.url))
    return shown.page


def _overview(shown: Shown) -> Page:
    shown.page.get_by_role("button", name="Sign in").click()
    shown.page.get_by_role("button", name="Hold: news/2026-W48").click()
    shown.carried_out()
    shown.page.get_by_role("link", name="Check again").first.click()
    return shown.page


def _editor(shown: Shown) -> Page:
    shown.at("/calendar")
    shown.page.get_by_label("Change news/2026-W48").click()
    shown.page.get_by_role("button", name="Resume: news/2026-W48").click()
    shown.carried_out()
    page = shown.at(EDITION)
    text = page.get_by_label("Essay, in Markdown")
    text.fill(text.input_value().replace("never announced", "*never* announced"))
    page.locator(".shown em", has_text="never").wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    return page


def _calendar(shown: Shown) -> Page:
    page = shown.at("/calendar")
    page.get_by_label("Change news/2026-W49").click()
    return page


def _thread(shown: Shown) -> Page:
    return shown.at("/threads/news")


def _question(shown: Shown) -> Page:
    shown.page.get_by_role("button", name="Repost: news").click()
    return shown.page


def _history(shown: Shown) -> Page:
    return shown.at("/history")


def _phone(shown: Shown) -> Page:
    return shown.at("/")


PICTURES: Mapping[str, tuple[Callable[[Shown], Page], int, int]] = {
    "sign-in": (_sign_in, NARROW, 170),
    "overview": (_overview, WIDE, 640),
    "editor": (_editor, WIDE, 900),
    "calendar": (_calendar, WIDE, 700),
    "thread": (_thread, WIDE, 760),
    "question": (_question, WIDE, 290),
    "history": (_history, WIDE, 560),
    "phone": (_phone, PHONE, 740),
}
"""The pictures in the order in which they are taken, and the width and height of each in pixels."""


def take(browser: Browser, folder: Path) -> None:
    """Take all pictures. Each is what the top of a window shows."""
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(10_000)
    with served() as (stage, url):
        shown = Shown(stage=stage, url=url, page=context.new_page())
        for name, (show, width, height) in PICTURES.items():
            shown.page.set_viewport_size({"width": width, "height": height})
            path = folder / f"{name}.png"
            show(shown).screenshot(path=path, animations="disabled", caret="hide")
    context.close()


def reduce(folder: Path) -> None:
    """Reduce the colours of the pictures to a palette."""
    names = [str(folder / f"{name}.png") for name in PICTURES]
    subprocess.run(
        ["pngquant", "--force", "--ext", ".png", "--speed", "1", "--strip", "64", *names], check=True
    )


def main() -> None:
    missing = [name for name in ("chromium", "pngquant") if shutil.which(name) is None]
    if missing:
        sys.exit(f"make: the pictures need {' and '.join(missing)}; run: apt-get install {' '.join(missing)}")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        take(browser, FOLDER)
        browser.close()
    reduce(FOLDER)
    large = [name for name in PICTURES if (FOLDER / f"{name}.png").stat().st_size > LARGEST]
    sys.exit(f"make: larger than {LARGEST} bytes: {', '.join(large)}" if large else 0)


if __name__ == "__main__":
    main()
