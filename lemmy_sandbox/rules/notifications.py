"""1.0's notifications: every event adds a row, and so does every edit. 0.19's lists are in `inbox`."""

from collections.abc import Iterable
from dataclasses import dataclass

from lemmy_sandbox.records import (
    Comment,
    ModAction,
    Notice,
    Notification,
    NotificationKind,
    Person,
    Post,
    PrivateMessage,
)
from lemmy_sandbox.rules.modlog import target_of
from lemmy_sandbox.rules.text_rules import find_mentions
from lemmy_sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationQuery:
    """The filters of a list of notifications."""

    unread_only: bool = False
    kind: NotificationKind | None = None
    creator_id: int | None = None


def notify_of_comment(world: World, comment: Comment) -> None:
    """Notify the author replied to and the mentioned people; someone who is both gets a reply only."""
    post, answered = world.posts[comment.post_id], answered_author(world, comment)
    kinds = {answered: NotificationKind.REPLY}
    for person in _mentioned(world, comment.content):
        kinds.setdefault(person.id, NotificationKind.MENTION)
    for recipient_id, kind in kinds.items():
        if recipient_id != comment.creator_id and _hears_of(world, recipient_id, post):
            _add(world, recipient_id, kind, comment_id=comment.id, post_id=post.id)


def notify_of_post(world: World, post: Post) -> None:
    """Notify the people whom a post's body mentions; titles mention nobody."""
    for person in _mentioned(world, post.body or ""):
        if person.id != post.creator_id and _hears_of(world, person.id, post):
            _add(world, person.id, NotificationKind.MENTION, post_id=post.id)


def notify_of_message(world: World, message: PrivateMessage) -> None:
    """Notify the recipient of a message."""
    # An edited message adds a second notification (lemmy-api 2.10).
    _add(world, message.recipient_id, NotificationKind.PRIVATE_MESSAGE, message_id=message.id)


def notify_of_action(world: World, action: ModAction) -> None:
    """Notify the person whom a moderator's action affects, even if they did it; a pin affects nobody."""
    recipient_id = target_of(world, action)
    if recipient_id is not None:
        about = {"post_id": action.post_id, "comment_id": action.comment_id, "action": action}
        _add(world, recipient_id, NotificationKind.MOD_ACTION, **about)


def convert_old_rows(world: World) -> None:
    """Convert 0.19's three tables: the replies' table becomes the common one, the others are added to it."""
    for number, reply in sorted(world.replies.items()):
        world.count_from("notification", number - 1)
        _convert_old_row(world, NotificationKind.REPLY, reply)
    world.count_from("notification", world.last_id("reply"))
    for _, mention in sorted(world.mentions.items()):
        _convert_old_row(world, NotificationKind.MENTION, mention)
    for _, message in sorted(world.messages.items()):
        _convert_old_row(world, NotificationKind.PRIVATE_MESSAGE, message)


def list_notifications(world: World, person: Person, query: NotificationQuery) -> list[Notification]:
    """Return a user's notifications, newest first; a conversation includes the person's own messages."""
    rows = [
        row
        for row in world.notifications.values()
        if _is_asked_for(world, person, query, row) and _is_shown(world, person, row)
    ]
    return sorted(rows, key=sort_key)


def sort_key(notification: Notification) -> tuple[float, int]:
    """Return the sort key of the list."""
    return (-notification.published.timestamp(), -notification.id)


def count_unread(world: World, person: Person) -> int:
    return len(list_notifications(world, person, NotificationQuery(unread_only=True)))


def mark(world: World, person: Person, number: int, *, read: bool) -> None:
    """Mark one of a user's own notifications; any other number does nothing and is no error."""
    notification = world.notifications.get(number)
    if notification is not None and notification.recipient_id == person.id:
        notification.read = read


def mark_all(world: World, person: Person) -> None:
    """Mark all of a user's notifications as read."""
    for notification in world.notifications.values():
        if notification.recipient_id == person.id:
            notification.read = True


def mark_answered(world: World, person: Person, comment: Comment) -> None:
    """Mark a user's notifications of a comment as read, as the server does when they reply to it."""
    for notification in world.notifications.values():
        if (notification.recipient_id, notification.comment_id) == (person.id, comment.id):
            notification.read = True


def author_of(world: World, notification: Notification) -> Person:
    """Return the person who caused a notification."""
    if notification.action is not None:
        return world.people[notification.action.mod_person_id]
    if notification.message_id is not None:
        return world.people[world.messages[notification.message_id].creator_id]
    if notification.comment_id is not None:
        return world.people[world.comments[notification.comment_id].creator_id]
    return world.people[world.posts[notification.post_id or 0].creator_id]


def answered_author(world: World, comment: Comment) -> int:
    """Return the author of the comment or post that a comment replies to."""
    if comment.parent_id is not None:
        return world.comments[comment.parent_id].creator_id
    return world.posts[comment.post_id].creator_id


def _mentioned(world: World, text: str) -> Iterable[Person]:
    people = (world.person_named(name) for name in find_mentions(text, world.hostname))
    return (person for person in people if person is not None)


def _hears_of(world: World, recipient_id: int, post: Post) -> bool:
    """Return whether the recipient has not blocked the post's author, whoever comments (notify.rs)."""
    return post.creator_id not in world.people[recipient_id].blocked


def _convert_old_row(world: World, kind: NotificationKind, old: Notice | PrivateMessage) -> None:
    about: dict[str, object] = {"message_id": old.id}
    if isinstance(old, Notice):
        about = {"comment_id": old.comment_id, "post_id": world.comments[old.comment_id].post_id}
    _add(world, old.recipient_id, kind, published=old.published, read=old.read, **about)


def _add(world: World, recipient_id: int, kind: NotificationKind, **facts: object) -> None:
    if not world.is_lemmy_1:
        return
    number = world.new_id("notification")
    row = {"id": number, "recipient_id": recipient_id, "kind": kind, "published": world.now()} | facts
    world.notifications[number] = Notification(**row)  # type: ignore[arg-type]


def _is_asked_for(world: World, person: Person, query: NotificationQuery, notification: Notification) -> bool:
    is_own = notification.recipient_id == person.id
    writer = author_of(world, notification).id
    if query.kind is not None and notification.kind is not query.kind:
        return False
    if query.unread_only:
        return is_own and not notification.read and query.creator_id in {None, writer}
    if query.kind is NotificationKind.PRIVATE_MESSAGE:
        pair = sorted((notification.recipient_id, writer))
        if query.creator_id is None:
            return person.id in pair
        return pair == sorted((person.id, query.creator_id))
    return is_own and query.creator_id in {None, writer}


def _is_shown(world: World, person: Person, notification: Notification) -> bool:
    """Hide notifications from blocked people or about gone content; a moderator's removal is still shown."""
    writer = author_of(world, notification)
    if writer.id in person.blocked or (writer.bot_account and not person.settings.show_bot_accounts):
        return False
    comment = world.comments.get(notification.comment_id or 0)
    post = world.posts.get(notification.post_id or 0)
    concerned = [thing for thing in (comment, post) if thing is not None]
    if any(thing.deleted for thing in concerned):
        return False
    return notification.action is not None or not any(thing.removed for thing in concerned)
