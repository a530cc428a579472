"""What a forum shows, as plain values: people, communities, posts, comments. Independent of the API."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from megabot.forum.marker import comment_marker, post_marker


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account as others see it. `actor` is its ActivityPub id, the only name that is unique everywhere."""

    id: int
    name: str
    actor: str
    bot: bool = False
    admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRef:
    """A community as far as a pass needs it. Names can be reused, ids and actors cannot (G01)."""

    id: int
    name: str
    actor: str
    local: bool = True
    nsfw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The bot's own account, which only a live token can read.

    `hiding_settings` are the account settings that hide posts from it, its own included. `languages` are the
    ids that it reads; empty means all.
    """

    person: Person
    moderates: tuple[CommunityRef, ...] = ()
    hiding_settings: tuple[str, ...] = ()
    languages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLimit:
    """How many new posts the server accepts from one IP address in a number of seconds; both at least 1.

    All accounts and programs on that address share it (lemmy-api 2.4). `at_once`: it is full again an
    interval after the first post (1.0), instead of being refilled evenly (0.19).
    """

    posts: int
    seconds: int
    at_once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The server. `actor` is its own name for itself, which may differ from the address used to reach it.

    `post_limit` is None if the server does not name one.
    """

    actor: str
    name: str
    version: str
    languages: dict[str, int]
    admins: tuple[Person, ...] = ()
    post_limit: PostLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag that a community offers for posts: `name` is in its address, `title` is what people read."""

    id: int
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A community with its moderators, the first one first.

    `languages` are the ids that it allows; empty means all. `tags` are the ones that it offers, None if the
    server has no tags (0.19). `followed`: the bot's account follows it, or has asked to.
    """

    id: int
    name: str
    title: str
    actor: str
    local: bool
    nsfw: bool = False
    removed: bool = False
    deleted: bool = False
    moderators_only: bool = False
    banned: bool = False
    moderators: tuple[Person, ...] = ()
    languages: tuple[int, ...] = ()
    tags: tuple[Tag, ...] | None = None
    followed: bool = False

    @property
    def ref(self) -> CommunityRef:
        """The part that a pass needs."""
        return CommunityRef(id=self.id, name=self.name, actor=self.actor, local=self.local, nsfw=self.nsfw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as the bot's account sees it. `url` is the address people open (its ActivityPub id).

    `federation_pending`: the community's own server has not confirmed it yet, so nobody else sees it (1.0, in
    communities on other servers; decision 19). `tags` are its tags, None if the server has no tags.
    """

    id: int
    title: str
    body: str
    url: str
    creator: Person
    community_id: int
    published: datetime
    removed: bool = False
    deleted: bool = False
    locked: bool = False
    featured_community: bool = False
    featured_local: bool = False
    comments: int = 0
    creator_is_moderator: bool = False
    federation_pending: bool = False
    link: str = ""
    thumbnail: str = ""
    alt_text: str = ""
    tags: tuple[Tag, ...] | None = None

    @property
    def open(self) -> bool:
        """Whether readers can open it: neither removed nor deleted (decision 5)."""
        return not (self.removed or self.deleted)

    @property
    def featured(self) -> bool:
        """Whether it is pinned in the community or on the front page."""
        return self.featured_community or self.featured_local


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment. `parent_id` is the comment it replies to, 0 for none."""

    id: int
    post_id: int
    content: str
    url: str
    published: datetime
    removed: bool = False
    deleted: bool = False
    distinguished: bool = False
    creator: Person | None = None
    parent_id: int = 0

    @property
    def open(self) -> bool:
        """Whether readers can see it: neither removed nor deleted."""
        return not (self.removed or self.deleted)


@dataclass(frozen=True, kw_only=True)  # without slots, for what is computed once for all threads
class OwnContent:
    """The bot's own posts and comments, newest first, as far back as requested. `author` is its person id.

    `whole`: posts that moderators removed are included; 0.19 hides those.
    """

    author: int
    posts: tuple[Post, ...]
    comments: tuple[Comment, ...] = ()
    whole: bool = False

    @cached_property
    def post_ids(self) -> frozenset[int]:
        return frozenset(post.id for post in self.posts)

    @cached_property
    def hidden_posts(self) -> tuple[Post, ...]:
        """The removed posts whose text the server hides."""
        return tuple(post for post in self.posts if post.removed and not post.body)

    @cached_property
    def posts_by_thread(self) -> Mapping[str, tuple[Post, ...]]:
        """The posts with a marker, by its thread."""
        found = defaultdict[str, tuple[Post, ...]](tuple)
        for post in self.posts:
            marker = post_marker(post.body)
            if marker is not None:
                found[marker.thread] += (post,)
        return dict(found)

    @cached_property
    def comments_by_thread(self) -> Mapping[str, tuple[Comment, ...]]:
        """The comments with a marker, by its thread."""
        found = defaultdict[str, tuple[Comment, ...]](tuple)
        for comment in self.comments:
            marker = comment_marker(comment.content)
            if marker is not None:
                found[marker.thread] += (comment,)
        return dict(found)


class Feature(StrEnum):
    """Lemmy's feature types: pinned in the community, or on the server's front page."""

    COMMUNITY = "community"
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinEvent:
    """An entry of the mod log: a post was pinned or unpinned. `by` is None if the name is hidden."""

    post_id: int
    featured: bool
    kind: Feature
    when: datetime
    by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """A whole post as it should be on the server, for creating or editing.

    It is always whole, because an edit without the thumbnail clears it (lemmy-api 2.8). `language_id` is None
    if none is sent. `tags` are names: the ones that the community has are set, the others are ignored.
    """

    title: str
    body: str
    link: str = ""
    thumbnail: str = ""
    alt_text: str = ""
    nsfw: bool = False
    language_id: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """The number of unread notices. Getting one proves that the token is alive.

    `notices` are the ones that the server does not count by kind (1.0).
    """

    replies: int = 0
    mentions: int = 0
    messages: int = 0
    notices: int = 0

    @property
    def total(self) -> int:
        return self.replies + self.mentions + self.messages + self.notices
