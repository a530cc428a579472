"""What people and moderators do to comments, and whom a comment notifies."""

from dataclasses import dataclass

from megabot.sandbox.posts import check_language, chosen_language, opened
from megabot.sandbox.records import Comment, Community, ModKind, Notice, Person
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.rights import check_higher_mod, check_mod_action, check_user_action, is_mod_or_admin
from megabot.sandbox.site_texts import kept_text
from megabot.sandbox.wording import TEXT_LIMIT, check_body, mentioned_names
from megabot.sandbox.world import World

_DEEPEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentText:
    """What the author of a new comment sends."""

    content: str
    post_id: int
    parent_id: int | None = None
    language_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A comment that was written or changed, and the accounts that were told of it."""

    comment: Comment
    told: list[int]


def named(world: World, comment_id: int) -> Comment:
    """Give the comment with this id, in whatever state it is."""
    comment = world.comments.get(comment_id)
    if comment is None:
        raise Refusal("couldnt_find_comment")
    return comment


def create(world: World, author: Person, text: CommentText) -> Written:
    """Write a comment; one whose parent does not exist stands at the top level without a word."""
    content = _stored(world, text.content)
    post = opened(world, author, text.post_id)
    community = check_user_action(world, author, post.community_id)
    if post.is_gone:
        raise Refusal("deleted")
    if post.locked and not is_mod_or_admin(author, community):
        raise Refusal("locked")
    parent = world.comments.get(text.parent_id or 0)
    _check_parent(parent, post.id)
    check_language(community, text.language_id)
    number = world.new_id("comment")
    comment = Comment(
        id=number,
        creator_id=author.id,
        post_id=post.id,
        content=content,
        path=(*(parent.path if parent else ()), number),
        published=world.now(),
        language_id=chosen_language(author, community, text.language_id),
        votes={author.id: 1},
    )
    seen = sum(1 for _ in world.visible_comments(post)) + 1
    world.comments[number] = comment
    world.comments_of[post.id].append(comment)
    told = _notify(world, comment, author, mentioned_names(content, world.hostname))
    post.comments_read[author.id] = seen
    _mark_answered(world, author, parent)
    return Written(comment, told)


def edit(
    world: World, author: Person, comment_id: int, content: str | None, language_id: int | None
) -> Written:
    """Change a comment of one's own; a mention added by it notifies, one already read stays read."""
    comment = named(world, comment_id)
    community = check_user_action(world, author, world.posts[comment.post_id].community_id)
    if comment.creator_id != author.id:
        raise Refusal("no_comment_edit_allowed")
    check_language(community, language_id)
    if content is not None:
        comment.content = _stored(world, content)
    comment.language_id = comment.language_id if language_id is None else language_id
    comment.updated = world.now()
    names = mentioned_names(comment.content, world.hostname)
    return Written(comment, _notify(world, comment, author, names))


def distinguish(world: World, moderator: Person, comment_id: int, *, distinguished: bool) -> Comment:
    """Mark a comment of one's own as a moderator's word."""
    comment = named(world, comment_id)
    community = _community_of(world, comment)
    check_user_action(world, moderator, community.id)
    if comment.creator_id != moderator.id:
        raise Refusal("no_comment_edit_allowed")
    check_mod_action(moderator, community)
    comment.distinguished = distinguished
    return comment


def remove(world: World, moderator: Person, comment_id: int, *, removed: bool, reason: str | None) -> Written:
    """Take a comment down or put it back."""
    comment = named(world, comment_id)
    community = _community_of(world, comment)
    check_mod_action(moderator, community)
    check_higher_mod(world, moderator, comment.creator_id, community)
    if comment.deleted:
        raise Refusal("couldnt_update_comment")
    comment.removed = removed
    facts = {"comment_id": comment.id, "post_id": comment.post_id, "community_id": community.id}
    world.log(ModKind.REMOVE_COMMENT, moderator, turned_on=removed, reason=reason, **facts)
    return Written(comment, _notify(world, comment, moderator, []))


def delete(world: World, author: Person, comment_id: int, *, deleted: bool) -> Written:
    """Delete a comment of one's own, or restore it."""
    comment = named(world, comment_id)
    if comment.deleted == deleted:
        raise Refusal("couldnt_update_comment")
    check_user_action(world, author, _community_of(world, comment).id)
    if comment.creator_id != author.id:
        raise Refusal("no_comment_edit_allowed")
    comment.deleted = deleted
    return Written(comment, _notify(world, comment, author, []))


def vote(world: World, voter: Person, comment_id: int, score: int) -> Comment:
    """Vote, or take a vote back with 0; bots may not."""
    if voter.bot_account:
        raise Refusal("invalid_bot_action")
    comment = named(world, comment_id)
    check_user_action(world, voter, _community_of(world, comment).id)
    comment.votes.pop(voter.id, None)
    if score in {1, -1}:
        comment.votes[voter.id] = score
    return comment


def _community_of(world: World, comment: Comment) -> Community:
    return world.community_of(world.posts[comment.post_id])


def _stored(world: World, content: str) -> str:
    text = kept_text(world, content)
    check_body(text, TEXT_LIMIT)
    return text


def _check_parent(parent: Comment | None, post_id: int) -> None:
    if parent is None:
        return
    if parent.post_id != post_id:
        raise Refusal("couldnt_create_comment")
    if len(parent.path) >= _DEEPEST:
        raise Refusal("max_comment_depth_reached")


def _notify(world: World, comment: Comment, actor: Person, names: list[str]) -> list[int]:
    """Tell the mentioned, then the author of what is answered: who is both gets the mention only."""
    told: list[int] = []
    for name in names:
        person = world.person_named(name)
        if person and name != actor.name:
            told.append(person.account_id)
            _notice(world, world.mentions, "mention", comment, person)
    answered = world.people[_answered_author(world, comment)]
    if answered.id != actor.id and actor.id not in answered.blocked and answered.account_id not in told:
        told.append(answered.account_id)
        _notice(world, world.replies, "reply", comment, answered)
    return told


def _answered_author(world: World, comment: Comment) -> int:
    if comment.parent_id is not None:
        return world.comments[comment.parent_id].creator_id
    return world.posts[comment.post_id].creator_id


def _notice(world: World, notices: dict[int, Notice], kind: str, comment: Comment, person: Person) -> None:
    """Keep one row for a comment and a person, as the table's unique key does."""
    if any((one.comment_id, one.recipient_id) == (comment.id, person.id) for one in notices.values()):
        return
    number = world.new_id(kind)
    notices[number] = Notice(id=number, recipient_id=person.id, comment_id=comment.id, published=world.now())


def _mark_answered(world: World, author: Person, parent: Comment | None) -> None:
    if parent is None:
        return
    for notice in (*world.mentions.values(), *world.replies.values()):
        if (notice.comment_id, notice.recipient_id) == (parent.id, author.id):
            notice.read = True
