"""The part of the ledger about its account, its threads and what moderators changed, in SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, select, union
from typing_extensions import override

from megabot.forum.models import CommunityRef
from megabot.ledger import rows, tables
from megabot.ledger.database import Database, Statements, read_in
from megabot.ledger.port import Ledger
from megabot.ledger.state import (
    AccountState,
    Highlight,
    Job,
    JobRun,
    PendingConfirmation,
    SentAlert,
    ThreadState,
    WebAccess,
    WebDraft,
)
from megabot.schedule.overrides import Override

_ACCOUNTS = tables.ACCOUNTS


class SqlState(Ledger):
    """Everything but intents, posts and commands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = Statements(database)

    @override
    def account(self) -> AccountState:
        with self._database.reading() as connection:
            return self._account(connection)

    def _account(self, connection: Connection, *, lock: bool = False) -> AccountState:
        statement = select(_ACCOUNTS).where(_ACCOUNTS.c.id == self._database.account_id)
        (account,) = read_in(connection, statement.with_for_update() if lock else statement, rows.account)
        return account

    @override
    def change_account(self, change: Callable[[AccountState], AccountState]) -> None:
        # Nearly always nothing changes, and a transaction that writes costs a wait for the disk.
        known = self.account()
        if change(known) != known:
            with self._database.writing() as connection:
                self._change_account(connection, change)

    def _change_account(self, connection: Connection, change: Callable[[AccountState], AccountState]) -> None:
        before = self._account(connection, lock=True)
        after = change(before)
        if after != before:
            values = rows.account_row(after)
            connection.execute(
                _ACCOUNTS.update().where(_ACCOUNTS.c.id == self._database.account_id), dict(values)
            )

    @override
    def thread(self, thread: str) -> ThreadState:
        return self._rows.find(tables.THREADS, rows.thread, thread=thread) or ThreadState()

    @override
    def change_thread(self, thread: str, change: Callable[[ThreadState], ThreadState]) -> None:
        known = self.thread(thread)
        if change(known) == known:
            return
        with self._database.writing() as connection:
            statement = self._rows.select(tables.THREADS, thread=thread).with_for_update()
            before = next(iter(read_in(connection, statement, rows.thread)), ThreadState())
            after = change(before)
            if after != before:
                self._rows.put_in(connection, tables.THREADS, {"thread": thread, **rows.thread_row(after)})

    @override
    def threads(self) -> tuple[str, ...]:
        account = self._database.account_id
        found = union(
            *(
                select(table.c.thread).where(table.c.account_id == account)
                for table in (tables.INTENTS, tables.POSTS)
            )
        )
        with self._database.reading() as connection:
            # Sorted here, because a database may sort letters by its own language.
            return tuple(sorted(connection.execute(found).scalars()))

    @override
    def revision(self) -> int:
        statement = select(_ACCOUNTS.c.revision).where(_ACCOUNTS.c.id == self._database.account_id)
        with self._database.reading() as connection:
            return int(connection.execute(statement).scalar_one())

    @override
    def confirm_claims(self) -> None:
        self._database.confirm_claims()

    # -- commands and replies

    @override
    def confirmations(self) -> tuple[PendingConfirmation, ...]:
        table = tables.CONFIRMATIONS
        return self._rows.list(self._rows.select(table).order_by(table.c.position), rows.confirmation)

    @override
    def set_confirmations(self, waiting: Sequence[PendingConfirmation]) -> None:
        with self._database.writing() as connection:
            self._rows.replace_in(connection, tables.CONFIRMATIONS, map(rows.confirmation_row, waiting))

    @override
    def comment_replies(self) -> tuple[datetime, ...]:
        table = tables.COMMENT_REPLIES
        return self._rows.list(self._rows.select(table).order_by(table.c.position), lambda row: row["at"])

    @override
    def set_comment_replies(self, times: Sequence[datetime]) -> None:
        with self._database.writing() as connection:
            self._rows.replace_in(connection, tables.COMMENT_REPLIES, ({"at": at} for at in times))

    # -- what moderators changed

    @override
    def overrides(self, thread: str) -> tuple[Override, ...]:
        table = tables.OVERRIDES
        statement = self._rows.select(table, thread=thread).order_by(table.c.position)
        return self._rows.list(statement, rows.override)

    @override
    def set_overrides(self, thread: str, overrides: Sequence[Override]) -> None:
        with self._database.writing() as connection:
            # First, because its lock makes two changes wait for each other.
            self._change_account(
                connection, lambda account: replace(account, override_changes=account.override_changes + 1)
            )
            new = map(rows.override_row, overrides)
            self._rows.replace_in(connection, tables.OVERRIDES, new, thread=thread)

    @override
    def highlights(self, thread: str, edition: str) -> tuple[Highlight, ...]:
        with self._database.reading() as connection:
            return self._highlights(connection, thread, edition)

    def _highlights(self, connection: Connection, thread: str, edition: str) -> tuple[Highlight, ...]:
        table = tables.HIGHLIGHTS
        statement = self._rows.select(table, thread=thread, edition=edition).order_by(table.c.position)
        return read_in(connection, statement, rows.highlight)

    @override
    def change_highlights(
        self, thread: str, edition: str, change: Callable[[tuple[Highlight, ...]], Sequence[Highlight]]
    ) -> None:
        known = self.highlights(thread, edition)
        if tuple(change(known)) == known:
            return
        with self._database.writing() as connection:
            self._account(connection, lock=True)
            before = self._highlights(connection, thread, edition)
            after = tuple(change(before))
            if after != before:
                new = map(rows.highlight_row, after)
                self._rows.replace_in(connection, tables.HIGHLIGHTS, new, thread=thread, edition=edition)

    @override
    def highlighted_editions(self, thread: str) -> frozenset[str]:
        editions = self._rows.select(tables.HIGHLIGHTS, thread=thread).with_only_columns(
            tables.HIGHLIGHTS.c.edition
        )
        return frozenset(self._rows.list(editions, lambda row: str(row["edition"])))

    @override
    def opted_out(self) -> frozenset[str]:
        return frozenset(self._rows.list(self._rows.select(tables.OPT_OUTS), lambda row: str(row["actor"])))

    @override
    def opt_out(self, actor: str) -> None:
        with self._database.writing() as connection:
            self._account(connection, lock=True)
            self._rows.put_in(connection, tables.OPT_OUTS, {"actor": actor})
            self._rows.delete_in(connection, tables.HIGHLIGHTS, actor=actor)

    # -- alerts

    @override
    def alerts(self) -> Mapping[str, str]:
        table = tables.ALERTS
        pairs = self._rows.list(
            self._rows.select(table).order_by(table.c.id),
            lambda row: (str(row["key"]), rows.from_sentence(row["sentence"])),
        )
        return dict(pairs)

    @override
    def raise_alert(self, key: str, sentence: str) -> None:
        values = {"key": key, "sentence": rows.to_sentence(sentence)}
        self._rows.put(tables.ALERTS, values, key=["key"])

    @override
    def clear_alert(self, key: str) -> None:
        with self._database.writing() as connection:
            self._rows.delete_in(connection, tables.ALERTS, key=key)

    @override
    def sent_alerts(self) -> Mapping[str, SentAlert]:
        table = tables.SENT_ALERTS
        pairs = self._rows.list(
            self._rows.select(table).order_by(table.c.position),
            lambda row: (str(row["key"]), rows.sent_alert(row)),
        )
        return dict(pairs)

    @override
    def set_sent_alerts(self, sent: Mapping[str, SentAlert]) -> None:
        new = (rows.sent_alert_row(key, alert) for key, alert in sent.items())
        with self._database.writing() as connection:
            self._rows.replace_in(connection, tables.SENT_ALERTS, new)

    @override
    def alert_wishes(self) -> Mapping[int, bool]:
        table = tables.ALERT_WISHES
        pairs = self._rows.list(
            self._rows.select(table).order_by(table.c.person_id),
            lambda row: (int(row["person_id"]), bool(row["wanted"])),
        )
        return dict(pairs)

    @override
    def set_alert_wish(self, person_id: int, *, on: bool) -> None:
        self._rows.put(tables.ALERT_WISHES, {"person_id": person_id, "wanted": on})

    # -- the page for moderators

    @override
    def web_access(self) -> tuple[WebAccess, ...]:
        with self._database.reading() as connection:
            return self._web_access(connection)

    def _web_access(self, connection: Connection) -> tuple[WebAccess, ...]:
        table = tables.WEB_ACCESS
        return read_in(connection, self._rows.select(table).order_by(table.c.position), rows.web_access)

    @override
    def change_web_access(self, change: Callable[[tuple[WebAccess, ...]], Sequence[WebAccess]]) -> None:
        known = self.web_access()
        if tuple(change(known)) == known:
            return
        with self._database.writing() as connection:
            # Locked, so that a link that two browsers redeem at once works for one of them.
            self._account(connection, lock=True)
            before = self._web_access(connection)
            after = tuple(change(before))
            if after != before:
                self._rows.replace_in(connection, tables.WEB_ACCESS, map(asdict, after))

    @override
    def web_drafts(self, thread: str, edition: str) -> tuple[WebDraft, ...]:
        table = tables.WEB_DRAFTS
        of_edition = self._rows.select(table, thread=thread, edition=edition)
        found = self._rows.list(of_edition, rows.web_draft)
        # Sorted here, because a database may sort letters by its own language.
        return tuple(sorted(found, key=lambda draft: (draft.at, draft.actor)))

    @override
    def keep_web_draft(self, draft: WebDraft) -> None:
        self._rows.put(tables.WEB_DRAFTS, rows.web_draft_row(draft))

    @override
    def drop_web_draft(self, thread: str, edition: str, actor: str) -> None:
        with self._database.writing() as connection:
            self._rows.delete_in(connection, tables.WEB_DRAFTS, thread=thread, edition=edition, actor=actor)

    # -- what the server was asked once

    @override
    def community(self, name: str) -> CommunityRef | None:
        return self._rows.find(tables.COMMUNITIES, rows.community, asked=name)

    @override
    def keep_community(self, name: str, place: CommunityRef | None) -> None:
        if place is not None:
            self._rows.put(tables.COMMUNITIES, {"asked": name, **rows.community_row(place)})
            return
        with self._database.writing() as connection:
            self._rows.delete_in(connection, tables.COMMUNITIES, asked=name)

    @override
    def person_id(self, name: str) -> int | None:
        return self._rows.find(tables.PEOPLE, lambda row: int(row["person_id"]), asked=name)

    @override
    def keep_person(self, name: str, person_id: int) -> None:
        self._rows.put(tables.PEOPLE, {"asked": name, "person_id": person_id})

    @override
    def image_url(self, path: str, digest: str) -> str | None:
        return self._rows.find(tables.IMAGES, lambda row: str(row["url"]), path=path, digest=digest)

    @override
    def keep_image(self, path: str, digest: str, url: str) -> None:
        self._rows.put(tables.IMAGES, {"path": path, "digest": digest, "url": url})

    # -- jobs

    @override
    def job(self, job: Job, thread: str = "") -> JobRun:
        run = self._rows.find(
            tables.JOBS,
            lambda row: JobRun(at=row["at"], position=row["position"]),
            job=job,
            thread=thread,
        )
        return run or JobRun()

    @override
    def keep_job(self, job: Job, run: JobRun, thread: str = "") -> None:
        values = {"job": job, "thread": thread, "at": run.at, "position": run.position}
        self._rows.put(tables.JOBS, values)
