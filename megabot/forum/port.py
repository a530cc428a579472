"""What megabot needs of a forum, as Protocols with their contracts."""

from datetime import datetime
from typing import Protocol

from typing_extensions import override

from megabot.forum.home_server import HomePin, Reading, Software
from megabot.forum.models import (
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
from megabot.forum.notices import Listing, Watermark


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


class NoHomeServers(HomeServers):
    """Stands in when no other server may be asked."""

    @override
    def pin(self, community: str, post: str) -> Reading:
        return Reading(HomePin.UNREADABLE, f"{community} was not asked about {post}")

    @override
    def software(self, community: str) -> Software:
        return Software()
