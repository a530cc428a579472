"""The context that a text is rendered in: built from what was seen, kept as JSON for refreshes. Pure."""

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from megabot.core import calendar
from megabot.core.calendar import Edition
from megabot.core.changes import Change, Changes
from megabot.core.seen import Observation, ThreadPost
from megabot.core.threads import (
    CompanionFacts,
    Context,
    EditionFacts,
    FeaturedFacts,
    PreviousFacts,
    Revision,
    Thread,
)


def build_context(
    thread: Thread,
    observation: Observation,
    edition: Edition,
    *,
    community: str,
    companions: dict[str, CompanionFacts | None],
    revision: Revision,
) -> Context:
    """Put together what a template may know when an edition is posted."""
    return Context(
        edition=edition_facts(edition),
        community=community,
        previous=previous_facts(thread, observation, edition),
        companions=companions,
        revision=revision,
        replaced=replaced_facts(observation, edition),
    )


def edition_facts(edition: Edition) -> EditionFacts:
    """Give what a template may know of an edition."""
    return EditionFacts(
        key=edition.key,
        number=edition.number,
        start=edition.start,
        end=edition.end,
        slot=edition.slot,
    )


def previous_facts(thread: Thread, observation: Observation, edition: Edition) -> PreviousFacts | None:
    """Tell of the newest older edition that readers can open."""
    thread_post = previous_post(thread, observation, edition)
    if thread_post is None:
        return None
    number = number_of(thread, observation, thread_post)
    return _facts_of(thread_post, number, slots_ago=edition.number - number)


def replaced_facts(observation: Observation, edition: Edition) -> PreviousFacts | None:
    """Tell of the post of this very edition that a fresh copy would take the place of."""
    current = observation.current
    if current is None or current.key != edition.key:
        return None
    return _facts_of(current, edition.number, slots_ago=0)


def _facts_of(thread_post: ThreadPost, number: int, *, slots_ago: int) -> PreviousFacts:
    return PreviousFacts(
        title=thread_post.post.title,
        url=thread_post.post.url,
        number=number,
        slots_ago=slots_ago,
        comments=thread_post.post.comments,
    )


def number_of(thread: Thread, observation: Observation, thread_post: ThreadPost) -> int:
    """Give the number of a post's edition, from the calendar, else from the record.

    0 where neither knows: a series whose schedule changed its kind of key, with the ledger lost.
    """
    edition = calendar.edition_by_key(thread.name, thread.schedule, thread_post.key)
    if edition is not None:
        return edition.number
    record = observation.record(thread_post.id)
    return record.number if record is not None else 0


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


def previous_post(thread: Thread, observation: Observation, edition: Edition) -> ThreadPost | None:
    """Find the newest older edition that readers can open; skipped and removed ones are passed over."""
    return next(
        (
            thread_post
            for thread_post in observation.posts
            if thread_post.post.open
            and thread_post.key != edition.key
            and number_of(thread, observation, thread_post) < edition.number
        ),
        None,
    )


def _written(value: date | Context | EditionFacts | PreviousFacts | CompanionFacts | Revision) -> object:
    if isinstance(value, date):
        return value.isoformat()  # a datetime's own, with its time and zone
    return {field.name: getattr(value, field.name) for field in fields(value)}  # asdict would copy deeply
