"""Bind a ledger to one account: recorded once the server has named it, and compared from then on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from megabot.errors import ForeignLedger
from megabot.forum.models import Person
from megabot.ledger import ownership
from megabot.ledger.ownership import Claim, Owner, host_of
from megabot.ledger.port import Ledger

MOVED = ". If it is the same server at a new address, run: megabot login"


class LedgerOwner:
    """The owner of the ledger in `folder`, compared with the account in the settings.

    If the ledger names no owner, it is inferred from its posts and from `signed_in`, the account of the
    stored token. With `keeps=False`, the account is compared but not recorded.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        *,
        name: str,
        instance: str,
        signed_in: Callable[[], Owner | None],
        keeps: bool = True,
    ) -> None:
        self._signed_in = signed_in
        self._keeps = keeps
        self._proven = False
        self._ledger = ledger
        self._folder = folder
        self._name = name
        self._instance = instance

    def claim(self) -> Claim:
        """Compare the owner with the settings, without asking the server."""
        owner = self._known()
        if owner is None or self._proven:
            return Claim.OWN
        return ownership.compare(owner, name=self._name, instance=self._instance)

    def check(self) -> None:
        """Raise `ForeignLedger` unless the settings name the owner."""
        claim = self.claim()
        if claim is not Claim.OWN:
            hint = "" if claim is Claim.FOREIGN else MOVED
            raise self._foreign(f"{self._name} on {host_of(self._instance)}", hint)

    def prove(self, person: Person) -> None:
        """Record which account the server named. Raises `ForeignLedger` if it is not the owner."""
        self.meet(name=person.name, server=person.actor)

    def meet(self, *, name: str, server: str) -> None:
        """Record the account and the server's address; `server` is a URL with the server's own host name."""
        recorded, host = self._known(), host_of(server)
        if recorded is not None and not ownership.is_same(recorded, name=name, host=host):
            raise self._foreign(f"{name} on {host}")
        self._proven = True
        # The address is refreshed, so that the next start recognizes the account without a request.
        owner = Owner(name=name, host=host, address=host_of(self._instance))
        if self._keeps and owner != self._ledger.account().owner:
            self._ledger.change_account(lambda account: replace(account, owner=owner))

    def _known(self) -> Owner | None:
        recorded = self._ledger.account().owner
        if recorded is not None:
            return recorded
        records = (record for thread in self._ledger.threads() for record in self._ledger.posts(thread))
        return ownership.infer(records, self._signed_in())

    def _foreign(self, account: str, hint: str = "") -> ForeignLedger:
        return ForeignLedger(
            f"The state folder {self._folder} belongs to {self._known()}, but the settings are for {account}"
            ". A state folder holds one account: set MEGABOT_STATE_DIR to another folder for this bot, for "
            f"example MEGABOT_STATE_DIR=state in its .env. If the other bot is gone, move {self._folder} away"
            f"{hint}"
        )
