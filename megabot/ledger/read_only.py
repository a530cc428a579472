"""The ledger of a pass that only decides; nothing is written."""

from collections.abc import Callable
from typing import Any

from megabot.errors import Bug
from megabot.forum.models import CommunityRef
from megabot.ledger.port import Ledger
from megabot.ledger.state import AccountState, Job, JobRun, ThreadState

_READS = frozenset({"threads", "pass_lock", "intents", "recent_intents", "history"})
_READS |= {"posts", "recent_posts", "post", "text", "texts", "command", "open_commands", "commands"}
_READS |= {"confirmations", "comment_replies", "overrides", "highlights", "highlighted_editions"}
_READS |= {"opted_out", "alerts", "sent_alerts", "alert_wishes", "claims", "confirm_claims", "revision"}
_READS |= {"web_access", "web_drafts", "overrides_by_thread", "records_by_thread"}


class ReadOnlyLedger:
    """A read-only view of a ledger: a pass's notes for later are kept here, other writes are refused."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._account: AccountState | None = None
        self._threads: dict[str, ThreadState] = {}
        self._communities: dict[str, CommunityRef | None] = {}
        self._people: dict[str, int] = {}
        self._images: dict[tuple[str, str], str] = {}
        self._jobs: dict[tuple[Job, str], JobRun] = {}

    def account(self) -> AccountState:
        """Return the account from this object or the ledger."""
        return self._ledger.account() if self._account is None else self._account

    def change_account(self, change: Callable[[AccountState], AccountState]) -> None:
        """Change the account in this object."""
        self._account = change(self.account())

    def thread(self, thread: str) -> ThreadState:
        """Return a thread from this object or the ledger."""
        return self._threads[thread] if thread in self._threads else self._ledger.thread(thread)

    def change_thread(self, thread: str, change: Callable[[ThreadState], ThreadState]) -> None:
        """Change a thread in this object."""
        self._threads[thread] = change(self.thread(thread))

    def community(self, name: str) -> CommunityRef | None:
        """Return a community from this object or the ledger."""
        return self._communities[name] if name in self._communities else self._ledger.community(name)

    def keep_community(self, name: str, place: CommunityRef | None) -> None:
        """Store a community in this object."""
        self._communities[name] = place

    def person_id(self, name: str) -> int | None:
        """Return a person's id from this object or the ledger."""
        return self._people[name] if name in self._people else self._ledger.person_id(name)

    def keep_person(self, name: str, person_id: int) -> None:
        """Store a person's id in this object."""
        self._people[name] = person_id

    def image_url(self, path: str, digest: str) -> str | None:
        """Return an image's URL from this object or the ledger."""
        key = (path, digest)
        return self._images[key] if key in self._images else self._ledger.image_url(path, digest)

    def keep_image(self, path: str, digest: str, url: str) -> None:
        """Store an image's URL in this object."""
        self._images[path, digest] = url

    def job(self, job: Job, thread: str = "") -> JobRun:
        """Return a job's run from this object or the ledger."""
        return self._jobs[job, thread] if (job, thread) in self._jobs else self._ledger.job(job, thread)

    def keep_job(self, job: Job, run: JobRun, thread: str = "") -> None:
        """Store a job's run in this object."""
        self._jobs[job, thread] = run

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the ledger's own method
        """Return one of the ledger's methods that only read; any other is a bug."""
        # `plan` must write nothing (G04), so whatever is not known to read only is refused.
        if name not in _READS:
            raise Bug(f"a pass that changes nothing called {name} of the ledger")
        return getattr(self._ledger, name)
