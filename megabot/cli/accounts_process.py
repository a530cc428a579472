"""`megabot run --accounts FOLDER`: the process, its signals, and the settings files that come and go.

The main thread only scans the folder, feeds systemd's watchdog and waits for signals; the accounts have their
turns in the threads of `service.accounts.pool`.
"""

import logging
import os
import resource
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import schedule
from typing_extensions import override

from megabot.app import notify
from megabot.cli import operator_text, service_process
from megabot.cli.account_bot import AccountBot, Shared
from megabot.cli.service_jobs import JobLimit
from megabot.clock import PATIENCE, Stop, SystemClock, ThreadClock
from megabot.errors import ConfigError, Stopping, UserError
from megabot.lemmy.deadlines import SharedConnections
from megabot.rendering.warm_children import WarmChildren
from megabot.service.accounts import folder as accounts_folder
from megabot.service.accounts.folder import SUFFIX, FileMark
from megabot.service.accounts.pool import Pool
from megabot.service.accounts.resources import SharedResources
from megabot.service.accounts.shared_claims import Accounts, SharedClaims
from megabot.service.accounts.turns import LIMITS
from megabot.settings import PREFIX, Settings
from megabot.settings_sources import load_account
from megabot.startup import set_up_log_of_many

SCAN = 5
"""Seconds from one scan of the folder to the next."""
JOBS = 2
"""How many background processes, such as those that write the sites, run at once."""
SERVERS = 64
"""To how many servers connections stay open between ticks."""
FILES = 65_536
"""How many files may be open, if the system allows it."""
log = logging.getLogger("megabot")


def run(folder: Path, options: Mapping[str, object]) -> int:
    """Run all accounts of a folder until stopped. Raises `ConfigError` if the folder cannot be read."""
    named = [word for word in ("env_file", "bot", "account") if options.get(word)]
    if named:
        raise ConfigError(
            "--accounts reads its settings from the folder; leave out --env, --bot and --account"
        )
    stop = Stop()
    with stop.on_signals():
        process = AccountsProcess(folder.absolute(), options, stop)
        try:
            process.serve()
        except Stopping:
            notify("STOPPING=1")
            process.close()
            # Ctrl-C ends with 130, SIGTERM from systemd with 0 (docs/reference/exit-codes.md).
            if stop.interrupted:
                raise
            log.info("stopped")
        finally:
            process.close()
    return 0


