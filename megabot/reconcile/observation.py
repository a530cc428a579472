"""What was observed of one thread, as values: the input of `decide.decide`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from megabot.forum.models import Comment, PinEvent, Post
from megabot.ledger.records import Intent, IntentKind, IntentState, PostRecord
from megabot.ledger.state import HomeReading
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import Rendered, RenderProblem
from megabot.schedule.calendar import Edition
from megabot.schedule.overrides import Override
from megabot.source.model import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPost:
    """A post that carries an edition: ours by marker and author, or adopted. `withdrawn`: by `undo`."""

    post: Post
    key: str
    copy: int = 1
    adopted: bool = False
    withdrawn: bool = False

    @property
    def id(self) -> int:
        return self.post.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The state of one thread: as last listed, updated with the server's responses to our own writes.

    Editions and posts
        `due` is the edition to decide about: the newest whose slot has come, or the one to be reposted.
        `known_since` is when its schedule was first seen: earlier slots are not posted automatically
        (decision 6). `held_by` is a moderator's hold on it. `posts` are newest first; a duplicate or a
        withdrawn copy comes right after the post that is kept instead. `created_ids` are the posts created in
        this pass, `post_to_adopt` is the post that an order to adopt names.

    What the listing proves
        `trusted`: this pass had a response that anonymous callers cannot get, and the listing showed what it
        must show. Only then does a missing post mean that there is none (decisions 1 and 41).
        `removals_read`: removals and pinned posts were read too. `confirmed`: nothing was written since the
        listing. `hidden_posts` are our removed posts, unknown to the ledger, whose text the server hides
        (decision 2). `ledger_start` is when the ledger began: it does not know what was done before.

    The community
        `community_id` is the one that the source names; `moderates`: the bot may pin there;
        `wrong_community`: the thread's last post is elsewhere and nobody confirmed the move. `home` is its
        actor id if it is on another server, `home_answer` what that server last showed. `pin_events` has the
        mod log's newest entry for each post that was looked up, None if there is none.

    Annotations
        `annotations_digest` is the digest of the note and highlights that the current post must have now,
        `next_change_at` when they change without anyone's doing.
    """

    due: Edition | None
    known_since: datetime
    posts: tuple[ThreadPost, ...] = ()
    records: tuple[PostRecord, ...] = ()
    intents: tuple[Intent, ...] = ()
    comments: tuple[Comment, ...] = ()
    manual_posts: tuple[Post, ...] = ()
    hidden_posts: tuple[Post, ...] = ()
    pin_events: dict[int, PinEvent | None] = field(default_factory=dict)
    created_ids: frozenset[int] = frozenset()
    hiding_settings: tuple[str, ...] = ()
    bot_id: int = 0
    trusted: bool = False
    removals_read: bool = False
    confirmed: bool = True
    clock_skew: timedelta = timedelta(0)
    community_id: int = 0
    moderates: bool = False
    wrong_community: bool = False
    post_to_adopt: Post | None = None
    held_by: Override | None = None
    annotations_digest: str = ""
    next_change_at: datetime | None = None
    ledger_start: datetime | None = None
    home: str = ""
    home_answer: HomeReading | None = None

    @property
    def has_open_publish(self) -> bool:
        """Whether a post may exist that no listing has shown yet."""
        return any(intent.new.kind is IntentKind.PUBLISH and intent.open for intent in self.intents)

    @property
    def current(self) -> ThreadPost | None:
        """The newest post that readers can open (decision 5)."""
        return next((thread_post for thread_post in self.posts if thread_post.post.open), None)

    @property
    def older(self) -> tuple[ThreadPost, ...]:
        """Posts that readers can open, except the current one, newest first."""
        return tuple(thread_post for thread_post in self.posts if thread_post.post.open)[1:]

    def of_edition(self, key: str) -> tuple[ThreadPost, ...]:
        """Return all posts of one edition, open or not, newest first."""
        return tuple(thread_post for thread_post in self.posts if thread_post.key == key)

    def record(self, post_id: int) -> PostRecord | None:
        return next((record for record in self.records if record.post_id == post_id), None)

    def was_done(self, kind: IntentKind, *, edition: str, copy: int, post_id: int) -> bool:
        """Return whether we did this to that post because of this copy of an edition."""
        return any(
            intent.state is IntentState.DONE
            and intent.new.kind is kind
            and (intent.new.edition, intent.new.copy, intent.new.post_id) == (edition, copy, post_id)
            for intent in self.intents
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that a decision about one thread is made from.

    `due_text` is the text of the due edition, `current_text` that of the current post as the source would
    render it now. Each is None until a rule asks for it, because rendering is expensive.
    """

    now: datetime
    thread: Thread
    observation: Observation
    due_text: Rendered | RenderProblem | None = None
    current_text: Rendered | RenderProblem | None = None
    order: Order | None = None

    @property
    def commanded(self) -> bool:
        """Whether a moderator or the operator ordered a post or repost."""
        return self.ordered(OrderKind.POST) or self.ordered(OrderKind.REPOST)

    @property
    def rendered(self) -> bool:
        """Whether the template was rendered without errors."""
        return isinstance(self.due_text, Rendered) or isinstance(self.current_text, Rendered)

    def ordered(self, kind: OrderKind) -> bool:
        return self.order is not None and self.order.kind is kind
