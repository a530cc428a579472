"""The context of a rendering as JSON and back: kept in the ledger for refreshes. Pure."""

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from megabot.rendering.model import CompanionFacts, Context, EditionFacts, FeaturedFacts, PreviousFacts
from megabot.schedule.calendar import Edition
from megabot.source.model import Revision
from megabot.source.section_diff import Change, Changes


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
    """Read back what `to_json` wrote."""
    raw = json.loads(text)
    edition = raw["edition"]
    edition |= {
        "start": date.fromisoformat(edition["start"]),
        "end": date.fromisoformat(edition["end"]),
        "slot": datetime.fromisoformat(edition["slot"]),
    }
    companions = {
        name: None if facts is None else CompanionFacts(**facts)
        for name, facts in (raw["companions"] or {}).items()
    }
    return Context(
        edition=EditionFacts(**edition),
        community=raw["community"],
        previous=_previous(raw["previous"]),
        companions=companions,
        preamble=raw["preamble"],
        revision=Revision(**raw["revision"]),
        # What follows is not in what older versions kept.
        added=raw.get("added", ""),
        essay=raw.get("essay", ""),
        bare=raw.get("bare", False),
        changes=_changes(raw.get("changes")),
        living=raw.get("living", ""),
        part=raw.get("part", 0),
        part_of=raw.get("part_of", ""),
        replaced=_previous(raw.get("replaced")),
    )


def _previous(raw: dict[str, Any] | None) -> PreviousFacts | None:
    if raw is None:
        return None
    featured = tuple(
        FeaturedFacts(**one | {"at": datetime.fromisoformat(one["at"])}) for one in raw.get("featured", ())
    )
    return PreviousFacts(**raw | {"featured": featured})


def _changes(raw: dict[str, Any] | None) -> Changes | None:
    if raw is None:
        return None
    kinds = {kind: tuple(Change(**one) for one in raw[kind]) for kind in ("added", "removed", "edited")}
    return Changes(**kinds, more=raw["more"])


def _written(value: date | Context | EditionFacts | PreviousFacts | CompanionFacts | Revision) -> object:
    if isinstance(value, date):
        return value.isoformat()  # a datetime's own, with its time and zone
    return {field.name: getattr(value, field.name) for field in fields(value)}  # asdict would copy deeply
