"""The live preview without a browser: what is served to whom, what is followed, what a warm renderer does."""

import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from megabot.errors import ConfigError, Stopping
from megabot.ledger.records import IntentKind, IntentState, NewIntent
from megabot.ports import OfflinePorts
from megabot.preview import live_view as views
from megabot.preview import preview
from megabot.preview.file_watcher import Follower, fingerprint
from megabot.preview.live_page import document
from megabot.preview.live_view import View, ViewRequest
from megabot.rendering.model import Rendered, RenderProblem
from megabot.rendering.renderer import ChildRenderer, WarmRenderer
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.source.folder import FolderSource
from megabot.source.model import Snapshot
from megabot.web.live import server as live_server
from megabot.web.live.server import LiveServer, MainThreadQueue
from megabot.web.live.site import Site
from tests.builders import NOW, a_draft, a_record
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeClock
from tests.templates import CONTEXT, source, thread_of

THREAD = """---
name: news
title: "News *{{ edition.number }}*"
community: news
image: images/kite.png
image_alt: A kite
schedule: {every: week, on: monday, at: "12:00", timezone: UTC, first: 2024-01-01}
previous: {comment: "On [here]({{ edition.url }})."}
---
An essay.{% if previous %} Before: [{{ previous.title }}]({{ previous.url }}).{% endif %}

| a | b |
|---|--:|
| 1 | 2 |

{{ sections() }}
"""
KITE = b"\x89PNG\r\n\x1a\n"
Get = Callable[..., tuple[int, http.client.HTTPMessage, str]]


def view(ports: OfflinePorts, wish: ViewRequest) -> View:
    return views.view(ports, wish, compare=lambda thread: preview.current_text(ports, thread.name))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "source"
    for path, content in {
        "thread.md.j2": THREAD.encode(),
        "sections/10-maps.md": b"---\ntitle: Maps\n---\n- one\n",
        "images/kite.png": KITE,
    }.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    return made


@pytest.fixture
def desk(folder: Path) -> OfflinePorts:
    ledger = FakeLedger()
    return OfflinePorts(
        clock=FakeClock(NOW),
        ledger=ledger,
        source=FolderSource(folder),
        renderer=ChildRenderer(),
        alerts=LedgerAlerts(ledger),
    )


@pytest.fixture
def follower(folder: Path) -> Iterator[Follower]:
    follower = Follower(lambda: fingerprint(folder))
    yield follower
    follower.close()


@pytest.fixture
def server(desk: OfflinePorts, follower: Follower) -> Iterator[LiveServer]:
    site = Site(
        lambda wish: view(desk, wish),
        lambda seen, path: desk.source.picture(seen.snapshot, path),
        follower,
    )
    live_server = LiveServer(site)
    live_server.start()
    yield live_server
    follower.close()
    live_server.close()


