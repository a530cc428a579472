"""The actions of a pass, as values. A plan is a tuple of them: `megabot plan` prints it, `act` runs it."""

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
    """Why an action is not taken. The values are parts of alert keys, which ledgers and scripts know."""

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


# A moderator's own pin or unpin is not among them: it is respected, not reported (promise 4).
NEEDS_PERSON = frozenset(
    {
        BlockReason.PAST_GRACE,
        BlockReason.CLOCK,
        # OUTCOME_UNKNOWN becomes this after an hour; before that, checking again may settle it (N08).
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
        # PENDING becomes this after an hour (docs/explanation/lemmy-versions.md).
        BlockReason.PENDING_FOR_LONG,
        BlockReason.PIN_REFUSED,
        # PIN_TRAVELS becomes this after an hour (docs/explanation/lemmy-versions.md).
        BlockReason.PIN_NOT_SHOWN,
        BlockReason.POST_NOT_AT_HOME,
        BlockReason.HOME_UNREADABLE,
        BlockReason.EDITED_BY_HAND,
    }
)
"""Reasons that last until someone acts. They are raised as alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """An action that is not taken, and why. `until` is when to check again, if that time is known.

    The other fields fill in the sentence for the reason: `later` is the key of an edition after `edition`,
    `other_url` a second post beside `url`, `by` who did something and `since` when, `why` the explanation
    that the server gave, `account_settings` the settings that hide posts.
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
        """Whether this lasts until someone acts."""
        return self.reason in NEEDS_PERSON


class MissingInput(StrEnum):
    """Information that a decision needs and does not have yet."""

    REMOVALS_AND_PINS = "deep_look"
    PIN_LOG = "pin_log"
    TEXT = "text"
    CURRENT_TEXT = "current_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Create the post of an edition. `order` is the id of the command, if someone ordered it."""

    edition: Edition
    copy: int
    text: Rendered
    # The marker names it, so that an adopted post is found without the ledger (decision 11).
    after: ThreadPost | None
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPublish:
    """Retry a publish that certainly did not happen, with the text that was decided then."""

    intent: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt:
    """Adopt another account's post as an edition, with a comment in it; it is then kept up like our own."""

    post: Post
    edition: Edition
    copy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Undo an adoption: edit the comment that announced it (0 if there is none) and forget the post."""

    thread_post: ThreadPost
    comment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRepost:
    """Withdraw a repost: a comment in it sends its readers to the post that it had replaced."""

    thread_post: ThreadPost
    current: ThreadPost
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Pin one of our posts."""

    thread_post: ThreadPost
    kind: Feature


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpin:
    """Unpin one of our older posts because `current` has replaced it."""

    thread_post: ThreadPost
    # The kind of pin that the post has, not the one in the front matter (decision 21).
    kind: Feature
    current: ThreadPost


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOldThread:
    """Link the new post from the previous one: edit its announcement if there is one, else add a comment."""

    thread_post: ThreadPost
    text: str
    current: ThreadPost
    comment_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Announce the next edition in a comment on the current post."""

    thread_post: ThreadPost
    edition: Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstComment:
    """Add the first comment that the front matter asks for to the current post."""

    thread_post: ThreadPost
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinguish:
    """Mark one of the bot's comments as a moderator's: the announcement, or the `first` comment."""

    thread_post: ThreadPost
    comment_id: int
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Lock the previous post, or a post that has reached `lock_after` (`aged`)."""

    thread_post: ThreadPost
    current: ThreadPost
    aged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """Unlock the current post, which we locked for a repost that was withdrawn since."""

    thread_post: ThreadPost
    copy: ThreadPost


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Update the current post from the source; change its title only if that was ordered (`retitle`)."""

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
