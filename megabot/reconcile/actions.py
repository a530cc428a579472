"""What a pass can do, as values. A plan is a tuple of them; `megabot plan` prints it, `act` does it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.forum.models import Feature, Post
from megabot.ledger.records import Intent, PostRecord
from megabot.reconcile.observation import ThreadPost
from megabot.rendering.model import Rendered
from megabot.schedule.calendar import Edition
from megabot.source.problems import Problem


class BlockReason(StrEnum):
    """Why something is not done. The sentences are in `i18n/sentences.py`."""

    NOTHING_DUE = "nothing_due"
    THERE = "there"
    SKIPPED = "skipped"
    HELD = "held"
    FIRST_RUN = "first_run"
    PAST_GRACE = "past_grace"
    CLOCK = "clock"
    OUTCOME_UNKNOWN = "outcome_unknown"
    UNKNOWN_FOR_LONG = "unknown_for_long"
    NOT_PROVEN = "not_proven"
    SETTINGS_HIDE = "settings_hide"
    HAND_MADE = "hand_made"
    STRAYED = "strayed"
    TEXT_BROKEN = "text_broken"
    REFUSED_BEFORE = "refused_before"
    NOT_ORDERED = "not_ordered"
    REMOVED = "removed"
    BODY_HIDDEN = "body_hidden"
    DOUBLED = "doubled"
    NOT_MODERATOR = "not_moderator"
    PENDING = "pending"
    PENDING_FOR_LONG = "pending_for_long"
    PIN_TRAVELS = "pin_travels"
    PIN_REFUSED = "pin_refused"
    PIN_NOT_SHOWN = "pin_not_shown"
    POST_NOT_AT_HOME = "post_not_at_home"
    HOME_UNREADABLE = "home_unreadable"
    UNPINNED_BY_HAND = "unpinned_by_hand"
    PINNED_BY_HAND = "pinned_by_hand"
    EDITED_BY_HAND = "edited_by_hand"
    ADOPTED = "adopted"
    NOTHING_STANDS = "nothing_stands"
    UNCHANGED = "unchanged"
    EDITED_LATELY = "edited_lately"
    EDITION_TAKEN = "edition_taken"
    ELSEWHERE = "elsewhere"
    GONE = "gone"
    OURS = "ours"
    NOTHING_TO_UNDO = "nothing_to_undo"
    UNDONE_BEFORE = "undone_before"
    NOTHING_TO_GO_BACK_TO = "nothing_to_go_back_to"
    REPOSTED_LATELY = "reposted_lately"
    OVERTAKEN = "overtaken"
    UNCLEAR = "unclear"
    NOT_ADOPTED = "not_adopted"
    ADOPTED_BY_NONE = "adopted_by_none"
    TITLE_STAYS = "title_stays"


NEEDS_PERSON = frozenset(
    {
        BlockReason.PAST_GRACE,
        BlockReason.CLOCK,
        BlockReason.UNKNOWN_FOR_LONG,
        BlockReason.REMOVED,
        BlockReason.BODY_HIDDEN,
        BlockReason.DOUBLED,
        BlockReason.SETTINGS_HIDE,
        BlockReason.HAND_MADE,
        BlockReason.STRAYED,
        BlockReason.TEXT_BROKEN,
        BlockReason.REFUSED_BEFORE,
        BlockReason.NOT_MODERATOR,
        BlockReason.PENDING_FOR_LONG,
        BlockReason.PIN_REFUSED,
        BlockReason.PIN_NOT_SHOWN,
        BlockReason.POST_NOT_AT_HOME,
        BlockReason.HOME_UNREADABLE,
        BlockReason.EDITED_BY_HAND,
    }
)
"""The reasons that go away only when a person does something: they are alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Nothing is done, for a reason; `until` says when to look again, where a moment can be named.

    The rest is what its sentence in `hold_reasons.py` names: `later` is the key of an edition after
    `edition`, `other_url` a post beside that at `url`, `by` who did something `since` a moment, `why` what
    somebody else said about it, `account_settings` are those that hide posts.
    """

    reason: BlockReason
    until: datetime | None = None
    edition: str | None = None
    later: str | None = None
    url: str | None = None
    other_url: str | None = None
    by: str | None = None
    since: datetime | None = None
    host: str | None = None
    software: str | None = None
    title: str | None = None
    why: str | None = None
    problems: tuple[Problem, ...] = ()
    account_settings: tuple[str, ...] = ()
    clock_skew: timedelta | None = None

    @property
    def needs_person(self) -> bool:
        """Whether it stays so until a person does something."""
        return self.reason in NEEDS_PERSON


class MissingInput(StrEnum):
    """What must be known before the decision can be made."""

    REMOVALS_AND_PINS = "deep_look"
    PIN_LOG = "pin_log"
    TEXT = "text"
    CURRENT_TEXT = "current_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Create the post of an edition. `order` is the command's id where a person asked for it."""

    edition: Edition
    copy: int
    text: Rendered
    after: ThreadPost | None
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPublish:
    """Send a publish again that certainly never happened, as it was decided then."""

    intent: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt:
    """Take another account's post as an edition: say so in a comment there, and keep it like an own one."""

    post: Post
    edition: Edition
    copy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Undo an adoption: change the comment that says so, 0 if there is none, and forget the post."""

    thread_post: ThreadPost
    comment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRepost:
    """Take a copy back: a comment in it says that its readers are to go on in the post that it replaced."""

    thread_post: ThreadPost
    current: ThreadPost
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Pin an own post."""

    thread_post: ThreadPost
    kind: Feature


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpin:
    """Unpin an older own post for the sake of the standing one."""

    thread_post: ThreadPost
    kind: Feature
    current: ThreadPost


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOldThread:
    """Comment in the post before, so that its readers find the new one; or make its announcement say so."""

    thread_post: ThreadPost
    text: str
    current: ThreadPost
    comment_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Comment in the standing post that the next edition comes soon."""

    thread_post: ThreadPost
    edition: Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstComment:
    """Comment in the standing post itself, as its front matter asks."""

    thread_post: ThreadPost
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinguish:
    """Mark a comment of the bot's as a moderator's: the announcement, or the `first` comment."""

    thread_post: ThreadPost
    comment_id: int
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Lock the post before, or one whose time is over (`aged`)."""

    thread_post: ThreadPost
    current: ThreadPost
    aged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """Unlock the post that stands again: our own lock of it came with a copy that was taken back."""

    thread_post: ThreadPost
    copy: ThreadPost


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Make the standing post say what the source says now; its title only if that was ordered."""

    thread_post: ThreadPost
    text: Rendered
    record: PostRecord | None
    retitle: bool = False


Write = (
    Publish
    | RetryPublish
    | Adopt
    | Release
    | UndoRepost
    | Pin
    | Unpin
    | LinkOldThread
    | Announce
    | FirstComment
    | Distinguish
    | Lock
    | Unlock
    | Edit
)
Action = Write | Blocked | MissingInput
