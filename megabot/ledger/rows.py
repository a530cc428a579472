"""Convert the ledger's values to rows and back. Knows no SQL and no file."""

import json
import sqlite3
from dataclasses import asdict, replace
from datetime import UTC, datetime

from megabot.forum.models import PostDraft
from megabot.ledger.records import (
    CommandRecord,
    CommandState,
    Intent,
    IntentKind,
    IntentState,
    KeptText,
    NewIntent,
    PostRecord,
)


def intent_row(intent: NewIntent) -> dict[str, object]:
    """Return the row of a new intent."""
    draft = None if intent.draft is None else json.dumps(asdict(intent.draft), ensure_ascii=False)
    changed = {"kind": intent.kind.value, "at": stamp(intent.at), "draft": draft}
    return asdict(intent) | changed | {"essay": intent.preamble}  # the column kept its first name


def intent(row: sqlite3.Row) -> Intent:
    new = NewIntent(
        kind=IntentKind(row["kind"]),
        thread=row["thread"],
        edition=row["edition"],
        at=datetime.fromisoformat(row["at"]),
        copy=row["copy"],
        post_id=row["post_id"],
        draft=None if row["draft"] is None else _draft(row["draft"]),
        text=row["text"],
        context=row["context"],
        order=row["ordered_by"],
        preamble=row["essay"],
    )
    changed = datetime.fromisoformat(row["changed"])
    return Intent(id=row["id"], new=new, state=IntentState(row["state"]), changed=changed, note=row["note"])


def _draft(text: str) -> PostDraft:
    """Parse a draft; one from before tags existed has none."""
    values = json.loads(text)
    return PostDraft(**values | {"tags": tuple(values.get("tags", ()))})


def post_row(record: PostRecord) -> dict[str, object]:
    return asdict(record) | {"slot": stamp(record.slot)}


def post(row: sqlite3.Row) -> PostRecord:
    values = dict(row)
    values["commit"] = values.pop("source_commit")
    values["slot"] = datetime.fromisoformat(values["slot"])
    record = PostRecord(**values)
    return replace(
        record, dirty=bool(record.dirty), adopted=bool(record.adopted), withdrawn=bool(record.withdrawn)
    )


def text_row(text: KeptText) -> dict[str, object]:
    changed = {"published": stamp(text.published), "changed": stamp(text.changed)}
    return asdict(text) | changed | {"essay": text.preamble}


def text(row: sqlite3.Row) -> KeptText:
    values = dict(row)
    values["preamble"] = values.pop("essay")
    values["open"] = bool(values["open"])
    values["published"] = datetime.fromisoformat(values["published"])
    values["changed"] = datetime.fromisoformat(values["changed"])
    return KeptText(**values)


def command_row(record: CommandRecord) -> dict[str, object]:
    """Return the row of a command. Thread names contain no spaces, so a space can join them."""
    changed = {"at": stamp(record.at), "state": record.state.value, "threads": " ".join(record.threads)}
    return asdict(record) | changed | {"author": record.by}  # `by` is a keyword in SQL


def command(row: sqlite3.Row) -> CommandRecord:
    values = dict(row)
    del values["id"]
    values["at"] = datetime.fromisoformat(values["at"])
    values["state"] = CommandState(values["state"])
    values["threads"] = tuple(values["threads"].split())
    values["by"] = values.pop("author")
    return CommandRecord(**values)


def check_command(row: sqlite3.Row) -> object:
    """Parse only what can be wrong in a command's row, because there may be tens of thousands of rows."""
    return datetime.fromisoformat(row["at"]), CommandState(row["state"])


def stamp(moment: datetime) -> str:
    """Return a time as text that sorts like the time. Raises `ValueError` for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time in the ledger has to be aware")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
