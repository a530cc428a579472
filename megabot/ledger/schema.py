"""Create the ledger's tables, or bring them up to date. Alembic is imported only for the latter."""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from sqlalchemy import Connection, Dialect, Table, insert, text
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from megabot.ledger.tables import ALEMBIC_VERSION, METADATA, WRITTEN_BY

HEAD = "0007"
"""The newest migration. They are numbered on from the four steps of `first_tables`."""
# By the dialect's name, because each engine has a dialect of its own, and compiling takes milliseconds.
_STATEMENTS: dict[str, tuple[str, ...]] = {}


def create(connection: Connection) -> None:
    """Create all tables as the migrations would, within the caller's transaction."""
    for statement in statements(connection.dialect):
        connection.exec_driver_sql(statement)
    connection.execute(insert(ALEMBIC_VERSION), {"version_num": HEAD})
    _sign(connection)


def statements(dialect: Dialect) -> tuple[str, ...]:
    """Return the statements that create all tables and their indexes."""
    if dialect.name not in _STATEMENTS:
        _STATEMENTS[dialect.name] = tuple(
            str(element.compile(dialect=dialect))
            for table in METADATA.sorted_tables
            for element in _of(table, dialect)
        )
    return _STATEMENTS[dialect.name]


def _of(table: Table, dialect: Dialect) -> Iterator[DDLElement]:
    yield CreateTable(table)
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        if "where" in index.info:
            index.kwargs[f"{dialect.name}_where"] = text(index.info["where"])
        yield CreateIndex(index)


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Run the migrations that are missing up to a revision, within the caller's transaction."""
    # Alembic takes 7 MB, and only the first start after an upgrade needs it.
    from alembic import command
    from alembic.config import Config

    if not connection.dialect.has_table(connection, ALEMBIC_VERSION.name):
        ALEMBIC_VERSION.create(connection)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    command.upgrade(config, revision)
    if revision == HEAD:
        _sign(connection)


def own_version() -> str:
    """Return the version of this megabot."""
    try:
        return metadata.version("megabot")
    except metadata.PackageNotFoundError:
        return "from a checkout"


def _sign(connection: Connection) -> None:
    connection.execute(WRITTEN_BY.delete())
    connection.execute(insert(WRITTEN_BY), {"version": own_version()})
