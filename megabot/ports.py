"""What megabot needs of the world, as Protocols with their contracts. Adapters implement them, fakes too."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from megabot.core.federation import Reading, Software
from megabot.core.heard import CommandRecord
from megabot.core.posts import (
    Account,
    Comment,
    Community,
    Feature,
    OwnContent,
    Person,
    PinEvent,
    Post,
    PostDraft,
    Site,
    Unread,
)
from megabot.core.records import Intent, IntentState, KeptText, NewIntent, PostRecord
from megabot.core.seen import HomePin
from megabot.core.threads import Context, Rendered, RenderProblem, Snapshot, Thread
from megabot.core.watermark import Listing, Watermark
from megabot.language import ENGLISH, Language


class Clock(Protocol):
    """Time, as an argument."""

    def now(self) -> datetime:
        """Tell the time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; raise `Stopping` as soon as the process is told to stop."""


class Forum(Protocol):
    """A Lemmy server as the bot's account sees it.

    Reads are retried inside within bounds and raise `Unreachable`, `Unreadable` and the like when that was
    in vain. A write is sent at most once by each call, except where it is certain that the server never got
    it; its outcome is a value, `NotSent`, `Refused` or `NotLemmy` (nothing happened: the call is not known
    there), or `OutcomeUnknown`. Any call may raise `TokenRefused` (after one probe and, where a password is
    at hand and the budget allows, one new sign-in), `SignInRefused` or `SignInBudgetExhausted`.
    """

    def site(self, *, anew: bool = False) -> Site:
        """Read the server's own facts; works signed out. Unless `anew`, they may be those of a while ago."""

    def account(self) -> Account:
        """Read the bot's own account; signs in if there is no token yet."""

    def show_everything(self) -> None:
        """Change the account's settings so that no list hides its own posts."""

    def unread(self) -> Unread:
        """Count what waits in the inbox: the one request of an idle tick."""

    def community(self, name: str) -> Community:
        """Find `name` or `name@host`; raise `NotFound` where there is none."""

    def follow(self, community_id: int) -> None:
        """Follow a community: its server sends what happens there to servers with followers only."""

    def own_content(self, *, since: datetime | None) -> OwnContent:
        """List the account's own posts and comments in all communities, newest first.

        Pages until one published before `since`, to the very first where that is None. Deleted posts are
        included, removed ones too where it is `whole` (0.19 hides them). The body of a removed one can be
        empty (1.0, where the account moderates its community no more).
        """

    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        """List own posts of a community that moderators removed at some time, as the mod log has them.

        Judge each by `removed`: the log also holds posts that were restored since. It has their bodies.
        Needed only where the own content is not `whole`, or lacks bodies.
        """

    def pinned(self, community_id: int) -> tuple[Post, ...]:
        """List the posts that are pinned in a community, anyone's."""

    def post(self, post_id: int) -> Post:
        """Read one post by id; raise `NotFound` where there is none (any more)."""

    def post_at(self, url: str) -> Post:
        """Find the post that an address leads to, this server's or another's; raise `NotFound` otherwise."""

    def posts_by(self, username: str, community_id: int) -> tuple[Post, ...]:
        """List a person's newest posts in a community, at most a page; raise `NotFound` without such one."""

    def pin_events(self, *, community_id: int, post_id: int) -> tuple[PinEvent, ...]:
        """Read the mod log's entries about pinning one post, newest first."""

    def create_post(self, community_id: int, draft: PostDraft) -> Post:
        """Create a post. What comes back is what the server stored, which may differ from what was sent.

        Its `tags` tell which of the draft's the community has, None where the server knows no tags.
        """

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        """Make a post of the account's own be the draft; tags that people put on it stay."""

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        """Pin or unpin. Not idempotent: each call writes a line into the mod log. Look first."""

    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        """Lock or unlock a post's comments. The reason is shown in the mod log, except on 0.19."""

    def comment(self, post_id: int, content: str, *, parent_id: int = 0) -> Comment:
        """Write a comment: a top-level one, or an answer to the comment `parent_id`."""

    def comment_by_id(self, comment_id: int) -> Comment:
        """Read one comment, anyone's, with who wrote it; raise `NotFound` where there is none (any more)."""

    def edit_comment(self, comment_id: int, content: str) -> Comment:
        """Make a comment of the account's own say something else. It may be sent again: it says the same."""

    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        """Mark a comment of the account's own as a moderator's word, or take the mark off."""

    def inbox(self, above: Watermark) -> Listing:
        """List what is above a watermark, oldest first: mentions, replies and private messages, with pages.

        Whether something is marked as read plays no part, and nothing is marked. A comment comes once,
        whatever it is and however often it was edited since; what the server tells of moderators' deeds
        comes too (1.0). Where the watermark is of the other API, or of before the server was put back, what
        was listed in its last two days comes once more.
        """

    def mark_all_read(self) -> None:
        """Take everything out of what `unread` counts."""

    def person(self, name: str) -> Person:
        """Find `name` or `name@host`; raise `NotFound` where there is none."""

    def message(self, person_id: int, content: str) -> None:
        """Send a private message, Markdown of at most 10,000 characters."""

    def messages_to(self, person_id: int) -> tuple[str, ...]:
        """List the texts of the newest private messages that the bot sent to a person, at most a page.

        1.0 lists only those to people of its own: it keeps them as what it told the other side.
        """

    def upload(self, name: str, content: bytes) -> str:
        """Upload an image and give its address. The server may have no image service: that is `Refused`."""

    def server_time(self) -> datetime | None:
        """Give the `Date` of the newest answer, None before the first."""

    def sign_in(self) -> None:
        """Sign in afresh with the credentials at hand and keep the token."""

    def sign_out(self) -> None:
        """Give the token back to the server and forget it."""


