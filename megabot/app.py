"""The composition root: builds the adapters from the settings, and the ports from the adapters.

Only this module, `storage`, `cli.service_process` and `cli.anonymous` name concrete adapters.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from megabot import clock, output_paths, state_dir
from megabot.clock import Clock, Stop, SystemClock
from megabot.errors import ConfigError, SourceBroken, WriteFailed
from megabot.forum.models import Account
from megabot.forum.port import Forum
from megabot.i18n import sentences
from megabot.i18n.translation import Language, load_language, use_language
from megabot.lazy import lazy_property
from megabot.ledger.empty import NoLedger
from megabot.ledger.owner import LedgerOwner
from megabot.ledger.ownership import Claim, Owner, host_of
from megabot.ledger.port import Ledger, StoredLedger
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.home_servers import LemmyHomeServers
from megabot.lemmy.http import LemmySession
from megabot.ports import OfflinePorts, Ports
from megabot.reconcile.overridden_source import OverriddenSource
from megabot.rendering.renderer import ChildRenderer
from megabot.service import metrics
from megabot.service.accounts.resources import SharedResources
from megabot.service.heartbeat import Heartbeat
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.service.metrics import Meter, exposition
from megabot.settings import Settings
from megabot.source.child_process import COLD
from megabot.source.folder import FolderSource, place_problem
from megabot.source.git.repository import GitSource
from megabot.source.model import Thread
from megabot.source.port import Source
from megabot.source.problems import Problem
from megabot.source.usable_threads import usable_threads
from megabot.startup import own_version, read_settings
from megabot.storage import Storage

log = logging.getLogger("megabot")


class App:
    """One process of megabot. Everything is opened on first use, so that offline commands stay offline.

    `credentials`, if the user typed them, replace those in the settings. `progress` is called for each
    response of the server. Without `keeps_facts` nothing is stored, not even the server's API version.

    One of many accounts in a process gets what all of them share. It leaves the language of the process
    alone; the caller binds `language` around all work with it.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        credentials: Credentials | None = None,
        progress: Callable[[], None] = lambda: None,
        keeps_facts: bool = True,
        shared: SharedResources | None = None,
    ) -> None:
        self.settings = settings
        self._children = shared.children if shared else COLD
        self._connections = shared.connections if shared else None
        self._keeps_facts = keeps_facts
        self._storage = Storage(settings, clock, database=shared.database if shared else None)
        self.clock = clock
        self._progress = progress
        self._greeted = False  # True if detecting the API already fetched the account
        self._credentials = credentials or Credentials(
            username=settings.username,
            password=settings.password_text(),
            totp_secret=settings.totp_text(),
        )
        if shared is None:
            self.use_language()

    def use_language(self) -> None:
        """Make the process speak the language of the settings. Raises `ConfigError` if there is none."""
        use_language(self.settings.language, self.settings.locale_dir)

    @property
    def language(self) -> Language:
        """The language of the settings. Raises `ConfigError` if there is none."""
        return load_language(self.settings.language, self.settings.locale_dir)

    @lazy_property
    def offline_ports(self) -> OfflinePorts:
        """Ports that work without a server; with an empty ledger if there is none, to create no folder."""
        return self._offline_ports(self._ledger if self._storage.has_ledger else NoLedger())

    @lazy_property
    def writing_ports(self) -> OfflinePorts:
        """Ports that work without a server, with a ledger that is created if there is none."""
        return self._offline_ports(self._ledger)

    @lazy_property
    def ports(self) -> Ports:
        """All ports, including the server. Detects the server's API version unless the ledger knows it."""
        self.settings.require_online()
        self._recognise()
        ports = self._offline_ports(self._ledger)
        return Ports(
            clock=ports.clock,
            ledger=ports.ledger,
            source=ports.source,
            renderer=ports.renderer,
            alerts=ports.alerts,
            community=ports.community,
            signed_in=ports.signed_in,
            forum=self._forum,
            draw_code=clock.new_code,
            draw_token=clock.new_token,
            web_url=self.settings.web_url,
            moderators=self.settings.moderators,
            admins=self.settings.admins,
            home_servers=LemmyHomeServers(proxy=self.settings.proxy_used()),
        )

    def threads(self, name: str | None) -> tuple[Thread, ...]:
        """Return the threads whose files are valid, or the named one.

        Raises `ConfigError` for a wrong name, `SourceBroken` if the named one may be among the broken ones.
        """
        usable = usable_threads(self.offline_ports.source, self.offline_ports.source.snapshot())
        threads = tuple(thread for thread in usable.threads if name in (None, thread.name))
        if usable.broken is not None and not threads:
            raise usable.broken
        if usable.broken is not None:
            log.warning("%s", sentences.source_partly_broken(self.placed(usable.broken)))
        if not threads:
            names = [thread.name for thread in usable.threads]
            raise ConfigError(sentences.no_such_thread(str(name), names))
        return threads

    def placed(self, error: SourceBroken) -> SourceBroken:
        """Return the error with its file names relative to the current folder."""
        source = self.settings.source
        problems = [place_problem(one, source) if isinstance(one, Problem) else one for one in error.problems]
        return SourceBroken(problems, threads=error.threads)

    def prove(self) -> Account | None:
        """Make a request that needs the account, so that a pass knows it is signed in.

        Call it before any pass: a list of posts proves nothing without such a response (decision 1).
        Returns the account if detecting the API just fetched it, which saves a request, else None. Raises if
        the token is no longer valid and cannot be renewed.
        """
        forum = self.ports.forum
        if self._greeted:
            return forum.account()
        forum.unread()
        return None

    def require_online(self) -> tuple[Thread, ...]:
        """Return all threads. Raises `ConfigError` if a setting is missing that all of them need.

        If only some threads have no community, the pass reports it for these threads.
        """
        threads = self.threads(None)
        self.settings.require_online(needs_community=not any(thread.community for thread in threads))
        return threads

    def require_own_ledger(self) -> None:
        """Raise `ForeignLedger` if the ledger belongs to another account.

        Asks the server only if its address has changed.
        """
        if self._storage.has_ledger:
            self._recognise()
            self._owner.check()

    @property
    def is_signed_in(self) -> bool:
        """Whether a token is stored; does not ask the server whether it is still valid."""
        return self._storage.may_have_token and bool(self._sign_ins.token)

    @lazy_property
    def meter(self) -> Meter | None:
        """The metrics of the running service, None if no metrics file is set."""
        path = self.settings.metrics_file
        if path is None:
            return None
        return Meter(
            self.writing_ports,
            version=own_version(),
            sign_ins=lambda: (self._sign_ins.left, self._sign_ins.issued),
            write=lambda snapshot: metrics.write(path, exposition(snapshot)),
        )

    def back_up(self, target: Path) -> None:
        """Write a copy of the ledger into a new file. Raises `WriteFailed`."""
        if not self._storage.has_ledger:
            raise WriteFailed(nothing_to_back_up(self.settings.state_dir))
        output_paths.check_private(target, published=self.settings.site_dir)
        self._ledger.back_up(target)

    def restore(self, source: Path) -> None:
        """Fill an empty ledger in a database from a backup. Raises `LedgerError` and `ConfigError`."""
        if not self._storage.is_shared:
            raise ConfigError(
                "a ledger in a file is restored by putting the backup in its place (docs/how-to/back-up.md); "
                "to use a database instead, set MEGABOT_DATABASE_URL first"
            )
        self._ledger.restore(source)

    def check_site_folder(self, folder: Path) -> None:
        source = self.settings.source if isinstance(self.settings.source, Path) else None
        output_paths.check_site(folder, state=self.settings.state_dir, source=source)

    @lazy_property
    def heartbeat(self) -> Heartbeat:
        return Heartbeat(self.settings.heartbeat_text(), proxy=self.settings.proxy_used())

    @property
    def state_folder(self) -> Path:
        """The state folder, created and checked."""
        return self._storage.folder

    @contextmanager
    def service_lock(self, *, on_wait: Callable[[str], None]) -> Iterator[None]:
        """Hold the account as its only service; wait while another host holds it.

        `on_wait` is called once with the name of that host's megabot. Raises `Busy` if another service of
        this host runs on the same state folder.
        """
        with self.folder_lock(), self._ledger.service_lock(on_wait=on_wait):
            yield

    def folder_lock(self) -> AbstractContextManager[None]:
        """Hold the state folder as its only service. Raises `Busy` if another service runs on it."""
        return state_dir.service_lock(self._storage.folder)

    @property
    def is_lost(self) -> bool:
        """Whether another host took the account over from this service."""
        return self._ledger.is_lost

    def rest(self) -> None:
        """Close the ledger until the next use, which may be in another thread."""
        self._storage.close()

    def close(self) -> None:
        for opened in ("_session", "heartbeat"):
            # lazy_property stores its value here, so what was never used is not opened now.
            if opened in self.__dict__:
                self.__dict__[opened].close()
        self._storage.close()

    def _offline_ports(self, ledger: Ledger) -> OfflinePorts:
        return OfflinePorts(
            clock=self.clock,
            ledger=ledger,
            source=OverriddenSource(self._source, ledger),
            renderer=ChildRenderer(children=self._children),
            alerts=LedgerAlerts(ledger),
            community=self.settings.community,
            signed_in=self._signed_in,
        )

    def _signed_in(self) -> datetime | None:
        """Return when the token was issued, None without one. Does not create the state folder."""
        tokens = self._storage.tokens(create=False)
        stored = tokens.read(instance=self.settings.instance, username=self.settings.username)
        return stored.issued if stored.token else None

    @lazy_property
    def _source(self) -> Source:
        where = self.settings.source
        if isinstance(where, Path):
            return FolderSource(where, children=self._children)
        return GitSource(
            where,
            key_file=self.settings.source_key_file,
            state=self._storage.folder,
            clock=self.clock,
            proxy=self.settings.proxy_used(),
            children=self._children,
        )

    @lazy_property
    def _ledger(self) -> StoredLedger:
        """The ledger, after checking that it belongs to this account. Raises `ForeignLedger`."""
        self._owner.check()
        return self._storage.ledger

    @lazy_property
    def _owner(self) -> LedgerOwner:
        return LedgerOwner(
            self._storage.ledger,
            self._storage.folder,
            name=self.settings.username,
            instance=self.settings.instance,
            signed_in=self._token_owner,
            keeps=self._keeps_facts,
        )

    def _token_owner(self) -> Owner | None:
        stored = self._storage.tokens().any_account()
        if stored is None:
            return None
        host = host_of(stored.person.actor) if stored.person else ""
        return Owner(name=stored.username, host=host, address=host_of(stored.instance))

    def _recognise(self) -> None:
        """If the address in the settings changed, ask the server whether it is still the same one."""
        if self._owner.claim() is Claim.MOVED:
            forum, _ = open_forum(self._session, self._sign_ins, self.clock)
            self._owner.meet(name=self.settings.username, server=forum.site().actor)

    @lazy_property
    def _sign_ins(self) -> SignIns:
        return SignIns(
            credentials=self._credentials,
            instance=self.settings.instance,
            file=self._storage.tokens(),
            clock=self.clock,
            on_person=self._owner.prove,
        )

    @lazy_property
    def _session(self) -> LemmySession:
        session = LemmySession(
            self.settings.instance,
            token=lambda: self._sign_ins.token,
            proxy=self.settings.proxy_used(),
            before_write=self._storage.ledger.confirm_claims,
            connections=self._connections,
        )
        # Each answer is progress that keeps systemd's watchdog from ending a long pass (R12).
        session.hooks["response"].append(lambda *_, **__: self._progress())
        return session

    @lazy_property
    def _forum(self) -> Forum:
        stored = self._ledger.account().api
        # The API is stored, which saves a request at each start (decision 3).
        kind = None if stored is None else ApiKind(stored)
        self._greeted = kind is None
        forum, kind = open_forum(
            self._session, self._sign_ins, self.clock, kind=kind, on_kind=self._keep_kind
        )
        self._keep_kind(kind)
        if self._sign_ins.token and self._sign_ins.person:
            self._owner.prove(self._sign_ins.person)
        return forum

    def _keep_kind(self, kind: ApiKind) -> None:
        if self._keeps_facts and self._ledger.account().api != kind.value:
            self._ledger.change_account(lambda account: replace(account, api=kind.value))


@contextmanager
def open_app(
    options: Mapping[str, object],
    *,
    credentials: Credentials | None = None,
    settings: Settings | None = None,
    keeps_facts: bool = True,
) -> Iterator[App]:
    """Build the app for one command and close it afterwards. `settings` may be passed if already read."""
    settings = settings or read_settings(options)
    app = App(settings, SystemClock(Stop()), credentials=credentials, keeps_facts=keeps_facts)
    try:
        yield app
    except SourceBroken as error:
        raise app.placed(error) from error
    finally:
        app.close()


def typed_credentials(settings: Settings, *, password: str, code: str, at_terminal: bool) -> Credentials:
    return Credentials(
        username=settings.username,
        password=password,
        totp_secret=settings.totp_text(),
        typed_code=code,
        at_terminal=at_terminal,
    )


def notify(state: str) -> None:
    """Send a state to systemd if systemd started this process."""
    clock.notify(state, environ=os.environ)


def nothing_to_back_up(folder: object) -> str:
    return f"there is nothing to back up: {folder} contains no ledger; check MEGABOT_STATE_DIR"
