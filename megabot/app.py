"""The composition root: settings become adapters, adapters become ports. Alone names concrete adapters."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path

from megabot import config, logs, texts
from megabot.adapters import state_dir, system
from megabot.adapters.alerts import LedgerAlerts
from megabot.adapters.credentials import Credentials
from megabot.adapters.folder_source import FolderSource
from megabot.adapters.git_source import GitSource
from megabot.adapters.heartbeat import Heartbeat
from megabot.adapters.ledger import SqliteLedger
from megabot.adapters.lemmy_detect import ApiKind
from megabot.adapters.lemmy_forum import open_forum
from megabot.adapters.lemmy_http import LemmySession
from megabot.adapters.no_ledger import NoLedger
from megabot.adapters.own_process import OwnProcess
from megabot.adapters.renderer import Renderer
from megabot.adapters.sign_in import SignIns
from megabot.adapters.system import Stop, SystemClock
from megabot.adapters.token_file import TokenFile
from megabot.amending import Amended
from megabot.config import Settings
from megabot.core.posts import Account
from megabot.core.threads import Thread
from megabot.errors import ConfigError
from megabot.language import ENGLISH, Language
from megabot.ports import Clock, Desk, Forum, Ledger, Ports, Source
from megabot.site_watch import SiteWatch

API = "api"
"""What the ledger remembers the server's API under."""
log = logging.getLogger("megabot")