class HomeServers(Protocol):
    """The servers of communities that are not on the bot's own server, read anonymously.

    A question takes ten seconds at most and raises nothing.
    """

    def pin(self, community: str, post: str) -> Reading:
        """Ask the server of a community, named by its actor id, what it shows of the post at an address."""

    def software(self, community: str) -> Software:
        """Ask the server of a community what it runs."""


class NoHomeServers:
    """Stands in when no other server may be asked."""

    def pin(self, community: str, post: str) -> Reading:
        """Know nothing."""
        return Reading(HomePin.UNREADABLE, f"{community} was not asked about {post}")

    def software(self, community: str) -> Software:
        """Know nothing."""
        return Software()


class Ledger(Protocol):
    """megabot's own record. Each call is one transaction, on disk when it returns. Times are aware, UTC."""

    def get_fact(self, key: str) -> str | None:
        """Give back what was remembered under a key."""

    def set_fact(self, key: str, value: str) -> None:
        """Keep a small fact: a community's id, since when a schedule is known."""

    def update_fact(self, key: str, change: Callable[[str | None], str]) -> None:
        """Replace a fact by what `change` makes of it: read, change and write are one transaction.

        For facts that several processes change; `change` gets None if there is no such fact.
        """

    def begin_intent(self, intent: NewIntent) -> Intent:
        """Write down what is about to be sent, in state SENDING, before it is sent."""

    def resolve_intent(self, intent_id: int, state: IntentState, *, at: datetime, note: str = "") -> None:
        """Write down how it went. `note` is a sentence for `history`."""

    def intents(self, thread: str) -> tuple[Intent, ...]:
        """All intents of a thread, oldest first."""

    def record_post(self, record: PostRecord) -> None:
        """Keep what is known of an own post, replacing what was known."""

    def forget_post(self, post_id: int) -> None:
        """Let go of a recorded post and its text: it carries no edition any longer."""

    def posts(self, thread: str) -> tuple[PostRecord, ...]:
        """All recorded posts of a thread, oldest slot first."""

    def keep_text(self, text: KeptText) -> None:
        """Keep what a post says, replacing what was known."""

    def text(self, post_id: int) -> KeptText | None:
        """Give what a post says, None where that was never kept."""

    def texts(self, thread: str) -> tuple[KeptText, ...]:
        """All kept texts of a thread's recorded posts, oldest slot first."""

    def history(self, limit: int) -> tuple[Intent, ...]:
        """Give the newest intents of all threads, newest first."""

    def command(self, key: str) -> CommandRecord | None:
        """Give what is kept of a comment or message, by its notice's key."""

    def keep_command(self, record: CommandRecord) -> None:
        """Keep what became of a comment or message, replacing what was known."""

    def open_commands(self) -> tuple[CommandRecord, ...]:
        """Give the commands that are to be carried out or answered, oldest first."""

    def commands(self, limit: int) -> tuple[CommandRecord, ...]:
        """Give the newest commands, newest first, without what was ignored."""

    def prune(self, before: datetime, *, ignored_before: datetime) -> None:
        """Let go of what no pass looks at any more, so that it stays small.

        That is: settled writes of editions before a moment, but for a thread's two newest ones; what such
        posts were rendered from; the words of closed commands; and, before another moment, all of what was
        heard and ignored. Posts stay, and so do the texts that were published, as they last were, out of
        `intents`.
        """

    def pass_lock(self) -> AbstractContextManager[None]:
        """Hold the right to act: one pass at a time on a state folder. Waits; raises `Busy` in the end."""

    def threads(self) -> tuple[str, ...]:
        """Name all threads that have records."""


