"""The page for moderators on the sandbox: a link from Lemmy, the pages, and orders that are carried out."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from urllib.parse import urlencode

import pytest

from megabot.errors import SourceBroken
from megabot.i18n.translation import use_language
from megabot.rendering.model import RenderProblem
from megabot.service.service import Service
from megabot.source.model import Snapshot, Thread
from megabot.source.problems import Problem
from megabot.web.orders import MOST_WAITING
from megabot.web.security import FORM_LONGEST, cookies_of, csrf_of
from tests.scenario import WITH_EACH_LEDGER, at_work, letters, tick, write
from tests.scenes.test_german_demo import english_sentences
from tests.scenes.test_web_commands import token_in
from tests.web_client import URL, Browser, page_of
from tests.world import NEWS, Pages, World

NEXT = "2026-W49"
SESSION, LINK = cookies_of(URL).session, cookies_of(URL).link


@pytest.fixture
def service(world: World) -> Service:
    world.web_url = URL
    world.pages.files["thread.md.j2"] = "{{ preamble.theme }} {{ preamble.text }}"
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


@WITH_EACH_LEDGER
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


# -- the pages


def test_every_page_shows_the_thread_and_only_loads_what_is_its_own(world: World, browser: Browser) -> None:
    for path in ("/", "/calendar", "/threads/news", f"/threads/news/editions/{NEXT}", "/history"):
        answer = browser.get(path)
        assert (answer.status, answer.header("cache-control")) == (200, "no-store"), path
        assert "news" in answer.words
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*?(?:src|href)="([^"]*)"', answer.text)
        assert all(one.startswith(("/static/", "data:,")) for one in loaded), path
        assert " style=" not in answer.text
        assert "<style" not in answer.text
        assert not re.search(r"<script(?! src=)|\son\w+=", answer.text), path
    for name in ("page.css", "page.js", "editor.js"):
        assert browser.get(f"/static/{name}").status == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"verb": "hold", "edition": NEXT}, f"hold news {NEXT}"),
        ({"verb": "resume", "edition": NEXT}, f"resume news {NEXT}"),
        (
            {"verb": "move", "edition": NEXT, "when": "2026-12-01T18:00"},
            f"move news {NEXT} to 2026-12-01 18:00",
        ),
        ({"verb": "post", "early": "1", "sure": "1"}, "post news next"),
        ({"verb": "repost", "sure": "1"}, "repost news yes"),
        ({"verb": "undo", "sure": "1"}, "undo news"),
        ({"verb": "refresh"}, "refresh news"),
        ({"verb": "note", "text": "Be kind.\r\nPlease."}, "note news Be kind. Please."),
        ({"verb": "unnote"}, "unnote news"),
        ({"verb": "feature", "comment": "https://lemmy.example/comment/7"}, "feature news"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_form_becomes_the_order_that_a_message_would_give(
    world: World, browser: Browser, form: dict[str, str], said: str
) -> None:
    answer = browser.post("/orders", {"thread": "news", "back": "calendar", **form})

    assert answer.status == 303
    assert answer.header("location").startswith("/calendar?order=")
    record = world.ports().ledger.commands(1)[0]
    assert (record.said, record.by, record.threads) == (said, "modlin", ("news",))
    assert record.comment_id == (7 if form["verb"] == "feature" else 0)


@pytest.mark.parametrize("verb", ["post", "repost", "undo"])
def test_what_readers_notice_at_once_is_asked_first(world: World, browser: Browser, verb: str) -> None:
    answer = browser.post("/orders", {"verb": verb, "thread": "news", "back": "thread"})

    assert (answer.status, 'name="sure" value="1"' in answer.text) == (200, True)
    assert orders(world) == []


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "web"},
        {"verb": "adopt"},
        {"verb": ""},
        {"verb": "move", "edition": NEXT, "when": "soon"},
        {"verb": "move", "edition": NEXT, "when": "2026-12-01T18:00+01:00"},
        {"verb": "note", "text": "  "},
        {"verb": "feature", "comment": "that one"},
        {"verb": "hold", "edition": "2026-W49 yes"},
    ],
    ids=str,
)
def test_a_form_that_means_nothing_orders_nothing(
    world: World, browser: Browser, form: dict[str, str]
) -> None:
    answer = browser.post("/orders", {"thread": "news", **form})

    assert (answer.status, 'role="alert"' in answer.text) == (400, True)
    assert orders(world) == []


@WITH_EACH_LEDGER
def test_history_tells_who_did_what_from_every_channel(
    world: World, service: Service, browser: Browser
) -> None:
    write(world, service, f"hold {NEXT}")
    browser.post("/orders", {"verb": "refresh", "thread": "news"})
    tick(world, service)

    words = browser.get("/history").words
    assert "hold modlin on Lemmy" in words
    assert "refresh modlin on the page" in words
    assert "news/2026-W48 post" in words


@WITH_EACH_LEDGER
def test_an_essay_written_on_the_page_is_in_the_next_thread(
    world: World, service: Service, browser: Browser
) -> None:
    page = f"/threads/news/editions/{NEXT}"
    base = base_in(browser.get(page).text)
    answer = browser.post(f"{page}/use", {"body": "Words from the page.", "base": base})
    assert answer.status == 303, answer.words
    tick(world, service)
    overview = browser.get("/").words
    assert "Essay by modlin" in overview
    assert f"The preamble of news/{NEXT} is saved" in overview
    assert "Words from the page." not in overview
    assert "Words from the page." in browser.follow(answer).words

    browser.post("/orders", {"verb": "post", "thread": "news", "early": "1", "sure": "1"})
    tick(world, service)

    assert "Words from the page." in str(world.posts()[-1]["body"])


def test_in_german_no_english_sentence_is_on_any_page(
    world: World, service: Service, browser: Browser
) -> None:
    use_language("de")
    write(world, service, f"hold {NEXT}")
    browser.post("/orders", {"verb": "refresh", "thread": "news"})
    pages = ("/", "/calendar", "/threads/news", f"/threads/news/editions/{NEXT}", "/history")
    texts = {path: browser.get(path).words for path in pages}
    texts["live"] = browser.post(f"{pages[3]}/live", {"body": "Worte.", "base": ""}).words
    world.press.problem = RenderProblem((Problem("thread.md.j2", 1, "-"),))
    texts["broken"] = browser.get(pages[3]).words

    english = english_sentences()
    assert [(piece, path) for path, text in texts.items() for piece in english if piece in text] == []
    assert "Keine Fehler gefunden. So kann es veröffentlicht werden." in texts[pages[3]]
    assert "Montag, 30. November 2026, 12:00 Europe/London" in texts[pages[3]]
    assert "von 49.800 Zeichen" in texts[pages[3]]
    assert "1 Fehler. Bis das behoben ist, wird nichts veröffentlicht." in texts["broken"]


def base_in(text: str) -> str:
    """Return the digest of the preamble that a form starts from."""
    found = re.search(r'name="base" value="(\w+)"', text)
    assert found
    return found[1]


@WITH_EACH_LEDGER
def test_of_two_who_edit_an_edition_the_second_is_warned_and_replaces_nothing_silently(
    world: World, service: Service, browser: Browser
) -> None:
    world.sandbox.add_person("kim")
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("kim").id)
    page, other = f"/threads/news/editions/{NEXT}", signed_in(world, service, by="kim")
    first, second = (base_in(one.get(page).text) for one in (browser, other))

    browser.post(f"{page}/draft", {"body": "Modlin's words.", "base": first})
    assert "modlin is editing this edition too" in other.get(page).words
    other.post(f"{page}/draft", {"body": "Kim's words.", "base": second})
    assert browser.post(f"{page}/use", {"body": "Modlin's words.", "base": first}).status == 303
    tick(world, service)

    late = other.post(f"{page}/use", {"body": "Kim's words.", "base": second})
    assert (late.status, "The preamble changed while you were writing" in late.words) == (409, True)
    assert [one.text for one in world.ports().ledger.overrides("news")] == ["Modlin's words."]
    assert "Kim's words." in other.get(page).words

    seen = re.search(r'name="seen" value="(\w+)"', late.text)
    assert seen
    form = {"body": "Kim's words.", "base": second, "seen": seen[1]}
    assert other.post(f"{page}/use", form).status == 303
    tick(world, service)
    assert [one.text for one in world.ports().ledger.overrides("news")] == ["Kim's words."]


# -- sessions


def orders(world: World) -> list[str]:
    return [one.said for one in world.ports().ledger.commands(10) if one.key.startswith("web:")]


@WITH_EACH_LEDGER
def test_a_link_works_once(world: World, service: Service) -> None:
    address = link(world, service)
    first, second = Browser(page_of(world)), Browser(page_of(world))
    first.get(address)
    second.get(address)
    assert first.post("/sign-in", {}).status == 303

    again = second.ask("POST", "/sign-in", f"csrf={csrf_of(address.partition('=')[2])}".encode())

    assert again.status == 403
    assert "was used already" in again.words
    assert second.get("/").status == 401


def test_a_link_that_is_used_twice_at_the_same_moment_signs_in_once(world: World, service: Service) -> None:
    address = link(world, service)
    browsers = [Browser(page_of(world)) for _ in range(4)]
    for browser in browsers:
        browser.get(address)
    form = f"csrf={csrf_of(browsers[0].cookies[LINK])}".encode()
    together = Barrier(len(browsers))

    def press(browser: Browser) -> int:
        together.wait(timeout=30)
        return browser.ask("POST", "/sign-in", form).status

    with ThreadPoolExecutor(len(browsers)) as pool:
        first, *others = sorted(pool.map(press, browsers))

    assert first == 303
    # 503: the ledger was being opened for another one just then.
    assert set(others) <= {403, 503}
    assert len(world.ports().ledger.web_access()) == 1


def test_a_link_works_for_15_minutes(world: World, service: Service) -> None:
    browser = Browser(page_of(world))
    browser.follow(browser.get(link(world, service)))
    form = csrf_of(browser.cookies[LINK])
    world.clock.at += timedelta(minutes=15)

    assert browser.post("/sign-in", {}, csrf=form).status == 403


def test_a_look_at_the_link_does_not_use_it_up(world: World, service: Service) -> None:
    """Programs that preview links open them, and press no button."""
    address = link(world, service)
    Browser(page_of(world)).follow(Browser(page_of(world)).get(address))

    browser = Browser(page_of(world))
    browser.get(address)
    assert browser.post("/sign-in", {}).status == 303


def test_the_token_is_in_no_address_after_the_first_request(world: World, service: Service) -> None:
    browser = Browser(page_of(world))
    answer = browser.get(link(world, service))

    assert (answer.status, answer.header("location")) == (303, "/sign-in")
    (cookie,) = [value for name, value in answer.headers if name == "set-cookie"]
    assert {"HttpOnly", "Path=/sign-in", "SameSite=lax", "Secure"} <= set(cookie.split("; "))
    assert answer.header("referrer-policy") == "same-origin"


def test_the_session_is_a_cookie_of_this_host_for_8_hours(world: World, service: Service) -> None:
    browser = Browser(page_of(world))
    browser.get(link(world, service))
    answer = browser.post("/sign-in", {})

    cookie = next(value for name, value in answer.headers if "__Host-megabot" in value)
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Secure", "Max-Age=28800"} <= set(cookie.split("; "))
    world.clock.at += timedelta(hours=8)
    assert browser.get("/").status == 401


def test_the_ledger_holds_no_token_of_a_session(world: World, browser: Browser) -> None:
    token = browser.cookies[SESSION]

    assert token.encode() not in (world.state / "ledger.db").read_bytes()


def test_from_another_site_the_page_is_one_step_away(world: World, browser: Browser) -> None:
    """A strict cookie does not come along then; the step after is the page's own."""
    cookies, browser.cookies = browser.cookies, {}
    answer = browser.get("/calendar?order=1", headers={"sec-fetch-site": "cross-site"})
    assert '<meta http-equiv="refresh" content="0; url=/calendar?order=1">' in answer.text

    browser.cookies = cookies
    assert browser.get("/calendar?order=1", headers={"sec-fetch-site": "same-origin"}).status == 200


