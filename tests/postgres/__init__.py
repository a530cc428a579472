"""A private PostgreSQL server for tests, faults for it, and a proxy that cuts its connections."""

from tests.postgres.proxy import Cut, Freeze, Side, TrafficProxy, Unit
from tests.postgres.server import INSTALL, Database, PostgresMissing, PostgresServer, find_programs

__all__ = [
    "INSTALL",
    "Cut",
    "Database",
    "Freeze",
    "PostgresMissing",
    "PostgresServer",
    "Side",
    "TrafficProxy",
    "Unit",
    "find_programs",
]
