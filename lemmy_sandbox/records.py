"""The sandbox's rows as mutable records. No rules, no API names."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from lemmy_sandbox.rules.limits import GENEROUS, Limit


class Generation(Enum):
    """The Lemmy generation of the sandbox, by the API that it fully supports."""

    LEMMY_0 = "v3"
    LEMMY_1 = "v4"  # also a small part of v3

    @property
    def version(self) -> str:
        """The version of the recorded server of this generation."""
        return {"v3": "0.19.20", "v4": "1.0.0-beta.1"}[self.value]


class ModKind(Enum):
    """The kinds of modlog rows that the sandbox writes, by their names in a query."""

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
    """The state of the server's pict-rs: it runs, is down, or is missing from Lemmy's settings."""

    RUNNING = "running"
    DOWN = "down"
    OFF = "off"


@dataclass(slots=True, kw_only=True)
class Settings:
    """The account settings that change what a user sees."""

    show_nsfw: bool = False
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    default_sort_type: str = "Active"
    default_listing_type: str = "Local"
    default_post_time_range_seconds: int | None = None  # 1.0: the maximum age of listed posts
    private_messages_enabled: bool = True  # 1.0
    languages: frozenset[int] = frozenset()  # empty: all languages


@dataclass(slots=True, kw_only=True)
class Person:
    """An account on this server, or on another if it has an `ap_id`."""

    id: int
    account_id: int  # Lemmy's local_user id, used in recipient_ids
    name: str
    password: str
    published: datetime
    admin: bool = False
    bot_account: bool = False
    banned: bool = False
    display_name: str | None = None
    totp_secret: str | None = None
    settings: Settings = field(default_factory=Settings)
    ap_id: str | None = None  # set for an account on another server
    blocked: dict[int, datetime] = field(default_factory=dict)  # person ids, and since when
    voted_on: dict[int, datetime] = field(default_factory=dict)  # ids of authors, and when last


@dataclass(slots=True, kw_only=True)
class Community:
    """A community, with its moderators by rank; one on another server has an `ap_id`.

    `has_collections`: it has the addresses used by pins and appointments from other servers (featured_url,
    moderators_url). 0.19 sets none for its own communities (lemmy-api 2.2).
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
    languages: frozenset[int] = frozenset()  # empty: all languages
    moderators: list[int] = field(default_factory=list)
    moderating_since: dict[int, datetime] = field(default_factory=dict)
    followers: dict[int, datetime] = field(default_factory=dict)  # person ids, and since when
    banned: dict[int, datetime] = field(default_factory=dict)
    ap_id: str | None = None
    has_collections: bool = True

    @property
    def is_gone(self) -> bool:
        """Whether an admin removed it or its moderators deleted it."""
        return self.removed or self.deleted


@dataclass(slots=True, kw_only=True)
class Tag:
    """A tag that a community's moderators can set on posts (1.0 only)."""

    id: int
    community_id: int
    name: str
    published: datetime
    display_name: str | None = None
    color: str = "color01"
    updated: datetime | None = None
    deleted: bool = False


class CommentsSeen(NamedTuple):
    """How many comments of a post a user has seen, and when."""

    amount: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class Post:
    """A post, with its votes and what each person has read; one from another server has an `ap_id`.

    `federation_pending` (1.0): the community's own server has not confirmed it yet.
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
        """Whether a moderator removed it or its author deleted it."""
        return self.removed or self.deleted


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment. Its path lists the ids from the top-level comment to its own. `ap_id` is as for posts."""

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
        """Whether a moderator removed it or its author deleted it."""
        return self.removed or self.deleted

    @property
    def parent_id(self) -> int | None:
        """The comment that this one replies to; None at the top level."""
        return self.path[-2] if len(self.path) > 1 else None


@dataclass(slots=True, kw_only=True)
class Notice:
    """A mention or reply in one person's inbox (0.19)."""

    id: int
    recipient_id: int
    comment_id: int
    published: datetime
    read: bool = False


class NotificationKind(Enum):
    """The reason for a notification, by its name in 1.0."""

    MENTION = "mention"
    REPLY = "reply"
    PRIVATE_MESSAGE = "private_message"
    MOD_ACTION = "mod_action"


@dataclass(slots=True, kw_only=True)
class Notification:
    """A notification of one person in 1.0: a new row every time."""

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
    """The owner of a token, and when it expires."""

    person_id: int
    expires: datetime | None = None


@dataclass(slots=True, kw_only=True)
class PrivateMessage:
    """A message from one person to another."""

    id: int
    creator_id: int
    recipient_id: int
    content: str
    published: datetime
    updated: datetime | None = None
    read: bool = False
    ap_id: str | None = None


Addressed = Person | Community | Post | Comment | PrivateMessage
"""Things with an address that is the same on every server."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Picture:
    """An image in the image service."""

    file: str
    delete_token: str
    content: bytes
    content_type: str
    width: int
    height: int
    created: datetime


@dataclass(slots=True, frozen=True, kw_only=True)
class RemotePage:
    """Another server's answer at an address; a web page can name a preview image (og:image)."""

    content_type: str
    content: bytes = b""
    preview_image: str | None = None


@dataclass(slots=True, frozen=True, kw_only=True)
class ModAction:
    """A row of the modlog. 0.19 counts ids per kind, 1.0 across all kinds."""

    id: int
    serial: int
    kind: ModKind
    mod_person_id: int
    when: datetime
    turned_on: bool = True  # featured, locked, removed or banned; false for undoing it
    community_id: int | None = None
    post_id: int | None = None
    comment_id: int | None = None
    other_person_id: int | None = None
    reason: str | None = None
    in_community: bool = True  # a community pin, not a front-page pin


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
    nsfw_content_disallowed: bool = False  # only 1.0 enforces it
    limits: dict[str, Limit] = field(default_factory=lambda: dict(GENEROUS))
