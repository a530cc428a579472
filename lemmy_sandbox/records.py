"""What the sandbox remembers: one mutable record a row; no rules, no wire names."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from lemmy_sandbox.rules.limits import GENEROUS, Limit


class Generation(Enum):
    """Which Lemmy the sandbox is, by the API that it has in full."""

    LEMMY_0 = "v3"
    LEMMY_1 = "v4"  # with a stump of v3 beside it

    @property
    def version(self) -> str:
        """Return the version that the recorded server of this generation had."""
        return {"v3": "0.19.20", "v4": "1.0.0-beta.1"}[self.value]


class ModKind(Enum):
    """The kinds of modlog row that the sandbox writes, by their name in a query."""

    REMOVE_POST = "ModRemovePost"
    LOCK_POST = "ModLockPost"
    FEATURE_POST = "ModFeaturePost"
    REMOVE_COMMENT = "ModRemoveComment"
    REMOVE_COMMUNITY = "ModRemoveCommunity"
    BAN_FROM_COMMUNITY = "ModBanFromCommunity"
    BAN = "ModBan"
    ADD_COMMUNITY = "ModAddCommunity"
    PURGE_POST = "AdminPurgePost"


class ImageService(Enum):
    """Whether there is a pict-rs behind the server: it answers, is down, or is not in Lemmy's settings."""

    RUNNING = "running"
    DOWN = "down"
    OFF = "off"


@dataclass(slots=True, kw_only=True)
class Settings:
    """The account settings that change what a person is shown."""

    show_nsfw: bool = False
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    default_sort_type: str = "Active"
    default_listing_type: str = "Local"
    default_post_time_range_seconds: int | None = None  # 1.0: how old what is listed may be
    private_messages_enabled: bool = True  # 1.0
    languages: frozenset[int] = frozenset()  # empty: all of them


@dataclass(slots=True, kw_only=True)
class Person:
    """An account, on this server or, if it has an `ap_id`, on another."""

    id: int
    account_id: int  # Lemmy's local_user id, which recipient_ids are made of
    name: str
    password: str
    published: datetime
    admin: bool = False
    bot_account: bool = False
    banned: bool = False
    display_name: str | None = None
    totp_secret: str | None = None
    settings: Settings = field(default_factory=Settings)
    ap_id: str | None = None  # of an account on another server
    blocked: dict[int, datetime] = field(default_factory=dict)  # and since when
    voted_on: dict[int, datetime] = field(default_factory=dict)  # people on whose things, and when last


@dataclass(slots=True, kw_only=True)
class Community:
    """A community with its people, moderators in order of rank; one of another server has an `ap_id`.

    `has_collections` says that it has the addresses which pins and appointments from other servers name
    (featured_url, moderators_url): 0.19 gives its own communities none.
    """

    id: int
    name: str
    title: str
    published: datetime
    description: str | None = None
    updated: datetime | None = None
    removed: bool = False
    deleted: bool = False
    nsfw: bool = False
    posting_restricted_to_mods: bool = False
    visibility: str = "Public"
    languages: frozenset[int] = frozenset()  # empty: all of them
    moderators: list[int] = field(default_factory=list)
    moderating_since: dict[int, datetime] = field(default_factory=dict)
    followers: dict[int, datetime] = field(default_factory=dict)  # and since when
    banned: dict[int, datetime] = field(default_factory=dict)
    ap_id: str | None = None
    has_collections: bool = True

    @property
    def is_gone(self) -> bool:
        """Return whether the community is removed by an admin or deleted by its moderators."""
        return self.removed or self.deleted


@dataclass(slots=True, kw_only=True)
class Tag:
    """A label that the moderators of a community give their posts (1.0 only)."""

    id: int
    community_id: int
    name: str
    published: datetime
    display_name: str | None = None
    color: str = "color01"
    updated: datetime | None = None
    deleted: bool = False


