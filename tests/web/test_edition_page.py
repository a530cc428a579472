"""The page of an edition: the editor beside the thread, drafts, orders, and two people at once."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Message

from megabot.commands.web_orders import text_digest
from megabot.ledger.records import CommandState
from megabot.ports import OfflinePorts
from megabot.rendering.renderer import ChildRenderer
from megabot.schedule.overrides import Override, OverrideKind
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.source.folder import FolderSource
from megabot.web.edition_routes import Site, Visitor, routes
from tests.builders import NOW
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeClock

THREAD = """---
name: news
title: "News {{ edition.number }}{% if preamble.theme %}: {{ preamble.theme }}{% endif %}"
community: news
schedule: {every: week, on: monday, at: "12:00", timezone: UTC, first: 2024-01-01}
---
{{ preamble.text }}

The end.
"""
FILE = "---\n# From the circle\ntheme: Tides\n---\nFrom git.\n"
KEY = "2026-W48"
PAGE = f"/threads/news/editions/{KEY}"
ROBIN = Visitor(actor="https://lemmy.example/u/robin", name="@robin", threads=("news",), csrf="c1")
SASHA = Visitor(actor="https://lemmy.example/u/sasha", name="@sasha", threads=("news",), csrf="c2")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


class Stage:
    """The page over a folder and a ledger; `as_` asks as a moderator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = FakeLedger()
        self.recent: list[bool] = []
        self._visitor: Visitor | None = None
        self._keys = iter(range(100))
        site = Site(
            visitor=self._who,
            ports=self._ports,
            page=lambda _, title, html: HTMLResponse(f"<title>{title}</title>{html}"),
            draw_key=lambda: f"{next(self._keys):04x}",
        )
        self._app = Starlette(routes=routes(site))

    def _who(self, _: Request, recent: bool) -> Visitor:  # noqa: FBT001  as the page calls it
        self.recent.append(recent)
        if self._visitor is None:
            raise HTTPException(401)
        return self._visitor

    @contextmanager
    def _ports(self) -> Iterator[OfflinePorts]:
        yield OfflinePorts(
            clock=FakeClock(NOW),
            ledger=self.ledger,
            source=FolderSource(self.folder),
            renderer=ChildRenderer(),
            alerts=LedgerAlerts(self.ledger),
        )

    def get(self, path: str = PAGE, *, by: Visitor | None = ROBIN) -> Answer:
        return self._ask("GET", path, b"", by)

    def post(self, what: str, form: Mapping[str, str] | None = None, *, by: Visitor | None = ROBIN) -> Answer:
        return self._ask("POST", f"{PAGE}/{what}", urlencode(form or {}).encode(), by)

    def _ask(self, method: str, target: str, body: bytes, by: Visitor | None) -> Answer:
        self._visitor = by
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "root_path": "",
            "headers": [(b"host", b"bot.example"), (b"content-type", b"application/x-www-form-urlencoded")],
            "scheme": "https", "server": ("bot.example", 443), "http_version": "1.1",
        }  # fmt: skip
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        # In a thread of its own: Playwright's loop may run in this one.
        with start_blocking_portal() as portal:
            portal.call(self._app, scope, receive, send)
        start, *parts = sent
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], headers, b"".join(part["body"] for part in parts).decode())

    def use_now(self, text: str) -> None:
        """Put another preamble into effect, as the service does."""
        new = Override(kind=OverrideKind.PREAMBLE, edition=KEY, by="@sasha", at=NOW, text=text)
        self.ledger.set_overrides("news", (new,))

    def orders(self) -> list[str]:
        return [record.said for record in self.ledger.commands(10)]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    for path, text in {"thread.md.j2": THREAD, f"preambles/news/{KEY}.md": FILE}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return Stage(tmp_path)


BASE = text_digest(FILE)
TYPED = {"field.theme": "Hills", "body": "Typed by Robin.\r\n", "base": BASE}
MERGED = "---\n# From the circle\ntheme: Hills\n---\nTyped by Robin.\n"


def test_the_editor_stands_beside_the_thread_as_readers_will_see_it(stage: Stage) -> None:
    answer = stage.get()

    assert answer.status == 200
    assert "<title>news/2026-W48</title>" in answer.text
    assert 'name="field.theme" value="Tides"' in answer.text
    assert "From git.\n</textarea>" in answer.text
    assert "<h1>News 152: Tides</h1>" in answer.text
    assert "No problems found." in answer.text
    assert 'name="csrf" value="c1"' in answer.text
    assert f'name="base" value="{BASE}"' in answer.text


