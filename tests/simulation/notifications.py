"""What waits for people on the server in memory as 1.0 has it: notifications, one more for each edit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from megabot.forum.models import Person
from megabot.forum.notices import Notice, Origin
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
        notifications = cls(said=mail.said, letters=mail.letters)
        for told in (*mail.mentions, *mail.replies):
            if told.comment_id in mail.said:
                notifications.notify(
                    told.to, notifications.origin(told.comment_id), told.comment_id, told.at, read=told.read
                )
        for letter in mail.letters:
            notifications.notify(letter.to, Origin.MESSAGE, letter.id, letter.at, read=letter.read)
        return notifications

    def origin(self, comment_id: int) -> Origin:
        """Tell a comment at the top level from an answer."""
        return Origin.REPLY if self.said[comment_id].parent_id else Origin.COMMENT

    def notify(self, to: int, origin: Origin, content_id: int, at: datetime, *, read: bool = False) -> None:
        """Tell somebody of something."""
        number = len(self.notified) + 1
        self.notified.append(Notification(number, to, origin, content_id or number, at, read))

    def tell(self, message: Said, *, named: Iterable[Person], answered: Person, at: datetime) -> None:
        """Keep a comment as it is now; tell whom it answers, then whom it names, whoever was told before."""
        self.said[message.comment.id] = message
        for person_id in {answered.id, *(one.id for one in named)} - {message.by.id}:
            answers = person_id == answered.id
            origin = self.origin(message.comment.id) if answers else Origin.COMMENT
            self.notify(person_id, origin, message.comment.id, at)

    def send(self, by: Person, to: int, text: str, at: datetime) -> int:
        """Send a message."""
        number = super().send(by, to, text, at)
        self.notify(to, Origin.MESSAGE, number, at)
        return number

    def lists(self, person_id: int) -> dict[str, tuple[Notice, ...]]:
        """Give everything that somebody was told, newest first: a content as often as it was told of."""
        told = [
            replace(self._notice(notification), id=notification.id, unread=not notification.read)
            for notification in self._told_to(person_id)
        ]
        return {"notification": tuple(reversed(told))}

    def mark_all(self, person_id: int) -> None:
        """Mark as read whatever somebody was told."""
        for notification in self.notified:
            notification.read = notification.read or notification.to == person_id

    def mark_answered(self, person_id: int, comment_id: int) -> None:
        """Mark as read whatever told somebody of a comment."""
        for notification in self.notified:
            of_comment = (
                notification.origin in (Origin.COMMENT, Origin.REPLY)
                and notification.content_id == comment_id
            )
            notification.read = notification.read or (of_comment and notification.to == person_id)

    def _told_to(self, person_id: int) -> Iterator[Notification]:
        for notification in self.notified:
            known = (
                notification.origin in (Origin.MESSAGE, Origin.SERVER) or notification.content_id in self.said
            )
            if notification.to == person_id and known:
                yield notification

    def _notice(self, notification: Notification) -> Notice:
        if notification.origin is Origin.SERVER:
            return Notice(
                id=0,
                origin=notification.origin,
                content_id=notification.id,
                author=NOBODY,
                text="",
                published=notification.at,
            )
        if notification.origin is Origin.MESSAGE:
            return of_letter(self._letter(notification.content_id))
        return of_comment(self.said[notification.content_id], notification.origin, notification.at)

    def _letter(self, number: int) -> Letter:
        return self.letters[number - 1]
