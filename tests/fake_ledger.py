"""A ledger in memory, held to the same contract tests as the real one."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime

from typing_extensions import override

from megabot.errors import Busy, DatabaseAway, LedgerError
from megabot.forum.models import CommunityRef
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
from megabot.ledger.thread_records import ThreadRecords, ids_of_editions, with_newest_editions
from megabot.schedule.overrides import Override
from tests.fake_records import FakeRecords, aware


class FakeLedger(FakeRecords):
    """A ledger in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._account = AccountState()
        self._threads: dict[str, ThreadState] = {}
        self._confirmations: tuple[PendingConfirmation, ...] = ()
        self._comment_replies: tuple[datetime, ...] = ()
        self._overrides: dict[str, tuple[Override, ...]] = {}
        self._highlights: dict[tuple[str, str], tuple[Highlight, ...]] = {}
        self._opted_out: frozenset[str] = frozenset()
        self._alerts: dict[str, str] = {}
        self._sent_alerts: dict[str, SentAlert] = {}
        self._alert_wishes: dict[int, bool] = {}
        self._communities: dict[str, CommunityRef] = {}
        self._people: dict[str, int] = {}
        self._images: dict[tuple[str, str], str] = {}
        self._jobs: dict[tuple[Job, str], JobRun] = {}
        self._web_access: tuple[WebAccess, ...] = ()
        self._web_drafts: dict[tuple[str, str, str], WebDraft] = {}
        self._locked = False

    def copied(self) -> "FakeLedger":
        """Return a copy, like a backup."""
        fake_ledger = FakeLedger()
        for name, value in vars(self).items():
            setattr(fake_ledger, name, copy(value))
        fake_ledger._of_thread = {thread: list(numbers) for thread, numbers in self._of_thread.items()}
        fake_ledger._locked = False
        return fake_ledger

    @contextmanager
    def failing(self, *, away: bool = False) -> Iterator[None]:
        """Let a write fail, as on a full disk or because the database is away."""
        raise DatabaseAway("connection lost") if away else LedgerError("disk full")
        yield

    def close(self) -> None:
        """Do nothing: no file is open."""

    # -- the account and its threads

    @override
    def account(self) -> AccountState:
        return self._account

    @override
    def change_account(self, change: Callable[[AccountState], AccountState]) -> None:
        self._account = aware(change(self._account))

    @override
    def thread(self, thread: str) -> ThreadState:
        return self._threads.get(thread, ThreadState())

    @override
    def change_thread(self, thread: str, change: Callable[[ThreadState], ThreadState]) -> None:
        self._threads[thread] = aware(change(self.thread(thread)))

    @override
    def records_by_thread(self, editions: Mapping[str, Collection[str]]) -> Mapping[str, ThreadRecords]:
        return {thread: self._records_of(thread, asked) for thread, asked in editions.items()}

    def _records_of(self, thread: str, asked: Collection[str]) -> ThreadRecords:
        posts = self.recent_posts(thread, editions=asked)
        editions = with_newest_editions(asked, posts)
        ids = ids_of_editions(editions, posts)
        return ThreadRecords(
            state=self.thread(thread),
            overrides=self.overrides(thread),
            posts=posts,
            editions=editions,
            post_ids=ids,
            intents=self.recent_intents(thread, editions=editions, post_ids=ids),
            highlights={key: items for key in editions if (items := self.highlights(thread, key))},
        )

    @override
    @contextmanager
    def pass_lock(self) -> Iterator[None]:
        if self._locked:
            raise Busy("another megabot is still using this ledger")
        self._locked = True
        try:
            yield
        finally:
            self._locked = False

    @override
    def revision(self) -> int:
        no_state = {"_intents_read", "_posts_read", "_locked"}
        return hash(repr([value for name, value in vars(self).items() if name not in no_state]))

    @override
    def claims(self) -> tuple[Claim, ...]:
        return ()

    @override
    def confirm_claims(self) -> None:
        """Nobody else can take this ledger over."""

    # -- commands and replies

    @override
    def confirmations(self) -> tuple[PendingConfirmation, ...]:
        return self._confirmations

    @override
    def set_confirmations(self, waiting: Sequence[PendingConfirmation]) -> None:
        self._confirmations = tuple(aware(one) for one in waiting)

    @override
    def comment_replies(self) -> tuple[datetime, ...]:
        return self._comment_replies

    @override
    def set_comment_replies(self, times: Sequence[datetime]) -> None:
        self._comment_replies = tuple(aware(at) for at in times)

    # -- what moderators changed

    @override
    def overrides(self, thread: str) -> tuple[Override, ...]:
        return self._overrides.get(thread, ())

    @override
    def overrides_by_thread(self, threads: Collection[str]) -> Mapping[str, tuple[Override, ...]]:
        return {thread: self.overrides(thread) for thread in threads}

    @override
    def set_overrides(self, thread: str, overrides: Sequence[Override]) -> None:
        self._overrides[thread] = tuple(aware(one) for one in overrides)
        self._account = replace(self._account, override_changes=self._account.override_changes + 1)

    @override
    def highlights(self, thread: str, edition: str) -> tuple[Highlight, ...]:
        return self._highlights.get((thread, edition), ())

    @override
    def change_highlights(
        self, thread: str, edition: str, change: Callable[[tuple[Highlight, ...]], Sequence[Highlight]]
    ) -> None:
        changed = change(self.highlights(thread, edition))
        self._highlights[thread, edition] = tuple(aware(one) for one in changed)

    @override
    def highlighted_editions(self, thread: str) -> frozenset[str]:
        return frozenset(
            edition for (of, edition), items in self._highlights.items() if of == thread and items
        )

    @override
    def opted_out(self) -> frozenset[str]:
        return self._opted_out

    @override
    def opt_out(self, actor: str) -> None:
        self._opted_out |= {actor}
        for key, items in self._highlights.items():
            self._highlights[key] = tuple(one for one in items if one.actor != actor)

    # -- alerts

    @override
    def alerts(self) -> Mapping[str, str]:
        return dict(self._alerts)

    @override
    def raise_alert(self, key: str, sentence: str) -> None:
        self._alerts[key] = sentence

    @override
    def clear_alert(self, key: str) -> None:
        self._alerts.pop(key, None)

    @override
    def sent_alerts(self) -> Mapping[str, SentAlert]:
        return dict(self._sent_alerts)

    @override
    def set_sent_alerts(self, sent: Mapping[str, SentAlert]) -> None:
        self._sent_alerts = {key: aware(one) for key, one in sent.items()}

    @override
    def alert_wishes(self) -> Mapping[int, bool]:
        return dict(self._alert_wishes)

    @override
    def set_alert_wish(self, person_id: int, *, on: bool) -> None:
        self._alert_wishes[person_id] = on

    # -- the page for moderators

    @override
    def web_access(self) -> tuple[WebAccess, ...]:
        return self._web_access

    @override
    def change_web_access(self, change: Callable[[tuple[WebAccess, ...]], Sequence[WebAccess]]) -> None:
        self._web_access = tuple(aware(one) for one in change(self._web_access))

    @override
    def web_drafts(self, thread: str, edition: str) -> tuple[WebDraft, ...]:
        found = (one for one in self._web_drafts.values() if (one.thread, one.edition) == (thread, edition))
        return tuple(sorted(found, key=lambda draft: (draft.at, draft.actor)))

    @override
    def keep_web_draft(self, draft: WebDraft) -> None:
        self._web_drafts[draft.thread, draft.edition, draft.actor] = aware(draft)

    @override
    def drop_web_draft(self, thread: str, edition: str, actor: str) -> None:
        self._web_drafts.pop((thread, edition, actor), None)

    @override
    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        super().prune(before, ignored_before=ignored_before)
        self._web_access = tuple(one for one in self._web_access if one.until >= ignored_before)
        drafts = self._web_drafts.items()
        self._web_drafts = {key: draft for key, draft in drafts if draft.at >= ignored_before}

    # -- what the server was asked once

    @override
    def community(self, name: str) -> CommunityRef | None:
        return self._communities.get(name)

    @override
    def keep_community(self, name: str, place: CommunityRef | None) -> None:
        if place is None:
            self._communities.pop(name, None)
        else:
            self._communities[name] = place

    @override
    def person_id(self, name: str) -> int | None:
        return self._people.get(name)

    @override
    def keep_person(self, name: str, person_id: int) -> None:
        self._people[name] = person_id

    @override
    def image_url(self, path: str, digest: str) -> str | None:
        return self._images.get((path, digest))

    @override
    def keep_image(self, path: str, digest: str, url: str) -> None:
        self._images[path, digest] = url

    # -- jobs

    @override
    def job(self, job: Job, thread: str = "") -> JobRun:
        return self._jobs.get((job, thread), JobRun())

    @override
    def keep_job(self, job: Job, run: JobRun, thread: str = "") -> None:
        self._jobs[job, thread] = aware(run)
