"""What waits for people on the server in memory: mentions, replies and messages, as 0.19 has them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from megabot.forum.models import Comment, Person, Unread
from megabot.forum.notices import Notice, Origin

_MENTION = re.compile(r"@([\w.]+)@([a-zA-Z0-9._:-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment, who wrote it and where; `parent_id` is 0 at the top level."""

    by: Person
    comment: Comment
    community_id: int
    parent_id: int = 0

    @property
    def gone(self) -> bool:
        """Whether it was removed or deleted."""
        return self.comment.removed or self.comment.deleted


@dataclass(slots=True)
class Told:
    """One comment brought to one person's attention, as a mention or as a reply."""

    id: int
    to: int
    comment_id: int
    at: datetime
    read: bool = False


@dataclass(slots=True)
class Letter:
    """A private message."""

    id: int
    by: Person
    to: int
    text: str
    at: datetime
    read: bool = False


@dataclass
class Mail:
    """All comments and messages, and whom they wait for. Each kind of notice is numbered apart."""

    said: dict[int, Said] = field(default_factory=dict)
    mentions: list[Told] = field(default_factory=list)
    replies: list[Told] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def tell(self, message: Said, *, named: Iterable[Person], answered: Person, at: datetime) -> None:
        """Keep a comment as it is now; tell those whom it names, then whom it answers if not named."""
        self.said[message.comment.id] = message
        told = [one.id for one in named if one.id != message.by.id]
        for person_id in told:
            _add(self.mentions, person_id, message.comment.id, at)
        if answered.id not in {message.by.id, *told}:
            _add(self.replies, answered.id, message.comment.id, at)

    def send(self, by: Person, to: int, text: str, at: datetime) -> int:
        """Send a message."""
        self.letters.append(Letter(len(self.letters) + 1, by, to, text, at))
        return len(self.letters)

    def count(self, person_id: int) -> Unread:
        """Count what somebody has not read: comments that are gone are listed, but not counted."""
        return Unread(
            replies=sum(_waits(told, message) for told, message in self._told(self.replies, person_id)),
            mentions=sum(_waits(told, message) for told, message in self._told(self.mentions, person_id)),
            messages=sum(not letter.read for letter in self._letters(person_id)),
        )

    def lists(self, person_id: int) -> dict[str, tuple[Notice, ...]]:
        """Give everything that somebody was told, newest first, by the list that it stands in."""
        mentions = [
            replace(of_comment(message, Origin.COMMENT, told.at), id=told.id, unread=not told.read)
            for told, message in self._told(self.mentions, person_id)
        ]
        replies = [
            replace(of_comment(message, _answered(message), told.at), id=told.id, unread=not told.read)
            for told, message in self._told(self.replies, person_id)
        ]
        letters = [of_letter(letter) for letter in self._letters(person_id)]
        lists = {"mention": mentions, "reply": replies, "message": letters}
        return {name: tuple(reversed(listed)) for name, listed in lists.items()}

    def mark_all(self, person_id: int) -> None:
        """Mark as read whatever somebody was told."""
        every: list[Told | Letter] = [*self.mentions, *self.replies, *self.letters]
        for one in every:
            one.read = one.read or one.to == person_id

    def mark_answered(self, person_id: int, comment_id: int) -> None:
        """Mark as read whatever told somebody of a comment."""
        for told in (*self.mentions, *self.replies):
            told.read = told.read or (told.to, told.comment_id) == (person_id, comment_id)

    def wipe(self, post_id: int) -> None:
        """Lose a post's comments; what told of them leads nowhere then."""
        self.said = {number: one for number, one in self.said.items() if one.comment.post_id != post_id}

    def _told(self, alerts: Iterable[Told], person_id: int) -> Iterator[tuple[Told, Said]]:
        for told in alerts:
            if told.to == person_id and told.comment_id in self.said:
                yield told, self.said[told.comment_id]

    def _letters(self, person_id: int) -> Iterator[Letter]:
        return (letter for letter in self.letters if letter.to == person_id)


def _waits(told: Told, message: Said) -> bool:
    return not (told.read or message.gone)


def _answered(message: Said) -> Origin:
    return Origin.REPLY if message.parent_id else Origin.COMMENT


def mentioned(text: str, host: str) -> set[str]:
    """Name whom a text mentions on a server: in code too, not with a dot behind the host (lemmy-api 2.10)."""
    return {name.lower() for name, named_host in _MENTION.findall(text) if named_host == host}


def _add(alerts: list[Told], person_id: int, comment_id: int, at: datetime) -> None:
    """Keep one for a comment and a person, as the table's unique key does: an edit tells nobody twice."""
    if not any((one.to, one.comment_id) == (person_id, comment_id) for one in alerts):
        alerts.append(Told(len(alerts) + 1, person_id, comment_id, at))


def of_comment(message: Said, origin: Origin, told_at: datetime) -> Notice:
    """Give a comment as what waits, of which somebody was told at a moment."""
    return Notice(
        id=0,
        origin=origin,
        content_id=message.comment.id,
        author=message.by,
        text=message.comment.content,
        published=told_at,
        post_id=message.comment.post_id,
        community_id=message.community_id,
        gone=message.gone,
    )


def of_letter(letter: Letter) -> Notice:
    """Give a message as what waits."""
    return Notice(
        id=letter.id,
        origin=Origin.MESSAGE,
        content_id=letter.id,
        author=letter.by,
        text=letter.text,
        published=letter.at,
        unread=not letter.read,
    )