@WITH_EACH_LEDGER
def test_signing_out_ends_the_session_and_everywhere_ends_all(world: World, service: Service) -> None:
    first, second, third = (signed_in(world, service) for _ in range(3))

    first.ask("POST", "/sign-out", f"csrf={csrf_of(first.cookies[SESSION])}".encode())
    assert (first.get("/").status, second.get("/").status) == (401, 200)

    second.post("/sign-out", {"everywhere": "1"})
    assert third.get("/").status == 401


# -- what must fail


@WITH_EACH_LEDGER
def test_a_stolen_cookie_is_worth_nothing_after_the_demotion(world: World, browser: Browser) -> None:
    thief = Browser(browser.app, cookies=dict(browser.cookies))
    assert thief.get("/").status == 200
    form = csrf_of(thief.cookies[SESSION])
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("modlin").id, added=False)

    answer = thief.post("/orders", {"verb": "hold", "thread": "news"}, csrf=form)

    assert (answer.status, orders(world)) == (403, [])
    assert world.ports().ledger.web_access() == ()
    assert (thief.get("/").status, browser.get("/").status) == (401, 401)


def test_while_the_moderators_cannot_be_read_nobody_sees_or_orders_anything(
    world: World, service: Service
) -> None:
    browser = signed_in(world, service)
    form = csrf_of(browser.cookies[SESSION])
    browser.app = page_of(world, away=True)

    assert browser.get("/").status == 503
    assert browser.post("/orders", {"verb": "hold", "thread": "news"}, csrf=form).status == 503
    assert orders(world) == []
    assert len(world.ports().ledger.web_access()) == 1


