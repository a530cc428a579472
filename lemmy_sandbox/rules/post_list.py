"""Select and sort the posts that a reader sees, like Lemmy's queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from lemmy_sandbox.languages import every_id
from lemmy_sandbox.records import Community, Person, Post
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.sort_orders import post_sort_rank
from lemmy_sandbox.world import World

_T = TypeVar("_T")
# Values outside these limits are refused (lemmy-api 0).
_LONGEST_PAGE = 50
_LAST_PAGE = 100
_HOUR = timedelta(hours=1)
_TOP_PERIODS = {
    "TopHour": _HOUR,
    "TopSixHour": 6 * _HOUR,
    "TopTwelveHour": 12 * _HOUR,
    "TopDay": timedelta(days=1),
    "TopWeek": timedelta(weeks=1),
    "TopMonth": timedelta(days=30),
    "TopThreeMonths": timedelta(days=91),
    "TopSixMonths": timedelta(days=182),
    "TopNineMonths": timedelta(days=273),
    "TopYear": timedelta(days=365),
}
POST_SORTS = (
    "Active", "Hot", "New", "Old", "TopDay", "TopWeek", "TopMonth", "TopYear", "TopAll", "MostComments",
    "NewComments", "TopHour", "TopSixHour", "TopTwelveHour", "TopThreeMonths", "TopSixMonths",
    "TopNineMonths", "Controversial", "Scaled",
)  # fmt: skip
LISTING_TYPES = ("All", "Local", "Subscribed", "ModeratorView")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, checked when it is created."""

    number: int
    size: int

    @classmethod
    def asked(cls, number: int | None, size: int | None, *, code: str = "unknown") -> "Page":
        """Return the requested page, or refuse it with the list's error code."""
        if number is not None and not 1 <= number <= _LAST_PAGE:
            raise Refusal(code, message=_only_unknown(code, f"Page limit is > {_LAST_PAGE}"))
        if size is not None and not 1 <= size <= _LONGEST_PAGE:
            raise Refusal(code, message=_only_unknown(code, f"Fetch limit is > {_LONGEST_PAGE}"))
        return cls(number or 1, size or 10)

    def of(self, items: Sequence[_T]) -> list[_T]:
        """Return the items on the page."""
        start = self.size * (self.number - 1)
        return list(items[start : start + self.size])


@dataclass(frozen=True, slots=True, kw_only=True)
class PostQuery:
    """The filters of a list of posts. None leaves a filter to the reader's settings."""

    reader: Person | None
    page: Page
    sort: str = "Hot"
    listing_type: str | None = None
    community_id: int | None = None
    creator_id: int | None = None
    show_read: bool | None = None
    show_nsfw: bool | None = None
    liked_only: bool = False
    disliked_only: bool = False
    search_term: str | None = None
    title_only: bool = False
    url: str | None = None
    tag_id: int | None = None
    not_before: datetime | None = None
    after: Post | None = None


def list_posts(world: World, query: PostQuery) -> list[Post]:
    """Return a page of posts."""
    posts, order = list_all_posts(world, query), post_sort_key(world, query)
    if query.after is not None:
        start = order(query.after)
        posts = [post for post in posts if order(post) > start]
    return query.page.of(posts)


def list_all_posts(world: World, query: PostQuery) -> list[Post]:
    """Return all matching posts, sorted."""
    posts = [post for post in world.posts.values() if _is_listed(world, query, post)]
    return sorted(posts, key=post_sort_key(world, query))


def post_sort_key(world: World, query: PostQuery) -> Callable[[Post], tuple[float, ...]]:
    """Return the sort key: pinned posts come first, on 1.0 except under New and Old (lemmy-api 2.2)."""
    rank, by_time = post_sort_rank(world, query.sort), query.sort in {"New", "Old"}
    oldest_first = world.is_lemmy_1 and query.sort == "Old"

    def key(post: Post) -> tuple[float, ...]:
        pinned = post.featured_local if query.community_id is None else post.featured_community
        first = pinned and not (by_time and world.is_lemmy_1)
        newest = 0.0 if by_time else -post.published.timestamp()
        return (not first, rank(post), newest, post.id if oldest_first else -post.id)

    return key


