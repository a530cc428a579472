"""What one look found, per thread, as values: the ground on which `decide.decide` stands."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from megabot.forum.home_server import HomePin
from megabot.forum.models import Comment, PinEvent, Post
from megabot.ledger.records import Intent, IntentKind, IntentState, PostRecord
from megabot.reconcile.orders import Order, OrderKind
from megabot.rendering.model import Rendered, RenderProblem
from megabot.schedule.calendar import Edition
from megabot.schedule.overrides import Override
from megabot.source.model import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPost:
    """A post that carries an edition: ours by marker and creator, or adopted. `withdrawn`: by an undo."""

    post: Post
    key: str
    copy: int = 1
    adopted: bool = False
    withdrawn: bool = False

    @property
    def id(self) -> int:
        """The post's id."""
        return self.post.id


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReading:
    """What a community's own server showed of a post when it was last asked.

    `first` is when it was first asked about this post's pin. `software` is what that server runs, as
    "lemmy 0.19.20"; `refuses` says that it takes no pins from other servers. `trouble` says why it could not
    be read.
    """

    post_id: int
    pin: HomePin
    first: datetime
    last: datetime
    software: str = ""
    refuses: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thread as a look found it, and as the answers to our own writes changed it since.

    `due` is the edition in question: the newest whose slot has come, or the one to be posted again. `posts`
    are newest first, a double or a withdrawn copy right after what is kept instead. `trusted` says that this
    pass had an answer that strangers cannot get and that the listing showed what must be in it: only then is
    absence worth anything (decisions 1 and 41). `removals_read` says that removals and pinned posts were read
    too; `confirmed` that nothing was written since the look. `created_ids` are the ids of posts created in
    this pass. `pin_events` has the mod log's newest entry for posts about which it was asked, None where it
    knows none. `read_known_since` is since when the schedule is known: slots before it are not due by
    themselves (decision 6). `community_id` is the community that the source names, `moderates` says whether
    the bot may pin there, `wrong_community` that the thread's last post is in another one and nobody agreed
    to the move. `post_to_adopt` is the post that an order to adopt names. `annotations_digest` is the digest
    of what is to be around the standing post now, `next_change_at` when that changes by itself. `held_by` is
    a moderator's hold on the due edition. `hidden_posts` are own removed posts, unknown to the ledger, whose
    text the server does not show (decision 2). `home` is the actor id of the community if that is on another
    server, `home_answer` what that server last showed. `ledger_start` is since when the ledger is kept: what
    was done before it does not know.
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
        """Whether a post may exist that no look has shown yet."""
        return any(intent.new.kind is IntentKind.PUBLISH and intent.open for intent in self.intents)

    @property
    def current(self) -> ThreadPost | None:
        """The newest post that readers can open (decision 5)."""
        return next((thread_post for thread_post in self.posts if thread_post.post.open), None)

    @property
    def older(self) -> tuple[ThreadPost, ...]:
        """Posts before the standing one that readers can open, newest first."""
        return tuple(thread_post for thread_post in self.posts if thread_post.post.open)[1:]

    def of_edition(self, key: str) -> tuple[ThreadPost, ...]:
        """Give all posts of one edition, open or not, newest first."""
        return tuple(thread_post for thread_post in self.posts if thread_post.key == key)

    def record(self, post_id: int) -> PostRecord | None:
        """Give what the ledger knows of a post."""
        return next((record for record in self.records if record.post_id == post_id), None)

    def was_done(self, kind: IntentKind, *, edition: str, copy: int, post_id: int) -> bool:
        """Tell whether we did this to that post for the sake of that copy of an edition."""
        return any(
            intent.state is IntentState.DONE
            and intent.new.kind is kind
            and (intent.new.edition, intent.new.copy, intent.new.post_id) == (edition, copy, post_id)
            for intent in self.intents
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a decision about one thread is made from.

    `due_text` is what the due edition would say, `current_text` what the standing post would say by the
    source as it is now; each is None until a rule asks for it.
    """

    now: datetime
    thread: Thread
    observation: Observation
    due_text: Rendered | RenderProblem | None = None
    current_text: Rendered | RenderProblem | None = None
    order: Order | None = None

    @property
    def commanded(self) -> bool:
        """Whether a person told us to post."""
        return self.ordered(OrderKind.POST) or self.ordered(OrderKind.REPOST)

    @property
    def rendered(self) -> bool:
        """Whether the template gave a text."""
        return isinstance(self.due_text, Rendered) or isinstance(self.current_text, Rendered)

    def ordered(self, kind: OrderKind) -> bool:
        """Tell whether a person asked for this."""
        return self.order is not None and self.order.kind is kind
