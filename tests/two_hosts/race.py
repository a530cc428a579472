"""Let two hosts of one account run their passes in turn or at once, and count the posts of each edition."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from megabot.forum.models import Post, PostDraft
from megabot.forum.port import Forum
from megabot.ledger.sqlite import SqliteLedger
from megabot.reconcile.loop import run_pass
from tests.world import SLOT, WEEK, World


@dataclass
class Together:
    """A forum that sends a new post only when another one is about to do so too."""

    forum: Forum
    meeting: threading.Barrier

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self.forum, name)

    def create_post(self, community_id: int, draft: PostDraft, *, key: str = "") -> Post:
        self.meeting.wait(timeout=20)
        return self.forum.create_post(community_id, draft, key=key)


def second_host(world: World, state: Path) -> World:
    """Make a second host for the same account, at the same server; both have signed in."""
    state.mkdir(mode=0o700)
    made = replace(world, state=state)
    for one in (world, made):
        one.ports().forum.account()
    return made


def race(*hosts: World) -> None:
    """Run a pass on each host at once; both look before either of them posts."""
    meeting = threading.Barrier(len(hosts))
    runs = [threading.Thread(target=_run_beside, args=(host, meeting)) for host in hosts]
    for run in runs:
        run.start()
    for run in runs:
        run.join(timeout=30)


def _run_beside(host: World, meeting: threading.Barrier) -> None:
    ports = host.ports()
    assert isinstance(ports.ledger, SqliteLedger)
    with closing(ports.ledger):  # here, because SQLite wants it closed where it was opened
        run_pass(replace(ports, forum=Together(ports.forum, meeting)), authenticated=True)


def run_slots(first: World, second: World, slots: int, is_race: Callable[[], bool]) -> Counter[str]:
    """Run both hosts at so many slots; return how many posts each edition got, by title."""
    before = len(first.posts())
    for number in range(1, slots + 1):
        first.clock.at = SLOT + number * WEEK
        if is_race():
            race(first, second)
        else:
            for host in (first, second):
                host.run_pass()
    # By the sandbox's own record, because a list of the API has 50 posts at most.
    posts = sorted(first.sandbox.world.posts.values(), key=lambda post: post.id)
    return Counter(post.name for post in posts[before:])
