"""What the ledger stores beside posts, intents and commands, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.forum.home_server import HomePin
from megabot.forum.models import PostLimit
from megabot.ledger.ownership import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """What is known of the bot's account.

    `api` is the kind of the server's API, `languages` its languages' ids by code; both None until the server
    was asked. `started` is when this ledger began, by the server's clock: commands from before are not
    obeyed. `inbox_position` is how far the inbox was read, as the forum wrote it. `override_changes` counts
    every change to an override, by anyone, on Lemmy or at the shell. `post_limit` is the server's, as `check
    --online` last saw it.
    """

    owner: Owner | None = None
    api: str | None = None
    languages: Mapping[str, int] | None = None
    started: datetime | None = None
    inbox_position: str | None = None
    override_changes: int = 0
    post_limit: PostLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line above the text of one edition's post, until a time or until it is removed."""

    edition: str
    text: str
    by: str
    at: datetime
    until: datetime | None = None

    def applies_to(self, edition: str, now: datetime) -> bool:
        """Return whether the post of an edition must show the note now."""
        return self.edition == edition and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReading:
    """What a community's own server showed of a post when it was last asked.

    `first` is when it was first asked about this post's pin. `software` is what that server runs, such as
    "Lemmy 0.19.20"; `refuses`: it rejects pins from other servers. `trouble` is why it could not be read.
    """

    post_id: int
    pin: HomePin
    first: datetime
    last: datetime
    software: str = ""
    refuses: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadState:
    """What is known of a thread from pass to pass.

    `known_since` is when its schedule, whose digest is `schedule`, was first seen. `current_post_id` is the
    current post according to the last pass, and `pinned` whether readers saw it pinned; both None if no pass
    has named one. `agreed_community` is the id of the community that a person let it move to.
    `failing_since` is when its passes began to fail, None if the last one did not.
    """

    schedule: str = ""
    known_since: datetime | None = None
    current_post_id: int | None = None
    pinned: bool | None = None
    agreed_community: int | None = None
    failing_since: datetime | None = None
    home: HomeReading | None = None
    note: Note | None = None


class Job(StrEnum):
    """Work that is done now and then, and continues where it stopped."""

    LINKS = "links"
    SITE_SCAN = "site_scan"
    SITE_HIGHLIGHTS = "site_highlights"
    HIGHLIGHTS = "highlights"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """When a job last ran, None if it never did, and the position where it continues."""

    at: datetime | None = None
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A comment that a moderator highlighted.

    `line` is its first line as plain words, `at` when it was written. `author` is the name that is shown,
    `actor` the author's unique id. `by` and `since`: who highlighted it, and when.
    """

    comment_id: int
    post_id: int
    author: str
    actor: str
    url: str
    at: datetime
    line: str
    by: str
    since: datetime


class SentAlertState(StrEnum):
    """The state of the message about an alert. SENDING is recorded before the first byte is sent."""

    SENDING = "sending"
    SENT = "sent"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class SentAlert:
    """The message about one alert: its state, its `sentence`, and when it was sent (`at`)."""

    state: SentAlertState
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingConfirmation:
    """A waiting command: its notice's key (`order`), its author, and the notice that confirmed it."""

    digest: str
    order: str
    actor: str
    until: datetime
    used: str = ""


class WebAccessKind(StrEnum):
    """How a moderator gets into the page: by a link that works once, and then by a session."""

    LINK = "link"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAccess:
    """A link to the page for moderators, or a session, of one moderator.

    `digest` is that of its token, which is stored nowhere. `actor` is the moderator's unique id, `name` the
    one that is shown.
    """

    digest: str
    kind: WebAccessKind
    actor: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDraft:
    """What a moderator has typed for an edition and not used yet.

    `base` is the digest of the preamble that they started from, `by` the name that is shown of the `actor`.
    """

    thread: str
    edition: str
    actor: str
    by: str
    at: datetime
    text: str
    base: str


class ClaimKind(StrEnum):
    """What a process claims of an account, so that no other one does the same at the same time."""

    SERVICE = "service"
    PASS = "pass"  # noqa: S105  not a password
    TOKEN = "token"  # noqa: S105  not a password


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim as stored: who holds it, and until when if the holder does not renew it.

    `fence` is higher each time somebody else takes the claim, so a holder that slept knows that it lost it.
    `left` is the time until the end by the database's clock, zero or less if the claim has ended.
    """

    kind: ClaimKind
    holder: str
    fence: int
    until: datetime
    left: timedelta