FORGED = {
    "no token": {"csrf": ""},
    "a wrong token": {"csrf": "0" * 64},
    "another origin": {"origin": "https://evil.example"},
    "no origin": {"origin": ""},
    "a hidden origin": {"origin": "null"},
    "another scheme": {"origin": "http://megabot.example"},
}


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("path", ["/orders", "/sign-out", f"/threads/news/editions/{NEXT}/use"])
def test_a_forged_request_does_nothing(world: World, browser: Browser, forged: str, path: str) -> None:
    given = FORGED[forged]
    token = given.get("csrf", csrf_of(browser.cookies[SESSION]))
    browser.origin = given.get("origin", URL)

    form = {"verb": "hold", "thread": "news", "body": "Forged."}
    assert browser.post(path, form, csrf=token).status == 403

    assert orders(world) == []
    browser.origin = URL
    assert browser.get("/").status == 200


def test_the_form_token_of_another_session_is_refused(world: World, service: Service) -> None:
    first, second = signed_in(world, service), signed_in(world, service)

    form = {"verb": "hold", "thread": "news"}
    assert first.post("/orders", form, csrf=csrf_of(second.cookies[SESSION])).status == 403


def test_only_a_form_is_read(world: World, browser: Browser) -> None:
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", ""):
        answer = browser.ask("POST", "/orders", b"verb=hold", headers={"content-type": kind})
        assert answer.status == 415