class CommentsSeen(NamedTuple):
    """How many comments of a post somebody has seen, and when."""

    amount: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class Post:
    """A post, with who voted on it and who has seen how much of it; one of another server has an `ap_id`.

    `federation_pending` (1.0): the community's own server has not sent it back yet.
    """

    id: int
    name: str
    creator_id: int
    community_id: int
    published: datetime
    url: str | None = None
    body: str | None = None
    alt_text: str | None = None
    thumbnail_url: str | None = None
    url_content_type: str | None = None
    nsfw: bool = False
    language_id: int = 0
    updated: datetime | None = None
    removed: bool = False
    deleted: bool = False
    locked: bool = False
    featured_community: bool = False
    featured_local: bool = False
    tags: list[int] = field(default_factory=list)
    votes: dict[int, int] = field(default_factory=dict)
    voted_at: dict[int, datetime] = field(default_factory=dict)
    read_by: dict[int, datetime] = field(default_factory=dict)
    comments_seen: dict[int, CommentsSeen] = field(default_factory=dict)
    ap_id: str | None = None
    federation_pending: bool = False

    @property
    def is_gone(self) -> bool:
        """Return whether the post is removed by a moderator or deleted by its author."""
        return self.removed or self.deleted


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment; its path holds the ids from the root, its own last. `ap_id` is as for posts."""

    id: int
    creator_id: int
    post_id: int
    content: str
    path: tuple[int, ...]
    published: datetime
    language_id: int = 0
    updated: datetime | None = None
    removed: bool = False
    deleted: bool = False
    distinguished: bool = False
    votes: dict[int, int] = field(default_factory=dict)
    voted_at: dict[int, datetime] = field(default_factory=dict)
    ap_id: str | None = None
    federation_pending: bool = False

    @property
    def is_gone(self) -> bool:
        """Return whether the comment is removed by a moderator or deleted by its author."""
        return self.removed or self.deleted

    @property
    def parent_id(self) -> int | None:
        """Return the comment that this one answers; none at the top level."""
        return self.path[-2] if len(self.path) > 1 else None


@dataclass(slots=True, kw_only=True)
class Notice:
    """One comment brought to one person's attention, as a mention or as a reply."""

    id: int
    recipient_id: int
    comment_id: int
    published: datetime
    read: bool = False


class NotificationKind(Enum):
    """Why somebody is told of something, as 1.0 names it."""

    MENTION = "mention"
    REPLY = "reply"
    PRIVATE_MESSAGE = "private_message"
    MOD_ACTION = "mod_action"


@dataclass(slots=True, kw_only=True)
class Notification:
    """One thing brought to one person's attention, as 1.0 keeps it: a row for every time."""

    id: int
    recipient_id: int
    kind: NotificationKind
    published: datetime
    read: bool = False
    comment_id: int | None = None
    post_id: int | None = None
    message_id: int | None = None
    action: "ModAction | None" = None


class SignIn(NamedTuple):
    """Whose a token is, and until when."""

    person_id: int
    expires: datetime | None = None


@dataclass(slots=True, kw_only=True)
class PrivateMessage:
    """A message between two people."""

    id: int
    creator_id: int
    recipient_id: int
    content: str
    published: datetime
    updated: datetime | None = None
    read: bool = False
    ap_id: str | None = None


Addressed = Person | Community | Post | Comment | PrivateMessage
"""What has an address that names it on every server."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Picture:
    """An image that the image service keeps."""

    file: str
    delete_token: str
    content: bytes
    content_type: str
    width: int
    height: int
    created: datetime


@dataclass(slots=True, frozen=True, kw_only=True)
class RemotePage:
    """What another server answers at an address; a web page can name a picture for previews (og:image)."""

    content_type: str
    content: bytes = b""
    preview_image: str | None = None


@dataclass(slots=True, frozen=True, kw_only=True)
class ModAction:
    """A row of the modlog; ids count within one kind on 0.19, through all of them on 1.0."""

    id: int
    serial: int
    kind: ModKind
    mod_person_id: int
    when: datetime
    turned_on: bool = True  # featured, locked, removed or banned; false for the way back
    community_id: int | None = None
    post_id: int | None = None
    comment_id: int | None = None
    other_person_id: int | None = None
    reason: str | None = None
    in_community: bool = True  # a community pin, not one of the front page


@dataclass(slots=True, kw_only=True)
class Site:
    """The server's own settings, which an admin can change."""

    name: str
    published: datetime
    updated: datetime
    slur_filter_regex: str | None = None
    blocked_urls: list[str] = field(default_factory=list)
    private_instance: bool = False
    hide_modlog_mod_names: bool = True
    community_creation_admin_only: bool = False
    nsfw_content_disallowed: bool = False  # 1.0 alone keeps to it
    limits: dict[str, Limit] = field(default_factory=lambda: dict(GENEROUS))
