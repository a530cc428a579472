"""`megabot status --accounts FOLDER`: one line for each account, from its files and its database's claims."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from megabot import state_dir
from megabot.errors import ConfigError, UserError, WrongAccount
from megabot.i18n.tables import Line, Span, Tone, table
from megabot.i18n.times import moment, time_until
from megabot.ledger.ownership import host_of
from megabot.service.accounts import turn_record
from megabot.service.accounts.folder import SUFFIX, scan
from megabot.service.accounts.resources import open_database
from megabot.service.accounts.turn_record import TurnFile, TurnRecord
from megabot.settings_sources import load_account


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """One account. `mistake` is why its settings cannot be used, "" if they can.

    `turned` is the time of its last turn on this host, `left` what that turn left; None before the first.
    `host` is the host that runs it now, "" if none does; None if its ledger is a file. `no_host` is why the
    database did not tell.
    """

    name: str
    mistake: str = ""
    turned: datetime | None = None
    left: TurnRecord | None = None
    host: str | None = None
    no_host: str = ""


def read(folder: Path, environ: Mapping[str, str]) -> tuple[AccountStatus, ...]:
    """Read the status of every account of a folder. Raises `ConfigError` if the folder cannot be read."""
    folder, hosts_of = folder.absolute(), cache(_hosts)
    return tuple(_status(folder / f"{name}{SUFFIX}", environ, hosts_of) for name in scan(folder))


def lines(accounts: Sequence[AccountStatus], now: datetime, *, width: int | None) -> Iterator[Line]:
    """Yield a line for each account, and how many need attention."""
    yield from table([_row(one, now) for one in accounts], width=width)
    yield (Span(_summary(accounts), Tone.STRONG),)


def plain(accounts: Sequence[AccountStatus]) -> dict[str, object]:
    """Return the accounts as plain values for JSON, with times in ISO 8601."""
    return {"accounts": [_plain(one) for one in accounts]}


def _hosts(database: str) -> Mapping[tuple[str, str], str] | UserError | ConfigError:
    """Return which host runs each account of a database, or why that is not known. Asked once for all."""
    # Imported here, because only accounts with a shared database need SQLAlchemy.
    from megabot.ledger.postgres.hosts import holders_by_account

    try:
        return holders_by_account(open_database(database))
    except (UserError, ConfigError) as error:
        return error


def _status(
    file: Path,
    environ: Mapping[str, str],
    hosts_of: Callable[[str], Mapping[tuple[str, str], str] | UserError | ConfigError],
) -> AccountStatus:
    name = file.name.removesuffix(SUFFIX)
    try:
        settings = load_account(file, environ, warn=lambda _: None)
    except WrongAccount:
        raise
    except (ConfigError, UserError) as error:
        return AccountStatus(name=name, mistake="; ".join(str(error).splitlines()))
    # Raises `WrongAccount` for a folder that may not be read.
    state_dir.holds(settings.state_dir, turn_record.NAME)
    turned, left = TurnFile(settings.state_dir).read() or (None, None)
    status = AccountStatus(name=name, turned=turned, left=left)
    if not settings.database_url:
        return status
    hosts = hosts_of(settings.database_text())
    if isinstance(hosts, UserError | ConfigError):
        return replace(status, no_host=str(hosts))
    key = settings.username.lower(), host_of(settings.instance)
    return replace(status, host=hosts.get(key, ""))


def _row(status: AccountStatus, now: datetime) -> Sequence[Span | str]:
    if status.mistake:
        return Span(status.name), Span("settings", Tone.BAD), "", Span(status.mistake, Tone.BAD)
    left = status.left
    if status.turned is None or left is None:
        never = "has not run yet" if status.host is None else _host(status)
        return Span(status.name), Span(never, Tone.ODD), "", _trouble(status)
    coming = f"{left.thread} {left.edition}, {moment(left.slot, 'UTC', now)}" if left.slot else "no edition"
    return status.name, f"turn {time_until(status.turned, now)}{_on(status)}", coming, _trouble(status)


def _host(status: AccountStatus) -> str:
    return f"runs on {status.host}" if status.host else "no host runs it"


def _on(status: AccountStatus) -> str:
    return "" if status.host is None else f", {_host(status)}"


def _trouble(status: AccountStatus) -> Span:
    left = status.left or TurnRecord()
    alerts = f"{left.alerts} alert{'s' if left.alerts > 1 else ''}" if left.alerts else ""
    return Span("; ".join(filter(None, [alerts, left.trouble, status.no_host])), Tone.BAD)


def _summary(accounts: Sequence[AccountStatus]) -> str:
    broken = sum(bool(one.mistake) for one in accounts)
    troubled = sum(one.left is not None and bool(one.left.alerts or one.left.trouble) for one in accounts)
    number = f"{len(accounts)} account{'' if len(accounts) == 1 else 's'}"
    return f"{number}, {broken} with broken settings, {troubled} in need of attention"


def _plain(status: AccountStatus) -> dict[str, object]:
    left = status.left or TurnRecord()
    return {
        "name": status.name,
        "settings": status.mistake or None,
        "last_turn": status.turned.isoformat() if status.turned else None,
        "thread": left.thread or None,
        "next_edition": left.edition or None,
        "next_slot": left.slot.isoformat() if left.slot else None,
        "alerts": left.alerts,
        "trouble": left.trouble or None,
        "host": status.host or None,
    }
