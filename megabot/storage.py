"""Where one account keeps its ledger and its token: in its state folder, or in a database."""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from megabot import output_paths, state_dir
from megabot.clock import Clock
from megabot.errors import LedgerError
from megabot.lazy import lazy_property
from megabot.ledger.ownership import host_of
from megabot.ledger.port import StoredLedger
from megabot.lemmy.auth.token_file import TokenFile, create_folder
from megabot.lemmy.auth.token_store import DatabaseTokens, TokenStore
from megabot.settings import Settings

if TYPE_CHECKING:
    from megabot.ledger.postgres.ledger import PostgresLedger
    from megabot.ledger.postgres.shared_database import SharedDatabase

log = logging.getLogger("megabot")


class Storage:
    """The ledger and the token that the settings name. Each is opened on first use.

    `database` gives the database at an address if other accounts of the process use it too; it stays open.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        database: "Callable[[str], SharedDatabase] | None" = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock

    @property
    def is_shared(self) -> bool:
        """Whether the ledger and the token are in a database that other hosts may use too."""
        return self._settings.database_url is not None

    @property
    def has_ledger(self) -> bool:
        """Whether there is a ledger to read. Does not create the state folder."""
        return self.is_shared or state_dir.holds(self._settings.state_dir, "ledger.db")

    @property
    def may_have_token(self) -> bool:
        """Whether a token may be stored. Does not create the state folder."""
        state = self._settings.state_dir
        return self.is_shared or any(
            state_dir.holds(place.parent, place.name)
            for place in (_token_in(state), _earlier_token_in(state))
        )

    @lazy_property
    def folder(self) -> Path:
        """The state folder, created and checked."""
        folder = self._settings.state_dir
        # Before the folder is created: a web server would publish the token in it.
        output_paths.check_private(folder, published=self._settings.site_dir)
        state_dir.prepare(folder, chosen=self._settings.state_dir_chosen)
        output_paths.mark_state(folder)
        # Even without a token, so that the unit of the page for moderators can hide it from the start.
        # A full or read-only disk is not an error here: whatever stores a token creates the folder too.
        with suppress(LedgerError):
            create_folder(_token_in(folder).parent)
        return folder

    @lazy_property
    def ledger(self) -> StoredLedger:
        """The ledger, whoever it belongs to."""
        if self.is_shared:
            return self._shared_ledger
        # Imported here, because SQLAlchemy takes memory and time that most commands do not need.
        from megabot.ledger.sqlite import SqliteLedger

        return SqliteLedger(
            self.folder,
            self._clock,
            on_wait=lambda: log.warning("%s", waiting_for_pass()),
            on_set_aside=lambda aside: log.warning("%s", aside),
        )

    @lazy_property
    def _shared_ledger(self) -> "PostgresLedger":
        from megabot.ledger.postgres.ledger import PostgresLedger
        from megabot.ledger.postgres.shared_database import database_at

        return PostgresLedger(
            (self._database or database_at)(self._settings.database_text()),
            self._clock,
            name=self._settings.username,
            address=host_of(self._settings.instance),
            on_wait=lambda: log.warning("%s", waiting_for_pass()),
        )

    def tokens(self, *, create: bool = True) -> TokenStore:
        """Return the store of the token; without `create`, the state folder is not created for it."""
        if self.is_shared:
            return DatabaseTokens(self._shared_ledger)
        folder = self.folder if create else self._settings.state_dir
        return TokenFile(_token_in(folder), earlier=_earlier_token_in(folder))

    def close(self) -> None:
        """Close the ledger until the next use, which may be in another thread."""
        if "ledger" in self.__dict__ and not (self.is_shared and self._database):
            self.ledger.close()


def _token_in(folder: Path) -> Path:
    """Return the token's path in a state folder.

    It has a folder of its own, which a unit can hide; a file that is replaced cannot be hidden by its path.
    """
    return folder / "token" / "token.json"


def _earlier_token_in(folder: Path) -> Path:
    return folder / "token.json"


def waiting_for_pass() -> str:
    return "another megabot is using the same ledger; waiting for it to finish"
