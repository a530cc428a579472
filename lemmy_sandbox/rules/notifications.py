"""What a 1.0 tells people of: a row for every time, an edit being a new one; 0.19's lists are in `inbox`."""

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
    """What notifications are asked for."""

    unread_only: bool = False
    kind: NotificationKind | None = None
    creator_id: int | None = None


def notify_of_comment(world: World, comment: Comment) -> None:
    """Tell the author of what is answered, then the mentioned: who is both gets a reply and no mention."""
    post, answered = world.posts[comment.post_id], answered_author(world, comment)
    kinds = {answered: NotificationKind.REPLY}
    for person in _mentioned(world, comment.content):
        kinds.setdefault(person.id, NotificationKind.MENTION)
    for recipient_id, kind in kinds.items():
        if recipient_id != comment.creator_id and _hears_of(world, recipient_id, post):
            _add(world, recipient_id, kind, comment_id=comment.id, post_id=post.id)


def notify_of_post(world: World, post: Post) -> None:
    """Tell those whom the body of a post mentions; its title mentions nobody."""
    for person in _mentioned(world, post.body or ""):
        if person.id != post.creator_id and _hears_of(world, person.id, post):
            _add(world, person.id, NotificationKind.MENTION, post_id=post.id)


def notify_of_message(world: World, message: PrivateMessage) -> None:
    """Tell the one to whom a message goes."""
    _add(world, message.recipient_id, NotificationKind.PRIVATE_MESSAGE, message_id=message.id)


def notify_of_action(world: World, action: ModAction) -> None:
    """Tell whom a moderator's act is aimed at, also if that is the moderator; a pin is aimed at nobody."""
    recipient_id = target_of(world, action)
    if recipient_id is not None:
        about = {"post_id": action.post_id, "comment_id": action.comment_id, "action": action}
        _add(world, recipient_id, NotificationKind.MOD_ACTION, **about)


def convert_old_rows(world: World) -> None:
    """Make rows of what 0.19 kept in three tables: the replies' becomes the one table, the others follow."""
    for number, reply in sorted(world.replies.items()):
        world.count_from("notification", number - 1)
        _convert_old_row(world, NotificationKind.REPLY, reply)
    world.count_from("notification", world.last_id("reply"))
    for _, mention in sorted(world.mentions.items()):
        _convert_old_row(world, NotificationKind.MENTION, mention)
    for _, message in sorted(world.messages.items()):
        _convert_old_row(world, NotificationKind.PRIVATE_MESSAGE, message)


def list_notifications(world: World, person: Person, query: NotificationQuery) -> list[Notification]:
    """List what waits for a person, newest first; a conversation shows the own side of it, too."""
    found = [
        row
        for row in world.notifications.values()
        if _is_asked_for(world, person, query, row) and _is_shown(world, person, row)
    ]
    return sorted(found, key=sort_key)


def sort_key(notification: Notification) -> tuple[float, int]:
    """Return the key of the list's order."""
    return (-notification.published.timestamp(), -notification.id)


def count_unread(world: World, person: Person) -> int:
    return len(list_notifications(world, person, NotificationQuery(unread_only=True)))


def mark(world: World, person: Person, number: int, *, read: bool) -> None:
    """Mark one of a person's own; for any other number nothing happens, and nothing is said of it."""
    found = world.notifications.get(number)
    if found is not None and found.recipient_id == person.id:
        found.read = read


def mark_all(world: World, person: Person) -> None:
    """Mark everything that waits for a person as read."""
    for notification in world.notifications.values():
        if notification.recipient_id == person.id:
            notification.read = True


def mark_answered(world: World, person: Person, comment: Comment) -> None:
    """Mark what told a person of a comment, which is read once it is answered."""
    for notification in world.notifications.values():
        if (notification.recipient_id, notification.comment_id) == (person.id, comment.id):
            notification.read = True


def author_of(world: World, notification: Notification) -> Person:
    """Return who caused it."""
    if notification.action is not None:
        return world.people[notification.action.mod_person_id]
    if notification.message_id is not None:
        return world.people[world.messages[notification.message_id].creator_id]
    if notification.comment_id is not None:
        return world.people[world.comments[notification.comment_id].creator_id]
    return world.people[world.posts[notification.post_id or 0].creator_id]


def answered_author(world: World, comment: Comment) -> int:
    """Return the author of what a comment answers: a comment or the post."""
    if comment.parent_id is not None:
        return world.comments[comment.parent_id].creator_id
    return world.posts[comment.post_id].creator_id


def _mentioned(world: World, text: str) -> Iterable[Person]:
    found = (world.person_named(name) for name in find_mentions(text, world.hostname))
    return (person for person in found if person is not None)


def _hears_of(world: World, recipient_id: int, post: Post) -> bool:
    """Ask whether the author of the post is blocked: of the post, whoever writes (1.0, notify.rs)."""
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
    """Drop what comes from somebody unheard, and what is gone; of an act upon it one is told all the same."""
    writer = author_of(world, notification)
    if writer.id in person.blocked or (writer.bot_account and not person.settings.show_bot_accounts):
        return False
    comment = world.comments.get(notification.comment_id or 0)
    post = world.posts.get(notification.post_id or 0)
    concerned = [thing for thing in (comment, post) if thing is not None]
    if any(thing.deleted for thing in concerned):
        return False
    return notification.action is not None or not any(thing.removed for thing in concerned)