class AccountsProcess(Accounts):
    """Keeps the accounts in the pool the same as the settings files in `folder`."""

    def __init__(self, folder: Path, options: Mapping[str, object], stop: Stop) -> None:
        self._folder = folder
        self._options = options
        self._stop = stop
        self._clock = SystemClock(stop)
        self._children = WarmChildren()
        resources = SharedResources(
            connections=SharedConnections(servers=SERVERS, connections=LIMITS.quick), children=self._children
        )
        self._claims = SharedClaims(self, database=resources.database)
        self._pool = Pool(claims=self._claims)
        self._shared = Shared(
            clock=ThreadClock(self._pool.stopping, progress=self._pool.note_progress),
            resources=resources,
            jobs=JobLimit(JOBS),
            claims=self._claims,
            progress=self._pool.note_progress,
        )
        self._marks: dict[str, FileMark] = {}
        self._bots: dict[str, AccountBot] = {}
        self._owners: dict[tuple[str, str], str] = {}
        self._broken: dict[str, str] = {}
        self._unreadable = ""

    def serve(self) -> None:
        """Scan, feed the watchdog and react to SIGHUP. Ends only by an exception, such as `Stopping`."""
        set_up_log_of_many((), self._options)
        _allow_many_files()
        for name in sorted(name for name in os.environ if name.startswith(PREFIX)):
            log.warning("%s", environment_ignored(name))
        self._scan()
        log.info("%s", accounts_found(len(self._bots), self._folder))
        self._pool.start()
        notify("READY=1")
        ticker = schedule.Scheduler()
        ticker.every(SCAN).seconds.do(self._step)
        while True:
            idle = ticker.idle_seconds or 0.0
            self._clock.sleep(max(0.0, min(idle, SCAN)))
            if self._stop.reread:
                self._read_again()
            if idle > SCAN:  # the clock was set back
                ticker.run_all()
            else:
                ticker.run_pending()

    def close(self) -> None:
        """End the turns and close all accounts. May be called twice."""
        self._claims.stop()
        self._pool.stop(patience=PATIENCE)
        self._claims.close()
        self._children.close()

    @override
    def find(self, name: str) -> AccountBot | None:
        return self._bots.get(name)

    @override
    def names(self) -> tuple[str, ...]:
        return tuple(self._bots)

    @override
    def hurry(self, name: str) -> None:
        self._pool.hurry(name)

    def _step(self) -> None:
        try:
            self._scan()
            self._unreadable = ""
        except ConfigError as error:  # nothing is removed because the folder cannot be read for a while
            if str(error) != self._unreadable:
                self._unreadable = str(error)
                log.error("%s", error)  # noqa: TRY400  a mistake in the settings needs no traceback
        self._children.end_unused()
        if not self._pool.is_stuck():
            notify("WATCHDOG=1")
        notify(f"STATUS={len(self._bots)} accounts")

    def _scan(self) -> None:
        """Read the files that are new, changed or were broken, and end the accounts without a file."""
        marks = accounts_folder.scan(self._folder)
        changed = accounts_folder.changed(self._marks, marks)
        self._marks = marks
        for name in [name for name in {*self._bots, *self._broken} if name not in marks]:
            self._remove(name)
        # A broken file is read each time, because the mistake may be elsewhere: in the password's file.
        again = [name for name in self._broken if name in marks]
        self._read(tuple(dict.fromkeys([*changed, *again])), changed=changed)
        self._claims.begin()

    def _read_again(self) -> None:
        """Read all files again, as SIGHUP asks for, and let failing accounts start from scratch."""
        notify("RELOADING=1")
        self._stop.reread = False
        self._broken = dict.fromkeys(self._broken, "")
        self._marks = {}
        failing = [name for name, bot in self._bots.items() if bot.is_failing]
        for name in failing:
            self._bots[name].offer(self._bots[name].settings)
        self._step()
        for name in failing:
            self._pool.hurry(name)
        log.info("%s", operator_text.settings_read())
        notify("READY=1")

    def _read(self, names: tuple[str, ...], *, changed: Collection[str]) -> None:
        settings: dict[str, Settings] = {}
        for name in names:
            try:
                settings[name] = self._load(name, warns=name in changed)
            except (ConfigError, UserError) as error:
                self._tell_broken(name, "; ".join(str(error).splitlines()))
            else:
                self._broken.pop(name, None)
        # The secrets must be known to the log before an account begins.
        known = {name: bot.settings for name, bot in self._bots.items()} | settings
        if settings:
            set_up_log_of_many(known.values(), self._options)
        for name, one in settings.items():
            self._take(name, one)

    def _load(self, name: str, *, warns: bool) -> Settings:
        """Read an account's file. Raises `ConfigError` too if another file is for the same account."""
        file = self._folder / f"{name}{SUFFIX}"
        warnings: list[str] = []
        settings = load_account(file, os.environ, warn=warnings.append)
        if missing := settings.missing_for_online():
            raise ConfigError("\n".join(f"{file}: {sentence}" for sentence in missing))
        owner = self._owners.setdefault(_owner(settings), name)
        if owner != name:
            raise ConfigError(account_twice(file, f"{owner}{SUFFIX}", settings))
        # The file may have been for another account before.
        for old in [old for old, one in self._owners.items() if one == name and old != _owner(settings)]:
            del self._owners[old]
        for sentence in warnings if warns else ():
            log.warning("%s", sentence)
        return settings

    def _tell_broken(self, name: str, why: str) -> None:
        """Log in one line, and once, what is wrong with a file."""
        if self._broken.get(name) != why:
            self._broken[name] = why
            log.error("%s", service_process.settings_kept(ConfigError(why)) if name in self._bots else why)

    def _take(self, name: str, settings: Settings) -> None:
        bot = self._bots.get(name)
        if bot is None:
            self._bots[name] = AccountBot(self._folder / f"{name}{SUFFIX}", settings, self._shared)
            self._pool.put(self._bots[name])
        elif bot.settings != settings:
            bot.offer(settings)
            self._pool.hurry(name)

    def _remove(self, name: str) -> None:
        self._broken.pop(name, None)
        self._owners = {owner: one for owner, one in self._owners.items() if one != name}
        if self._bots.pop(name, None) is not None:
            log.info("%s", account_removed(name))
            self._pool.remove(name)


def _owner(settings: Settings) -> tuple[str, str]:
    return urlsplit(settings.instance).netloc.lower(), settings.username.casefold()


def _allow_many_files() -> None:
    """Raise the limit of open files as far as allowed: each account holds a lock."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, min(most, FILES)), most))


def environment_ignored(name: str) -> str:
    return f"{name} in the environment is ignored with --accounts; write it into the account's file"


def accounts_found(number: int, folder: Path) -> str:
    if not number:
        return f"there is no account in {folder} yet; add a settings file NAME.env for each"
    return f"running {number} account{'s' if number > 1 else ''} of {folder}"


def account_twice(file: Path, other: str, settings: Settings) -> str:
    return (
        f"{file}: {other} is for the same account, {settings.username} on "
        f"{urlsplit(settings.instance).netloc}; remove one of them"
    )


def account_removed(name: str) -> str:
    return f"{name}: its settings file is gone, so this account no longer runs"
