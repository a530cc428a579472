"""What waits for people on the server in memory as 1.0 has it: notifications, one more for each edit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from megabot.core.commands import Origin
from megabot.core.notices import Notice
from megabot.core.posts import Person
from tests.simulation.mail import Letter, Mail, Said, of_comment, of_letter

NOBODY = Person(id=0, name="", actor="")


@dataclass(slots=True)
class Notification:
    """One of them; `content_id` is the comment's, the message's, or its own for a moderator's deed."""

    id: int
    to: int
    origin: Origin
    content_id: int
    at: datetime
    read: bool = False


@dataclass
class Notifications(Mail):
    """All comments and messages, and whom they wait for. All kinds are numbered together."""

    notified: list[Notification] = field(default_factory=list)

    @classmethod
    def upgraded(cls, mail: Mail) -> "Notifications":
        """Take over what 0.19 had."""
        made = cls(said=mail.said, letters=mail.letters)
        for told in (*mail.mentions, *mail.replies):
            if told.comment_id in mail.said:
                made.notify(told.to, made.origin(told.comment_id), told.comment_id, told.at, read=told.read)
        for letter in mail.letters:
            made.notify(letter.to, Origin.MESSAGE, letter.id, letter.at, read=letter.read)
        return made

    def origin(self, comment_id: int) -> Origin:
        """Tell a comment at the top level from an answer."""
        return Origin.REPLY if self.said[comment_id].parent_id else Origin.COMMENT

    def notify(self, to: int, origin: Origin, content_id: int, at: datetime, *, read: bool = False) -> None:
        """Tell somebody of something."""
        number = len(self.notified) + 1
        self.notified.append(Notification(number, to, origin, content_id or number, at, read))

    def tell(self, said: Said, *, named: Iterable[Person], answered: Person, at: datetime) -> None:
        """Keep a comment as it is now; tell whom it answers, then whom it names, whoever was told before."""
        self.said[said.comment.id] = said
        for person_id in {answered.id, *(one.id for one in named)} - {said.by.id}:
            answers = person_id == answered.id
            origin = self.origin(said.comment.id) if answers else Origin.COMMENT
            self.notify(person_id, origin, said.comment.id, at)

    def send(self, by: Person, to: int, text: str, at: datetime) -> int:
        """Send a message."""
        number = super().send(by, to, text, at)
        self.notify(to, Origin.MESSAGE, number, at)
        return number

    def lists(self, person_id: int) -> dict[str, tuple[Notice, ...]]:
        """Give everything that somebody was told, newest first: a content as often as it was told of."""
        told = [
            replace(self._notice(one), id=one.id, unread=not one.read) for one in self._told_to(person_id)
        ]
        return {"notification": tuple(reversed(told))}

    def mark_all(self, person_id: int) -> None:
        """Mark as read whatever somebody was told."""
        for one in self.notified:
            one.read = one.read or one.to == person_id

    def mark_answered(self, person_id: int, comment_id: int) -> None:
        """Mark as read whatever told somebody of a comment."""
        for one in self.notified:
            of_comment = one.origin in (Origin.COMMENT, Origin.REPLY) and one.content_id == comment_id
            one.read = one.read or (of_comment and one.to == person_id)

    def _told_to(self, person_id: int) -> Iterator[Notification]:
        for one in self.notified:
            known = one.origin in (Origin.MESSAGE, Origin.SERVER) or one.content_id in self.said
            if one.to == person_id and known:
                yield one

    def _notice(self, one: Notification) -> Notice:
        if one.origin is Origin.SERVER:
            return Notice(
                id=0, origin=one.origin, content_id=one.id, author=NOBODY, text="", published=one.at
            )
        if one.origin is Origin.MESSAGE:
            return of_letter(self._letter(one.content_id))
        return of_comment(self.said[one.content_id], one.origin, one.at)

    def _letter(self, number: int) -> Letter:
        return self.letters[number - 1]
