"""Share the accounts of a folder with other hosts, by their claims in a PostgreSQL database.

Each database has a thread that looks at the hosts, takes accounts and gives some back; `spread` decides. So a
database that does not answer delays no turn, and one connection is enough for all accounts of it.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from megabot.errors import Busy, ConfigError, DatabaseAway, LedgerError
from megabot.service.accounts import spread
from megabot.service.accounts.claims import Claims
from megabot.service.accounts.spread import Decision, Memory, View

if TYPE_CHECKING:
    from megabot.ledger.postgres.claims import HeldClaim
    from megabot.ledger.postgres.hosts import Connection, HostsView
    from megabot.ledger.postgres.shared_database import SharedDatabase

ROUNDS = 15
"""Rounds in a lease: one every two seconds."""
PATIENCE = 10
"""Rounds after which an account that no other host takes is taken beyond the share."""
BEATS = 3
"""Signs of life in a lease, at least."""
WITHOUT_DATABASE = 2.0
"""Seconds from one attempt to reach the database to the next, at first."""
LAST_WAIT = 10.0
"""Seconds that the end of the process waits for the claims to be given back."""
log = logging.getLogger("megabot")


@dataclass(frozen=True, slots=True)
class SharedAccount:
    """Where an account's ledger is: the address of its database, and what the database knows it by."""

    database: str
    username: str
    server: str


class SpreadAccount(Protocol):
    """One account of the folder."""

    @property
    def shared_account(self) -> SharedAccount | None:
        """None if its ledger is a file, so that only this host can run it."""

    @property
    def is_near_slot(self) -> bool:
        """Whether an edition is almost due, so that the account must not change hosts now."""


class Accounts(Protocol):
    """The accounts of the folder, as they are now. Called by any thread."""

    def find(self, name: str) -> SpreadAccount | None:
        """Return an account, None if it was removed."""

    def names(self) -> tuple[str, ...]: ...

    def hurry(self, name: str) -> None:
        """Let an account have its next turn as soon as possible."""


class SharedClaims(Claims):
    """Claims on the accounts with a shared database; an account with a ledger in a file may always run."""

    def __init__(self, accounts: Accounts, *, database: Callable[[str], "SharedDatabase"]) -> None:
        self._accounts = accounts
        self._database = database
        self._spreads: dict[str, _Spread] = {}
        self._lock = threading.Lock()

    @override
    def may_run(self, account: str) -> bool:
        found = self._accounts.find(account)
        shared = found.shared_account if found is not None else None
        if shared is None:
            return found is not None
        return self._spread(shared.database).may_run(account, shared)

    @override
    def lacks_database(self, account: str) -> bool:
        found = self._accounts.find(account)
        shared = found.shared_account if found is not None else None
        return shared is not None and self._spread(shared.database).is_away

    @override
    def release(self, account: str) -> None:
        for one in self._all():
            one.release(account)

    def begin(self) -> None:
        """Begin to take accounts. Without this, those of a database are taken after the first turn of one."""
        found = (self._accounts.find(name) for name in self._accounts.names())
        for shared in {account.shared_account for account in found if account is not None}:
            if shared is not None:
                self._spread(shared.database)

    def stop(self) -> None:
        """Take nothing more, so that other hosts can have what is released."""
        for one in self._all():
            one.stop()

    def close(self) -> None:
        """Wait until everything that was released is given back, and close the connections."""
        self.stop()
        until = time.monotonic() + LAST_WAIT
        for one in self._all():
            one.close(max(0.0, until - time.monotonic()))

    def _all(self) -> "tuple[_Spread, ...]":
        with self._lock:
            return tuple(self._spreads.values())

    def _spread(self, address: str) -> "_Spread":
        with self._lock:
            if address not in self._spreads:
                self._spreads[address] = _Spread(address, self._accounts, self._database)
            return self._spreads[address]


