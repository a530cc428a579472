"""One of many accounts in the process: what it does in its turns, and what it keeps between them."""

import logging
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from typing_extensions import override

from megabot.app import App
from megabot.cli import service_process
from megabot.cli.service_jobs import LAG, JobLimit, background_jobs, beat, log_next_editions
from megabot.clock import Clock
from megabot.errors import Busy, ClaimLost, ConfigError, DatabaseAway, SourceBroken, SourceMissing, UserError
from megabot.i18n import sentences
from megabot.i18n.translation import language_bound
from megabot.ledger.ownership import host_of
from megabot.log_setup import about_account
from megabot.schedule.editions import next_unposted_edition
from megabot.service.accounts.claims import Claims
from megabot.service.accounts.pool import Account, TurnEnd
from megabot.service.accounts.resources import SharedResources
from megabot.service.accounts.shared_claims import SharedAccount, SpreadAccount
from megabot.service.accounts.turn_record import TurnFile, TurnRecord
from megabot.service.schedulers import next_slot
from megabot.service.service import Service
from megabot.service.tasks import Task
from megabot.settings import Settings
from megabot.source.model import Thread

NEAR_SLOT = timedelta(minutes=5)
"""How long before a slot an account no longer moves to another host."""
log = logging.getLogger("megabot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all accounts of the process have in common."""

    clock: Clock
    resources: SharedResources
    jobs: JobLimit
    claims: Claims
    progress: Callable[[], None]


class AccountBot(Account, SpreadAccount):
    """An account with its settings `file`.

    Its first turn reads the source and the ledger, without the server, so that accounts with a due edition
    can go first. The second one connects; each later one is a tick of its service. Between two turns the
    ledger is closed.
    """

    def __init__(self, file: Path, settings: Settings, shared: Shared) -> None:
        self.settings = settings
        self._file = file
        self._shared = shared
        self._offered: Settings | None = None
        self._in_turn = False
        self.without_database: datetime | None = None
        """Since when its database has not answered, None if it does or another host has the account."""
        self._forget()

    @property
    @override
    def name(self) -> str:
        return self._file.stem

    @property
    @override
    def server(self) -> str:
        return self.settings.instance

    @property
    @override
    def tick(self) -> float:
        return self.settings.tick.total_seconds()

    @property
    def is_failing(self) -> bool:
        """Whether it could not start, or its service is failing."""
        return self._start.failing_since is not None or (
            self._service is not None and self._service.is_failing
        )

    @property
    @override
    def shared_account(self) -> SharedAccount | None:
        database = self.settings.database_text()
        if not database:
            return None
        return SharedAccount(database, self.settings.username, host_of(self.settings.instance))

    @property
    @override
    def is_near_slot(self) -> bool:
        return self._slot is not None and self._slot - self._shared.clock.now() < NEAR_SLOT

    def offer(self, settings: Settings) -> None:
        """Use other settings from the next turn on. If they cannot be used, the present ones stay."""
        self._offered = settings

    @override
    def turn(self) -> TurnEnd:
        self._in_turn = True
        try:
            with about_account(self.name, self.settings.log_level):
                self._take_offer()
                # Other settings may be for another account, whose claim is another one.
                if not self._shared.claims.may_run(self.name):
                    return TurnEnd(wake=0)
                return self._step()
        except ClaimLost as error:
            log.warning("%s", error)
            return TurnEnd()
        except (DatabaseAway, Busy) as error:
            # `claims` says so once for all accounts of the database.
            log.debug("%s", error)
            return TurnEnd(failing=True)
        finally:
            if self._app is not None:
                self._app.rest()
            self._in_turn = False

    @override
    def leave(self) -> None:
        lacks = self._shared.claims.lacks_database(self.name)
        since = self.without_database or self._shared.clock.now()
        self.close()
        self.without_database = since if lacks else None

    @override
    def close(self) -> None:
        self._jobs.close()
        # A turn that does not end in time keeps running in its thread until the process ends.
        if not self._in_turn:
            self._opened.close()
            self._forget()
            self._shared.claims.release(self.name)

    def _forget(self) -> None:
        self._app: App | None = None
        self._service: Service | None = None
        self._turn_file: TurnFile | None = None
        self._threads: tuple[Thread, ...] = ()
        self._slot: datetime | None = None
        self._opened, self._jobs = ExitStack(), ExitStack()
        self._start = Task("start", lambda _: self._begin(), shortest=self.settings.tick)

    def _take_offer(self) -> None:
        offered, self._offered = self._offered, None
        if offered is None:
            return
        if self._app is not None and offered != self.settings:
            try:
                self._check(offered)
            except (ConfigError, UserError) as error:
                log.error("%s", service_process.settings_kept(error))  # noqa: TRY400  no bug, so no traceback
                return
        self._jobs.close()
        self._opened.close()
        self.settings = offered
        self._forget()

    def _check(self, settings: Settings) -> None:
        """Raise if settings cannot be used, before the present ones are given up (G06)."""
        app = self._new_app(settings)
        try:
            with language_bound(app.language):
                app.require_online()
                app.require_own_ledger()
        finally:
            app.close()

    def _new_app(self, settings: Settings) -> App:
        return App(
            settings,
            self._shared.clock,
            progress=self._shared.progress,
            shared=self._shared.resources,
        )

    def _step(self) -> TurnEnd:
        now, began = self._shared.clock.now(), self._app
        slots = [slot for thread in self._threads if (slot := next_slot(thread, now))]
        if self._service is None:
            self._start.attempt(now, slot=min(slots, default=None))
            if self._start.lacks_database:
                self.without_database = self.without_database or self._start.failing_since
        elif self._app is not None:
            with language_bound(self._app.language):
                self._service.tick()
                self._service.forget_reports()
        if self._service is not None and self._app is not None:
            return self._after_tick(self._service, self._app)
        if self._start.failing_since is not None:
            self._note_turn(TurnRecord(trouble=self._start.failure))
            return TurnEnd(failing=True)
        return self._after_opening() if began is None else TurnEnd(wake=0)

    def _begin(self) -> None:
        """Open the account, or connect if it is open. One line for an error that has several."""
        try:
            if self._app is None:
                self._open()
            else:
                self._connect(self._app)
        except ConfigError as error:
            raise ConfigError("; ".join(str(error).splitlines())) from error

    def _open(self) -> None:
        app = self._new_app(self.settings)
        with ExitStack() as opened, language_bound(app.language):
            opened.callback(app.close)
            # Not that of the ledger: `claims` holds the account if other hosts may run it too.
            opened.enter_context(app.folder_lock())
            self._turn_file = TurnFile(app.state_folder)
            for sentence in app.language.mistakes:
                log.warning("%s", sentence)
            try:
                self._threads = app.require_online()
            except (SourceBroken, SourceMissing) as error:
                log.warning("%s", sentences.source_trouble(error))  # the templates are read again
            log_next_editions(app, self._threads)
            self._opened = opened.pop_all()
        self._app = app

    def _connect(self, app: App) -> None:
        with language_bound(app.language):
            service = Service(
                app.ports,
                tick=self.settings.tick,
                notify=lambda _: None,
                beat=lambda well: beat(app, well=well),
                without_database=self.without_database,
            )
            jobs = background_jobs(
                self.settings, {"account": self._file}, service.unhurried, limit=self._shared.jobs
            )
            service.add_jobs(self._jobs.enter_context(jobs))
            self._service, self.without_database = service, None
            service.tick()
            service.forget_reports()

    def _after_opening(self) -> TurnEnd:
        """Return that the account connects next, and whether an edition may be due."""
        app = self._app
        is_due = app is not None and any(_is_unposted(app, thread) for thread in self._threads)
        return TurnEnd(wake=0, slot=0 if is_due else None)

    def _after_tick(self, service: Service, app: App) -> TurnEnd:
        now, slot = self._shared.clock.now(), service.next_slot
        self._slot = slot
        until_pass = (service.next_at - now).total_seconds()
        # Like the service of one account, see `Service.serve`.
        lag = random.uniform(0, LAG)  # noqa: S311  not a secret
        self._note_turn(_record(service, app))
        return TurnEnd(
            failing=service.is_failing,
            wake=until_pass + lag if 0 < until_pass < self.tick else None,
            slot=None if slot is None else (slot - now).total_seconds(),
        )

    def _note_turn(self, record: TurnRecord) -> None:
        if self._turn_file is not None:
            self._turn_file.write(record, self._shared.clock.now())


def _is_unposted(app: App, thread: Thread) -> bool:
    edition = thread.calendar.current(app.clock.now())
    if edition is None or edition.skipped:
        return False
    records = app.offline_ports.ledger.recent_posts(thread.name, editions=[edition.key])
    return all(record.edition != edition.key for record in records)


def _record(service: Service, app: App) -> TurnRecord:
    now = app.clock.now()
    coming = [
        (edition.slot, thread.name, edition.key)
        for thread in service.threads
        if (edition := next_unposted_edition(thread.calendar, now)) is not None
    ]
    slot, thread_name, key = min(coming, default=(None, "", ""))
    return TurnRecord(
        thread=thread_name,
        edition=key,
        slot=slot,
        alerts=len(dict(app.ports.alerts.active_alerts())),
        trouble="; ".join(service.failures),
    )