@pytest.mark.parametrize("host", ["evil.example", "megabot.example:8642", "", "127.0.0.1"])
def test_another_host_name_is_refused(world: World, browser: Browser, host: str) -> None:
    browser.host = host

    assert browser.get("/").status == 421
    assert browser.get("/sign-in").status == 421


def test_a_body_that_is_too_long_is_refused(world: World, browser: Browser) -> None:
    body = b"csrf=" + b"x" * FORM_LONGEST

    assert browser.ask("POST", "/orders", body).status == 413
    lying = {"content-length": "999999999"}
    assert browser.ask("POST", "/orders", b"csrf=1", headers=lying).status == 413


def test_a_body_in_chunks_is_read_whole_and_limited_too(world: World, browser: Browser) -> None:
    form = f"csrf={csrf_of(browser.cookies[SESSION])}&verb=hold&thread=news&edition={NEXT}".encode()

    assert browser.ask("POST", "/orders", b"csrf=" + b"x" * FORM_LONGEST, chunks=9).status == 413
    assert browser.ask("POST", "/orders", form, chunks=9).status == 303
    assert orders(world) == [f"hold news {NEXT}"]


@pytest.mark.parametrize("what", ["live", "draft", "use"])
def test_half_an_essay_whose_connection_was_lost_replaces_nothing(
    world: World, browser: Browser, what: str
) -> None:
    """Its token comes first, so half a form looks like one."""
    page = f"/threads/news/editions/{NEXT}"
    csrf = csrf_of(browser.cookies[SESSION])
    browser.post(f"{page}/draft", {"body": "The whole essay."})

    lost = browser.ask("POST", f"{page}/{what}", f"csrf={csrf}&body=The+who".encode(), leaves=True)

    assert lost.status == 0
    assert orders(world) == []
    assert "The whole essay.</textarea>" in browser.get(page).text


