"""Tags of the community on the thread's posts: Lemmy 1.0 has them, 0.19 has none."""

import pytest

from lemmy_sandbox import UserV4
from megabot.check import account
from megabot.check.findings import Level
from megabot.reconcile.orders import OrderKind
from tests.world import SLOT, WEEK, World


@pytest.fixture
def tagged(world: World) -> World:
    """A world on 1.0 with a tag, which the thread wants."""
    world.sandbox.upgrade()
    create_tag(world, "weekly", "Weekly thread")
    world.change(tags=("Weekly",))
    return world


def create_tag(world: World, name: str, title: str) -> None:
    modlin = world.sandbox.user("modlin")
    assert isinstance(modlin, UserV4)
    modlin.create_tag(world.community_id, name, title)


def tags(world: World, post_id: int) -> list[str]:
    """Name the tags of a post, as the server has them."""
    server = world.sandbox.world
    return [server.tags[number].name for number in server.posts[post_id].tags]


def alerts(world: World) -> list[str]:
    return [sentence for key, sentence in world.ports().alerts.active_alerts() if key.endswith(":tags")]


def findings(world: World) -> list[tuple[Level, str]]:
    findings = account.check_account(world.ports(), agree=lambda _: False)
    return [(one.level, one.sentence) for one in findings if "tags:" in one.sentence]


def test_a_post_goes_up_with_the_tags_of_its_thread(tagged: World) -> None:
    tagged.post()

    assert tags(tagged, 1) == ["weekly"]
    assert alerts(tagged) == []


def test_an_edit_puts_them_on_too(tagged: World) -> None:
    tagged.change(tags=())
    tagged.post()
    tagged.change(tags=("weekly",))
    tagged.press.words = "Another essay."
    tagged.clock.at += WEEK / 7

    tagged.run_pass(OrderKind.REFRESH)

    assert tags(tagged, 1) == ["weekly"]


def test_a_tag_that_the_community_has_not_is_an_alert_and_the_post_goes_up(tagged: World) -> None:
    tagged.change(tags=("Weekly", "Wekly thread"))

    tagged.post()

    assert tags(tagged, 1) == ["weekly"]
    (sentence,) = alerts(tagged)
    assert "lacks the tag Wekly thread" in sentence


def test_the_alert_is_over_with_the_next_edition_that_has_it(tagged: World) -> None:
    tagged.change(tags=("Maps",))
    tagged.post()
    create_tag(tagged, "maps", "Maps")
    tagged.clock.at = SLOT + WEEK

    tagged.run_pass()

    assert tags(tagged, 2) == ["maps"]
    assert alerts(tagged) == []


@pytest.mark.parametrize(
    ("name", "hint"), [("Wekly thread", "did you mean Weekly thread?"), ("Maps", "it has: Weekly thread")]
)
def test_the_check_names_the_tags_that_there_are(tagged: World, name: str, hint: str) -> None:
    tagged.change(tags=("weekly", name))

    ((level, sentence),) = findings(tagged)

    assert level is Level.PROBLEM
    assert f"news has no tag {name} ({hint})" in sentence


def test_the_check_says_that_there_are_none(world: World) -> None:
    world.sandbox.upgrade()
    world.change(tags=("Weekly",))

    assert "it has no tags yet" in findings(world)[0][1]


def test_tags_that_are_all_there_are_no_finding(tagged: World) -> None:
    assert findings(tagged) == []


def test_0_19_is_told_to_have_no_tags_and_gets_the_post_without(world: World) -> None:
    world.change(tags=("Weekly",))

    world.post()

    ((level, sentence),) = findings(world)
    assert level is Level.WARNING
    assert "Lemmy before 1.0, which has no tags" in sentence
    assert len(world.posts()) == 1
    assert alerts(world) == []
