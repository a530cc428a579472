"""Renders an edition as it would be posted, without asking the server: past posts come from the ledger."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import unified_diff
from itertools import islice

from megabot.errors import ConfigError, ForumError, SourceBroken
from megabot.forum import public_post
from megabot.forum.public_post import PublicPost
from megabot.i18n import sentences
from megabot.ledger.current_post import current_post_record
from megabot.ledger.port import RECENT_POSTS
from megabot.ledger.records import IntentState, PostRecord, latest
from megabot.ports import OfflinePorts
from megabot.preview import fragments
from megabot.preview.fragments import Preview, PreviewedEdition
from megabot.reconcile.content.annotation_store import featured_comments
from megabot.reconcile.override_facts import preamble_of
from megabot.rendering.context_json import edition_facts
from megabot.rendering.model import (
    CompanionFacts,
    Context,
    PreviousFacts,
    Rendered,
    RenderProblem,
)
from megabot.schedule.calendar import Edition
from megabot.schedule.editions import keys_near, next_unposted_edition, upcoming_or_last
from megabot.schedule.overrides import next_edition
from megabot.source.model import Snapshot, Thread
from megabot.source.preambles import BY_MESSAGE, preambles_without_slot
from megabot.source.problems import Problem
from megabot.source.section_diff import changes_since

log = logging.getLogger("megabot")
Standing = Callable[[Thread], tuple[str, str]]
"""Finds a thread's current post: its address and text, both empty for none."""


def preview(
    ports: OfflinePorts,
    key: str | None,
    *,
    choose: Callable[[], Sequence[Thread]],
    compare: Standing = lambda _: ("", ""),
) -> Preview:
    """Render the next edition of the chosen threads, or the edition that `key` names.

    With `compare` the result includes the changes since the current posts. Mistakes in the templates are part
    of the result. Raises `SourceMissing`, and `ConfigError` for a wrong key.
    """
    # A preview shows what was pushed a moment ago (docs/how-to/use-git.md).
    ports.source.refresh()
    now, snapshot = ports.clock.now(), ports.source.snapshot()
    problems: tuple[Problem, ...] = ()
    try:
        idle, threads = preambles_without_slot(snapshot, ports.source.threads(snapshot)), choose()
    except SourceBroken as error:
        problems, idle = tuple(one for one in error.problems if isinstance(one, Problem)), ()
        threads = _usable(choose)
    editions = [(thread, find_edition(ports, thread, key)) for thread in threads]
    jobs = [(thread, context_of(ports, snapshot, thread, edition)) for thread, edition in editions]
    answers = ports.renderer.render(snapshot, jobs)
    shown = tuple(
        compare_with_current(thread, edition, text, standing=compare(thread))
        for (thread, edition), text in zip(editions, answers, strict=True)
    )
    return Preview(
        made=now,
        revision=snapshot.revision,
        editions=shown,
        source_problems=problems,
        source_warnings=(*snapshot.ignored, *unread_files(snapshot, shown, problems), *idle),
    )


def unread_files(
    snapshot: Snapshot, shown: Sequence[PreviewedEdition], problems: Sequence[Problem]
) -> Iterator[Problem]:
    """Find unreadable files that neither these problems nor those of the threads mention."""
    listed = {*problems, *(problem for one in shown for problem in (*one.problems, *one.warnings))}
    return (problem for problem in snapshot.problems if problem not in listed)


def _usable(choose: Callable[[], Sequence[Thread]]) -> Sequence[Thread]:
    """Choose threads although a template is broken; none if they may be the broken ones."""
    try:
        return choose()
    except SourceBroken:
        return ()


def compare_with_current(
    thread: Thread, edition: Edition, text: Rendered | RenderProblem, *, standing: tuple[str, str]
) -> PreviewedEdition:
    """Compare an edition with the current post, given as its address and text."""
    url, before = standing
    shown = PreviewedEdition(thread=thread, edition=edition, text=text, standing=url)
    if not before or isinstance(text, RenderProblem):
        return shown
    lines = unified_diff(before.splitlines(), text.body.rstrip().splitlines(), lineterm="", n=1)
    # A unified diff starts with two lines that name files, and these texts have none.
    return replace(shown, changes=tuple(lines)[2:])


