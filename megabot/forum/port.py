"""What megabot needs from a forum, as Protocols with their contracts."""

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

    Reads are retried a few times, then raise `Unreachable`, `Unreadable` and the like. A write is sent at
    most once per call, except if the server certainly never got it. Its outcome is a value; `NotSent`,
    `Refused` or `NotLemmy` if nothing happened (`NotLemmy`: the server does not know the call); or
    `OutcomeUnknown`. Any call may raise `TokenRefused` (after one probe and, with a password and if the
    budget allows, one new sign-in), `SignInRefused` or `SignInBudgetExhausted`.
    """

    def site(self, *, anew: bool = False) -> Site:
        """Return facts about the server; works without signing in. Unless `anew`, they may be cached."""

    def account(self) -> Account:
        """Return the bot's own account; signs in if there is no token yet."""

    def show_everything(self) -> None:
        """Change the account settings that hide the bot's own posts in lists."""

    def unread(self) -> Unread:
        """Return the inbox counts, in the only request of an idle tick."""

    def community(self, name: str) -> Community:
        """Return the community `name` or `name@host`; raise `NotFound` if there is none."""

    def follow(self, community_id: int) -> None:
        """Follow a community: servers accept remote updates only with a local follower (lemmy-api 2.10)."""

    def own_content(self, *, since: datetime | None) -> OwnContent:
        """Return the account's own posts and comments in all communities, newest first.

        Reads pages until an item is older than `since`, or to the very first if that is None. Deleted posts
        are included; removed ones only if the result is `whole` (0.19 hides them). A removed post's body can
        be empty (1.0, if the account no longer moderates its community; decision 2).
        """

    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        """Return own posts in a community that moderators have removed at some time, from the mod log.

        Check `removed` of each: the log also lists posts that were restored since. Their bodies are there.
        Needed only if the own content is not `whole` or lacks bodies.
        """

    def pinned(self, community_id: int) -> tuple[Post, ...]:
        """Return all pinned posts of a community, by any author."""

    def post(self, post_id: int) -> Post:
        """Return a post by id; raise `NotFound` if there is none or it is gone."""

    def post_at(self, url: str) -> Post:
        """Return the post at an address on this or another server; raise `NotFound` if there is none."""

    def posts_by(self, username: str, community_id: int) -> tuple[Post, ...]:
        """Return a user's newest posts in a community, at most a page; raise `NotFound` if unknown."""

    def pin_events(self, *, community_id: int, post_id: int) -> tuple[PinEvent, ...]:
        """Return the mod log's entries about pinning one post, newest first."""

    def create_post(self, community_id: int, draft: PostDraft, *, key: str = "") -> Post:
        """Create a post and return it as stored by the server, which may differ from the draft.

        `tags` of the result are the draft's tags that the community has, None if the server has no tags.
        `key` is an idempotency key of up to 32 ASCII characters: 1.0 carries out one request with it, even a
        failing one, and answers the next ones of the account, for two to four minutes, in a way that leaves
        the outcome unknown. Other servers ignore it. Without a key, a random one is sent.
        """

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        """Replace one of the bot's own posts by the draft; tags set by other people stay."""

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        """Pin or unpin. Not idempotent: each call adds a line to the mod log, so check first."""

    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        """Lock or unlock a post's comments. The mod log shows the reason, except on 0.19."""

    def comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        """Write a comment: a top-level one, or a reply to the comment `parent_id`.

        `key` is an idempotency key, as in `create_post`.
        """

    def comment_by_id(self, comment_id: int) -> Comment:
        """Return any user's comment with its author; raise `NotFound` if there is none or it is gone."""

    def edit_comment(self, comment_id: int, content: str) -> Comment:
        """Replace the text of one of the bot's own comments. Sending it twice does no harm."""

    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        """Mark one of the bot's own comments as a moderator's, or remove the mark."""

    def inbox(self, above: Watermark) -> Listing:
        """Return notices above a watermark, oldest first: mentions, replies and private messages, all pages.

        The read flag does not matter, and nothing is marked as read. A comment comes once, even if it is both
        a mention and a reply or was edited since. Moderators' actions that the server reports come too (1.0).
        If the watermark is from the other API, or the server was restored from a backup, the last two days
        come again.
        """

    def mark_all_read(self) -> None:
        """Mark everything that `unread` counts as read."""

    def person(self, name: str) -> Person:
        """Return the user `name` or `name@host`; raise `NotFound` if there is none."""

    def message(self, person_id: int, content: str) -> None:
        """Send a private message, Markdown of at most 10,000 characters."""

    def messages_to(self, person_id: int) -> tuple[str, ...]:
        """Return the texts of the newest private messages from the bot to a user, at most a page.

        1.0 returns them only for users on its own server, because it stores them as the recipient's
        notifications.
        """

    def upload(self, name: str, content: bytes) -> str:
        """Upload an image and return its address. Raises `Refused` if the server has no image service."""

    def server_time(self) -> datetime | None:
        """Return the `Date` of the newest response, None before the first."""

    def sign_in(self) -> None:
        """Sign in again with the stored credentials and keep the new token."""

    def sign_out(self) -> None:
        """Revoke the token on the server and forget it."""


class HomeServers(Protocol):
    """The servers of communities that are not on the bot's own server, read anonymously.

    A question takes at most ten seconds and raises nothing.
    """

    def pin(self, community: str, post: str) -> Reading:
        """Ask a community's server whether a post is pinned there; both are given by their addresses."""

    def software(self, community: str) -> Software:
        """Ask a community's server what it runs."""


class NoHomeServers(HomeServers):
    """Used if no other server may be asked."""

    @override
    def pin(self, community: str, post: str) -> Reading:
        return Reading(HomePin.UNREADABLE, f"{community} was not asked about {post}")

    @override
    def software(self, community: str) -> Software:
        return Software()
