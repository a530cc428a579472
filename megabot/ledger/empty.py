"""A ledger for users who have none: a contributor who previews a template needs no state folder."""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn

from typing_extensions import override

from megabot.errors import LedgerError
from megabot.ledger.port import Ledger
from megabot.ledger.state import AccountState, Job, JobRun, SentAlert, ThreadState
from megabot.ledger.thread_records import ThreadRecords
from megabot.schedule.overrides import Override


class NoLedger(Ledger):
    """An empty ledger. Writing to it is an error, because only commands that read get it."""

    def _find_nothing(self, *_: object, **__: object) -> None:
        return None

    def _list_nothing(self, *_: object, **__: object) -> tuple[()]:
        return ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise LedgerError("there is no ledger yet, and this command only reads")

    post = text = command = community = person_id = image_url = _find_nothing
    claims = threads = intents = recent_intents = history = posts = recent_posts = texts = _list_nothing
    open_commands = commands = confirmations = comment_replies = overrides = highlights = _list_nothing
    web_access = web_drafts = _list_nothing
    change_account = change_thread = begin_intent = resolve_intent = record_post = forget_post = _refuse
    keep_text = keep_command = set_confirmations = set_comment_replies = set_overrides = _refuse
    change_highlights = opt_out = raise_alert = clear_alert = set_sent_alerts = set_alert_wish = _refuse
    keep_community = keep_person = keep_image = keep_job = prune = _refuse
    change_web_access = keep_web_draft = drop_web_draft = _refuse

    @override
    def account(self) -> AccountState:
        return AccountState()

    @override
    def thread(self, thread: str) -> ThreadState:
        return ThreadState()

    @override
    def records_by_thread(self, editions: Mapping[str, Collection[str]]) -> Mapping[str, ThreadRecords]:
        return {thread: ThreadRecords(editions=frozenset(keys)) for thread, keys in editions.items()}

    @override
    def overrides_by_thread(self, threads: Collection[str]) -> Mapping[str, tuple[Override, ...]]:
        return dict.fromkeys(threads, ())

    @override
    def revision(self) -> int:
        return 0

    @override
    def confirm_claims(self) -> None:
        """Do nothing: nobody else can use a ledger that is not there."""

    @override
    def job(self, job: Job, thread: str = "") -> JobRun:
        return JobRun()

    @override
    def highlighted_editions(self, thread: str) -> frozenset[str]:
        return frozenset()

    @override
    def opted_out(self) -> frozenset[str]:
        return frozenset()

    @override
    def alerts(self) -> Mapping[str, str]:
        return {}

    @override
    def sent_alerts(self) -> Mapping[str, SentAlert]:
        return {}

    @override
    def alert_wishes(self) -> Mapping[int, bool]:
        return {}

    @override
    def pass_lock(self) -> AbstractContextManager[None]:
        return nullcontext()