class App:
    """One process of megabot. Everything is opened when it is first needed, so that offline verbs stay so.

    `credentials` replace those of the settings where a person typed them.
    """

    def __init__(self, settings: Settings, clock: Clock, *, credentials: Credentials | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self._greeted = False  # whether finding out the API took a greeting, which tells of the account too
        self._credentials = credentials or Credentials(
            username=settings.username,
            password=settings.password_text(),
            totp_secret=settings.totp_text(),
        )

    @cached_property
    def desk(self) -> Desk:
        """What works without a server; the ledger only where there is one already."""
        there = (self.settings.state_dir / "ledger.db").exists()
        return self._desk(self._ledger if there else NoLedger())

    @cached_property
    def writing_desk(self) -> Desk:
        """What works without a server, with a ledger to write to even where there was none."""
        return self._desk(self._ledger)

    @cached_property
    def ports(self) -> Ports:
        """Everything, the server included: finds out which API it speaks unless the ledger knows."""
        self.settings.require_online()
        desk = self._desk(self._ledger)
        return Ports(
            clock=desk.clock,
            ledger=desk.ledger,
            source=desk.source,
            renderer=desk.renderer,
            alerts=desk.alerts,
            community=desk.community,
            language=desk.language,
            signed_in=desk.signed_in,
            forum=self._forum,
            moderators=self.settings.moderators,
            admins=self.settings.admins,
        )

    def threads(self, name: str | None) -> tuple[Thread, ...]:
        """Give the threads of the source, or the one that is named. Raises `ConfigError` for a wrong name."""
        threads = self.desk.source.threads(self.desk.source.snapshot())
        found = tuple(thread for thread in threads if name in (None, thread.name))
        if not found:
            raise ConfigError(
                texts.no_such_thread(self.language, str(name), [thread.name for thread in threads])
            )
        return found

    def prove(self) -> Account | None:
        """Get an answer that strangers cannot get: the account for nothing, where a greeting just brought it.

        Raises where the token is dead and cannot be renewed: after it a pass has its proof.
        """
        forum = self.ports.forum
        if self._greeted:
            return forum.account()
        forum.unread()
        return None

    @cached_property
    def language(self) -> Language:
        """The language of what is said on Lemmy. Raises `ConfigError` with what is wrong with its file."""
        file = self.settings.language_file
        return config.read_language(file) if file else ENGLISH

    @cached_property
    def heartbeat(self) -> Heartbeat:
        """Where an uptime monitor is told how it goes."""
        return Heartbeat(self.settings.heartbeat_text())

    @contextmanager
    def site_watch(self, options: Mapping[str, object]) -> Iterator[Callable[[datetime], None]]:
        """Give the service's chore of keeping the site; it does nothing unless that has a folder."""
        if self.settings.site_dir is None:
            yield lambda _: None
            return
        env_file = options.get("env_file")
        words = [*(["--env", str(env_file)] if env_file else []), "site", "--json"]
        ledger = self._state / "ledger.db"
        watch = SiteWatch(
            self.ports, start=lambda: OwnProcess(words), stamp=lambda: ledger.stat().st_mtime_ns
        )
        with closing(watch):
            yield watch.attend

    def service_lock(self) -> AbstractContextManager[None]:
        """Be the one service of the state folder."""
        return state_dir.service_lock(self._state)

    def close(self) -> None:
        """Let go of what was opened."""
        for opened in ("_ledger", "_session", "heartbeat"):
            if opened in self.__dict__:
                self.__dict__[opened].close()

    def _desk(self, ledger: Ledger) -> Desk:
        return Desk(
            clock=self.clock,
            ledger=ledger,
            source=Amended(self._source, ledger),
            renderer=Renderer(),
            alerts=LedgerAlerts(ledger),
            community=self.settings.community,
            language=self.language,
            signed_in=self._signed_in,
        )

    def _signed_in(self) -> datetime | None:
        """Tell since when there is a token, None without one; makes no folder."""
        file = TokenFile(self.settings.state_dir / "token.json")
        stored = file.read(instance=self.settings.instance, username=self.settings.username)
        return stored.since if stored.token else None

    @cached_property
    def _source(self) -> Source:
        where = self.settings.source
        if isinstance(where, Path):
            return FolderSource(where)
        return GitSource(where, key_file=self.settings.source_key_file, state=self._state, clock=self.clock)

    @cached_property
    def _state(self) -> Path:
        folder = self.settings.state_dir
        state_dir.prepare(folder, chosen=self.settings.state_dir_chosen)
        return folder

    @cached_property
    def _ledger(self) -> SqliteLedger:
        return SqliteLedger(
            self._state,
            self.clock,
            on_wait=lambda: log.warning("%s", texts.waiting()),
            on_set_aside=lambda aside: log.warning("%s", aside),
        )

    @cached_property
    def _sign_ins(self) -> SignIns:
        return SignIns(
            credentials=self._credentials,
            instance=self.settings.instance,
            file=TokenFile(self._state / "token.json"),
            clock=self.clock,
        )

    @cached_property
    def _session(self) -> LemmySession:
        return LemmySession(self.settings.instance, token=lambda: self._sign_ins.token)

    @cached_property
    def _forum(self) -> Forum:
        known = self._ledger.recall(API)
        kind = None if known is None else ApiKind(known)
        self._greeted = kind is None
        forum, kind = open_forum(
            self._session, self._sign_ins, self.clock, kind=kind, on_kind=self._keep_kind
        )
        self._keep_kind(kind)
        return forum

    def _keep_kind(self, kind: ApiKind) -> None:
        self._ledger.remember(API, kind.value)


def read_settings(options: Mapping[str, object]) -> Settings:
    """Read the settings by the command line's options and the environment, and set up the log."""
    env_file = options.get("env_file")
    settings = config.load(os.environ, env_file=Path(str(env_file)) if env_file else None, cwd=Path.cwd())
    level = "DEBUG" if options.get("verbose") else settings.log_level
    logs.set_up(level, secrets=settings.secret_texts())
    return settings


@contextmanager
def open_app(
    options: Mapping[str, object], *, credentials: Credentials | None = None, stop: Stop | None = None
) -> Iterator[App]:
    """Build the process of a verb, and close what it opened when it is done."""
    app = App(read_settings(options), SystemClock(stop or Stop()), credentials=credentials)
    try:
        yield app
    finally:
        app.close()


def typed(settings: Settings, *, password: str, code: str) -> Credentials:
    """Make credentials of what a person typed; the settings hold the rest."""
    return Credentials(
        username=settings.username, password=password, totp_secret=settings.totp_text(), typed_code=code
    )


def new_stop() -> Stop:
    """Make the wish to stop of a process that is told so by signals."""
    return Stop()


def notify(state: str) -> None:
    """Tell systemd how it goes, where it started us."""
    system.notify(state, environ=os.environ)


def sample_source() -> Path:
    """Give the folder of the sample source: beside the code in a checkout, inside it where installed."""
    installed = Path(__file__).parent / "sample"
    return installed if installed.exists() else Path(__file__).parents[1] / "templates"
