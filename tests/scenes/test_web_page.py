"""The page for moderators on the sandbox: a link from Lemmy, the pages, and orders that are carried out."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.service.service import Service
from megabot.source.model import Snapshot, Thread
from megabot.web.security import FORM_LONGEST, cookies_of, csrf_of
from tests.scenario import ON_BOTH, at_work, letters, tick, write
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


def test_an_essay_written_on_the_page_is_in_the_next_thread(
    world: World, service: Service, browser: Browser
) -> None:
    page = f"/threads/news/editions/{NEXT}"
    base = re.search(r'name="base" value="(\w+)"', browser.get(page).text)
    assert base
    answer = browser.post(f"{page}/use", {"body": "Words from the page.", "base": base[1]})
    assert answer.status == 303, answer.words
    tick(world, service)
    assert "preamble: by modlin" in browser.get("/").words

    browser.post("/orders", {"verb": "post", "thread": "news", "early": "1", "sure": "1"})
    tick(world, service)

    assert "Words from the page." in str(world.posts()[-1]["body"])


# -- sessions


def orders(world: World) -> list[str]:
    return [one.said for one in world.ports().ledger.commands(10) if one.key.startswith("web:")]


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


def test_signing_out_ends_the_session_and_everywhere_ends_all(world: World, service: Service) -> None:
    first, second, third = (signed_in(world, service) for _ in range(3))

    first.ask("POST", "/sign-out", f"csrf={csrf_of(first.cookies[SESSION])}".encode())
    assert (first.get("/").status, second.get("/").status) == (401, 200)

    second.post("/sign-out", {"everywhere": "1"})
    assert third.get("/").status == 401


# -- what must fail


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
