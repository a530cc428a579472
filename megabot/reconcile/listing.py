"""What the account itself wrote, listed once for all threads of a pass, and again after writes."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from megabot.forum.models import Account, Comment, OwnContent, Post
from megabot.ports import Ports
from megabot.reconcile.communities import remember_community
from megabot.source.model import Thread

_SLACK = timedelta(days=2)


@dataclass(slots=True, kw_only=True)
class AccountListing:
    """What the threads of one pass share.

    `authenticated` says that an answer came that strangers cannot get; `account` is that answer where it was
    the account itself. `pinned_beyond_listing` are the communities in which own posts are pinned that the
    listing is too short for.
    """

    threads: tuple[Thread, ...]
    content: OwnContent
    authenticated: bool = False
    account: Account | None = None
    created: set[int] = field(default_factory=set)
    pinned_beyond_listing: set[int] = field(default_factory=set)

    @property
    def bot_id(self) -> int:
        """The account's own person id."""
        return self.content.author

    def take_comment(self, comment: Comment) -> None:
        """Take the answer to a comment as a look at it."""
        rest = tuple(known for known in self.content.comments if known.id != comment.id)
        self.content = replace(self.content, comments=(comment, *rest))

    def hiding_settings(self, *, nsfw: bool) -> tuple[str, ...]:
        """Name the account's settings that can hide a thread's posts from it; some hide only marked ones."""
        hides = self.account.hiding_settings if self.account else ()
        return tuple(name for name in hides if name != "show_nsfw" or nsfw)

    def ask_account(self, ports: Ports) -> Account:
        """Read the account, unless this pass did: a proof."""
        if self.account is None:
            self.account, self.authenticated = ports.forum.account(), True
        return self.account

    def take_post(self, post: Post) -> None:
        """Take the answer to a write as a look at that post."""
        rest = tuple(known for known in self.content.posts if known.id != post.id)
        posts = sorted((post, *rest), key=lambda one: one.published, reverse=True)
        self.content = replace(self.content, posts=tuple(posts))


def list_account(
    ports: Ports, threads: tuple[Thread, ...], *, authenticated: bool, account: Account | None = None
) -> AccountListing:
    """List the account's own posts, as far back as any of the threads needs.

    `account` is what was just read of it, if it was: a proof, and it spares looking places up.
    """
    content = ports.forum.own_content(since=_since(ports, threads, ports.clock.now()))
    if account is None:
        return AccountListing(threads=threads, content=content, authenticated=authenticated)
    wanted = {thread.community or ports.community for thread in threads}
    for place in account.moderates:
        if place.local and place.name in wanted:
            remember_community(ports, place.name, place)
    return AccountListing(threads=threads, content=content, authenticated=True, account=account)


def relist_account(ports: Ports, listing: AccountListing) -> None:
    """Look again after writes: what stands now is what the server shows, not what it answered."""
    listing.content = ports.forum.own_content(since=_since(ports, listing.threads, ports.clock.now()))
    for community_id in listing.pinned_beyond_listing:
        read_pinned(ports, listing, community_id)


def _since(ports: Ports, threads: tuple[Thread, ...], now: datetime) -> datetime | None:
    """How far back the listing must reach: over the edition before, or to the start with no records.

    And over the newest one posted, however long ago: comments in it say whether a copy was taken back.
    """
    earliest = now
    for thread in threads:
        records = ports.ledger.posts(thread.name)
        if not records:
            return None
        earliest = min(earliest, records[-1].slot)
        due = thread.calendar.current(now)
        if due is not None:
            before = next(thread.calendar.earlier(due), None)
            earliest = min(earliest, (before or due).slot)
        earliest = min(earliest, now - (thread.lock_after or timedelta(0)))
    return earliest - _SLACK


def read_pinned(ports: Ports, listing: AccountListing, community_id: int) -> tuple[Post, ...]:
    """Read what is pinned; an own old post may be, further back than the listing, after a restoral."""
    pinned = ports.forum.pinned(community_id)
    listed = {post.id for post in listing.content.posts}
    for post in pinned:
        if post.creator.id == listing.bot_id and post.id not in listed:
            listing.pinned_beyond_listing.add(community_id)
            listing.take_post(post)
    return pinned


def read_removed(ports: Ports, listing: AccountListing, home: int) -> tuple[Post, ...]:
    """Read which own posts of a community were removed: by asking, unless the listing shows them whole."""
    content = listing.content
    hidden = any(post.removed and not post.body for post in content.posts if post.community_id == home)
    return ports.forum.own_removed(home) if hidden or not content.whole else ()