def test_what_is_typed_is_kept_and_shown_at_once(stage: Stage) -> None:
    answer = stage.post("live", TYPED)

    assert "<h1>News 152: Hills</h1>" in answer.text
    assert "<p>Typed by Robin.</p>" in answer.text
    assert "<form" not in answer.text
    assert "<ins>+theme: Hills</ins>" in answer.text
    (draft,) = stage.ledger.web_drafts("news", KEY)
    assert (draft.text, draft.base, draft.by, draft.actor) == (MERGED, BASE, "@robin", ROBIN.actor)
    assert "Typed by Robin.\n</textarea>" in stage.get().text
    assert "From git.\n</textarea>" in stage.get(by=SASHA).text


def test_only_what_is_typed_may_be_checked_against_moderators_of_a_moment_ago(stage: Stage) -> None:
    stage.get()
    stage.post("draft", TYPED)
    stage.post("live", TYPED)
    stage.post("use", TYPED)

    assert stage.recent == [False, False, True, False]


def test_without_the_script_a_draft_is_saved_and_the_page_comes_again(stage: Stage) -> None:
    answer = stage.post("draft", TYPED)

    assert (answer.status, answer.headers["location"]) == (303, PAGE)
    assert len(stage.ledger.web_drafts("news", KEY)) == 1
    assert stage.post("discard").headers["location"] == PAGE
    assert stage.ledger.web_drafts("news", KEY) == ()


def test_a_draft_that_says_what_is_in_effect_is_none(stage: Stage) -> None:
    stage.post("draft", TYPED)
    stage.post("draft", {"field.theme": "Tides", "body": "From git.\r\n", "base": BASE})

    assert stage.ledger.web_drafts("news", KEY) == ()


def test_using_a_text_orders_the_service_to_do_it(stage: Stage) -> None:
    answer = stage.post("use", TYPED)

    assert (answer.status, answer.headers["location"]) == (303, f"{PAGE}?order=0000")
    record = stage.ledger.command("web:0000")
    assert record is not None
    assert record.said == f"preamble news {KEY}\n\n{MERGED.rstrip()}"
    assert (record.state, record.expects, record.actor) == (CommandState.ACTING, BASE, ROBIN.actor)
    assert "The bot carries it out within a minute." in stage.get(f"{PAGE}?order=0000").text
    # The script looks at these until the order is carried out.
    assert re.search(r"<div data-order>\s*<p[^>]* data-pending>", stage.get(f"{PAGE}?order=0000").text)
    stage.ledger.keep_command(replace(record, state=CommandState.CLOSED, answer="Saved <b>."))
    assert "Saved &lt;b&gt;." in stage.get(f"{PAGE}?order=0000").text
    assert "Saved" not in stage.get(f"{PAGE}?order=0000", by=SASHA).text


def test_a_text_as_in_git_needs_no_preamble_by_message(stage: Stage) -> None:
    stage.use_now("Another.")

    answer = stage.post("use", {"body": FILE, "whole": "1", "base": text_digest("Another.")})

    assert answer.status == 303
    assert stage.orders() == [f"preamble news {KEY} clear"]


@pytest.mark.parametrize("text", [FILE, "  \n"])
def test_nothing_is_ordered_for_a_text_that_changes_nothing(stage: Stage, text: str) -> None:
    answer = stage.post("use", {"body": text, "whole": "1", "base": BASE})

    assert answer.status == 409
    assert "The text is empty, or it is already in effect." in answer.text
    assert stage.orders() == []


def test_a_text_that_is_too_long_stays_a_draft(stage: Stage) -> None:
    answer = stage.post("use", TYPED | {"body": "x" * 60_000})

    assert answer.status == 409
    assert "The text is too long: the limit is" in answer.text
    assert stage.orders() == []
    assert len(stage.ledger.web_drafts("news", KEY)) == 1


# -- two at once


def test_whoever_edits_the_same_edition_is_named(stage: Stage) -> None:
    stage.post("live", TYPED)

    assert "@robin is editing this edition too" in stage.get(by=SASHA).text
    assert "is editing this edition too" not in stage.get().text


def test_nothing_is_overwritten_that_its_author_has_not_seen(stage: Stage) -> None:
    stage.post("live", TYPED)
    stage.use_now("By Sasha.")

    shown = stage.get().text
    refused = stage.post("use", TYPED)

    assert "The preamble changed while you were writing" in shown
    assert "<del>-By Sasha.</del>" in shown
    assert (refused.status, stage.orders()) == (409, [])
    assert "Typed by Robin.\n</textarea>" in refused.text
    assert (seen := re.search(r'name="seen" value="(\w+)"', refused.text))
    assert stage.post("use", TYPED | {"seen": seen[1]}).status == 303
    record = stage.ledger.command("web:0000")
    assert record is not None
    assert record.expects == text_digest("By Sasha.")


