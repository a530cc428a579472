"""The standing thread follows its source and its companions by itself, as scenes."""

from dataclasses import replace
from datetime import timedelta

from megabot.reconcile.actions import BlockReason, Edit
from megabot.reconcile.decide import blocked_actions
from megabot.reconcile.loop import run_pass
from megabot.reconcile.report import Report
from megabot.rendering.model import RenderProblem
from megabot.source.model import Companion, Previous, Refresh
from megabot.source.problems import Problem
from tests.world import NEWS, SLOT, WEEK, World

TEN_MINUTES = timedelta(minutes=10)


def body(world: World, number: int = -1) -> str:
    return str(world.posts()[number]["body"])


def reasons(report: Report) -> set[BlockReason]:
    return {blocked.reason for blocked in blocked_actions(report.left)}


def edits(report: Report) -> int:
    return sum(isinstance(action, Edit) for action in report.done)


# -- the source


def test_a_change_of_the_source_reaches_the_standing_thread(world: World) -> None:
    world.post()
    world.press.words = "A better essay."

    report = world.run_pass()

    assert "A better essay." in body(world)
    assert report.verified


def test_two_changes_within_ten_minutes_are_one_edit_and_then_another(world: World) -> None:
    world.post()
    for words in ("A better essay.", "The best essay."):
        world.press.words = words
        held = world.run_pass()

    assert "A better essay." in body(world)
    assert reasons(held) >= {BlockReason.EDITED_LATELY}

    world.clock.at += TEN_MINUTES
    world.run_pass()

    assert "The best essay." in body(world)


def test_the_service_comes_back_for_an_edit_that_had_to_wait(world: World) -> None:
    world.post()
    service = world.service()
    for words in ("A better essay.", "The best essay."):
        world.press.words, world.pages.commit = words, words
        service.tick()
        world.clock.at += TEN_MINUTES + timedelta(seconds=1)

    service.tick()

    assert "The best essay." in body(world)


def test_with_refresh_never_the_thread_stays_as_it_was_posted(world: World) -> None:
    world.change(refresh=Refresh.NEVER)
    world.post()
    world.press.words = "A better essay."

    world.run_pass()

    assert "An essay." in body(world)


def test_with_refresh_preamble_a_changed_template_waits_for_the_essay(world: World) -> None:
    world.change(refresh=Refresh.PREAMBLE)
    world.post()
    world.press.words = "A better frame."
    world.run_pass()
    before = body(world)
    world.press.essay = "another"

    world.run_pass()

    assert "An essay." in before
    assert "A better frame." in body(world)


def test_with_the_ledger_lost_nothing_is_edited_by_itself(world: World) -> None:
    world.post()
    (world.state / "ledger.db").unlink()
    world.press.words = "A better essay."

    world.run_pass()

    assert "An essay." in body(world)


def test_what_a_person_wrote_into_the_post_is_not_overwritten(world: World) -> None:
    world.post()
    world.clock.at += timedelta(minutes=1)
    world.hand("megabot").edit_post(1, body=body(world).replace("An essay.", "By hand."))
    world.press.words = "A better essay."

    report = world.run_pass()

    assert reasons(report) >= {BlockReason.EDITED_BY_HAND}
    assert "By hand." in body(world)


def test_a_template_that_breaks_leaves_the_standing_thread_alone(world: World) -> None:
    world.post()
    world.press.problem = RenderProblem((Problem("thread.md.j2", 7, "preambel is undefined"),))

    report = world.run_pass()

    assert reasons(report) >= {BlockReason.TEXT_BROKEN}
    assert "An essay." in body(world)


def test_the_title_stays_as_it_was_posted(world: World) -> None:
    world.post()
    world.press.words = "A better essay."
    world.change(name="news", title="Another title")

    world.run_pass()

    assert world.posts()[-1]["name"] == "News 2"


# -- companions


FILM = replace(
    NEWS,
    name="film",
    path="film.md.j2",
    title="Film {{ edition.number }}",
    previous=Previous(),
    companions=(Companion(name="news", thread="news"),),
)


def a_pair(world: World) -> None:
    """Two threads of one slot that link each other; the first is seen to before the second is there."""
    world.pages.all = (replace(NEWS, companions=(Companion(name="film", thread="film"),)), FILM)


def test_threads_posted_in_one_pass_link_each_other_at_its_end(world: World) -> None:
    a_pair(world)
    world.run_pass()
    world.clock.at = SLOT + WEEK

    world.run_pass()

    news, film = world.posts()
    assert str(film["ap_id"]) in str(news["body"])
    assert str(news["ap_id"]) in str(film["body"])


def test_a_pair_comes_to_rest_after_one_edit(world: World) -> None:
    a_pair(world)
    world.run_pass()
    world.clock.at = SLOT + WEEK
    ports = world.ports()
    first = run_pass(ports, authenticated=True, account=ports.forum.account())
    world.clock.at += TEN_MINUTES

    second = run_pass(ports, authenticated=True)

    assert [edits(report) for report in first] == [1, 0]
    assert [report.done for report in second] == [(), ()]


def test_companions_missed_too_follow_in_the_same_pass_and_all_link_the_newest(world: World) -> None:
    a_pair(world)
    world.run_pass()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    world.clock.at = SLOT + 3 * WEEK + timedelta(days=1)

    world.run_pass()

    news, film = world.posts()[2:]
    assert (news["name"], film["name"]) == ("News 5", "Film 5")
    assert str(film["ap_id"]) in str(news["body"])
    assert str(news["ap_id"]) in str(film["body"])


def test_a_companion_that_was_removed_is_not_linked_any_more(world: World) -> None:
    a_pair(world)
    world.run_pass()
    world.clock.at = SLOT + WEEK
    world.run_pass()
    film = world.posts()[1]
    world.hand("modlin").remove(int(str(film["id"])))
    world.clock.at += TEN_MINUTES

    world.run_pass()

    assert str(film["ap_id"]) not in str(world.posts()[0]["body"])


def test_each_thread_of_a_community_keeps_its_own_pin(world: World) -> None:
    a_pair(world)
    world.run_pass()
    for weeks in (1, 2):
        world.clock.at = SLOT + weeks * WEEK
        world.run_pass()

    assert world.pinned() == [3, 4]


def test_the_newest_thread_of_a_person_is_linked_and_followed(world: World) -> None:
    club = Companion(name="club", latest_by="reader", community="news", title="Film club*")
    world.change(companions=(club,))
    world.hand("reader").create_post(world.community_id, "Film club: the first")
    world.post()
    world.clock.at += timedelta(hours=1)
    newest = world.hand("reader").create_post(world.community_id, "Film club: the second")

    world.run_pass()

    assert f"/post/{newest}" in body(world)
