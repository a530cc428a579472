"""Scenes of a thread that grows too long and goes on in part 2; both APIs."""

from datetime import timedelta

import pytest

from megabot.service.schedulers import HOURLY
from tests.scenes.test_annotations import Scene, scene  # noqa: F401  a fixture


@pytest.fixture
def long_one(scene: Scene) -> Scene:  # noqa: F811
    scene.world.change(max_comments=3)
    for number in range(3):
        scene.hand("reader").comment(1, f"Remark {number}")
    scene.wait(HOURLY)
    return scene


def alerts(scene: Scene) -> list[str]:  # noqa: F811
    return [sentence for _, sentence in scene.ports.alerts.active_alerts()]


def test_at_the_cap_the_moderators_get_one_alert(long_one: Scene) -> None:
    long_one.wait(HOURLY)

    assert alerts(long_one) == [
        (
            "news: https://lemmy.example/post/1 has 3 comments; "
            "to continue in another part: megabot post news --part 2"
        )
    ]
    letters = [one["private_message"]["content"] for one in long_one.hand("modlin").messages()]
    assert sum("`post news part 2`" in letter for letter in letters) == 1


def test_part_2_is_the_same_edition_chained_both_ways_and_pinned_in_its_place(long_one: Scene) -> None:
    long_one.say("post part 2")
    long_one.wait(timedelta(minutes=1))

    first, second = (long_one.ports.forum.post(number) for number in (1, 2))
    assert (first.featured_community, second.featured_community) == (False, True)
    assert second.title == "News 3 (part 2)"
    assert second.body.startswith("[Part 1 is here](https://lemmy.example/post/1).\n\nAn essay.")
    assert "(megabot:v1:news/2026-W48#2" in second.body
    said = [one.content for one in long_one.ports.forum.own_content(since=None).comments]
    assert any(
        one.startswith("The thread continues in [part 2](https://lemmy.example/post/2).") for one in said
    )


def test_the_alert_is_over_then_and_the_part_stays_a_part_when_its_text_changes(long_one: Scene) -> None:
    long_one.say("post part 2")
    long_one.world.press.words = "A better essay."
    long_one.world.pages.commit = "b" * 40
    long_one.wait(HOURLY)

    assert alerts(long_one) == []
    assert long_one.body(2).startswith("[Part 1 is here](https://lemmy.example/post/1).\n\nA better essay.")


def test_part_2_is_never_opened_twice(long_one: Scene) -> None:
    long_one.say("post part 2")
    long_one.wait(HOURLY)
    long_one.say("post part 2")
    long_one.wait(HOURLY)

    assert len(long_one.ports.forum.own_content(since=None).posts) == 2
    assert long_one.answers()[-1].startswith("news/2026-W48: https://lemmy.example/post/2 (pinned)")


def test_a_part_that_is_not_the_next_is_not_opened(long_one: Scene) -> None:
    long_one.say("post part 4")

    assert len(long_one.ports.forum.own_content(since=None).posts) == 1
    assert "the next part is 2" in long_one.answers()[-1]


def test_a_thread_without_a_cap_may_grow(scene: Scene) -> None:  # noqa: F811
    for number in range(3):
        scene.hand("reader").comment(1, f"Remark {number}")
    scene.wait(HOURLY)

    assert alerts(scene) == []


def titles(scene: Scene) -> list[str]:  # noqa: F811
    return [post.title for post in reversed(scene.ports.forum.own_content(since=None).posts)]


def test_a_repost_right_after_a_part_is_made_and_is_that_part_again(long_one: Scene) -> None:
    long_one.say("post part 2")
    long_one.say("repost yes")
    long_one.wait(timedelta(minutes=1))

    assert titles(long_one) == ["News 3", "News 3 (part 2)", "News 3 (part 2)"]
    assert long_one.body(3).startswith("[Part 1 is here](https://lemmy.example/post/1).")
    assert long_one.answers()[-1].startswith("news/2026-W48: https://lemmy.example/post/3 (pinned)")


def test_a_part_right_after_a_repost_and_the_next_part_right_after_it_are_made(long_one: Scene) -> None:
    long_one.say("repost yes")
    long_one.say("post part 2")
    long_one.say("post part 3")

    assert titles(long_one) == ["News 3", "News 3", "News 3 (part 2)", "News 3 (part 3)"]


def test_two_reposts_of_a_part_within_ten_minutes_are_one_and_the_second_says_so(long_one: Scene) -> None:
    long_one.say("post part 2")
    long_one.say("repost yes")
    long_one.say("repost yes")

    assert len(titles(long_one)) == 3
    assert "two reposts in that time count as one" in long_one.answers()[-1]


def test_a_part_that_was_undone_can_be_opened_again(long_one: Scene) -> None:
    long_one.say("post part 2")
    long_one.say("undo")
    long_one.say("post part 2")
    long_one.wait(timedelta(minutes=1))

    assert titles(long_one) == ["News 3", "News 3 (part 2)", "News 3 (part 2)"]
    assert long_one.ports.forum.post(3).featured_community
