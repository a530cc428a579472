"""The proxy in front of PostgreSQL counts and cuts where it says."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres import Cut, Database, Freeze, PostgresServer, Side, TrafficProxy, Unit

INSERT = "INSERT INTO posts VALUES (1)"
LOST = psycopg.OperationalError


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[TrafficProxy]:
    with TrafficProxy(postgres.folder) as proxy:
        yield proxy


@pytest.fixture
def posts(database: Database) -> Database:
    """A database with an empty table."""
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE posts (number integer)")
    return database


def written(database: Database) -> int:
    """Count the posts, past the proxy, once the server has noticed that a client is gone."""
    end = time.monotonic() + 10
    while database.connections() and time.monotonic() < end:
        time.sleep(0.01)
    with psycopg.connect(database.url) as connection:
        found = connection.execute("SELECT count(*) FROM posts").fetchone()
    assert found is not None
    return int(found[0])


def insert(url: str) -> None:
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute(INSERT)


def test_without_a_fault_everything_is_passed_on(proxy: TrafficProxy, posts: Database) -> None:
    insert(proxy.url(posts.name))

    assert written(posts) == 1


@pytest.mark.parametrize("mode", ["disable", "prefer"])
def test_a_client_that_would_rather_encrypt_is_served_too(
    proxy: TrafficProxy, posts: Database, mode: str
) -> None:
    insert(f"{proxy.url(posts.name)}?sslmode={mode}")

    assert written(posts) == 1


def test_connecting_and_each_statement_count_as_one(proxy: TrafficProxy, posts: Database) -> None:
    with psycopg.connect(proxy.url(posts.name), autocommit=True) as connection:
        assert proxy.count(Side.REPLIES, Unit.STATEMENTS) == 1
        proxy.use(None)
        connection.execute(INSERT)  # one Query
        connection.execute("INSERT INTO posts VALUES (%s)", [2])  # Parse, Bind, Describe, Execute, Sync

        assert proxy.count(Side.REQUESTS, Unit.MESSAGES) == 6
        assert proxy.count(Side.REQUESTS, Unit.STATEMENTS) == 2
        assert proxy.count(Side.REPLIES, Unit.STATEMENTS) == 2
        assert proxy.count(Side.REQUESTS, Unit.BYTES) > len(INSERT)


@pytest.mark.parametrize(
    ("after", "side", "rows"),
    [
        (0, Side.REQUESTS, 0),  # connecting
        (1, Side.REQUESTS, 0),  # BEGIN
        (2, Side.REQUESTS, 0),  # INSERT
        (3, Side.REQUESTS, 0),  # COMMIT never arrives
        (3, Side.REPLIES, 1),  # COMMIT is done, and its reply lost
    ],
)
def test_a_connection_is_cut_in_the_middle_of_each_statement(
    proxy: TrafficProxy, posts: Database, after: int, side: Side, rows: int
) -> None:
    proxy.use(Cut(after, Unit.STATEMENTS, side))

    with pytest.raises(LOST):
        insert(proxy.url(posts.name))

    assert proxy.happened
    assert written(posts) == rows


def test_a_cut_after_every_byte_of_a_request_writes_nothing(proxy: TrafficProxy, posts: Database) -> None:
    insert(proxy.url(posts.name))
    total = proxy.count(Side.REQUESTS, Unit.BYTES)

    for after in range(0, total, 7):
        proxy.use(Cut(after, Unit.BYTES, Side.REQUESTS))
        with pytest.raises(LOST):
            insert(proxy.url(posts.name))

    assert written(posts) == 1


def test_a_cut_happens_once(proxy: TrafficProxy, posts: Database) -> None:
    proxy.use(Cut(2, Unit.STATEMENTS, Side.REPLIES))
    with pytest.raises(LOST):
        insert(proxy.url(posts.name))

    insert(proxy.url(posts.name))

    assert written(posts) == 1


def test_a_cut_now_ends_open_connections_only(proxy: TrafficProxy, posts: Database) -> None:
    with psycopg.connect(proxy.url(posts.name), autocommit=True) as connection:
        proxy.cut()
        with pytest.raises(LOST):
            connection.execute(INSERT)

    insert(proxy.url(posts.name))
    assert written(posts) == 1


def test_frozen_traffic_arrives_after_a_thaw(proxy: TrafficProxy, posts: Database) -> None:
    with psycopg.connect(proxy.url(posts.name), autocommit=True) as connection:
        proxy.use(Freeze(0, Unit.STATEMENTS, Side.REPLIES))
        connection.pgconn.send_query(INSERT.encode())
        end = time.monotonic() + 10
        while not proxy.happened and time.monotonic() < end:
            time.sleep(0.01)
        connection.pgconn.consume_input()
        assert connection.pgconn.is_busy()

        proxy.thaw()
        while connection.pgconn.is_busy() and time.monotonic() < end:  # get_result would block the proxy, too
            time.sleep(0.01)
            connection.pgconn.consume_input()
        assert connection.pgconn.get_result() is not None
        assert connection.pgconn.get_result() is None

    assert written(posts) == 1


def test_a_connection_attempt_at_a_frozen_proxy_times_out(proxy: TrafficProxy, posts: Database) -> None:
    proxy.freeze()

    with pytest.raises(psycopg.errors.ConnectionTimeout):
        psycopg.connect(proxy.url(posts.name), connect_timeout=2)


def test_refused_connections_are_accepted_again(proxy: TrafficProxy, posts: Database) -> None:
    proxy.refuse()
    with pytest.raises(LOST):
        insert(proxy.url(posts.name))

    proxy.accept()
    insert(proxy.url(posts.name))
    assert written(posts) == 1


def test_a_stopped_server_is_noticed_through_the_proxy(
    proxy: TrafficProxy, posts: Database, postgres: PostgresServer
) -> None:
    postgres.stop()

    with pytest.raises(LOST):
        insert(proxy.url(posts.name))


def test_it_ends_while_connections_are_frozen(postgres: PostgresServer, posts: Database) -> None:
    with TrafficProxy(postgres.folder) as proxy:
        connection = psycopg.connect(proxy.url(posts.name), autocommit=True)
        proxy.freeze()
        connection.pgconn.send_query(INSERT.encode())

    connection.close()
    assert written(posts) in {0, 1}