@pytest.mark.parametrize("path", ["/threads/a\\b", '/threads/"><script>'])
def test_from_another_site_no_path_leads_elsewhere(world: World, service: Service, path: str) -> None:
    answer = Browser(page_of(world)).get(path, headers={"sec-fetch-site": "cross-site"})

    target = re.search(r'content="0; url=([^"]*)"', answer.text)
    assert target
    assert re.fullmatch(r"/threads/[\w%]+", target[1])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(world: World, browser: Browser, method: str) -> None:
    assert browser.ask(method, "/").status == 405


def test_signing_in_is_limited_for_each_client(world: World, service: Service) -> None:
    address = link(world, service)
    app = page_of(world)
    guesser = Browser(app, client="192.0.2.7")
    for number in range(10):
        guesser.get(f"/sign-in?token=guess-{number}")
        assert guesser.post("/sign-in", {}, csrf=csrf_of(f"guess-{number}")).status == 403

    assert guesser.post("/sign-in", {}, csrf=csrf_of("guess-9")).status == 429
    other = Browser(app, client="192.0.2.8")
    other.get(address)
    assert other.post("/sign-in", {}).status == 303


def test_a_script_in_an_essay_or_an_answer_is_only_text(
    world: World, service: Service, browser: Browser
) -> None:
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    page = f"/threads/news/editions/{NEXT}"
    live = browser.post(f"{page}/live", {"body": script, "field.theme": '"><script>alert(2)</script>'})
    assert live.status == 200
    browser.post("/orders", {"verb": "note", "thread": "news", "text": script})
    tick(world, service)

    for text in (live.text, *(browser.get(path).text for path in (page, "/", "/threads/news", "/history"))):
        assert "<script>" not in text
        assert "<img src=x" not in text
        assert not re.search(r"<[^>]*\sonerror", text)


def test_the_policy_forbids_inline_code_and_everything_from_elsewhere(world: World, browser: Browser) -> None:
    answers = [browser.get(path) for path in ("/", "/nothing", "/static/page.js", "/sign-in")]
    browser.host = "evil.example"
    for answer in (*answers, browser.get("/")):
        policy = answer.header("content-security-policy")
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.header("x-content-type-options") == "nosniff"


class Broken(Pages):
    """A source with a bug."""

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        raise ValueError("a secret")


def test_a_bug_tells_nothing_and_keeps_the_policy(world: World, browser: Browser) -> None:
    world.pages = Broken()
    answer = browser.ask("GET", "/", bug=True)

    assert (answer.status, answer.text) == (500, "Internal Server Error")
    assert answer.header("content-security-policy")


