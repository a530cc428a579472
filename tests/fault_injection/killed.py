"""SIGKILL at the n-th effect of a handover: a real process, a real ledger, HTTP; and then a restart."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, select, update

from lemmy_sandbox import Sandbox
from megabot.ledger.ownership import host_of
from megabot.ledger.postgres.shared_database import database_at
from megabot.ledger.tables import ACCOUNTS, CLAIMS
from megabot.source.model import Refresh
from tests.world import SLOT, WEEK, Clock, World

ROOT = Path(__file__).parents[2]
TEMPLATE = """\
---
name: news
title: "News {{ edition.number }}"
schedule: {every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2026-11-09}
community: news
previous: {comment: "The new thread is [here]({{ edition.url }})."}
refresh: never
---
An essay. {% if previous %}Last: {{ previous.url }}{% endif %}
"""


@contextmanager
def a_week_later(folder: Path, api: str = "v3", database: str = "") -> Iterator[World]:
    """Set the scene: last week's thread is up and pinned, and its successor is due since a minute.

    The ledger is a file, or an account in the database at an address, which is gone at the end.
    """
    clock = Clock(SLOT + timedelta(minutes=1))
    state, source = folder / "state", folder / "source"
    state.mkdir(mode=0o700)
    source.mkdir()
    (source / "thread.md.j2").write_text(TEMPLATE, "utf-8")
    with Sandbox(clock.true, api=api) as sandbox:
        for name in ("modlin", "reader"):
            sandbox.add_person(name)
        sandbox.add_person("admin", admin=True)
        sandbox.add_person("megabot", bot=True)
        community = sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        world = World(sandbox, clock, state, community.id, database=database)
        world.change(refresh=Refresh.NEVER)
        world.post()
        world.close()
        clock.at = SLOT + WEEK + timedelta(minutes=1)
        try:
            yield world
        finally:
            if database:
                with database_at(database).engine.begin() as connection:
                    connection.execute(delete(ACCOUNTS).where(_is_of(world)))
            world.close()


def _is_of(world: World) -> ColumnElement[bool]:
    return ACCOUNTS.c.address == host_of(world.sandbox.url)


def _let_claims_end(world: World) -> None:
    """Let half a minute pass in the database, so that claims of a killed process are over."""
    mine = select(ACCOUNTS.c.id).where(_is_of(world))
    with database_at(world.database).engine.begin() as connection:
        over = update(CLAIMS).values(until=func.clock_timestamp())
        connection.execute(over.where(CLAIMS.c.account_id.in_(mine)))


def start(world: World, number: int, *, after: bool) -> subprocess.CompletedProcess[str]:
    """Start a real bot that kills itself at an effect; 0 for none."""
    mode = "after" if after else "before"
    state = str(world.state)
    source = str(world.state.parent / "source")
    command = [sys.executable, "-m", "tests.fault_injection.bot", world.sandbox.url, state, source]
    return subprocess.run(
        [*command, world.clock.at.isoformat(), f"{mode} {number}", world.database],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def effects(api: str = "v3", database: str = "") -> int:
    """Count the effects of a handover that nothing disturbs."""
    with tempfile.TemporaryDirectory() as folder, a_week_later(Path(folder), api, database) as world:
        ended = start(world, 0, after=False)
        assert not broken(world), broken(world)
        return int(ended.stdout)


def kill(
    number: int, *, after: bool, api: str = "v3", upgrade: bool = False, database: str = ""
) -> list[str]:
    """Kill the bot at one effect, start it again twice, and tell what promises broke.

    The server can be upgraded while the bot is dead.
    """
    with tempfile.TemporaryDirectory() as folder, a_week_later(Path(folder), api, database) as world:
        ended = start(world, number, after=after)
        if ended.returncode != -9:
            return [f"it was not killed: {ended.returncode} {ended.stderr[-200:]}"]
        if database:
            _let_claims_end(world)
        if upgrade:
            world.upgrade()
        for minutes in (1, 20):
            world.clock.at += timedelta(minutes=minutes)
            world.run_pass()
        return broken(world)


def broken(world: World) -> list[str]:
    """Tell what is not as it has to be when a handover is over."""
    posts = [int(str(post["id"])) for post in world.posts()]
    found = []
    if len(posts) != 2:
        found.append(f"{len(posts)} posts, not 2")
    if world.pinned() != posts[-1:]:
        found.append(f"pinned are {world.pinned()} of {posts}")
    if len(world.comments(posts[0])) != 1:
        found.append(f"the old thread was told {len(world.comments(posts[0]))} times")
    if str(world.posts()[0]["ap_id"]) not in str(world.posts()[-1]["body"]):
        found.append("the old thread is not linked")
    return found
