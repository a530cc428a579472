"""What the ledger keeps of each comment or message to the bot, so that none is acted on twice."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
