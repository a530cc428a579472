"""Scenes of the handover's manners: one comment announces the next thread and becomes the link; both APIs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from megabot.errors import OutcomeUnknown
from megabot.forum.models import Comment
from megabot.forum.port import Forum
from megabot.service.service import Service
from megabot.source.front_matter.values import BadValue, span_or_none
from megabot.source.model import Previous
from tests.scenes.test_annotations import Scene, scene  # noqa: F401  a fixture
from tests.world import SLOT, WEEK

SIX_HOURS = timedelta(hours=6)
LINK = "The new thread is [here]({{ edition.url }})."


@pytest.fixture
def announcing(scene: Scene) -> Scene:  # noqa: F811
    scene.world.change(previous=Previous(comment=LINK, announce=SIX_HOURS))
    scene.wait(timedelta(hours=1))
    return scene


def own_comments(scene: Scene, post: int = 1) -> list[tuple[str, bool]]:  # noqa: F811
    comments = scene.ports.forum.own_content(since=None).comments
    mine = [one for one in reversed(comments) if one.post_id == post]
    return [(one.content.partition("\n")[0], one.distinguished) for one in mine]


def until(scene: Scene, before: timedelta) -> None:  # noqa: F811
    scene.wait(SLOT + 2 * WEEK - before - scene.world.clock.at)


def test_six_hours_before_the_slot_one_comment_says_when_and_is_marked(announcing: Scene) -> None:
    until(announcing, SIX_HOURS + timedelta(minutes=1))
    assert own_comments(announcing) == []
    until(announcing, SIX_HOURS)
    announcing.wait(timedelta(hours=2))

    assert own_comments(announcing) == [
        ("The next thread opens Mon 30 Nov 12:00 GMT. The link to it will appear here.", True)
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

    comments = announcing.ports.forum.own_content(since=None).comments
    links = [one.content.partition("\n")[0] for one in comments if one.post_id == 1 and one.open]
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
    with pytest.raises(BadValue, match="is not a duration"):
        span_or_none("soon")


FIRST = "Off topic? Reply to this comment in [the thread]({{ edition.url }})."


@pytest.fixture
def commenting(scene: Scene) -> Scene:  # noqa: F811
    scene.world.change(first_comment=FIRST, previous=Previous(comment="", announce=SIX_HOURS))
    until(scene, timedelta())
    return scene


def test_a_new_thread_gets_its_first_comment_marked_as_a_moderators_once(commenting: Scene) -> None:
    commenting.wait(timedelta(hours=2))

    url = "https://lemmy.example/post/2"
    assert own_comments(commenting, 2) == [
        (f"Off topic? Reply to this comment in [the thread]({url}).", True)
    ]


def test_a_first_comment_that_somebody_removed_is_not_made_again(commenting: Scene) -> None:
    (first,) = [one for one in commenting.ports.forum.own_content(since=None).comments if one.post_id == 2]
    commenting.hand("modlin").remove_comment(first.id)
    commenting.wait(timedelta(hours=2))

    mine = commenting.ports.forum.own_content(since=None).comments
    assert [one.id for one in mine if one.post_id == 2 and one.id != first.id] == []


def test_with_the_ledger_lost_there_is_still_one_first_comment(commenting: Scene) -> None:
    (commenting.world.state / "ledger.db").unlink()
    commenting.wait(timedelta(hours=2))

    assert len(own_comments(commenting, 2)) == 1


def test_a_thread_with_a_first_comment_is_announced_and_marked_too(commenting: Scene) -> None:
    commenting.wait(WEEK - SIX_HOURS)

    assert [marked for _, marked in own_comments(commenting, 2)] == [True, True]


def test_a_thread_that_is_up_for_long_gets_no_first_comment(scene: Scene) -> None:  # noqa: F811
    scene.wait(timedelta(days=2))
    scene.world.change(first_comment=FIRST)
    scene.wait(timedelta(hours=1))

    assert own_comments(scene) == []


def test_a_first_comment_of_unknown_outcome_is_looked_for_and_not_sent_again(
    scene: Scene,  # noqa: F811
) -> None:
    lost = LostAnswers(scene.ports.forum)
    scene.service = Service(
        replace(scene.ports, forum=lost), tick=timedelta(seconds=30), notify=lambda _: None
    )
    scene.world.change(first_comment=FIRST, previous=Previous())
    until(scene, timedelta())
    for _ in range(5):
        scene.wait(timedelta(minutes=10))

    assert lost.comments == 1
    assert [marked for _, marked in own_comments(scene, 2)] == [True]


class LostAnswers:
    """A forum whose answer to the first comment is lost on its way back."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum
        self.comments = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self._forum, name)

    def comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        self.comments += 1
        comment = self._forum.comment(post_id, content, parent_id=parent_id, key=key)
        if self.comments == 1:
            raise OutcomeUnknown("the answer was lost")
        return comment