def find_edition(ports: OfflinePorts, thread: Thread, key: str | None) -> Edition:
    """Find an edition by its key, or the next one to be posted. Raises `ConfigError` for a wrong key.

    Without a post in the ledger it is the edition of the next slot, because nothing shows whether the current
    one is missing.
    """
    now = ports.clock.now()
    near = keys_near(thread.calendar, now)
    posted = latest(ports.ledger.recent_posts(thread.name, editions=near))
    following = (
        next_edition(thread.calendar, now, posted) if posted else next_unposted_edition(thread.calendar, now)
    )
    last = upcoming_or_last(thread.calendar, now)
    edition = thread.calendar.edition(key) if key else following or last
    if edition is None:
        raise ConfigError(sentences.no_such_edition(thread.name, key or "", example=last.key))
    return edition


def context_of(ports: OfflinePorts, snapshot: Snapshot, thread: Thread, edition: Edition) -> Context:
    """Return the context of an edition's template, with the posts in the ledger."""
    last = _last(ports, thread, edition)
    return Context(
        edition=edition_facts(edition),
        community=thread.community or ports.community or "community",
        previous=_previous(ports, last, edition) if last else None,
        companions={one.name: _companion(ports, one.url, one.thread) for one in thread.companions},
        preamble=preamble_of(ports.ledger, thread.name, edition.key),
        revision=snapshot.revision,
        changes=changes_since(last.commit, snapshot.files, ports.source.sections_at) if last else None,
    )


def preamble_flaws(
    ports: OfflinePorts, thread: Thread, edition: Edition, preamble: str
) -> tuple[Problem, ...]:
    """Find mistakes in a text as the preamble of an edition, but not those in the template."""
    snapshot = ports.source.snapshot()
    context = replace(context_of(ports, snapshot, thread, edition), preamble=preamble)
    # The rendering without a preamble shows which mistakes are in the template itself.
    jobs = [(thread, context), (thread, replace(context, preamble=None))]
    text, without = ports.renderer.render(snapshot, jobs)
    if isinstance(text, Rendered):
        return ()
    if isinstance(without, Rendered):
        return text.problems
    return tuple(one for one in text.problems if one.path == BY_MESSAGE)


def current_text(ports: OfflinePorts, name: str) -> tuple[str, str]:
    """Return the address of the current post and its text as last sent, without the marker."""
    record = current_post_record(ports.ledger, name)
    if record is None:
        return "", ""
    drafts = [
        intent.new.draft
        for intent in ports.ledger.recent_intents(name, editions=(record.edition,), post_ids=())
        if intent.state is IntentState.DONE
        and (intent.new.edition, intent.new.copy) == (record.edition, record.copy)
    ]
    bodies = [draft.body for draft in drafts if draft is not None]
    # The marker is the last line, after a blank one (decision 11).
    return record.url, bodies[-1].rpartition("\n\n")[0] if bodies else ""


def current_or_public_text(
    ports: OfflinePorts, newest: Callable[[str], tuple[PublicPost, ...]], thread: Thread
) -> tuple[str, str]:
    """Return a thread's current post from the ledger, else read anonymously; empty if both fail."""
    url, text = current_text(ports, thread.name)
    name = thread.community or ports.community
    if text or not name:
        return url, text
    try:
        post = public_post.newest_marked_post(newest(name), thread.name)
    except ForumError as error:  # the preview itself does not need it
        log.warning("%s", fragments.current_unreadable(thread.name, error))
        return "", ""
    return (post.url, post.text) if post else ("", "")


def _last(ports: OfflinePorts, thread: Thread, edition: Edition) -> PostRecord | None:
    # For an edition of long ago the newest posts are not enough.
    earlier = [one.key for one in islice(thread.calendar.earlier(edition), RECENT_POSTS)]
    records = ports.ledger.recent_posts(thread.name, editions=earlier)
    older = [record for record in records if record.number < edition.number]
    last = current_post_record(ports.ledger, thread.name)
    return last if last in older else older[-1] if older else None


def _previous(ports: OfflinePorts, last: PostRecord, edition: Edition) -> PreviousFacts:
    text = ports.ledger.text(last.post_id)
    return PreviousFacts(
        title=last.title,
        url=last.url,
        number=last.number,
        slots_ago=edition.number - last.number,
        comments=text.comments if text else 0,
        featured=featured_comments(ports.ledger, last.thread, last.edition),
    )


def _companion(ports: OfflinePorts, url: str, thread: str) -> CompanionFacts | None:
    if url:
        return CompanionFacts(url=url)
    record = current_post_record(ports.ledger, thread) if thread else None
    return CompanionFacts(url=record.url, title=record.title) if record else None