def test_a_moderator_of_another_community_sees_and_orders_nothing_here(
    world: World, service: Service
) -> None:
    world.sandbox.add_community("birds", "Birds", moderators=["stranger"])
    birds = replace(NEWS, name="birds", community="birds", path="birds.md.j2")
    world.pages.all = (NEWS, birds)
    stranger = signed_in(world, service, by="stranger")

    assert "2026-W48" not in stranger.get("/history").words
    assert 'href="/threads/news"' not in stranger.get("/").text
    for path in ("/threads/news", f"/threads/news/editions/{NEXT}"):
        assert stranger.get(path).status == 404
    assert stranger.post("/orders", {"verb": "hold", "thread": "news"}).status == 404
    for step in ("use", "live", "draft", "discard"):
        assert stranger.post(f"/threads/news/editions/{NEXT}/{step}", {"body": "Mine."}).status == 404
    assert orders(world) == []
    assert world.ports().ledger.web_drafts("news", NEXT) == ()


def test_alerts_of_a_thread_are_for_its_own_moderators_and_those_of_the_bot_for_all(
    world: World, service: Service, browser: Browser
) -> None:
    world.sandbox.add_community("birds", "Birds", moderators=["stranger"])
    birds = replace(NEWS, name="birds", community="birds", path="birds.md.j2")
    world.pages.all = (NEWS, birds)
    stranger = signed_in(world, service, by="stranger")
    alerts = world.ports().alerts
    alerts.raise_alert("news:late", "The news is late.")
    alerts.raise_alert("database", "The database was away.")

    assert "The news is late." in browser.get("/").words
    assert "The news is late." not in stranger.get("/").words
    assert "The database was away." in stranger.get("/").words


def test_a_session_ends_after_8_hours_however_much_it_is_used(world: World, browser: Browser) -> None:
    for _hour in range(7):
        world.clock.at += timedelta(hours=1)
        assert browser.get("/").status == 200
    world.clock.at += timedelta(hours=1)

    assert browser.get("/").status == 401


@pytest.mark.parametrize("path", ["/", "/calendar", "/history", "/threads/news", "/picture/a.png"])
def test_nobody_sees_anything_without_signing_in(world: World, service: Service, path: str) -> None:
    answer = Browser(page_of(world)).get(path)

    assert answer.status == 401
    assert "2026-W" not in answer.text


# -- when something is broken, away or given twice


class HalfBroken(Pages):
    """A source in which the files of all threads but one, of another community, have mistakes."""

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        raise SourceBroken(["secret-plan.md.j2:3: a mistake"], threads=self.all[1:])


@pytest.fixture
def birds(world: World, service: Service) -> Thread:
    """A thread of another community, which only `stranger` moderates."""
    world.sandbox.add_community("birds", "Birds", moderators=["stranger"])
    return replace(NEWS, name="birds", community="birds", path="birds.md.j2")


def test_a_mistake_in_their_template_signs_nobody_out(world: World, browser: Browser, birds: Thread) -> None:
    good, world.pages = world.pages, HalfBroken()
    world.pages.all = (NEWS, birds)

    answer = browser.get("/")
    assert answer.status == 503
    assert "The bot's templates have a mistake." in answer.words
    assert "secret-plan" not in answer.text
    world.pages = good
    assert browser.get("/").status == 200


def test_mistakes_in_the_files_of_others_are_not_quoted(
    world: World, service: Service, birds: Thread
) -> None:
    world.pages.all = (NEWS, birds, replace(birds, name="moths", community="news"))
    stranger = signed_in(world, service, by="stranger")
    all_threads, world.pages = world.pages.all, HalfBroken()
    world.pages.all = all_threads

    words = stranger.get("/").words
    assert "Templates have mistakes." in words
    assert "secret-plan" not in words


def test_what_is_away_is_said_without_the_addresses_of_this_machine(world: World, browser: Browser) -> None:
    browser.app = page_of(world, away=True)

    answer = browser.get("/")
    assert answer.status == 503
    assert "The Lemmy server does not answer now" in answer.words
    assert "127.0.0.1" not in answer.text


def test_a_newer_ledger_tells_strangers_nothing(world: World, service: Service) -> None:
    browser = Browser(page_of(world), cookies={SESSION: "guess"})
    with closing(sqlite3.connect(world.state / "ledger.db")) as database, database:
        database.execute("PRAGMA user_version = 9999")
        database.execute("UPDATE written_by SET version = '99.0'")

    answer = browser.get("/")
    assert answer.status == 503
    assert "The bot's records cannot be read now." in answer.words
    assert str(world.state) not in answer.text