class _Spread:
    """The accounts of one database, and the thread that claims them."""

    def __init__(self, address: str, accounts: Accounts, database: Callable[[str], "SharedDatabase"]) -> None:
        self._address = address
        self._accounts = accounts
        self._open = database
        self._database: SharedDatabase | None = None
        self._held: dict[str, tuple[SharedAccount, HeldClaim]] = {}
        self._giving: set[str] = set()
        self._released: list[HeldClaim] = []
        self._ids: dict[SharedAccount, int] = {}
        self._memory = Memory()
        self._next_beat, self._wanted = 0.0, 0
        self._trouble = ""
        self.is_away = False
        self._lock = threading.Lock()
        self._wake, self._stops, self._ends = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="spread", daemon=True)
        self._thread.start()

    def may_run(self, name: str, account: SharedAccount) -> bool:
        database = self._database
        with self._lock:
            if database is None or name not in self._held or name in self._giving:
                return False
            held_as, claim = self._held[name]
        return held_as == account and not database.claims.is_lost(claim)

    def release(self, name: str) -> None:
        with self._lock:
            if name not in self._held:
                return
            self._released.append(self._held.pop(name)[1])
            self._giving.discard(name)
        self._wake.set()

    def stop(self) -> None:
        self._stops.set()
        self._wake.set()

    def close(self, patience: float) -> None:
        self._ends.set()
        self._wake.set()
        self._thread.join(patience)

    def _run(self) -> None:
        with ExitStack() as kept:
            due = 0.0
            while not self._ends.is_set():
                self._wake.clear()
                is_round = time.monotonic() >= due and not self._stops.is_set()
                self._try(lambda: self._step(kept, is_round=is_round))  # noqa: B023  called at once
                if is_round:
                    due = time.monotonic() + self._pause
                self._wake.wait(None if self._stops.is_set() else max(0.0, due - time.monotonic()))
            self._try(lambda: self._step(kept, is_round=False))
            if self._database is not None:
                self._database.close()

    @property
    def _pause(self) -> float:
        if self._database is None:
            return WITHOUT_DATABASE
        return self._database.claims.lease.total_seconds() / ROUNDS

    def _try(self, step: Callable[[], None]) -> None:
        """Take a step. A failure is logged once, and the next round tries again."""
        try:
            step()
        except (LedgerError, Busy, ConfigError) as error:
            # An account has another id after its rows were joined with earlier ones.
            self._ids = {}
            self.is_away = isinstance(error, DatabaseAway)
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.warning("%s", accounts_wait(error))
        except Exception:
            log.exception("this is a bug in megabot; please report it with these lines")
        else:
            self._trouble, self.is_away = "", False

    def _step(self, kept: ExitStack, *, is_round: bool) -> None:
        if self._database is None:
            database = self._open(self._address)
            kept.enter_context(database.keeping_claims())
            self._database = database
        with self._database.at_once() as connection:
            if self._stops.is_set():
                self._leave(self._database, connection)
            self._give_back(self._database, connection)
            if is_round:
                self._round(self._database, connection)

    def _leave(self, database: "SharedDatabase", connection: "Connection") -> None:
        from megabot.ledger.postgres import hosts

        hosts.leave(connection, database.claims.holder)

    def _give_back(self, database: "SharedDatabase", connection: "Connection") -> None:
        """Release the claims whose accounts have had their last turn here, in one statement."""
        with self._lock:
            released, self._released = self._released, []
        # If this fails, they end with their leases, because nobody renews them any longer.
        database.claims.release(connection, *released)

    def _round(self, database: "SharedDatabase", connection: "Connection") -> None:
        from megabot.ledger.postgres import hosts

        ids = self._known_ids(database)
        view = self._view(database, ids, hosts.look(connection))
        decision, self._memory = spread.decide(view, self._memory)
        self._say_alive(database, connection, decision)
        self._take(database, connection, ids, decision)
        with self._lock:
            giving = [name for name in decision.give if name in self._held]
            self._giving |= set(giving)
        for name in giving:
            self._accounts.hurry(name)

    def _known_ids(self, database: "SharedDatabase") -> dict[str, int]:
        """Return the ids of this database's accounts in the folder."""
        from megabot.ledger.postgres.ledger import PostgresAccount

        known: dict[str, int] = {}
        for name in self._accounts.names():
            shared = self._shared(name)
            if shared is not None:
                if shared not in self._ids:
                    rows = PostgresAccount(database, name=shared.username, address=shared.server)
                    self._ids[shared] = rows.account_id
                known[name] = self._ids[shared]
        return known

    def _shared(self, name: str) -> SharedAccount | None:
        found = self._accounts.find(name)
        shared = found.shared_account if found is not None else None
        return shared if shared is not None and shared.database == self._address else None

    def _view(self, database: "SharedDatabase", ids: dict[str, int], seen: "HostsView") -> View:
        me = database.claims.holder
        with self._lock:
            held, giving = frozenset(self._held), frozenset(self._giving)
        mine = held - giving
        return View(
            me=me,
            accounts=tuple(ids),
            mine=mine,
            giving=giving,
            elsewhere={
                name: seen.holders[number]
                for name, number in ids.items()
                if number in seen.holders and name not in mine
            },
            kept=frozenset(
                name for name in mine if ids.get(name) in seen.unsettled or self._is_near_slot(name)
            ),
            hosts={name: wanted for name, wanted in seen.hosts.items() if name != me},
            running=Counter(seen.holders.values()),
            now=time.monotonic(),
            patience=self._pause * PATIENCE,
        )

    def _is_near_slot(self, name: str) -> bool:
        found = self._accounts.find(name)
        return found is not None and found.is_near_slot

    def _say_alive(self, database: "SharedDatabase", connection: "Connection", decision: Decision) -> None:
        from megabot.ledger.postgres import hosts

        now, lease = time.monotonic(), database.claims.lease
        if decision.wanted != self._wanted or now >= self._next_beat:
            hosts.beat(connection, database.claims.holder, wanted=decision.wanted, lease=lease)
            self._next_beat, self._wanted = now + lease.total_seconds() / BEATS, decision.wanted

    def _take(
        self, database: "SharedDatabase", connection: "Connection", ids: dict[str, int], decision: Decision
    ) -> None:
        from megabot.ledger.state import ClaimKind

        for name in decision.take:
            shared = self._shared(name)
            if self._stops.is_set() or shared is None or self._ids.get(shared) != ids[name]:
                continue
            try:
                claim = database.claims.take(connection, ids[name], ClaimKind.SERVICE)
            except Busy as error:  # its holder was frozen while it wrote
                log.debug("%s", error)
                continue
            if claim is not None:
                with self._lock:
                    self._held[name] = shared, claim
                self._accounts.hurry(name)
                # Removed meanwhile: it has been closed already, and nobody else would release it.
                if self._shared(name) is None:
                    self.release(name)


def accounts_wait(error: Exception) -> str:
    return f"{error}; accounts with this database wait, and megabot keeps trying"
