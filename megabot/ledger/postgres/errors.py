"""What PostgreSQL's errors mean for the user: one line with the next step, never the password."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from megabot.errors import Busy, DatabaseAway, LedgerError
from megabot.ledger.database import BrokenRowError

# https://www.postgresql.org/docs/current/errcodes-appendix.html
NEXT_STEPS = {
    "28P01": "it refuses the password; correct it in MEGABOT_DATABASE_URL",
    "28000": "it refuses this user; correct the user in MEGABOT_DATABASE_URL, or allow it in pg_hba.conf",
    "3D000": "there is no such database; create it, for example with: createdb --owner=megabot megabot",
    "42501": "this user has no rights to the tables; make it the owner of the database",
    "25006": "it is read-only; set MEGABOT_DATABASE_URL to the primary server, or make it writable again",
    "25P03": "this process stood still for too long within a change, which was undone; try again",
    "53100": "its disk is full; free some space there and try again",
    "53300": "it has too many connections; raise max_connections or stop other programs",
    "57P": "it is starting or stopping; try again in a moment",
    "08": "the connection was lost; try again in a moment",
}
# libpq gives no code when it cannot connect, only the server's words, which may be in another language.
_REFUSALS = {
    "password": "28P01",
    "pg_hba.conf": "28000",
    "starting up": "57P03",
    "shutting down": "57P03",
    "too many": "53300",
    "connection slots": "53300",
}
_UNKNOWN = "create it, or correct MEGABOT_DATABASE_URL"
_AWAY = ("08", "25P03", "53", "57P")
"""What ends without a change of the settings: a lost connection, a lack of space, a restart."""
_BUSY = {
    "40001": "another transaction was in the way",
    "40P01": "another transaction was in the way",
    "55P03": "another transaction holds a row for too long",
    "57014": "it takes too long to answer",
}


def shown(url: URL) -> str:
    """Return how messages name a database: without user and password."""
    host = url.host or str(url.query.get("host", "")) or "this machine"
    return f"the database {url.database} on {host}"


@contextmanager
def explain_errors(url: URL) -> Iterator[None]:
    """Turn errors of the database into `LedgerError` or `Busy` with the next step."""
    try:
        yield
    except BrokenRowError as error:
        raise LedgerError(
            f"{shown(url)} has a row that cannot be read ({error}); restore it from a backup"
        ) from error
    except DBAPIError as error:
        raise _explained(url, error) from None  # the cause may quote the statement's values
    except StatementError as error:
        if error.orig is None:
            raise
        raise error.orig from None
    except SQLAlchemyError as error:
        raise LedgerError(f"{shown(url)} cannot be used: {_first_line(error)}") from None


def _explained(url: URL, error: DBAPIError) -> LedgerError | Busy:
    code = str(getattr(error.orig, "sqlstate", None) or "")
    why = _first_line(error.orig)
    if code in _BUSY:
        return Busy(f"{shown(url)} is busy: {_BUSY[code]}; try again in a moment")
    if step := _next_step(code):
        return _kind(code)(f"{shown(url)} cannot be used: {step}")
    if code:
        return LedgerError(f"{shown(url)} cannot be used: {why} (error {code}); see the server's log")
    if error.connection_invalidated:
        return DatabaseAway(f"{shown(url)} cannot be used: {NEXT_STEPS['08']}")
    return _not_connected(url, why.removeprefix("connection failed: ").removeprefix("connection is bad: "))


def _not_connected(url: URL, why: str) -> LedgerError:
    _, answered, refusal = why.partition("FATAL:")
    if answered:
        return _refused(url, refusal.strip())
    if "no password supplied" in why:
        return LedgerError(
            f"{shown(url)} cannot be used: it asks for a password; write it into MEGABOT_DATABASE_URL"
        )
    if why.startswith("invalid "):
        return LedgerError(f"{shown(url)} cannot be used: {why}; correct MEGABOT_DATABASE_URL")
    return DatabaseAway(f"{shown(url)} cannot be reached: {why}; try again in a moment")


def _refused(url: URL, refusal: str) -> LedgerError:
    code = next((code for words, code in _REFUSALS.items() if words in refusal), "")
    if step := _next_step(code):
        return _kind(code)(f"{shown(url)} cannot be used: {step}")
    if "does not exist" in refusal:
        return LedgerError(f"{shown(url)} cannot be used: {refusal}; {_UNKNOWN}")
    return DatabaseAway(
        f"{shown(url)} cannot be used: {refusal}; see the database server's log, or try again in a moment"
    )


def _next_step(code: str) -> str:
    return next((step for start, step in NEXT_STEPS.items() if code.startswith(start)), "")


def _kind(code: str) -> type[LedgerError]:
    return DatabaseAway if code.startswith(_AWAY) else LedgerError


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "no reason was given"
