"""Many threads at one slot on a server with Lemmy's usual limits: the estimate is what the service does."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from megabot.reconcile.due_slots import due_slots
from megabot.reconcile.post_limit import late_posts
from megabot.service.service import Service
from tests.scenario import ON_BOTH
from tests.world import NEWS, SLOT, WEEK, WEEKLY, World

pytestmark = pytest.mark.no_cover
DUE = SLOT + WEEK
TICK = timedelta(seconds=30)


def threads(world: World, count: int, *, apart: int = 0) -> None:
    """Give the source a number of weekly threads, a number of minutes apart."""
    noon = datetime.combine(SLOT, time(12))
    world.pages.all = tuple(
        replace(
            NEWS,
            name=f"thread{number:02}",
            path=f"{number:02}.md.j2",
            schedule=replace(WEEKLY, at=(noon + number * timedelta(minutes=apart)).time()),
        )
        for number in range(count)
    )


def last_post(world: World, service: Service, count: int) -> datetime:
    """Let the service run until everything is posted, and return when the last thread was posted."""
    posts = world.sandbox.world.posts
    while len(posts) < count and world.clock.at < DUE + timedelta(days=1):
        tick = world.clock.at + TICK
        # It wakes up for a pass, as `Service.serve` does.
        world.clock.at = service.next_at if world.clock.at < service.next_at < tick else tick
        service.tick()
    assert len(posts) == count
    return max(post.published for post in posts.values())


@ON_BOTH
@pytest.mark.parametrize(
    ("count", "apart", "limit"),
    [
        (7, 0, (6, 600)),
        (40, 0, (6, 600)),
        (30, 1, (6, 600)),
        (9, 0, (2, 60)),
        (4, 0, (1, 3600)),
    ],
)
def test_the_last_thread_is_posted_when_the_estimate_says(
    world: World, count: int, apart: int, limit: tuple[int, int]
) -> None:
    threads(world, count, apart=apart)
    world.clock.at = SLOT + timedelta(days=1)
    service = world.service()
    service.tick()
    world.sandbox.use_usual_limits()
    world.sandbox.limit("post", *limit)
    world.clock.at = DUE - timedelta(minutes=5)
    service.tick()
    ports = world.ports()
    known = ports.forum.site().post_limit
    assert known is not None
    estimated = late_posts(due_slots(ports, world.pages.all), known)

    last = last_post(world, service, count)

    assert (known.posts, known.seconds) == limit
    assert [group.last_at for group in estimated] == [last]
