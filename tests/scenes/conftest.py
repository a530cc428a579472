"""The world that scenes are played in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, opened_world


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A community, a moderator, a reader, an admin, the bot appointed; a minute after a slot.

    The server is a 0.19 and the ledger a file, or what a test's parameter says: see `ON_BOTH` and
    `WITH_EACH_LEDGER`.
    """
    api, _, kind = getattr(request, "param", "v3").partition(" ")
    database = request.getfixturevalue("database").url if kind == "postgres" else ""
    with opened_world(tmp_path / "state", api=api) as world:
        world.database = database
        yield world