def test_a_double_click_on_yes_reposts_once(world: World, browser: Browser) -> None:
    asked = browser.post("/orders", {"verb": "repost", "thread": "news", "back": "thread"})
    key = re.search(r'name="key" value="(\w+)"', asked.text)
    assert key
    form = {"verb": "repost", "thread": "news", "back": "thread", "sure": "1", "key": key[1]}

    answers = [browser.post("/orders", form) for _ in range(2)]

    assert {one.header("location") for one in answers} == {f"/threads/news?order={key[1]}"}
    assert orders(world) == ["repost news yes"]


def test_an_order_that_was_carried_out_is_not_given_again_by_going_back(
    world: World, service: Service, browser: Browser
) -> None:
    form = {"verb": "repost", "thread": "news", "back": "thread", "sure": "1", "key": "0a" * 16}
    browser.post("/orders", form)
    tick(world, service)
    assert len(world.posts()) == 2

    browser.post("/orders", form)
    tick(world, service)
    assert len(world.posts()) == 2


def test_nobody_fills_the_service_with_orders(world: World, browser: Browser) -> None:
    csrf = csrf_of(browser.cookies[SESSION])
    statuses = [
        browser.post("/orders", {"verb": "refresh", "thread": "news"}, csrf=csrf).status
        for _ in range(MOST_WAITING + 1)
    ]

    assert statuses == [303] * MOST_WAITING + [400]


def test_an_order_that_waits_for_long_is_said_to(world: World, browser: Browser) -> None:
    page = browser.post("/orders", {"verb": "hold", "thread": "news", "back": "calendar"}).header("location")
    assert "within a minute" in browser.get(page).words
    world.clock.at += timedelta(minutes=5)

    for shown in (browser.get(page).words, browser.get("/").words):
        assert "the bot has not carried it out yet" in shown
        assert "within a minute" not in shown


@pytest.mark.parametrize("key", ["\0", "'", "x" * 5000, "\u2028", "../1"])
def test_an_odd_key_of_an_order_shows_the_page(world: World, browser: Browser, key: str) -> None:
    for path in ("/", f"/threads/news/editions/{NEXT}"):
        assert browser.get(f"{path}?{urlencode({'order': key})}").status == 200


@pytest.mark.parametrize("text", ["a\0b", "\ufeff\u202e\u2028", "\U0001f600" * 1000, "---\n\0: x\n---\nA"])
def test_an_odd_essay_is_kept_as_it_is(world: World, browser: Browser, text: str) -> None:
    page = f"/threads/news/editions/{NEXT}"

    assert browser.post(f"{page}/live", {"body": text, "whole": "1"}).status == 200
    assert browser.get(page).status == 200
    (draft,) = world.ports().ledger.web_drafts("news", NEXT)
    assert draft.text == text


@pytest.mark.parametrize(
    "key", ["\0", "\u0662\u0660\u0662\u0666-W49", "2026-W49\n", "0000-00-00", "9999-W99"]
)
def test_an_odd_edition_is_not_found(world: World, browser: Browser, key: str) -> None:
    assert browser.get(f"/threads/news/editions/{key}").status == 404


def test_an_odd_picture_is_not_found(world: World, browser: Browser) -> None:
    assert browser.get("/picture/a\0.png").status == 404


def test_an_address_that_only_takes_forms_leads_on(world: World, browser: Browser) -> None:
    answer = browser.get("/orders")

    assert answer.status == 405
    assert "Go on from the overview." in answer.words


def test_the_comments_that_the_service_saw_last_are_on_the_overview(
    world: World, service: Service, browser: Browser
) -> None:
    world.hand("reader").comment(1, "A wren at the window.")
    world.clock.at += timedelta(hours=2)
    tick(world, service)

    assert re.search(r"2026-W48 , pinned: yes, \d+ comments? at the last check", browser.get("/").words)
