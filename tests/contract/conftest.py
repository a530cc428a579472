"""The stages of the contract: all implementations of the port, and a real server where one is named."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete

from megabot.ledger.port import Ledger
from megabot.ledger.postgres.ledger import PostgresLedger
from megabot.ledger.postgres.shared_database import SharedDatabase
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.tables import ACCOUNTS
from tests.contract.live import LiveServer, live_server
from tests.contract.stage import STAGES, Stage
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeClock
from tests.postgres import PostgresServer

LIVE = live_server(os.environ)


@pytest.fixture(scope="session")
def live() -> Iterator[LiveServer]:
    """Open the real server for the run."""
    assert LIVE is not None
    with LIVE.opened() as server:
        yield server


@pytest.fixture(params=[*STAGES, *(["live"] if LIVE else [])])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """Set the stage of one implementation."""
    own = request.param != "live"
    make = STAGES[request.param] if own else request.getfixturevalue("live").stage
    with make(tmp_path) as set_stage:
        yield set_stage


@pytest.fixture(scope="session")
def shared(postgres: PostgresServer) -> Iterator[SharedDatabase]:
    """Give one database for all tests; each is another account in it."""
    shared = SharedDatabase(postgres.create_database().url)
    yield shared
    shared.close()


@pytest.fixture(params=["sqlite", "fake", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Give an empty ledger of one implementation."""
    if request.param == "fake":
        yield FakeLedger()
        return
    if request.param == "postgres":
        shared = request.getfixturevalue("shared")
        yield PostgresLedger(
            shared, FakeClock(), name=tmp_path.name, address="lemmy.example", on_wait=lambda: None
        )
        with shared.engine.begin() as connection:
            connection.execute(delete(ACCOUNTS))
        return
    sqlite = SqliteLedger(
        tmp_path, FakeClock(), on_wait=lambda: None, on_set_aside=lambda kept: pytest.fail(str(kept))
    )
    with closing(sqlite):
        yield sqlite
