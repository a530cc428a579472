"""What the ledger keeps, as plain values: intents and own posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from megabot.forum.models import PostDraft


class IntentKind(StrEnum):
    """The writes that are written down before they are sent."""

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
    """How far a write has come.

    SENDING is written before the first byte leaves, so an intent found in it after a crash is unknown too.
    """

    SENDING = "sending"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    ABSENT = "absent"
    DONE = "done"


OPEN_STATES = frozenset({IntentState.SENDING, IntentState.UNKNOWN})
"""The states in which a write may have happened without our knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """A write about to be sent.

    `edition` is the key of the edition it serves, `copy` counts from 1, `post_id` the post it is done to
    (0 for a publish). `draft` is what is sent by a publish or edit; `text` a comment's. `context` is the
    rendering's context as JSON, for later refreshes. `order` names the command that asked for it: the same
    order never makes two. `preamble` is what a person wrote for this very edition, as it went into the draft.
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
    """A write as the ledger has it. `changed` is when its state was last written."""

    id: int
    new: NewIntent
    state: IntentState
    changed: datetime
    note: str = ""

    @property
    def open(self) -> bool:
        """Whether it may have happened without our knowing."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord:
    """What the ledger knows of an own post.

    `sent` and `answered` are hashes of the text as we sent it and as the server gave it back at our last
    write (decision 13). `adopted` posts are another account's. `context` is the JSON of the context it was
    rendered with. `withdrawn` copies were undone: the post that they replaced is the current one again.
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
        before = by_edition.get(record.edition)
        if before is None or before.withdrawn or not record.withdrawn:
            by_edition[record.edition] = record
    return by_edition


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """What a post of a thread says: kept whole, so that it outlives its server.

    `body` is the text as it was sent, without its marker; that of an adopted post as the server shows it.
    `preamble` is the part that a person wrote for this edition, Markdown, empty where that is not known.
    `changed` is when body or preamble last did. `open` says whether readers could open the post when it was
    last looked at, `comments` how many it had.
    """

    post_id: int
    body: str
    published: datetime
    changed: datetime
    preamble: str = ""
    open: bool = True
    comments: int = 0


class CommandState(StrEnum):
    """How far a command came. What is written before acting and before answering survives a crash there."""

    IGNORED = "ignored"  # not for the bot, from nobody who may command it, or too old
    ACTING = "acting"
    ANSWER_DUE = "answer due"
    CODE_DUE = "code due"  # its answer asks for a confirmation; the code is drawn when it is sent
    ANSWERING = "answering"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRecord:
    """A comment or message as the ledger has it, by its notice's key; orders at the shell are kept too.

    `at` is when it was said, by the server's clock. `said` is the text of a command that is to be carried
    out, `answer` what is to be answered. `by` is the author's name for people, `actor` the unique one.
    `threads` are those that the author could command there and then; once it was carried out, those that it
    was about. `person_id`, `post_id` and `comment_id` say where the answer goes; the last two are 0 for a
    message, all three at the shell.
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
