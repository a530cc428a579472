"""The world that scenes are played in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from tests.world import SLOT, Clock, World


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A community, a moderator, a reader, an admin, the bot appointed; a minute after a slot.

    The server is a 0.19, or what a test's parameter says: see `ON_BOTH`.
    """
    clock = Clock(SLOT + timedelta(minutes=1))
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    with Sandbox(clock.true, api=getattr(request, "param", "v3")) as sandbox:
        sandbox.add_person("admin", admin=True)
        for name in ("modlin", "reader"):
            sandbox.add_person(name)
        sandbox.add_person("megabot", bot=True)
        community = sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        world = World(sandbox, clock, state, community.id)
        yield world
        world.close()
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []
