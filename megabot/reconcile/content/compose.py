"""Compose the text of an edition: build the context from what was observed, and render it."""

from dataclasses import dataclass, field, replace

from megabot.errors import NotFound
from megabot.forum.models import CommunityRef, Post
from megabot.forum.title_match import title_matches
from megabot.i18n import sentences
from megabot.ledger.records import IntentKind, PostRecord
from megabot.ports import Ports
from megabot.reconcile.communities import find_community_by_name
from megabot.reconcile.content import annotation_store, context, drafts, images
from megabot.reconcile.content.annotations import wrap_body
from megabot.reconcile.content.continuations import as_continuation
from megabot.reconcile.listing import AccountListing
from megabot.reconcile.observation import Situation, ThreadPost
from megabot.reconcile.orders import OrderKind
from megabot.reconcile.override_facts import preamble_of
from megabot.reconcile.thread_posts import read_thread_posts
from megabot.rendering import context_json
from megabot.rendering.model import (
    CompanionFacts,
    Context,
    PreviousFacts,
    Rendered,
    RenderProblem,
)
from megabot.schedule.calendar import Edition
from megabot.source import preambles, section_diff
from megabot.source.model import Companion, Snapshot, Thread
from megabot.source.problems import Problem
from megabot.source.section_diff import Changes

Text = Rendered | RenderProblem


@dataclass(slots=True, kw_only=True)
class Composer:
    """Renders texts for one pass, each only once. `alone`: the source has a single thread."""

    ports: Ports
    snapshot: Snapshot
    listing: AccountListing
    alone: bool
    left_out: dict[tuple[str, str], RenderProblem] = field(default_factory=dict)
    """Preambles sent by message that cannot be used, with the reason, by thread and edition."""
    _done: dict[str, Text] = field(default_factory=dict)

    def due_text(self, situation: Situation, place: CommunityRef) -> tuple[Text, str]:
        """Render the due edition. Returns the text, and its context as JSON."""
        if situation.observation.due is None:
            raise ValueError("nothing is rendered before the first slot")
        context_ = self._as_part(situation, self._context(situation, situation.observation.due, place))
        text, context_ = self._rendered(situation.thread, context_)
        if isinstance(text, Rendered):
            context_ = replace(context_, bare=not preambles.is_edition_preamble(text.preamble_path))
            text = images.with_known_urls(self.ports, self.snapshot, text)
        return text, context_json.to_json(context_)

    def _as_part(self, situation: Situation, base: Context) -> Context:
        """Return the context of another part of an edition, or of the same part if a part is reposted."""
        if (
            not situation.ordered(OrderKind.REPOST)
            or situation.order is None
            or not situation.observation.posts
        ):
            return base
        replaced = situation.observation.current or situation.observation.posts[0]
        if situation.order.part:
            return replace(base, part=situation.order.part, part_of=replaced.post.url)
        record = situation.observation.record(replaced.id)
        then = context_json.from_json(record.context) if record and record.context else base
        same = then.edition.key == base.edition.key
        return replace(base, part=then.part, part_of=then.part_of) if same else base

    def current_text(self, situation: Situation, place: CommunityRef) -> tuple[Text, str]:
        """Render the current post again, with the context that it was posted with (decision 14)."""
        text, context_ = self._rendered_again(situation, place)
        if isinstance(text, Rendered):
            text = images.with_known_urls(self.ports, self.snapshot, text, posted=True)
        return text, context_json.to_json(context_) if context_ else ""

    def _rendered_again(self, situation: Situation, place: CommunityRef) -> tuple[Text, Context | None]:
        """Render with the revision of the last write first, so that an unchanged text causes no edit."""
        current = situation.observation.current
        if current is None:
            raise ValueError("there is no post to render again")
        record = situation.observation.record(current.id)
        if record is None or not record.context:
            return self._without_context(situation, current, place)
        then = self._context_then(situation, record)
        text, context = self._annotated(situation, current, then)
        if self._says(text, record.sent) or then.revision == self.snapshot.revision:
            return text, context
        return self._annotated(situation, current, replace(then, revision=self.snapshot.revision))

    def _annotated(self, situation: Situation, current: ThreadPost, then: Context) -> tuple[Text, Context]:
        """Render, and wrap the current annotations around the text."""
        text, context = self._rendered(situation.thread, then)
        annotations = annotation_store.current_annotations(
            self.ports.ledger, situation.thread, current.key, situation.now
        )
        if isinstance(text, Rendered):
            text = replace(text, body=wrap_body(text.body, annotations))
        return text, replace(context, living=annotations.digest)

    def _context_then(self, situation: Situation, record: PostRecord) -> Context:
        """Return the context of a post, with today's companions and preamble (decision 14)."""
        then = replace(
            context_json.from_json(record.context),
            companions=_find_companions(self.ports, situation.thread, self.listing),
            preamble=preamble_of(self.ports.ledger, situation.thread.name, record.edition),
        )
        return replace(then, added=self._added(situation, then, record) if then.bare else "")

    def _added(self, situation: Situation, then: Context, record: PostRecord) -> str:
        """Return the line below a late preamble, with the time when it was first added."""
        if then.preamble is None and not preambles.file_of(
            self.snapshot, situation.thread, then.edition.key, then.edition.start, alone=self.alone
        ):
            return ""
        edits = [
            context_json.from_json(intent.new.context).added
            for intent in situation.observation.intents
            if intent.new.kind is IntentKind.EDIT
            and intent.new.post_id == record.post_id
            and intent.new.context
        ]
        line = edits[-1] if edits else then.added
        return line or sentences.late_preamble_line(situation.now, situation.thread.schedule.timezone)

    def _says(self, text: Text, sent: str) -> bool:
        if not isinstance(text, Rendered):
            return False
        return (
            drafts.text_digest(images.with_known_urls(self.ports, self.snapshot, text, posted=True)) == sent
        )

    def _without_context(
        self, situation: Situation, current: ThreadPost, place: CommunityRef
    ) -> tuple[Text, Context | None]:
        """Render a post whose context was lost with the ledger, as if it were posted now."""
        edition = situation.thread.calendar.edition(current.key)
        if edition is None:
            what = f"schedule: it has no edition {current.key}, or no longer has it"
            return RenderProblem((Problem(situation.thread.path, 0, what),)), None
        return self._annotated(situation, current, self._context(situation, edition, place))

    def _context(self, situation: Situation, edition: Edition, place: CommunityRef) -> Context:
        base = context.build_context(
            situation.thread,
            situation.observation,
            edition,
            community=place.name,
            companions=_find_companions(self.ports, situation.thread, self.listing),
            revision=self.snapshot.revision,
        )
        previous = context.previous_post(situation.thread, situation.observation, edition)
        return replace(
            base,
            previous=self._with_featured(situation, base.previous, previous),
            preamble=preamble_of(self.ports.ledger, situation.thread.name, edition.key),
            changes=self._changes(situation, edition),
        )

    def _with_featured(
        self, situation: Situation, facts: PreviousFacts | None, thread_post: ThreadPost | None
    ) -> PreviousFacts | None:
        if facts is None or thread_post is None:
            return facts
        ledger, thread = self.ports.ledger, situation.thread.name
        return replace(facts, featured=annotation_store.featured_comments(ledger, thread, thread_post.key))

    def _changes(self, situation: Situation, edition: Edition) -> Changes | None:
        """Return how the directory differs from the previous edition's."""
        previous = context.previous_post(situation.thread, situation.observation, edition)
        record = situation.observation.record(previous.id) if previous is not None else None
        commit = record.commit if record is not None else ""
        return section_diff.changes_since(commit, self.snapshot.files, self.ports.source.sections_at)

    def _rendered(self, thread: Thread, context: Context) -> tuple[Text, Context]:
        """Render; if only the preamble sent by message cannot be rendered, leave that out."""
        text, then = self._rendered_once(thread, context)
        if isinstance(text, Rendered) or context.preamble is None:
            return text, then
        without, then_without = self._rendered_once(thread, replace(context, preamble=None, added=""))
        if isinstance(without, RenderProblem):
            return text, then
        self.left_out[thread.name, context.edition.key] = text
        return without, then_without

    def _rendered_once(self, thread: Thread, context: Context) -> tuple[Text, Context]:
        # Templates do not see these fields, so contexts that differ only in them share one rendering.
        visible = replace(context, preamble_digest="", bare=False, living="", part=0, part_of="")
        name = f"{thread.name}\n{context_json.to_json(visible)}"
        if name not in self._done:
            self._done[name] = self.ports.renderer.render(self.snapshot, [(thread, visible)])[0]
        text = self._done[name]
        if isinstance(text, Rendered) and context.part:
            text = as_continuation(text, context)
        digest = text.preamble_digest if isinstance(text, Rendered) else ""
        return text, replace(context, preamble_digest=digest)


def language_id(ports: Ports, thread: Thread) -> int | None:
    """Return the server's id of the thread's language; it is read once, then kept in the ledger."""
    if not thread.language:
        return None
    languages = ports.ledger.account().languages
    if languages is None:
        languages = read = ports.forum.site().languages
        ports.ledger.change_account(lambda account: replace(account, languages=read))
    return languages.get(thread.language)


def _find_companions(
    ports: Ports, thread: Thread, listing: AccountListing
) -> dict[str, CompanionFacts | None]:
    """Return a thread's companions by name; None for one that does not exist."""
    return {one.name: _companion(ports, one, listing) for one in thread.companions}


def _companion(ports: Ports, companion: Companion, listing: AccountListing) -> CompanionFacts | None:
    if companion.url:
        return CompanionFacts(url=companion.url)
    post = _current(ports, listing, companion.thread) if companion.thread else _latest_by(ports, companion)
    return None if post is None else CompanionFacts(url=post.url, title=post.title)


def _current(ports: Ports, listing: AccountListing, name: str) -> Post | None:
    """Return the current post of a thread of this source, even if its template is broken now."""
    posts = read_thread_posts(ports, name, listing.content).posts
    return next((thread_post.post for thread_post in posts if thread_post.post.open), None)


def _latest_by(ports: Ports, companion: Companion) -> Post | None:
    """Return an account's newest post with a matching title; None if the account or the post is missing."""
    try:
        place = find_community_by_name(ports, companion.community)
        posts = ports.forum.posts_by(companion.latest_by, place.id)
    except NotFound:
        return None
    return next((post for post in posts if post.open and title_matches(post.title, companion.title)), None)
