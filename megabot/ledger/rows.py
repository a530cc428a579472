"""Convert the ledger's values to the columns of its tables and back. Knows no statements and no file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from megabot.forum.models import CommunityRef, PostDraft, PostLimit
from megabot.i18n import channels
from megabot.ledger.ownership import Owner
from megabot.ledger.records import CommandRecord, Intent, KeptText, NewIntent, PostRecord
from megabot.ledger.state import (
    AccountState,
    Claim,
    Highlight,
    HomeReading,
    Note,
    PendingConfirmation,
    SentAlert,
    ThreadState,
    WebAccess,
    WebDraft,
)
from megabot.schedule.overrides import Override

Row = Mapping[Any, Any]
"""A row by the names of its columns, with the values that the types of the columns make."""


def account_row(state: AccountState) -> Row:
    """Return the columns of an account; without an owner, those that name it stay as they are."""
    languages = None if state.languages is None else json.dumps(dict(state.languages))
    owner = {} if state.owner is None else asdict(state.owner)
    limit = state.post_limit
    return owner | {
        "api": state.api,
        "languages": languages,
        "started": state.started,
        "inbox_position": state.inbox_position,
        "override_changes": state.override_changes,
        "limit_posts": limit and limit.posts,
        "limit_seconds": limit and limit.seconds,
        "limit_at_once": limit and limit.at_once,
    }


def account(row: Row) -> AccountState:
    owner = Owner(name=row["name"], host=row["host"], address=row["address"])
    languages = row["languages"]
    return AccountState(
        # Its server's own name is known since the server was asked.
        owner=owner if owner.host else None,
        api=row["api"],
        languages=None if languages is None else _numbers(languages),
        started=row["started"],
        inbox_position=row["inbox_position"],
        override_changes=row["override_changes"],
        post_limit=None if row["limit_posts"] is None else _limit(row),
    )


def _limit(row: Row) -> PostLimit:
    return PostLimit(posts=row["limit_posts"], seconds=row["limit_seconds"], at_once=row["limit_at_once"])


def _numbers(text: str) -> dict[str, int]:
    return {str(name): int(number) for name, number in json.loads(text).items()}


def thread_row(state: ThreadState) -> Row:
    plain = {one.name: getattr(state, one.name) for one in fields(state) if one.name not in {"home", "note"}}
    home, note = _HOME if state.home is None else asdict(state.home), _NOTE
    note = note if state.note is None else asdict(state.note)
    return plain | _prefixed("home", home) | _prefixed("note", note)


_HOME: dict[str, Any] = dict.fromkeys(one.name for one in fields(HomeReading))
_NOTE: dict[str, Any] = dict.fromkeys(one.name for one in fields(Note))


def thread(row: Row) -> ThreadState:
    home = {name: row[f"home_{name}"] for name in _HOME}
    note = {name: row[f"note_{name}"] for name in _NOTE}
    return ThreadState(
        schedule=row["schedule"],
        known_since=row["known_since"],
        current_post_id=row["current_post_id"],
        pinned=row["pinned"],
        agreed_community=row["agreed_community"],
        failing_since=row["failing_since"],
        home=None if home["post_id"] is None else HomeReading(**home),
        note=None if note["edition"] is None else Note(**note),
    )


def _prefixed(prefix: str, values: Row) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in values.items()}


def intent_row(intent: NewIntent) -> Row:
    """Return the columns of a new intent."""
    draft = None if intent.draft is None else json.dumps(asdict(intent.draft), ensure_ascii=False)
    values = {one.name: getattr(intent, one.name) for one in fields(intent)}
    return values | {"draft": draft, "ordered_by": values.pop("order"), "changed": intent.at, "note": ""}


def intent(row: Row) -> Intent:
    new = NewIntent(
        kind=row["kind"],
        thread=row["thread"],
        edition=row["edition"],
        at=row["at"],
        copy=row["copy"],
        post_id=row["post_id"],
        draft=None if row["draft"] is None else _draft(row["draft"]),
        text=row["text"],
        context=row["context"],
        order=row["ordered_by"],
        preamble=row["preamble"],
    )
    return Intent(id=row["id"], new=new, state=row["state"], changed=row["changed"], note=row["note"])


def _draft(text: str) -> PostDraft:
    """Parse a draft; one from before tags existed has none."""
    values = json.loads(text)
    return PostDraft(**values | {"tags": tuple(values.get("tags", ()))})


def post_row(record: PostRecord) -> Row:
    values = asdict(record)
    return values | {"source_commit": values.pop("commit")}


def post(row: Row) -> PostRecord:
    values = _without_account(row)
    return PostRecord(**values | {"commit": values.pop("source_commit")})


def text_row(text: KeptText) -> Row:
    return asdict(text)


def text(row: Row) -> KeptText:
    return KeptText(**_without_account(row))


def command_row(record: CommandRecord) -> Row:
    """Return the columns of a command. Thread names contain no spaces, so a space can join them."""
    values = asdict(record)
    return values | {"threads": " ".join(record.threads), "author": values.pop("by")}


def command(row: Row) -> CommandRecord:
    values = _without_account(row)
    del values["id"]
    return CommandRecord(**values | {"threads": tuple(values["threads"].split()), "by": values.pop("author")})


def confirmation_row(waiting: PendingConfirmation) -> Row:
    values = asdict(waiting)
    return values | {"command_key": values.pop("order")}


def confirmation(row: Row) -> PendingConfirmation:
    values = _without_account(row)
    del values["position"]
    return PendingConfirmation(**values | {"order": values.pop("command_key")})


def override_row(override: Override) -> Row:
    values = asdict(override)
    return values | {"author": values.pop("by")}


def override(row: Row) -> Override:
    values = _without_account(row)
    del values["thread"], values["position"]
    return Override(**values | {"by": values.pop("author")})


def highlight_row(highlight: Highlight) -> Row:
    values = asdict(highlight)
    return values | {"highlighted_by": values.pop("by")}


def highlight(row: Row) -> Highlight:
    values = _without_account(row)
    del values["thread"], values["edition"], values["position"]
    return Highlight(**values | {"by": values.pop("highlighted_by")})


def sent_alert_row(key: str, alert: SentAlert) -> Row:
    sentence = to_sentence(alert.sentence)
    return {"key": key, "state": alert.state, "sentence": sentence, "at": alert.at}


def sent_alert(row: Row) -> SentAlert:
    return SentAlert(row["state"], from_sentence(row["sentence"]), row["at"])


def to_sentence(sentence: str) -> str:
    """Return a sentence with the commands in it as JSON."""
    return json.dumps(channels.to_json(sentence), ensure_ascii=False)


def from_sentence(text: str) -> str:
    return channels.from_json(json.loads(text))


def community_row(place: CommunityRef) -> Row:
    values = asdict(place)
    return values | {"community_id": values.pop("id")}


def community(row: Row) -> CommunityRef:
    values = _without_account(row)
    del values["asked"]
    return CommunityRef(**values | {"id": values.pop("community_id")})


def web_access(row: Row) -> WebAccess:
    values = _without_account(row)
    del values["position"]
    return WebAccess(**values)


def web_draft_row(draft: WebDraft) -> Row:
    values = asdict(draft)
    return values | {"author": values.pop("by")}


def web_draft(row: Row) -> WebDraft:
    values = _without_account(row)
    return WebDraft(**values | {"by": values.pop("author")})


def claim(row: Row) -> Claim:
    return Claim(**_without_account(row))


def _without_account(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "account_id"}