class Source(Protocol):
    """Where templates, preambles, sections and data come from."""

    def snapshot(self) -> Snapshot:
        """Read everything as it is now. Raise `SourceMissing`; mistakes in files are values in the result.

        What is fetched from elsewhere may be ten minutes old; where it cannot be had, the last good state is
        given, with its age.
        """

    def picture(self, snapshot: Snapshot, path: str) -> bytes | None:
        """Read a picture of the snapshot, None where it cannot be read (any more)."""

    def sections_at(self, commit: str) -> dict[str, str] | None:
        """Read the files of `sections/` as they were at a commit; None where that cannot be had."""

    def refresh(self) -> None:
        """Fetch now, whatever the age, what the next snapshot gives. Trouble is logged, not raised."""

    def threads(self, snapshot: Snapshot) -> tuple[Thread, ...]:
        """Parse the thread templates; raise `SourceBroken` if any is broken.

        The error has all problems, and the threads that can be used all the same. A broken section, data
        file, preamble or picture is the renderer's problem: it concerns the threads that use it.
        """


class Renderer(Protocol):
    """Turns a thread's template into the text of an edition, where it can hurt nobody."""

    def render(
        self, snapshot: Snapshot, jobs: Sequence[tuple[Thread, Context]]
    ) -> tuple[Rendered | RenderProblem, ...]:
        """Render many editions in one start, answers in the order of the jobs. Raises nothing of its own."""


class Alerts(Protocol):
    """Tells people what needs them."""

    def raise_alert(self, key: str, sentence: str) -> None:
        """Say it once for a key, until it is taken back."""

    def clear_alert(self, key: str) -> None:
        """Say that it is over, if it was ever said."""

    def active_alerts(self) -> Iterator[tuple[str, str]]:
        """Give what was said and not taken back, key and sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePorts:
    """What works without a server.

    `community` is the default for threads that name none. `language` is that of what is said to people on
    Lemmy. `signed_in` tells since when there is a token.
    """

    clock: Clock
    ledger: Ledger
    source: Source
    renderer: Renderer
    alerts: Alerts
    community: str = ""
    language: Language = ENGLISH
    signed_in: Callable[[], datetime | None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports(OfflinePorts):
    """Everything a pass acts through.

    `moderators` names whom alerts go to, none for the communities' own; `admins` says whether the server's
    admins may command too. `draw_code` draws a code that nobody can guess, 4 to 12 letters and digits.
    """

    forum: Forum
    draw_code: Callable[[], str]
    moderators: tuple[str, ...] = ()
    admins: bool = False
    home_servers: HomeServers = field(default_factory=NoHomeServers)
