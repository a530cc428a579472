"""Which accounts this process may run."""

from typing import Protocol

from typing_extensions import override


class Claims(Protocol):
    """Decides which of several hosts runs an account."""

    def may_run(self, account: str) -> bool:
        """Return whether this process may run an account's next turn. Called before each one; asks nobody."""

    def lacks_database(self, account: str) -> bool:
        """Return whether an account may not run because its database did not answer. Asks nobody."""

    def release(self, account: str) -> None:
        """Let another host run an account, after its last turn here. Does not wait for a database."""


class EveryAccount(Claims):
    """For one host, which runs every account."""

    @override
    def may_run(self, account: str) -> bool:
        return True

    @override
    def lacks_database(self, account: str) -> bool:
        return False

    @override
    def release(self, account: str) -> None:
        pass
