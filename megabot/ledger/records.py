"""What the ledger stores, as plain values: intents, own posts, texts, commands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from megabot.forum.models import PostDraft


class IntentKind(StrEnum):
    """The kinds of writes that are recorded before they are sent."""

    PUBLISH = "publish"
    PIN = "pin"
    UNPIN = "unpin"
    COMMENT = "comment"
    LOCK = "lock"
    UNLOCK = "unlock"
    EDIT = "edit"
    ADOPT = "adopt"
    WITHDRAW = "withdraw"
    ANNOUNCE = "announce"
    DISTINGUISH = "distinguish"
    FIRST_COMMENT = "first_comment"
    DISTINGUISH_FIRST = "distinguish_first"
    RELEASE = "release"


class IntentState(StrEnum):
    """The progress of a write.

    SENDING is recorded before the first byte is sent, so after a crash its outcome is unknown.
    """

    SENDING = "sending"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    ABSENT = "absent"
    DONE = "done"


OPEN_STATES = frozenset({IntentState.SENDING, IntentState.UNKNOWN})
"""The states of a write that may or may not have happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """A write that is about to be sent.

    `edition` is the key of its edition, `copy` counts from 1, `post_id` is the post to change (0 for a
    publish). `draft` is what a publish or an edit sends, `text` what a comment sends. `context` is the
    rendering context as JSON, for later refreshes. `order` identifies the command that asked for it: one
    order never makes two posts. `preamble` is the edition's own preamble, as it went into the draft.
    """

    kind: IntentKind
    thread: str
    edition: str
    at: datetime
    copy: int = 1
    post_id: int = 0
    draft: PostDraft | None = None
    text: str = ""
    context: str = ""
    order: str = ""
    preamble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A write as stored. `changed` is when its state last changed."""

    id: int
    new: NewIntent
    state: IntentState
    changed: datetime
    note: str = ""

    @property
    def open(self) -> bool:
        """Whether it may or may not have happened."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord:
    """The record of an own post.

    `sent` and `answered` are hashes of the text at our last write, as sent and as the server returned it
    (decision 13). `adopted` posts were written by another account. `context` is the rendering context as
    JSON. `withdrawn` copies were undone: the post that they replaced is the current one again.
    """

    post_id: int
    thread: str
    edition: str
    number: int
    slot: datetime
    community_id: int
    url: str
    title: str
    copy: int = 1
    commit: str = ""
    dirty: bool = False
    sent: str = ""
    answered: str = ""
    context: str = ""
    adopted: bool = False
    withdrawn: bool = False


def latest(records: Iterable[PostRecord]) -> dict[str, PostRecord]:
    """Return the current post of each edition, by key: its newest copy that was not undone.

    `records` are ordered as the ledger returns them, oldest first.
    """
    by_edition: dict[str, PostRecord] = {}
    for record in records:
        earlier = by_edition.get(record.edition)
        # A later copy replaces an earlier one unless it was undone.
        if earlier is None or earlier.withdrawn or not record.withdrawn:
            by_edition[record.edition] = record
    return by_edition


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """The text of a thread's post, stored whole so that it outlives its server.

    `body` is the text as sent, without its marker; for an adopted post, as the server shows it. `preamble` is
    the edition's own preamble in Markdown, "" if unknown. `changed` is when body or preamble last changed.
    `open` and `comments` are as of the last check: whether readers could open the post, and its number of
    comments.
    """

    post_id: int
    body: str
    published: datetime
    changed: datetime
    preamble: str = ""
    open: bool = True
    comments: int = 0


class CommandState(StrEnum):
    """The progress of a command, stored before acting and before replying, so it survives a crash there."""

    IGNORED = "ignored"  # not meant for the bot, from someone who may not command it, or too old
    ACTING = "acting"
    ANSWER_DUE = "answer due"
    CODE_DUE = "code due"  # the reply asks for confirmation; the code is generated when it is sent
    ANSWERING = "answering"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRecord:
    """A comment or message as stored, by its notice's key; commands from the shell are stored too.

    `at` is when it was written, by the server's clock. `said` is the text of a command still to be carried
    out, `answer` the reply to send. `by` is the author's name for people, `actor` the unique one. `threads`
    are the ones that the author could command at the time; once carried out, the ones that it was about.
    `person_id`, `post_id` and `comment_id` are where the reply goes; the last two are 0 for a message, all
    three are 0 at the shell and on the page for moderators. `expects` is the digest of the preamble that the
    author of an order on that page saw, "" if any may be in effect.
    """

    key: str
    at: datetime
    state: CommandState
    by: str
    actor: str = ""
    verb: str = ""
    threads: tuple[str, ...] = ()
    said: str = ""
    answer: str = ""
    person_id: int = 0
    post_id: int = 0
    comment_id: int = 0
    expects: str = ""
