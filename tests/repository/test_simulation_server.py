"""The server in memory behaves as a 1.0 where that differs from 0.19: else the years on it prove nothing."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.errors import OutcomeUnknown, RateLimited, TokenRefused
from megabot.forum.models import Feature, PostDraft
from megabot.forum.notices import Notice, Watermark
from tests.clocks import FakeClock
from tests.simulation.account import AccountForum
from tests.simulation.hands import FakeHand
from tests.simulation.rates import SIZE, Rates
from tests.simulation.server import Generation, Server

ME = "@megabot@lemmy.example"
DRAFT = PostDraft(title="News 1", body="An essay.")


class Stage:
    """A 1.0 on which the bot moderates `news`, and nothing in `books`."""

    def __init__(self, generation: Generation = Generation.V1_0) -> None:
        self.clock = FakeClock()
        self.server = Server(self.clock.now, generation=generation, rates=Rates())
        bot, *_ = (self.server.add_person(name) for name in ("megabot", "modlin", "reader"))
        self.forum = AccountForum(self.server, bot)
        self.news = self.server.add_community("news", ["modlin", "megabot"]).id
        self.books = self.server.add_community("books", ["modlin"]).id

    def hand(self, name: str) -> FakeHand:
        return FakeHand(self.server, self.server.people[name])

    def post(self, community_id: int) -> int:
        return self.forum.create_post(community_id, DRAFT).id

    def told(self) -> tuple[Notice, ...]:
        return self.forum.inbox(Watermark()).notices

    def listed(self) -> list[tuple[int, str]]:
        return [(post.id, post.body) for post in self.forum.own_content(since=None).posts]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_removed_post_is_listed_with_its_text_for_moderators_alone(stage: Stage) -> None:
    posts = [stage.post(community) for community in (stage.news, stage.books)]
    for post in posts:
        stage.hand("modlin").remove(post)

    assert sorted(stage.listed()) == [(posts[0], DRAFT.body), (posts[1], "")]
    assert stage.forum.post(posts[1]).body == ""


def test_to_a_dead_token_every_removed_post_is_without_its_text(stage: Stage) -> None:
    stage.hand("modlin").remove(stage.post(stage.news))
    stage.forum.alive = False

    assert [body for _, body in stage.listed()] == [""]


def test_the_mod_log_names_people_to_moderators_alone(stage: Stage) -> None:
    posts = {community: stage.post(community) for community in (stage.news, stage.books)}
    for post in posts.values():
        stage.hand("modlin").feature(post)

    by = [stage.forum.pin_events(community_id=place, post_id=post)[0].by for place, post in posts.items()]

    assert by == [stage.server.people["modlin"].id, None]


def test_each_edit_tells_again_and_is_listed_once(stage: Stage) -> None:
    comment = stage.hand("modlin").comment(stage.post(stage.news), f"{ME} help")
    stage.forum.mark_all_read()
    for _ in range(2):
        stage.hand("modlin").edit_comment(comment, f"{ME} status")

    (notice,) = stage.told()
    stage.forum.mark_all_read()

    assert (notice.content_id, notice.text) == (comment, f"{ME} status")
    assert stage.forum.unread().total == 0


@pytest.mark.parametrize(("generation", "mentions"), [(Generation.V0_19, 1), (Generation.V1_0, 0)])
def test_a_mention_in_the_bots_own_thread_is_a_reply_on_1_0(generation: Generation, mentions: int) -> None:
    stage = Stage(generation)

    stage.hand("modlin").comment(stage.post(stage.news), f"{ME} help")

    assert (stage.forum.unread().total, stage.forum.unread().mentions) == (1, mentions)


def test_what_is_said_in_a_removed_thread_does_not_wait(stage: Stage) -> None:
    post = stage.post(stage.news)
    stage.hand("modlin").comment(post, f"{ME} help")
    stage.hand("modlin").remove(post)

    assert [notice.speaks for notice in stage.told()] == [False]  # the server tells of the removal


def test_a_lock_is_told_the_bot_even_where_it_is_its_own(stage: Stage) -> None:
    stage.forum.lock(stage.post(stage.news), locked=True)

    (notice,) = stage.told()
    stage.forum.mark_all_read()

    assert not notice.speaks
    assert stage.forum.unread().total == 0


def test_a_post_for_another_server_is_on_its_way_first(stage: Stage) -> None:
    stage.server.communities["news"] = replace(stage.server.communities["news"], local=False)
    stage.server.travel = lambda: timedelta(minutes=5)

    post = stage.post(stage.news)
    before = stage.forum.post(post).federation_pending
    stage.clock.advance(minutes=5)

    assert (before, stage.forum.post(post).federation_pending) == (True, False)


@pytest.mark.parametrize(
    ("generation", "minutes", "more"),
    [(Generation.V0_19, 4, 2), (Generation.V1_0, 4, 0), (Generation.V1_0, 10, 6)],
)
def test_a_bucket_fills_evenly_and_a_window_opens_all_at_once(
    generation: Generation, minutes: int, more: int
) -> None:
    stage = Stage(generation)
    for _ in range(SIZE):
        stage.post(stage.news)
    stage.clock.advance(minutes=minutes)

    for _ in range(more):
        stage.post(stage.news)

    with pytest.raises(RateLimited):
        stage.post(stage.news)


@pytest.mark.parametrize(("seconds", "known"), [(119, True), (239, True), (240, False)])
def test_a_key_is_known_for_two_to_four_minutes(stage: Stage, seconds: int, *, known: bool) -> None:
    stage.clock.advance(seconds=1)  # right after a sweep
    stage.forum.create_post(stage.news, DRAFT, key="a")
    stage.clock.advance(seconds=seconds - 1)

    with pytest.raises(OutcomeUnknown) if known else nullcontext():
        stage.forum.create_post(stage.news, DRAFT, key="a")


def test_a_dead_token_uses_no_key_up(stage: Stage) -> None:
    stage.forum.alive = False
    with pytest.raises(TokenRefused):
        stage.forum.create_post(stage.news, DRAFT, key="a")
    stage.forum.alive = True

    assert stage.forum.create_post(stage.news, DRAFT, key="a").id == 1


def test_an_upgrade_keeps_posts_pins_and_what_waits() -> None:
    stage = Stage(Generation.V0_19)
    post = stage.post(stage.news)
    stage.forum.feature(post, featured=True, kind=Feature.COMMUNITY)
    stage.hand("modlin").comment(post, f"{ME} help")
    before = (stage.listed(), stage.forum.pinned(stage.news), [one.key for one in stage.told()])

    stage.server.upgrade()

    assert stage.forum.site().version == "1.0.0-beta.1"
    after = (stage.listed(), stage.forum.pinned(stage.news), [one.key for one in stage.told()])
    assert after == before
