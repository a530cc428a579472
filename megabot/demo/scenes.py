"""The scenes of the demo, in order. Each acts on the stage; judge.py checks the result."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from megabot.demo.stage import CONTRIBUTOR, MODERATOR, READER, Stage

Scene = Callable[[Stage], None]

WEEK = timedelta(weeks=1)
FIRST_SLOT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
EDITIONS = [f"news/2026-W{week}" for week in (45, 46, 47, 48, 49, 50, 51)]
GROUPS = [f"reading-group/2026-W{week}" for week in (47, 48, 49, 50, 51)]


def the_bot_is_set_up(stage: Stage) -> None:
    """A first run posts nothing unexpectedly: it waits for the slot."""
    stage.start_bot()
    stage.tick()
    stage.say("narrator", "nothing is posted before the first slot, Monday 12:00 in London")


def the_first_thread(stage: Stage) -> None:
    """At the slot the thread is posted and pinned."""
    stage.until(FIRST_SLOT)


def the_next_week(stage: Stage) -> None:
    """The handover: post, pin, link from the previous thread, unpin the previous one."""
    stage.until(FIRST_SLOT + WEEK)


def a_moderator_unpins(stage: Stage) -> None:
    """A moderator's manual change is respected until the next edition."""
    stage.until(FIRST_SLOT + WEEK + timedelta(days=2))
    newest = stage.newest()
    stage.people[MODERATOR].feature(newest, featured=False)
    stage.unpinned.append(newest)
    stage.say(MODERATOR, f"unpins /post/{newest}, and the bot respects that")
    stage.until(FIRST_SLOT + WEEK + timedelta(days=3))


def the_week_after(stage: Stage) -> None:
    """The next edition is pinned again."""
    stage.until(FIRST_SLOT + 2 * WEEK)


def the_reading_group_becomes_a_companion(stage: Stage) -> None:
    """A contributor adds a second thread: from now on each links the other's newest post."""
    stage.until(FIRST_SLOT + 2 * WEEK + timedelta(days=1))
    stage.edit_source()
    stage.say(
        CONTRIBUTOR,
        "adds a second thread, reading-group.md.j2 (Wednesdays at 18:00), and links it from the news",
    )
    stage.until(stage.clock.at + timedelta(minutes=15))  # long enough for the bot to read the change
    stage.until(FIRST_SLOT + 2 * WEEK + timedelta(days=3))


def a_slot_passes_while_the_bot_is_down(stage: Stage) -> None:
    """After downtime the current edition is posted late."""
    stage.until(FIRST_SLOT + 3 * WEEK - timedelta(hours=3))
    stage.stop_bot()
    stage.until(FIRST_SLOT + 3 * WEEK + timedelta(hours=21))
    stage.start_bot()
    stage.tick()


def the_fifth_week(stage: Stage) -> None:
    """The thread has the essay of the week, a reader comments, and a moderator features the comment."""
    stage.until(FIRST_SLOT + 4 * WEEK)
    newest = stage.newest()
    remark = stage.people[READER].comment(newest, "The tide tables of 1911 are online by now.")
    stage.say(READER, f"comments in /post/{newest}")
    stage.command(MODERATOR, "feature", newest, to=remark)
    stage.command(MODERATOR, "note The server is slow today. for 2h", newest)


def a_stranger_orders_a_fresh_copy(stage: Stage) -> None:
    """Commands from non-moderators are ignored without a reply."""
    stage.until(FIRST_SLOT + 4 * WEEK + timedelta(hours=4))
    stage.command(READER, "repost yes news", stage.newest())
    stage.say("narrator", "nothing happens: only moderators can command the bot")


def a_moderator_orders_a_fresh_copy(stage: Stage) -> None:
    """A repost ordered by comment: the copy is pinned; the post it replaces is unpinned and links it."""
    stage.until(FIRST_SLOT + 4 * WEEK + timedelta(hours=5))
    stage.command(MODERATOR, "repost news", stage.newest())
    stage.command(MODERATOR, "repost yes news", stage.newest())
    stage.until(FIRST_SLOT + 4 * WEEK + timedelta(hours=8))


def a_moderator_posts_the_next_thread_by_hand(stage: Stage) -> None:
    """The bot does not post a second thread; once adopted, the moderator's is that week's edition."""
    stage.until(FIRST_SLOT + 5 * WEEK - timedelta(hours=1))
    post = stage.people[MODERATOR].create_post(
        stage.community_id, "News megathread 154: 7 December to 13 December 2026", body="Breaking news."
    )
    stage.people[MODERATOR].feature(post)
    stage.say(MODERATOR, f"posts and pins this week's thread, /post/{post}, an hour before the bot would")
    stage.until(FIRST_SLOT + 5 * WEEK + timedelta(hours=1))
    stage.say("narrator", "the bot posts no second thread; the operator runs: megabot adopt URL")
    stage.adopt(f"{stage.sandbox.url}/post/{post}")


def the_last_week(stage: Stage) -> None:
    """The next thread links the adopted one and takes over its pin; the two series link each other."""
    stage.until(FIRST_SLOT + 6 * WEEK + timedelta(days=3))


SCENES: tuple[Scene, ...] = (
    the_bot_is_set_up,
    the_first_thread,
    the_next_week,
    a_moderator_unpins,
    the_week_after,
    the_reading_group_becomes_a_companion,
    a_slot_passes_while_the_bot_is_down,
    the_fifth_week,
    a_stranger_orders_a_fresh_copy,
    a_moderator_orders_a_fresh_copy,
    a_moderator_posts_the_next_thread_by_hand,
    the_last_week,
)
