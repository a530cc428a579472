"""The account's own posts and comments, listed once for all threads of a pass, and again after writes."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from megabot.forum.models import Account, Comment, OwnContent, Post
from megabot.ports import Ports
from megabot.reconcile.communities import remember_community
from megabot.source.model import Thread

_SLACK = timedelta(days=2)


@dataclass(slots=True, kw_only=True)
class AccountListing:
    """The listing that the threads of one pass share.

    `authenticated`: the server gave a response that anonymous callers cannot get (decision 1); `account` is
    that response if it was the account itself. `pinned_beyond_listing`: communities where one of our
    pinned posts is older than the listing reaches. `pinned` and `removed` are what was read of communities,
    by id. `ledger_start` is when the ledger began, None if it has not.
    """

    threads: tuple[Thread, ...]
    content: OwnContent
    authenticated: bool = False
    account: Account | None = None
    created: set[int] = field(default_factory=set)
    pinned_beyond_listing: set[int] = field(default_factory=set)
    pinned: dict[int, tuple[Post, ...]] = field(default_factory=dict)
    removed: dict[int, tuple[Post, ...]] = field(default_factory=dict)
    ledger_start: datetime | None = None

    @property
    def bot_id(self) -> int:
        """The person id of the bot's account."""
        return self.content.author

    def take_comment(self, comment: Comment) -> None:
        """Replace a comment with what the server returned for a write."""
        rest = tuple(other for other in self.content.comments if other.id != comment.id)
        self.content = replace(self.content, comments=(comment, *rest))

    def hiding_settings(self, *, nsfw: bool) -> tuple[str, ...]:
        """Return the account's settings that hide its own posts; `show_nsfw` only in NSFW threads."""
        # `show_nsfw` hides only posts that are marked NSFW (lemmy-api 2.6).
        hides = self.account.hiding_settings if self.account else ()
        return tuple(name for name in hides if name != "show_nsfw" or nsfw)

    def ask_account(self, ports: Ports) -> Account:
        """Return the account, read once in a pass. It proves that the token is accepted (decision 1)."""
        if self.account is None:
            self.account, self.authenticated = ports.forum.account(), True
        return self.account

    def forget_communities(self) -> None:
        """Have pinned and removed posts read again."""
        self.pinned.clear()
        self.removed.clear()

    def take_post(self, post: Post) -> None:
        """Replace a post with what the server returned for a write."""
        rest = tuple(other for other in self.content.posts if other.id != post.id)
        posts = sorted((post, *rest), key=lambda one: one.published, reverse=True)
        self.content = replace(self.content, posts=tuple(posts))


def list_account(
    ports: Ports, threads: tuple[Thread, ...], *, authenticated: bool, account: Account | None = None
) -> AccountListing:
    """List the account's own posts, as far back as any of the threads needs.

    `account`, if it was just read, proves that the token is accepted and saves looking up the communities.
    """
    content = ports.forum.own_content(since=_since(ports, threads, ports.clock.now()))
    if account is None:
        return AccountListing(threads=threads, content=content, authenticated=authenticated)
    names = {thread.community or ports.community for thread in threads}
    for place in account.moderates:
        # Another server may have a community of the same name.
        if place.local and place.name in names:
            remember_community(ports, place.name, place)
    return AccountListing(threads=threads, content=content, authenticated=True, account=account)


def relist_account(ports: Ports, listing: AccountListing) -> None:
    """List again after writes: what counts is what the server shows, not how it responded to the write."""
    listing.content = ports.forum.own_content(since=_since(ports, listing.threads, ports.clock.now()))
    # The listing does not reach back to these, but their pins must be seen again (decision 21).
    for community_id in listing.pinned_beyond_listing:
        read_pinned(ports, listing, community_id)


def _since(ports: Ports, threads: tuple[Thread, ...], now: datetime) -> datetime | None:
    """Return how far back the listing must reach, None for everything."""
    earliest = now
    for thread in threads:
        records = ports.ledger.recent_posts(thread.name)
        # A new ledger is rebuilt from the account's own posts (S03).
        if not records:
            return None
        # The newest post, however old: comments in it say whether a repost was withdrawn.
        earliest = min(earliest, records[-1].slot)
        due = thread.calendar.current(now)
        if due is not None:
            # The previous edition still has to be linked and unpinned.
            previous = next(thread.calendar.earlier(due), None)
            earliest = min(earliest, (previous or due).slot)
        # `lock_after` may still concern posts that are older than the previous edition.
        earliest = min(earliest, now - (thread.lock_after or timedelta(0)))
    return earliest - _SLACK


def read_pinned(ports: Ports, listing: AccountListing, community_id: int) -> tuple[Post, ...]:
    """Read the pinned posts. One of ours can be older than the listing, if a moderator restored it.

    The threads of a plan share what was read; a pass that writes reads it again for each thread.
    """
    pinned = listing.pinned.get(community_id)
    if pinned is None:
        pinned = listing.pinned[community_id] = ports.forum.pinned(community_id)
    for post in pinned:
        if post.creator.id == listing.bot_id and post.id not in listing.content.post_ids:
            listing.pinned_beyond_listing.add(community_id)
            listing.take_post(post)
    return pinned


def read_removed(ports: Ports, listing: AccountListing, home: int) -> tuple[Post, ...]:
    """Return our removed posts of a community, from the server unless the listing shows them whole."""
    content = listing.content
    # 1.0 hides the text of a removed post from an author who no longer moderates (decision 2).
    hidden = any(post.community_id == home for post in content.hidden_posts)
    if content.whole and not hidden:
        return ()
    if home not in listing.removed:
        listing.removed[home] = ports.forum.own_removed(home)
    return listing.removed[home]