@pytest.fixture
def get(server: LiveServer) -> Get:
    def ask(path: str, *, host: str = "", method: str = "GET") -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request(method, path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, answer.headers, body

    return ask


# -- what is shown


def test_the_next_edition_is_shown_as_lemmy_shows_it(desk: OfflinePorts) -> None:
    html = document(view(desk, ViewRequest()))

    assert "<h1>News <em>152</em></h1>" in html
    assert "<details><summary>Maps</summary>" in html
    assert '<td class="to-right">2</td>' in html
    assert "style=" not in html
    assert '<img class="picture" src="/picture/images/kite.png?' in html


def test_the_next_sixty_slots_can_be_stepped_through(desk: OfflinePorts) -> None:
    first, middle, last = (document(view(desk, ViewRequest(slot=slot))) for slot in (0, 1, 99))

    assert "2026-W48" in first
    assert 'rel="prev"' not in first
    assert 'rel="next" href="/?thread=news&amp;slot=2"' in middle
    assert "60 of the next 60" in last
    assert 'rel="next"' not in last


def test_a_thread_further_ahead_links_one_that_is_not_posted_yet(desk: OfflinePorts) -> None:
    assert "Before: " not in document(view(desk, ViewRequest()))
    assert ">news 2026-W48</a>" in document(view(desk, ViewRequest(slot=1)))


def test_a_mistake_is_shown_with_its_line_and_the_rest_of_the_page_stays(
    desk: OfflinePorts, folder: Path
) -> None:
    (folder / "thread.md.j2").write_text(THREAD + "{{ nosuch }}\n")

    html = document(view(desk, ViewRequest()))

    assert f"<code>thread.md.j2:{THREAD.count(chr(10)) + 1}</code> nosuch is not defined" in html
    assert "This edition cannot be rendered." in html


@pytest.mark.parametrize(
    "broken", ["---\nnmae: news\n---\n", THREAD + "{{ nosuch }}", "---\n\ttab: x\n---\n"]
)
def test_the_last_good_edition_stays_beside_a_mistake_until_it_is_fixed(
    get: Get, folder: Path, follower: Follower, broken: str
) -> None:
    get("/part?thread=news")
    (folder / "thread.md.j2").write_text(broken)
    follower.check()

    wrong = get("/part?thread=news")[2]
    (folder / "thread.md.j2").write_text(THREAD.replace("An essay.", "A newer essay."))
    follower.check()

    assert "An essay." in wrong
    assert "This is the last version that worked" in wrong
    assert '<section class="found bad"' in wrong
    assert "This is the last version that worked" not in get("/part?thread=news")[2]


def test_a_misspelt_filter_in_a_branch_that_is_not_taken_is_on_the_page(
    desk: OfflinePorts, folder: Path
) -> None:
    (folder / "thread.md.j2").write_text(THREAD + "{% if false %}{{ 1 | ordinall }}{% endif %}")

    html = document(view(desk, ViewRequest()))

    assert "No filter named &#x27;ordinall&#x27;" in html
    assert "did you mean ordinal?" in html


def test_front_matter_that_cannot_be_used_is_shown_too(desk: OfflinePorts, folder: Path) -> None:
    (folder / "thread.md.j2").write_text("---\nnmae: news\n---\n")

    html = document(view(desk, ViewRequest(thread="news", slot=3)))

    assert "Nothing to show yet" in html
    assert "<code>thread.md.j2:2</code> nmae is not a setting" in html


def test_each_thread_has_its_tab_and_those_with_problems_a_mark(desk: OfflinePorts, folder: Path) -> None:
    other = THREAD.replace("name: news", "name: other") + "{{ nosuch }}"
    (folder / "other.md.j2").write_text(other)

    seen = view(desk, ViewRequest(thread="news"))

    html = document(seen)
    assert seen.shown is not None
    assert seen.shown.thread.name == "news"
    assert '<a href="/?thread=news&amp;slot=0" aria-current="page">news</a>' in html
    assert 'other <span class="count" title="has problems">!</span></a>' in html


def test_what_is_wrong_with_other_threads_is_told_apart(desk: OfflinePorts, folder: Path) -> None:
    other = THREAD.replace("name: news", "name: other") + "{{ nosuch }}"
    (folder / "other.md.j2").write_text(other)

    before, _, after = document(view(desk, ViewRequest(thread="news"))).partition("In other threads")
    own, _, nothing = document(view(desk, ViewRequest(thread="other"))).partition("In other threads")

    assert "No problems found." in before
    assert "nosuch is not defined" in after
    assert "nosuch is not defined" in own
    assert nothing == ""


def posted(ports: OfflinePorts, body: str) -> None:
    intent = NewIntent(
        kind=IntentKind.PUBLISH, thread="news", edition="2026-W47", at=NOW,
        draft=replace(a_draft(), body=f"{body}\n\n[//]: # (megabot:v1:news/2026-W47)"),
    )  # fmt: skip
    begun = ports.ledger.begin_intent(intent)
    ports.ledger.resolve_intent(begun.id, IntentState.DONE, at=NOW)
    ports.ledger.record_post(a_record())


def test_what_differs_from_the_standing_post_is_shown(desk: OfflinePorts) -> None:
    posted(desk, "Another <essay>.")

    html = document(view(desk, ViewRequest()))

    assert "<del>-Another &lt;essay&gt;.</del>" in html
    assert "<ins>+- one</ins>" in html


def test_a_text_that_is_as_posted_says_so(desk: OfflinePorts) -> None:
    posted(desk, "x")
    text = view(desk, ViewRequest()).preview.editions[0].text
    assert isinstance(text, Rendered)
    posted_again = replace(desk, ledger=FakeLedger())
    posted(posted_again, text.body)

    assert "The text is the same as in" in document(view(posted_again, ViewRequest()))


def test_an_image_from_elsewhere_is_linked_and_not_loaded(desk: OfflinePorts, folder: Path) -> None:
    far = THREAD.replace("images/kite.png", "https://i.example/kite.png")
    (folder / "thread.md.j2").write_text(far)

    html = document(view(desk, ViewRequest()))

    assert "<img" not in html
    assert "Image description: A kite" in html


# -- to whom it is served


def test_the_page_its_style_and_its_script_are_served_under_a_strict_policy(get: Get) -> None:
    for path in ("/", "/part", "/style.css", "/script.js"):
        status, headers, _ = get(path)

        assert status == 200
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'")
        assert "unsafe" not in policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:80"])
def test_another_name_that_leads_here_gets_nothing(get: Get, host: str) -> None:
    status, _, body = get("/", host=host)

    assert status == 421
    assert "News" not in body


def test_localhost_is_a_name_of_it_and_no_other_machine_reaches_it(get: Get, server: LiveServer) -> None:
    assert get("/", host=f"localhost:{server.port}")[0] == 200
    assert server.address[0] == "127.0.0.1"


@pytest.mark.parametrize("path", ["/etc/passwd", "/picture/../thread.md.j2", "/picture/thread.md.j2", "/x"])
def test_nothing_else_of_the_machine_is_served(get: Get, path: str) -> None:
    assert get(path)[0] == 404


def test_only_reading_is_possible(get: Get) -> None:
    assert get("/", method="POST")[0] == 501


def test_a_picture_of_the_source_is_served_as_what_it_is(get: Get) -> None:
    status, headers, _ = get("/picture/images/kite.png?1")

    assert (status, headers["Content-Type"]) == (200, "image/png")


def test_a_source_that_is_gone_is_told(get: Get, folder: Path) -> None:
    folder.rename(folder.with_name("gone"))

    status, _, body = get("/")

    assert (status, "does not exist" in body) == (500, True)


@pytest.mark.parametrize("slot", ["-1", "x", "%D9%A3", "99999999999"])
def test_an_odd_slot_is_one_of_the_sixty(get: Get, slot: str) -> None:
    assert get(f"/?slot={slot}")[0] == 200


# -- what is followed


def test_a_changed_file_is_news_and_an_unchanged_one_is_none(
    get: Get, follower: Follower, folder: Path
) -> None:
    assert "Edited" not in get("/")[2]
    follower.check()
    assert follower.count == 0
    (folder / "thread.md.j2").write_text(THREAD.replace("An essay.", "Edited."))
    follower.check()

    assert follower.wait(0, seconds=0) == 1
    assert "Edited." in get("/part")[2]


def test_the_browser_is_told_of_news(server: LiveServer, follower: Follower, folder: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/events")
    events = connection.getresponse()
    assert events.readline() + events.readline() == b"retry: 500\ndata: 0\n"
    (folder / "new.md.j2").write_text("x")
    follower.check()

    assert events.readline() + events.readline() + events.readline() == b"\nretry: 500\ndata: 1\n"
    connection.close()


def test_hidden_folders_and_files_that_vanish_are_not_followed(folder: Path) -> None:
    before = fingerprint(folder)
    (folder / ".git").mkdir()
    (folder / ".git/index").write_text("x")
    (folder / "dangling").symlink_to(folder / "nowhere")

    assert fingerprint(folder) == before


def test_a_follower_looks_by_itself_until_it_is_closed() -> None:
    looks = iter(range(1000))
    follower = Follower(lambda: next(looks), every=0.001)
    follower.start()

    assert follower.wait(0, seconds=5) > 0
    follower.close()
    assert follower.over


# -- the thread that has the ledger


def _fail() -> None:
    raise ConfigError("no")


def test_work_is_done_in_the_thread_that_serves_and_its_errors_are_the_askers() -> None:
    turns, seen = MainThreadQueue(), []

    def ask() -> None:
        seen.append(turns.take(threading.get_ident))
        with pytest.raises(ConfigError):
            turns.take(_fail)
        seen.append(0)

    asker = threading.Thread(target=ask)
    asker.start()
    turns.serve(until=lambda: len(seen) == 2)
    asker.join(5)

    assert seen == [threading.get_ident(), 0]
    with pytest.raises(Stopping):
        turns.take(int)


def test_the_page_opens_at_the_edition_that_is_named(desk: OfflinePorts) -> None:
    assert live_server.view_query(desk, None, None) == ""
    assert live_server.view_query(desk, "news", "2026-W50") == "?thread=news&slot=2"


@pytest.mark.parametrize(("thread", "key"), [("nosuch", None), ("news", "2024-W01")])
def test_an_edition_that_is_not_ahead_is_told(desk: OfflinePorts, thread: str, key: str | None) -> None:
    with pytest.raises(ConfigError, match=r"there is|is not one of the next 60"):
        live_server.view_query(desk, thread, key)


def test_a_broken_source_opens_all_the_same(desk: OfflinePorts, folder: Path) -> None:
    (folder / "thread.md.j2").write_text("---\nnmae: x\n---\n")

    assert live_server.view_query(desk, "news", None) == ""


def test_the_page_is_served_until_its_reader_has_seen_enough(desk: OfflinePorts, folder: Path) -> None:
    got = []

    def look_and_leave(url: str) -> None:
        got.append(url)
        raise KeyboardInterrupt

    live_server.serve(desk, folder=folder, compare=lambda _: ("", ""), show=look_and_leave)

    assert got[0].startswith("http://127.0.0.1:")


# -- the warm renderer


@pytest.fixture
def warm() -> Iterator[WarmRenderer]:
    warm_renderer = WarmRenderer(timeout=20, cpu_seconds=1)
    yield warm_renderer
    warm_renderer.close()


def rendered(renderer: ChildRenderer, body: str) -> Rendered | RenderProblem:
    files = source(body)
    return renderer.render(Snapshot(files=files), [(thread_of(files), CONTEXT)])[0]


def test_a_warm_renderer_says_what_a_cold_one_says(warm: WarmRenderer) -> None:
    for body in ("{{ sections() }} {{ edition.start | date('d MMMM') }}", "{{ nosuch }}", "@a@b.example"):
        assert rendered(warm, body) == rendered(ChildRenderer(), body)


def test_a_warm_renderer_keeps_its_process_and_loses_nothing_by_what_a_template_does(
    warm: WarmRenderer,
) -> None:
    rendered(warm, "one")
    nursery = warm._fork_server
    endless = rendered(warm, "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")

    assert isinstance(endless, RenderProblem)
    assert endless.problems[0].line > 0
    assert isinstance(rendered(warm, "two"), Rendered)
    assert warm._fork_server is nursery


def test_a_warm_process_that_was_ended_is_started_again(warm: WarmRenderer) -> None:
    rendered(warm, "one")
    assert warm._fork_server is not None
    warm._fork_server.kill()

    assert isinstance(rendered(warm, "two"), RenderProblem)
    assert isinstance(rendered(warm, "three"), Rendered)


def test_what_takes_too_long_ends_with_all_that_it_started() -> None:
    slow = WarmRenderer(timeout=0.01)

    answer = rendered(slow, "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    slow.close()

    assert isinstance(answer, RenderProblem)
    assert "took more than 0.01 s" in answer.problems[0].what


def test_a_warm_process_inherits_nothing(warm: WarmRenderer) -> None:
    rendered(warm, "one")
    assert warm._fork_server is not None
    environment = Path(f"/proc/{warm._fork_server.pid}/environ").read_bytes()

    assert environment == b""


def test_a_page_says_which_change_it_shows_so_that_none_is_missed_while_it_loads(
    get: Get, follower: Follower, folder: Path
) -> None:
    (folder / "new.md.j2").write_text("x")
    follower.check()

    assert 'data-count="1"' in get("/")[2]
