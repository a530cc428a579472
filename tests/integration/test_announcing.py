"""Scenes of the handover's manners: one comment announces the next thread and becomes the link; both APIs."""

from datetime import timedelta

import pytest

from megabot.adapters.front_matter_values import Wrong, span_or_none
from megabot.core.threads import Previous
from tests.integration.test_living_thread import Scene, scene  # noqa: F401  a fixture
from tests.world import SLOT, WEEK

SIX_HOURS = timedelta(hours=6)
LINK = "The new thread is [here]({{ edition.url }})."


@pytest.fixture
def announcing(scene: Scene) -> Scene:  # noqa: F811
    scene.world.change(previous=Previous(comment=LINK, announce=SIX_HOURS))
    scene.wait(timedelta(hours=1))
    return scene


def own_comments(scene: Scene, post: int = 1) -> list[tuple[str, bool]]:  # noqa: F811
    found = scene.ports.forum.own_content(since=None).comments
    mine = [one for one in reversed(found) if one.post_id == post]
    return [(one.content.partition("\n")[0], one.distinguished) for one in mine]


def until(scene: Scene, before: timedelta) -> None:  # noqa: F811
    scene.wait(SLOT + 2 * WEEK - before - scene.world.clock.at)


def test_six_hours_before_the_slot_one_comment_says_when_and_is_marked(announcing: Scene) -> None:
    until(announcing, SIX_HOURS + timedelta(minutes=1))
    assert own_comments(announcing) == []
    until(announcing, SIX_HOURS)
    announcing.wait(timedelta(hours=2))

    assert own_comments(announcing) == [
        ("The next thread opens Mon 30 Nov 12:00 GMT. Here will be the link to it.", True)
    ]


def test_the_same_comment_becomes_the_link(announcing: Scene) -> None:
    until(announcing, SIX_HOURS)
    until(announcing, timedelta())
    announcing.wait(timedelta(hours=2))

    assert own_comments(announcing) == [("The new thread is [here](https://lemmy.example/post/2).", True)]


def test_where_the_announcement_was_deleted_the_link_is_a_comment_of_its_own(announcing: Scene) -> None:
    until(announcing, SIX_HOURS)
    (soon,) = announcing.ports.forum.own_content(since=None).comments
    announcing.hand("megabot").delete_comment(soon.id)
    until(announcing, timedelta())

    found = announcing.ports.forum.own_content(since=None).comments
    links = [one.content.partition("\n")[0] for one in found if one.post_id == 1 and one.open]
    assert links == ["The new thread is [here](https://lemmy.example/post/2)."]


def test_a_service_that_was_down_then_announces_nothing_late(announcing: Scene) -> None:
    until(announcing, timedelta())

    assert own_comments(announcing) == [("The new thread is [here](https://lemmy.example/post/2).", False)]


def test_a_crash_after_the_comment_makes_no_second_one(announcing: Scene) -> None:
    until(announcing, SIX_HOURS)
    (announcing.world.state / "ledger.db").unlink()
    announcing.wait(timedelta(hours=2))

    assert len(own_comments(announcing)) == 1


def test_without_the_setting_nothing_is_announced(scene: Scene) -> None:  # noqa: F811
    until(scene, timedelta(hours=1))

    assert own_comments(scene) == []


def test_the_front_matter_takes_a_length_of_time() -> None:
    assert span_or_none("6 hours") == SIX_HOURS
    assert span_or_none(None) is None
    with pytest.raises(Wrong, match="no length of time"):
        span_or_none("soon")
