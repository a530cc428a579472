"""A server that is upgraded to 1.0 between any two requests of a handover, with a service that runs on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.http import LemmySession
from megabot.service.service import Service
from tests.world import SLOT, WEEK, World

REQUESTS = 9
"""Of a handover on 0.19: the tick's count and eight more."""


class Watched(LemmySession):
    """A session that tells before each request which one it is."""

    def __init__(self, address: str, *, token: Callable[[], str], tell: Callable[[int], None]) -> None:
        super().__init__(address, token=token)
        self._tell = tell

    def send(self, request: requests.PreparedRequest, **given: object) -> requests.Response:
        self._tell(self.sent + 1)
        return super().send(request, **given)


@contextmanager
def serving(world: World, *, upgraded_before: int) -> Iterator[tuple[Service, list[ApiKind]]]:
    """Run a service on a server that is upgraded before one of its requests."""
    sign_ins = SignIns(
        credentials=Credentials(username="megabot", password="correct horse"),
        instance=world.sandbox.url,
        file=TokenFile(world.state / "token.json"),
        clock=world.clock,
    )

    def tell(number: int) -> None:
        if number == upgraded_before:
            world.sandbox.upgrade()

    api_kinds: list[ApiKind] = []
    with Watched(world.sandbox.url, token=lambda: sign_ins.token, tell=tell) as session:
        forum, _ = open_forum(session, sign_ins, world.clock, kind=ApiKind.V3, on_kind=api_kinds.append)
        ports = replace(world.ports(), forum=forum)
        yield Service(ports, tick=timedelta(seconds=30), notify=lambda _: None), api_kinds


def tick_for_an_hour(world: World, service: Service) -> None:
    for _ in range(12):
        service.tick()
        world.clock.at += timedelta(minutes=5)


@pytest.fixture
def a_week_later(world: World) -> World:
    """A world with last week's thread, at this week's slot."""
    world.post()
    world.clock.at = SLOT + WEEK
    return world


@pytest.mark.parametrize("number", range(1, REQUESTS + 1))
def test_one_post_is_pinned_and_the_old_one_is_not(a_week_later: World, number: int) -> None:
    """A20."""
    with serving(a_week_later, upgraded_before=number) as (service, api_kinds):
        tick_for_an_hour(a_week_later, service)

    posts = sorted(a_week_later.sandbox.world.posts.values(), key=lambda post: post.id)
    comments = [one for one in a_week_later.sandbox.world.comments.values() if one.post_id == posts[0].id]
    assert [post.featured_community for post in posts] == [False, True]
    assert len(comments) == 1
    assert api_kinds == [ApiKind.V4]


def test_what_is_written_after_the_upgrade_is_heard(a_week_later: World) -> None:
    """Over v3 the count of the inbox is 0 for ever."""
    with serving(a_week_later, upgraded_before=REQUESTS + 2) as (service, _):
        tick_for_an_hour(a_week_later, service)
        bot = a_week_later.sandbox.person("megabot").id
        a_week_later.sandbox.user("modlin").message(bot, "status")
        service.tick()

    answers = a_week_later.sandbox.user("modlin").messages()
    assert len(answers) == 2
    assert "status" in {one["private_message"]["content"] for one in answers}


def test_a_handover_on_1_0_takes_seven_requests_beside_the_tick(a_week_later: World) -> None:
    a_week_later.upgrade()
    a_week_later.kind = ApiKind.V4
    a_week_later.clock.at -= timedelta(hours=1)
    service = a_week_later.service()
    service.tick()
    a_week_later.clock.at = SLOT + WEEK
    a_week_later.sandbox.forget_requests()

    service.tick()

    paths = [request.path.removeprefix("/api/v4/") for request in a_week_later.sandbox.requests]
    assert paths[0] == "account/unread_counts"
    assert paths[1:] == [
        "person/content",
        "post/list",
        "post",
        "post/feature",
        "comment",
        "post/feature",
        "person/content",
    ]
