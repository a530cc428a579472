"""The context of a rendering as JSON and back: kept in the ledger for refreshes. Pure."""

import json
from dataclasses import fields, replace
from datetime import date

from pydantic import TypeAdapter

from megabot.rendering.model import CompanionFacts, Context, EditionFacts, PreviousFacts
from megabot.schedule.calendar import Edition
from megabot.source.model import Revision

_CONTEXT = TypeAdapter(Context)
_KEYS = {"preamble_digest": "essay"}  # by the names of the first version, which ledgers are full of


def edition_facts(edition: Edition) -> EditionFacts:
    """Give what a template may know of an edition."""
    return EditionFacts(
        key=edition.key,
        number=edition.number,
        start=edition.start,
        end=edition.end,
        slot=edition.slot,
    )


def to_json(context: Context) -> str:
    """Write a context as the ledger keeps it."""
    return json.dumps(context, default=_written, sort_keys=True)


def from_json(text: str) -> Context:
    """Read back what `to_json` wrote. What an older version did not keep has its default."""
    kept = json.loads(text)
    context = _CONTEXT.validate_python(kept | {"preamble_digest": kept.get("essay", "")})
    return replace(context, companions=context.companions or {})


def _written(value: date | Context | EditionFacts | PreviousFacts | CompanionFacts | Revision) -> object:
    if isinstance(value, date):
        return value.isoformat()  # a datetime's own, with its time and zone
    return {
        _KEYS.get(field.name, field.name): getattr(value, field.name) for field in fields(value)
    }  # asdict would copy deeply