def test_what_was_seen_once_does_not_allow_to_overwrite_what_came_later(stage: Stage) -> None:
    stage.use_now("By Sasha.")
    seen = text_digest("By Sasha.")
    stage.use_now("By Sasha, again.")

    assert stage.post("use", TYPED | {"seen": seen}).status == 409


def test_two_who_write_the_same_are_in_no_conflict(stage: Stage) -> None:
    stage.post("live", TYPED)
    stage.use_now(MERGED)

    assert "The preamble changed" not in stage.get().text


# -- mistakes and hostile texts


def test_a_mistake_in_the_essay_is_shown_with_its_line(stage: Stage) -> None:
    answer = stage.post("live", TYPED | {"body": "Thanks to @robin@lemmy.example\n"})

    assert "<code>essay:5</code> the mention would notify this person" in answer.text


def test_broken_front_matter_can_be_corrected_as_text(stage: Stage) -> None:
    (stage.folder / f"preambles/news/{KEY}.md").write_text("---\n\ttab: x\n---\nA\n")

    shown = stage.get().text
    fixed = stage.post("live", {"body": "---\r\ntheme: Hills\r\n---\r\nA\r\n", "whole": "1"}).text

    assert "The front matter has mistakes" in shown
    assert "the line starts with a tab" in unescape(shown)
    assert "<h1>News 152: Hills</h1>" in fixed


HTML = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
ADDRESS = "[a](javascript:alert(1))"


@pytest.mark.parametrize("where", ["body", "field.theme", "field.nosuch"])
@pytest.mark.parametrize("text", [HTML, ADDRESS, f"x\n\n{HTML}\n"])
def test_a_script_in_a_text_is_text(stage: Stage, where: str, text: str) -> None:
    answer = stage.post("live", TYPED | {where: text})
    page = stage.get()

    for html in (answer.text, page.text.replace('<script src="/static/editor.js" defer></script>', "")):
        assert "<script" not in html
        assert "<img" not in html
        assert not re.search(r'href="\s*javascript', html)


@pytest.mark.parametrize(
    ("hostile", "said"), [(HTML, "The end."), (ADDRESS, "the link is unsafe to follow")], ids=["html", "link"]
)
def test_a_template_runs_no_script_on_the_page(stage: Stage, hostile: str, said: str) -> None:
    template = stage.folder / "thread.md.j2"
    template.write_text(template.read_text().replace("The end.", f"The end.\n\n{hostile}"))

    shown = stage.post("live", TYPED).text

    assert said in shown
    assert "<script" not in shown
    assert not re.search(r"<[^>]*\sonerror|href=\"\s*javascript", shown)


def test_a_hostile_name_is_text(stage: Stage) -> None:
    stage.post("live", TYPED, by=replace(ROBIN, name="<script>"))

    assert "&lt;script&gt; is editing" in stage.get(by=SASHA).text


# -- who may


@pytest.mark.parametrize("ask", [Stage.get, lambda stage, **who: stage.post("use", TYPED, **who)])
def test_who_is_not_signed_in_or_moderates_something_else_gets_nothing(
    stage: Stage, ask: Callable[..., Answer]
) -> None:
    assert ask(stage, by=None).status == 401
    assert ask(stage, by=replace(ROBIN, threads=("other",))).status == 404
    assert stage.orders() == []
    assert stage.ledger.web_drafts("news", KEY) == ()


@pytest.mark.parametrize("path", ["/threads/news/editions/2026-W99", "/threads/nosuch/editions/2026-W48"])
def test_an_edition_that_does_not_exist_is_not_found(stage: Stage, path: str) -> None:
    assert stage.get(path, by=replace(ROBIN, threads=("news", "nosuch"))).status == 404


def test_broken_templates_are_told(stage: Stage) -> None:
    (stage.folder / "thread.md.j2").write_text("---\nnmae: x\n---\n")

    assert stage.get().status == 503


def test_pictures_of_the_source_are_served_to_moderators_only(stage: Stage) -> None:
    (stage.folder / "images").mkdir()
    (stage.folder / "images/kite.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    assert stage.get("/picture/images/kite.png", by=None).status == 401
    assert stage.get("/picture/thread.md.j2").status == 404
    assert stage.get("/picture/../thread.md.j2").status == 404
