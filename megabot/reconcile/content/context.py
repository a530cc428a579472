"""The context that a text is rendered in: built from an observation, stored as JSON for refreshes. Pure."""

from megabot.reconcile.observation import Observation, ThreadPost
from megabot.rendering.context_json import edition_facts
from megabot.rendering.model import CompanionFacts, Context, PreviousFacts
from megabot.schedule.calendar import Edition
from megabot.source.model import Revision, Thread


def build_context(
    thread: Thread,
    observation: Observation,
    edition: Edition,
    *,
    community: str,
    companions: dict[str, CompanionFacts | None],
    revision: Revision,
) -> Context:
    """Return everything that a template may use when an edition is posted."""
    return Context(
        edition=edition_facts(edition),
        community=community,
        previous=previous_facts(thread, observation, edition),
        companions=companions,
        revision=revision,
        replaced=replaced_facts(observation, edition),
    )


def previous_facts(thread: Thread, observation: Observation, edition: Edition) -> PreviousFacts | None:
    """Return the facts of the newest older edition that readers can open."""
    thread_post = previous_post(thread, observation, edition)
    if thread_post is None:
        return None
    number = number_of(thread, observation, thread_post)
    return _facts_of(thread_post, number, slots_ago=edition.number - number)


def replaced_facts(observation: Observation, edition: Edition) -> PreviousFacts | None:
    """Return the facts of this edition's current post, which a repost would replace."""
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
    """Return the number of a post's edition, from the calendar or else from its record.

    0 if neither knows it: the schedule changed its kind of key and the ledger was lost.
    """
    edition = thread.calendar.edition(thread_post.key)
    if edition is not None:
        return edition.number
    record = observation.record(thread_post.id)
    return record.number if record is not None else 0


def previous_post(thread: Thread, observation: Observation, edition: Edition) -> ThreadPost | None:
    """Return the post of the newest older edition that readers can open."""
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
