"""Who moderates a community and administers the server, as anyone can read it, on both APIs."""

import pytest

from megabot.errors import MegabotError
from megabot.lemmy.public_posts import PublicPosts
from tests.scenario import ON_BOTH
from tests.world import World

HOST = "https://lemmy.example"


@ON_BOTH
def test_moderators_and_admins_are_read_without_an_account_and_bots_left_out(world: World) -> None:
    posts = PublicPosts(world.sandbox.url)

    assert posts.moderators("news") == {f"{HOST}/u/modlin"}
    assert posts.admins() == {f"{HOST}/u/admin"}


@ON_BOTH
def test_a_community_that_is_not_there_has_no_moderators(world: World) -> None:
    assert PublicPosts(world.sandbox.url).moderators("nothing") == frozenset()


@ON_BOTH
def test_a_demotion_is_seen_at_once(world: World) -> None:
    posts = PublicPosts(world.sandbox.url)
    assert posts.moderators("news")
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("modlin").id, added=False)

    assert posts.moderators("news") == frozenset()


def test_after_an_upgrade_of_the_server_they_are_found_again(world: World) -> None:
    posts = PublicPosts(world.sandbox.url)
    assert posts.moderators("news")
    world.upgrade()

    for _ in range(2):
        try:
            found = posts.moderators("news")
        except MegabotError:
            continue
    assert found == {f"{HOST}/u/modlin"}


def test_a_server_that_is_away_is_no_server_without_moderators() -> None:
    with pytest.raises(MegabotError):
        PublicPosts("http://127.0.0.1:9").moderators("news")
