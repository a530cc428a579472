"""Converts the context of a rendering to JSON and back. The ledger stores it for refreshes. Pure."""

import json
from dataclasses import fields, replace
from datetime import date
from functools import cache

from pydantic import TypeAdapter

from megabot.rendering.model import CompanionFacts, Context, EditionFacts, PreviousFacts
from megabot.schedule.calendar import Edition
from megabot.source.model import Revision

_KEYS = {"preamble_digest": "essay"}  # names of the first version, which existing ledgers contain


def edition_facts(edition: Edition) -> EditionFacts:
    return EditionFacts(
        key=edition.key,
        number=edition.number,
        start=edition.start,
        end=edition.end,
        slot=edition.slot,
    )


def to_json(context: Context) -> str:
    return json.dumps(context, default=_written, sort_keys=True)


def from_json(text: str) -> Context:
    """Read the result of `to_json`. Fields that an older version did not store have their defaults."""
    stored = json.loads(text)
    context = _reader().validate_python(stored | {"preamble_digest": stored.get("essay", "")})
    return replace(context, companions=context.companions or {})


@cache
def _reader() -> TypeAdapter[Context]:
    # Not at import, because building it takes milliseconds and few commands read a context.
    return TypeAdapter(Context)


def _written(value: date | Context | EditionFacts | PreviousFacts | CompanionFacts | Revision) -> object:
    if isinstance(value, date):
        return value.isoformat()  # for a datetime it includes the time and the offset
    return {
        _KEYS.get(field.name, field.name): getattr(value, field.name) for field in fields(value)
    }  # asdict would copy deeply
