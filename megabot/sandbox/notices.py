"""Whom 0.19 tells of a comment, as a mention or as a reply: one row a comment and person."""

from megabot.sandbox.notifications import answered_author
from megabot.sandbox.records import Comment, Notice, Person
from megabot.sandbox.world import World


def of_comment(world: World, comment: Comment, actor: Person, names: list[str]) -> list[int]:
    """Tell the mentioned, then the author of what is answered: who is both gets the mention only."""
    told: list[int] = []
    for name in names:
        person = world.person_named(name)
        if person and name != actor.name:
            told.append(person.account_id)
            _add(world, world.mentions, "mention", comment, person)
    answered = world.people[answered_author(world, comment)]
    if answered.id != actor.id and actor.id not in answered.blocked and answered.account_id not in told:
        told.append(answered.account_id)
        _add(world, world.replies, "reply", comment, answered)
    return told


def mark_answered(world: World, person: Person, comment: Comment) -> None:
    """Mark what told a person of a comment, which is read once it is answered."""
    for notice in (*world.mentions.values(), *world.replies.values()):
        if (notice.comment_id, notice.recipient_id) == (comment.id, person.id):
            notice.read = True


def _add(world: World, notices: dict[int, Notice], kind: str, comment: Comment, person: Person) -> None:
    """Keep one row for a comment and a person, as the table's unique key does."""
    if any((one.comment_id, one.recipient_id) == (comment.id, person.id) for one in notices.values()):
        return
    number = world.new_id(kind)
    notices[number] = Notice(id=number, recipient_id=person.id, comment_id=comment.id, published=world.now())
