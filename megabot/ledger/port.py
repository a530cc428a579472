"""What megabot needs from its ledger, as a Protocol with its contract."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from megabot.forum.models import CommunityRef
from megabot.ledger.records import CommandRecord, Intent, IntentState, KeptText, NewIntent, PostRecord
from megabot.ledger.state import (
    AccountState,
    Claim,
    Highlight,
    Job,
    JobRun,
    PendingConfirmation,
    SentAlert,
    ThreadState,
    WebAccess,
    WebDraft,
)
from megabot.ledger.thread_records import ThreadRecords
from megabot.schedule.overrides import Override

RECENT_POSTS = 20
"""How many of a thread's newest posts `recent_posts` returns: more than a pass ever looks back."""


class Ledger(Protocol):
    """megabot's own record. Each call is one transaction, on disk when it returns. Times are aware, UTC.

    A `change` is a pure function from what is stored to what shall be; reading and writing are one
    transaction, so that two processes never undo each other's change.
    """

    # -- the account and its threads

    def account(self) -> AccountState:
        """Return what is known of the bot's account."""

    def change_account(self, change: Callable[[AccountState], AccountState]) -> None:
        """Change what is known of the bot's account. Nothing is written if nothing changes."""

    def thread(self, thread: str) -> ThreadState:
        """Return what is known of a thread; the defaults if nothing is."""

    def change_thread(self, thread: str, change: Callable[[ThreadState], ThreadState]) -> None:
        """Change what is known of a thread. Nothing is written if nothing changes."""

    def threads(self) -> tuple[str, ...]:
        """Return the names of all threads with intents or posts, in alphabetical order."""

    def records_by_thread(self, editions: Mapping[str, Collection[str]]) -> Mapping[str, ThreadRecords]:
        """Return what plans and the status read of many threads, in a few statements for all of them.

        `editions` has the threads' names, each with the keys of the editions that `recent_posts` would be
        asked for. The result has all these names.
        """

    def pass_lock(self) -> AbstractContextManager[None]:
        """Lock the account for one pass at a time. Waits, and raises `Busy` if that takes too long."""

    def confirm_claims(self) -> None:
        """Raise `ClaimLost` unless this process may still act for the account.

        To be called right before each write to the server. Costs a transaction only if the last one is some
        seconds ago.
        """

    def claims(self) -> tuple[Claim, ...]:
        """Return who holds the account; none if only one host can, because the ledger is a file."""

    def revision(self) -> int:
        """Return a number that differs after any change to the ledger."""

    # -- intents

    def begin_intent(self, intent: NewIntent) -> Intent:
        """Record a write in state SENDING, before it is sent.

        Raises `LedgerError` if another intent has sent, or may have sent, the same copy of a post.
        """

    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        """Record the outcome, with a sentence for `history`. Raises `LedgerError` for an unknown id."""

    def intents(self, thread: str) -> tuple[Intent, ...]:
        """Return all intents of a thread, oldest first. Grows with the thread's age: not for a pass."""

    def recent_intents(
        self, thread: str, *, editions: Collection[str], post_ids: Collection[int], order: str = ""
    ) -> tuple[Intent, ...]:
        """Return a thread's open intents and those of some editions, posts or an order, oldest first."""

    def history(self, limit: int) -> tuple[Intent, ...]:
        """Return the newest intents of all threads, newest first."""

    # -- posts and their texts

    def record_post(self, record: PostRecord) -> None:
        """Store or replace the record of an own post."""

    def forget_post(self, post_id: int) -> None:
        """Delete the record of a post and its text, because the post no longer carries an edition."""

    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        """Return all recorded posts of a thread, oldest slot first. Grows with its age: not for a pass."""

    def recent_posts(
        self, thread: str, *, editions: Collection[str] = (), post_ids: Collection[int] = ()
    ) -> tuple[PostRecord, ...]:
        """Return a thread's `RECENT_POSTS` newest posts and those of some editions or with some ids.

        Oldest slot first, as `posts` returns them.
        """

    def post(self, post_id: int) -> PostRecord | None:
        """Return the record of a post of any thread, None if there is none."""

    def keep_text(self, text: KeptText) -> None:
        """Store or replace the text of a post."""

    def text(self, post_id: int) -> KeptText | None:
        """Return the stored text of a post, None if there is none."""

    def texts(self, thread: str) -> tuple[KeptText, ...]:
        """Return the stored texts of a thread's posts, oldest slot first."""

    # -- commands and replies

    def command(self, key: str) -> CommandRecord | None:
        """Return the record of a comment or message by its notice's key, None if there is none."""

    def keep_command(self, record: CommandRecord) -> None:
        """Store or replace the record of a comment or message."""

    def open_commands(self) -> tuple[CommandRecord, ...]:
        """Return the commands that still have to be carried out or replied to, oldest first."""

    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        """Return the newest commands, newest first, except ignored ones."""

    def confirmations(self) -> tuple[PendingConfirmation, ...]:
        """Return the commands that wait for a public confirmation, oldest first."""

    def set_confirmations(self, waiting: Sequence[PendingConfirmation]) -> None:
        """Replace the commands that wait for a public confirmation."""

    def comment_replies(self) -> tuple[datetime, ...]:
        """Return when the last replies were sent as comments, oldest first."""

    def set_comment_replies(self, times: Sequence[datetime]) -> None:
        """Replace the times of the last replies that were sent as comments."""

    # -- what moderators changed

    def overrides(self, thread: str) -> tuple[Override, ...]:
        """Return the overrides of a thread's editions, including past ones, in the order of their making."""

    def overrides_by_thread(self, threads: Collection[str]) -> Mapping[str, tuple[Override, ...]]:
        """Return the overrides of many threads, each as `overrides` returns them."""

    def set_overrides(self, thread: str, overrides: Sequence[Override]) -> None:
        """Replace a thread's overrides, and count the change in `AccountState.override_changes`."""

    def highlights(self, thread: str, edition: str) -> tuple[Highlight, ...]:
        """Return an edition's highlights, in the order in which they are shown."""

    def change_highlights(
        self, thread: str, edition: str, change: Callable[[tuple[Highlight, ...]], Sequence[Highlight]]
    ) -> None:
        """Change an edition's highlights."""

    def highlighted_editions(self, thread: str) -> frozenset[str]:
        """Return the keys of a thread's editions that have highlights."""

    def opted_out(self) -> frozenset[str]:
        """Return the actor ids of users who opted out of highlights."""

    def opt_out(self, actor: str) -> None:
        """Record that a user opted out of highlights, and remove those of their comments."""

    # -- alerts

    def alerts(self) -> Mapping[str, str]:
        """Return the active alerts by key, oldest first. A sentence keeps the commands in it."""

    def raise_alert(self, key: str, sentence: str) -> None:
        """Store an alert, or its new sentence."""

    def clear_alert(self, key: str) -> None:
        """Delete an alert."""

    def sent_alerts(self) -> Mapping[str, SentAlert]:
        """Return the messages about alerts, by the alert's key."""

    def set_sent_alerts(self, sent: Mapping[str, SentAlert]) -> None:
        """Replace the messages about alerts."""

    def alert_wishes(self) -> Mapping[int, bool]:
        """Return who wants alerts (True) or none (False), by person id."""

    def set_alert_wish(self, person_id: int, *, on: bool) -> None:
        """Subscribe a person to alerts, or unsubscribe them. Nobody else is affected."""

    # -- the page for moderators

    def web_access(self) -> tuple[WebAccess, ...]:
        """Return the links and sessions of the page, expired ones too, oldest first."""

    def change_web_access(self, change: Callable[[tuple[WebAccess, ...]], Sequence[WebAccess]]) -> None:
        """Change the links and sessions of the page. `change` may be called twice; the last call counts."""

    def web_drafts(self, thread: str, edition: str) -> tuple[WebDraft, ...]:
        """Return the drafts for an edition, at most one of each author, oldest first."""

    def keep_web_draft(self, draft: WebDraft) -> None:
        """Store a draft, or replace the one by the same author for the same edition."""

    def drop_web_draft(self, thread: str, edition: str, actor: str) -> None:
        """Delete an author's draft for an edition, if there is one."""

    # -- what the server was asked once

    def community(self, name: str) -> CommunityRef | None:
        """Return the community that a name stood for when the server was last asked, None if unknown."""

    def keep_community(self, name: str, place: CommunityRef | None) -> None:
        """Store the community that a name stands for, or forget it with None."""

    def person_id(self, name: str) -> int | None:
        """Return a person's id by `name` or `name@host`, None if unknown."""

    def keep_person(self, name: str, person_id: int) -> None:
        """Store a person's id."""

    def image_url(self, path: str, digest: str) -> str | None:
        """Return the URL of an uploaded file, "" if its upload failed, None if it was never uploaded."""

    def keep_image(self, path: str, digest: str, url: str) -> None:
        """Store the URL of an uploaded file, "" if the upload failed. `digest` is that of its content."""

    # -- jobs, and what is forgotten

    def job(self, job: Job, thread: str = "") -> JobRun:
        """Return a job's last run, that of one thread if the job is about threads."""

    def keep_job(self, job: Job, run: JobRun, thread: str = "") -> None:
        """Store a job's last run."""

    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        """Delete what no pass reads again, so that the ledger stays small (docs/reference/files.md).

        Settled writes of editions before `before` are deleted with the contexts of their posts and the texts
        of closed commands, except for the thread's two newest editions. Of the edits of a post that were
        done, only the newest keeps its draft and context. Comments and messages that were ignored before
        `ignored_before` are deleted, and so are links and sessions of the page that ended and drafts that
        were last changed before then. Posts, their last texts and their highlights stay.
        """


class StoredLedger(Ledger, Protocol):
    """A ledger with what a process needs to open, share and copy it."""

    def service_lock(self, *, on_wait: Callable[[str], None]) -> AbstractContextManager[None]:
        """Hold the account as its service; wait for as long as another host holds it.

        `on_wait` is called once with the holder's name.
        """

    @property
    def is_lost(self) -> bool:
        """Whether another host took the account over, as far as this process knows. Asks nobody."""

    def back_up(self, target: Path) -> None:
        """Write a copy of the account's ledger into a new SQLite file, without the token.

        Raises `WriteFailed` if that fails.
        """

    def restore(self, source: Path) -> None:
        """Fill the account's empty ledger from a SQLite file. Raises `LedgerError` if it has a history."""

    def close(self) -> None:
        """Close files and connections; the next call opens them again."""
