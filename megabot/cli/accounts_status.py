"""`megabot status --accounts FOLDER`: one line for each account, from its files alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from megabot import state_dir
from megabot.errors import ConfigError, UserError, WrongAccount
from megabot.i18n.tables import Line, Span, Tone, table
from megabot.i18n.times import moment, time_until
from megabot.service.accounts import turn_record
from megabot.service.accounts.folder import SUFFIX, scan
from megabot.service.accounts.turn_record import TurnFile, TurnRecord
from megabot.settings_sources import load_account


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """One account. `mistake` is why its settings cannot be used, "" if they can.

    `turned` is the time of its last turn in the service, `left` what that turn left; None before the first.
    """

    name: str
    mistake: str = ""
    turned: datetime | None = None
    left: TurnRecord | None = None


def read(folder: Path, environ: Mapping[str, str]) -> tuple[AccountStatus, ...]:
    """Read the status of every account of a folder. Raises `ConfigError` if the folder cannot be read."""
    folder = folder.absolute()
    return tuple(_status(folder / f"{name}{SUFFIX}", environ) for name in scan(folder))


def lines(accounts: Sequence[AccountStatus], now: datetime, *, width: int | None) -> Iterator[Line]:
    """Yield a line for each account, and how many need attention."""
    yield from table([_row(one, now) for one in accounts], width=width)
    yield (Span(_summary(accounts), Tone.STRONG),)


def plain(accounts: Sequence[AccountStatus]) -> dict[str, object]:
    """Return the accounts as plain values for JSON, with times in ISO 8601."""
    return {"accounts": [_plain(one) for one in accounts]}


def _status(file: Path, environ: Mapping[str, str]) -> AccountStatus:
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
    return AccountStatus(name=name, turned=turned, left=left)


def _row(status: AccountStatus, now: datetime) -> Sequence[Span | str]:
    if status.mistake:
        return Span(status.name), Span("settings", Tone.BAD), "", Span(status.mistake, Tone.BAD)
    if status.turned is None or status.left is None:
        return Span(status.name), Span("has not run yet", Tone.ODD), "", ""
    left = status.left
    coming = f"{left.thread} {left.edition}, {moment(left.slot, 'UTC', now)}" if left.slot else "no edition"
    return status.name, f"turn {time_until(status.turned, now)}", coming, _trouble(left)


def _trouble(left: TurnRecord) -> Span:
    alerts = f"{left.alerts} alert{'s' if left.alerts > 1 else ''}" if left.alerts else ""
    return Span("; ".join(filter(None, [alerts, left.trouble])), Tone.BAD)


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
    }
