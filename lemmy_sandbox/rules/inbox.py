"""0.19's inbox: mentions, replies and private messages."""

from dataclasses import dataclass

from lemmy_sandbox.records import Comment, Notice, Person, PrivateMessage
from lemmy_sandbox.rules import notifications
from lemmy_sandbox.rules.notifications import answered_author
from lemmy_sandbox.rules.post_list import Page
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import check_account
from lemmy_sandbox.rules.sort_orders import comment_sort_key
from lemmy_sandbox.rules.text_rules import clean_short_text
from lemmy_sandbox.world import World

_NOBODY = 'insert or update on table "private_message" violates foreign key constraint'


@dataclass(frozen=True, slots=True)
class Unread:
    """The number of unread items of each kind."""

    replies: int
    mentions: int
    private_messages: int


def notify_of_comment(world: World, comment: Comment, actor: Person, names: list[str]) -> list[int]:
    """Notify the mentioned people and the author replied to (0.19); someone who is both gets a mention."""
    told: list[int] = []
    for name in names:
        person = world.person_named(name)
        if person and name != actor.name:
            told.append(person.account_id)
            _keep(world, world.mentions, "mention", comment, person)
    answered = world.people[answered_author(world, comment)]
    # Own comments notify nobody, and someone mentioned gets no reply as well (lemmy-api 2.10).
    if answered.id != actor.id and actor.id not in answered.blocked and answered.account_id not in told:
        told.append(answered.account_id)
        _keep(world, world.replies, "reply", comment, answered)
    return told


def mark_answered(world: World, person: Person, comment: Comment) -> None:
    """Mark a user's notices of a comment as read, as the server does when they reply to it."""
    for notice in (*world.mentions.values(), *world.replies.values()):
        if (notice.comment_id, notice.recipient_id) == (comment.id, person.id):
            notice.read = True


def list_notices(
    world: World, person: Person, notices: dict[int, Notice], *, unread_only: bool, sort: str, page: Page
) -> list[Notice]:
    """Return a user's mentions or replies; those of removed or deleted comments are listed, not counted."""
    shown = [notice for notice in _shown(world, person, notices) if not (unread_only and notice.read)]
    key = comment_sort_key(sort, world.now())
    return page.of(sorted(shown, key=lambda notice: key(world.comments[notice.comment_id])))


def count_unread(world: World, person: Person) -> Unread:
    return Unread(
        replies=_count(world, person, world.replies),
        mentions=_count(world, person, world.mentions),
        private_messages=len(list_messages(world, person, unread_only=True, creator_id=None)),
    )


def mark_notice(
    person: Person, notices: dict[int, Notice], number: int, missing: str, *, read: bool
) -> Notice:
    """Mark one of a user's own mentions or replies."""
    notice = notices.get(number)
    if notice is None:
        raise Refusal(missing)
    if notice.recipient_id != person.id:
        raise Refusal("couldnt_update_comment")
    notice.read = read
    return notice


def mark_all(world: World, person: Person) -> None:
    """Mark all of a user's mentions, replies and messages as read."""
    comments = (*world.mentions.values(), *world.replies.values())
    waiting: list[Notice | PrivateMessage] = [*comments, *world.messages.values()]
    for item in waiting:
        if item.recipient_id == person.id:
            item.read = True


def send(world: World, sender: Person, recipient_id: int, content: str) -> PrivateMessage:
    """Send a message, unless the recipient has blocked the sender."""
    text = clean_short_text(world, content)
    check_account(sender)
    recipient, number = world.people.get(recipient_id), world.new_id("message")
    if recipient is None:
        raise Refusal("couldnt_create_private_message", cause=_NOBODY)
    _check_heard(sender, recipient)
    enabled = sender.settings.private_messages_enabled and recipient.settings.private_messages_enabled
    # 1.0 refuses if either side has private messages off (lemmy-api 1.15).
    if world.is_lemmy_1 and not enabled:
        raise Refusal("couldnt_create_private_message")
    message = PrivateMessage(
        id=number,
        creator_id=sender.id,
        recipient_id=recipient.id,
        content=text,
        published=world.now(),
    )
    world.messages[message.id] = message
    notifications.notify_of_message(world, message)
    return message


def edit(world: World, sender: Person, number: int, content: str) -> PrivateMessage:
    """Change one of the sender's own messages; on 1.0 the recipient is notified again."""
    check_account(sender)
    message = world.messages.get(number)
    if message is None:
        raise Refusal("couldnt_find_private_message")
    if message.creator_id != sender.id:
        raise Refusal("edit_private_message_not_allowed")
    text = clean_short_text(world, content)
    _check_heard(sender, world.people[message.recipient_id])
    message.content, message.updated = text, world.now()
    notifications.notify_of_message(world, message)
    return message


def list_messages(
    world: World, person: Person, *, unread_only: bool, creator_id: int | None
) -> list[PrivateMessage]:
    """Return messages, newest first: the unread ones to a user, or all to and from them."""
    return [
        message
        for message in sorted(world.messages.values(), key=lambda message: message.id, reverse=True)
        if message.creator_id not in person.blocked
        and (_is_unread(message, person) if unread_only else person.id in _pair(message))
        and (creator_id is None or creator_id in ({message.creator_id} if unread_only else _pair(message)))
    ]


def mark_message(world: World, person: Person, number: int, *, read: bool) -> PrivateMessage:
    message = world.messages.get(number)
    if message is None:
        raise Refusal("couldnt_find_private_message")
    if message.recipient_id != person.id:
        raise Refusal("couldnt_update_private_message")
    message.read = read
    return message


def block(world: World, person: Person, target_id: int, *, block: bool) -> Person:
    """Block or unblock someone."""
    target = world.people.get(target_id)
    if target is None:
        raise Refusal("already_exists" if world.is_lemmy_1 else "couldnt_find_person")
    if target.admin:
        raise Refusal("cant_block_admin")
    person.blocked.pop(target_id, None)
    if block:
        person.blocked[target_id] = world.now()
    return target


def _keep(world: World, notices: dict[int, Notice], kind: str, comment: Comment, person: Person) -> None:
    """Add one row per comment and person, because the table has a unique key."""
    if any(
        (notice.comment_id, notice.recipient_id) == (comment.id, person.id) for notice in notices.values()
    ):
        return
    number = world.new_id(kind)
    notices[number] = Notice(id=number, recipient_id=person.id, comment_id=comment.id, published=world.now())


def _check_heard(sender: Person, recipient: Person) -> None:
    if sender.id in recipient.blocked:
        raise Refusal("person_is_blocked")


def _shown(world: World, person: Person, notices: dict[int, Notice]) -> list[Notice]:
    return [
        notice
        for notice in notices.values()
        if notice.recipient_id == person.id and _hears(person, _author(world, notice))
    ]


def _count(world: World, person: Person, notices: dict[int, Notice]) -> int:
    unread = (notice for notice in _shown(world, person, notices) if not notice.read)
    return sum(not world.comments[notice.comment_id].is_gone for notice in unread)


def _hears(person: Person, author: Person) -> bool:
    if author.bot_account and not person.settings.show_bot_accounts:
        return False
    return author.id not in person.blocked


def _author(world: World, notice: Notice) -> Person:
    return world.people[world.comments[notice.comment_id].creator_id]


def _is_unread(message: PrivateMessage, person: Person) -> bool:
    return message.recipient_id == person.id and not message.read


def _pair(message: PrivateMessage) -> set[int]:
    return {message.creator_id, message.recipient_id}
