"""The context that a text is rendered in: built from what was seen, kept as JSON for refreshes. Pure."""

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
    """Put together what a template may know when an edition is posted."""
    return Context(
        edition=edition_facts(edition),
        community=community,
        previous=previous_facts(thread, observation, edition),
        companions=companions,
        revision=revision,
        replaced=replaced_facts(observation, edition),
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
    edition = thread.calendar.edition(thread_post.key)
    if edition is not None:
        return edition.number
    record = observation.record(thread_post.id)
    return record.number if record is not None else 0


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