def _only_unknown(code: str, message: str) -> str | None:
    return message if code == "unknown" else None


def _is_listed(world: World, query: PostQuery, post: Post) -> bool:
    community = world.community_of(post)
    return (
        _is_recent(world, query, post)
        and _is_asked_for(query, post)
        and _is_there(world, query, post, community)
        and is_in_listing(query.reader, query.listing_type, community)
        and _is_wanted(world, query, post, community)
    )


def _is_recent(world: World, query: PostQuery, post: Post) -> bool:
    period = _TOP_PERIODS.get(query.sort)
    if period is not None and world.now() - post.published >= period:
        return False
    return query.not_before is None or post.published > query.not_before


def _is_asked_for(query: PostQuery, post: Post) -> bool:
    filters = (
        (query.community_id, post.community_id),
        (query.creator_id, post.creator_id),
        (query.url, post.url),
    )
    if query.tag_id is not None and query.tag_id not in post.tags:
        return False
    return all(expected in {None, actual} for expected, actual in filters) and _matches(query, post)


def _matches(query: PostQuery, post: Post) -> bool:
    if query.search_term is None:
        return True
    texts = [post.name] if query.title_only else [post.name, post.body or "", post.alt_text or ""]
    return not post.is_gone and any(contains(text, query.search_term) for text in texts)


def contains(text: str, term: str) -> bool:
    """Match like ilike with each space as a %: the words in this order, with anything in between."""
    place, text = 0, text.lower()
    for word in term.lower().split():
        place = text.find(word, place)
        if place < 0:
            return False
        place += len(word)
    return True


def _is_there(world: World, query: PostQuery, post: Post, community: Community) -> bool:
    """Hide deleted posts except from authors, and removed ones except from admins (0.19: on a profile)."""
    reader = query.reader
    is_author = reader is not None and reader.id == post.creator_id
    if community.deleted or ((post.deleted or post.federation_pending) and not is_author):
        return False
    if reader is not None and reader.admin and (query.creator_id is not None or world.is_lemmy_1):
        return True
    return not (community.removed or post.removed)


def is_in_listing(reader: Person | None, listing_type: str | None, community: Community) -> bool:
    """Return whether a community belongs to a listing type of the reader."""
    if reader is None:
        return community.visibility == "Public"
    if listing_type == "Subscribed":
        return reader.id in community.followers
    return listing_type != "ModeratorView" or reader.id in community.moderators


def _is_wanted(world: World, query: PostQuery, post: Post, community: Community) -> bool:
    """Apply the reader's settings, also to the reader's own posts."""
    reader, settings = query.reader, query.reader.settings if query.reader else None
    shows_nsfw = query.show_nsfw if query.show_nsfw is not None else bool(settings and settings.show_nsfw)
    if not shows_nsfw and (post.nsfw or community.nsfw):
        return False
    if reader is None or settings is None:
        return True
    if world.people[post.creator_id].bot_account and not settings.show_bot_accounts:
        return False
    if _is_hidden_as_read(world, query, reader, post) or not _is_voted_as_asked(query, reader, post):
        return False
    return query.listing_type == "ModeratorView" or is_understood(reader, post.language_id, post.creator_id)


def _is_hidden_as_read(world: World, query: PostQuery, reader: Person, post: Post) -> bool:
    shows_read = reader.settings.show_read_posts if query.show_read is None else query.show_read
    # 0.19's profile shows read posts, too (lemmy-api 2.6).
    is_profile = query.creator_id is not None and not world.is_lemmy_1
    return not shows_read and not is_profile and reader.id in post.read_by


def _is_voted_as_asked(query: PostQuery, reader: Person, post: Post) -> bool:
    if not (query.liked_only or query.disliked_only):
        return True
    return post.creator_id != reader.id and post.votes.get(reader.id) == (1 if query.liked_only else -1)


def is_understood(reader: Person, language_id: int, creator_id: int) -> bool:
    """Return whether a thing is in one of the reader's languages and not by someone they blocked."""
    return language_id in (reader.settings.languages or every_id()) and creator_id not in reader.blocked
