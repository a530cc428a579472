"""People's gestures are the same over both APIs."""

from collections.abc import Iterator

import pytest

from lemmy_sandbox import Generation, Sandbox
from tests.sandbox import images
from tests.sandbox.clocks import StandingClock
from tests.sandbox.stage import staged


@pytest.fixture(params=Generation, ids=lambda one: one.value)
def either(request: pytest.FixtureRequest, clock: StandingClock) -> Iterator[Sandbox]:
    with staged(Sandbox(clock, api=request.param)) as running:
        yield running


@pytest.fixture
def post(either: Sandbox) -> int:
    return either.user("megabot").create_post(either.community("news").id, "Weekly thread", "An essay.")


def test_a_moderator_pins_locks_removes_and_takes_it_all_back(either: Sandbox, post: int) -> None:
    modlin, kept = either.user("modlin"), either.world.posts[post]
    modlin.feature(post)
    modlin.lock(post)
    modlin.remove(post)
    done = (kept.featured_community, kept.locked, kept.removed)
    modlin.remove(post, removed=False)
    modlin.lock(post, locked=False)
    modlin.feature(post, featured=False)

    assert done == (True, True, True)
    assert (kept.featured_community, kept.locked, kept.removed) == (False, False, False)


def test_an_author_edits_deletes_and_restores(either: Sandbox, post: int) -> None:
    bot, kept = either.user("megabot"), either.world.posts[post]
    bot.edit_post(post, body="edited")
    states = []
    for deleted in (True, False):
        bot.delete(post, deleted=deleted)
        states.append(kept.deleted)

    assert (kept.body, states) == ("edited", [True, False])


def test_a_comment_is_written_edited_marked_removed_and_deleted(either: Sandbox, post: int) -> None:
    bot = either.user("megabot")
    number = bot.comment(post, "a comment")
    bot.edit_comment(number, "edited")
    bot.distinguish(number)
    bot.remove_comment(number)
    bot.remove_comment(number, removed=False)
    bot.delete_comment(number)
    kept = either.world.comments[number]

    assert (kept.content, kept.distinguished, kept.removed, kept.deleted) == ("edited", True, False, True)
    assert [one["id"] for one in bot.comments_by("megabot")] == [number]


def test_a_seat_a_ban_and_a_block_are_given_and_taken(either: Sandbox) -> None:
    modlin, news, reader = either.user("modlin"), either.community("news"), either.person("reader")
    states = []
    for on in (True, False):
        modlin.add_mod(news.id, reader.id, added=on)
        modlin.ban(news.id, reader.id, ban=on)
        modlin.block(reader.id, block=on)
        either.user("admin").ban_from_site(reader.id, ban=on)
        either.user("admin").remove_community(news.id, removed=False)
        blocked = reader.id in either.person("modlin").blocked
        states.append((reader.id in news.moderators, reader.id in news.banned, blocked, reader.banned))

    assert states == [(True, True, True, True), (False, False, False, False)]


def test_a_vote_is_given_turned_and_taken_back(either: Sandbox, post: int) -> None:
    reader, kept = either.user("reader"), either.world.posts[post]
    comment = either.user("megabot").comment(post, "a comment")
    scores = []
    for score in (1, -1, 0):
        reader.vote(post, score)
        reader.vote_comment(comment, score)
        votes = (kept.votes, either.world.comments[comment].votes)
        scores.append([sum(one.values()) for one in votes])

    assert scores == [[2, 2], [0, 0], [1, 1]]


def test_a_message_is_sent_edited_and_read(either: Sandbox) -> None:
    modlin, bot = either.user("modlin"), either.user("megabot")
    number = modlin.message(either.person("megabot").id, "hello")
    modlin.edit_message(number, "hello, edited")
    found = bot.messages(unread_only=True)

    assert {one["private_message"]["content"] for one in found} == {"hello, edited"}
    assert {one["creator"]["name"] for one in found} == {"modlin"}


def test_an_image_is_uploaded_and_served(either: Sandbox) -> None:
    bot = either.user("megabot")
    answer = bot.upload(images.png())
    file = answer.get("filename") or answer["file"]
    folder = "api/v4" if either.api is Generation.LEMMY_1 else "pictrs"

    assert file in either.world.pictures
    assert bot.picture(f"/{folder}/image/{file}") == images.png()


def test_a_purge_leaves_nothing(either: Sandbox, post: int) -> None:
    either.user("reader").comment(post, "a comment")
    either.user("admin").purge(post)

    assert (either.world.posts, either.world.comments, either.world.notifications) == ({}, {}, {})


def test_a_hand_signs_in_by_itself(either: Sandbox, clock: StandingClock) -> None:
    hand = either.user("reader")
    hand.token = None
    clock.advance(seconds=1)  # two sign-ins in one second are one too many

    assert hand.me()["person"]["name"] == "reader"
