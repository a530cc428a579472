"""How the bot comes to its rights: it says once who it is, and waits until a moderator has appointed it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from lemmy_sandbox.http.exchange import Answer, Request
from megabot.check import account
from megabot.check import findings as check_findings
from megabot.commands.introduce import introduce
from megabot.errors import ConfigError, NeedsPerson, NotFound
from tests.world import World

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def unappointed(world: World) -> World:
    appoint(world, added=False)
    return world


def appoint(world: World, *, added: bool = True) -> None:
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("megabot").id, added=added)


def a_post(world: World, community_id: int | None = None) -> tuple[int, str]:
    number = world.hand("reader").create_post(community_id or world.community_id, "A question")
    return number, f"{world.sandbox.url}/post/{number}"


def test_it_says_who_it_is_and_how_it_is_appointed(unappointed: World) -> None:
    number, url = a_post(unappointed)

    _, said = introduce(unappointed.ports(), url)

    (comment,) = unappointed.comments(number)
    assert 'chooses "appoint as mod"' in comment
    assert said.startswith("introduced the bot at https://lemmy.example/comment/1;")


def test_it_says_so_once(unappointed: World) -> None:
    number, url = a_post(unappointed)
    introduce(unappointed.ports(), url)

    _, said = introduce(unappointed.ports(), url)

    assert said.startswith("the bot had already introduced itself at")
    assert len(unappointed.comments(number)) == 1


def test_a_moderator_does_not_introduce_itself(world: World) -> None:
    number, url = a_post(world)

    assert "is already a moderator there" in introduce(world.ports(), url)[1]
    assert world.comments(number) == []


def test_nothing_is_said_in_other_peoples_communities(unappointed: World) -> None:
    other = unappointed.sandbox.add_community("books", "Books", moderators=["modlin"])
    number, url = a_post(unappointed, other.id)

    with pytest.raises(ConfigError, match="is not in the community of any thread"):
        introduce(unappointed.ports(), url)
    assert unappointed.comments(number) == []


def test_an_address_without_a_post_is_named(unappointed: World) -> None:
    with pytest.raises(NotFound):
        introduce(unappointed.ports(), f"{unappointed.sandbox.url}/post/999")


@pytest.mark.parametrize("done", [True, False])
def test_a_lost_answer_is_looked_for_and_never_sent_again(unappointed: World, *, done: bool) -> None:
    number, url = a_post(unappointed)
    lose_one(unappointed, "/api/v3/comment", done=done)
    if done:
        assert introduce(unappointed.ports(), url)[1].startswith("introduced the bot at")
    else:
        with pytest.raises(NeedsPerson, match="it is not known whether the comment was created"):
            introduce(unappointed.ports(), url)

    assert len(unappointed.comments(number)) == int(done)


def lose_one(world: World, path: str, *, done: bool) -> None:
    """Have the server's next answer for a path be a gateway's, whether what was asked is done or not."""
    server = world.sandbox._server
    assert server is not None
    respond, left = server.respond, [path]

    def losing(request: Request) -> Answer:
        if request.path not in left:
            return respond(request)
        left.remove(path)
        if done:
            respond(request)
        return Answer(status=502, headers={}, body=b"")

    server.respond = losing


@dataclass
class Meanwhile:
    """The world's clock; each time that somebody waits, something happens."""

    world: World
    happens: Callable[[], object]

    def now(self) -> datetime:
        return self.world.clock.now()

    def sleep(self, seconds: float) -> None:
        self.world.clock.sleep(seconds)
        self.happens()


def wait(world: World, happens: Callable[[], object]) -> tuple[list[str], tuple[check_findings.Finding, ...]]:
    told: list[str] = []
    ports = replace(world.ports(), clock=Meanwhile(world, happens))
    findings = account.wait_until_ready(ports, agree=lambda _: True, wait=HALF_AN_HOUR, tell=told.append)
    return told, findings


def problems(findings: tuple[check_findings.Finding, ...]) -> list[str]:
    return [one.sentence for one in findings if one.level is check_findings.Level.PROBLEM]


def test_the_wait_ends_as_soon_as_it_is_appointed(unappointed: World) -> None:
    began = unappointed.clock.now()

    told, findings = wait(unappointed, lambda: appoint(unappointed))

    assert problems(findings) == []
    assert unappointed.clock.now() - began == account.LOOK_AGAIN
    assert len(told) == 1
    assert "is not a moderator there" in told[0]


def test_the_wait_has_an_end_and_gives_what_is_still_missing(unappointed: World) -> None:
    began = unappointed.clock.now()

    told, findings = wait(unappointed, lambda: None)

    assert unappointed.clock.now() - began == HALF_AN_HOUR
    assert len(told) == 1  # what stays the same is not said again
    assert len(problems(findings)) == 1


def test_a_server_that_is_away_meanwhile_is_waited_for(unappointed: World) -> None:
    refused = ["/api/v3/site", "/api/v3/site"]
    server = unappointed.sandbox._server
    assert server is not None
    respond = server.respond

    def starting(request: Request) -> Answer:
        if request.path in refused:
            refused.pop()
            return Answer(status=400, headers={}, body=b'{"error":"unknown"}')
        return respond(request)

    server.respond = starting
    _, findings = wait(unappointed, lambda: appoint(unappointed))

    assert problems(findings) == []
