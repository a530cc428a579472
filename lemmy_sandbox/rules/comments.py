"""Actions on comments by users and moderators, and the notices that comments cause."""

from dataclasses import dataclass, field

from lemmy_sandbox.records import Comment, Community, ModKind, Person
from lemmy_sandbox.rules import inbox, notifications
from lemmy_sandbox.rules.posts import (
    check_language,
    choose_language,
    count_seen,
    open_post,
    record_vote,
    waits_for_home,
)
from lemmy_sandbox.rules.posts import find_post as named_post
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import check_higher_mod, check_mod_action, check_user_action, is_mod_or_admin
from lemmy_sandbox.rules.text_rules import clean_short_text, find_mentions
from lemmy_sandbox.world import World

# Deeper replies are refused (lemmy-api 1.12).
_DEEPEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentText:
    """The fields of a new comment."""

    content: str
    post_id: int
    parent_id: int | None = None
    language_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A comment that was written or changed, and the accounts that were notified."""

    comment: Comment
    told: list[int] = field(default_factory=list)


def find_comment(world: World, comment_id: int) -> Comment:
    """Return the comment with this id, in any state."""
    comment = world.comments.get(comment_id)
    if comment is None:
        raise Refusal("couldnt_find_comment")
    return comment


def create(world: World, author: Person, text: CommentText) -> Written:
    """Write a comment. If its parent does not exist, it becomes a top-level comment (lemmy-api 2.10)."""
    content = clean_short_text(world, text.content)
    # On 1.0, a post that the author cannot see counts as deleted.
    post = named_post(world, text.post_id) if world.is_lemmy_1 else open_post(world, author, text.post_id)
    community = check_user_action(world, author, post.community_id)
    if post.is_gone:
        raise Refusal("deleted")
    if post.locked and not is_mod_or_admin(author, community):
        raise Refusal("locked")
    parent = world.comments.get(text.parent_id or 0)
    _check_parent(world, parent, post.id)
    check_language(community, text.language_id)
    number = world.new_id("comment")
    comment = Comment(
        id=number,
        creator_id=author.id,
        post_id=post.id,
        content=content,
        path=(*(parent.path if parent else ()), number),
        published=world.now(),
        language_id=choose_language(world, author, community, text.language_id),
        federation_pending=waits_for_home(world, community),
    )
    record_vote(world, author, comment, 1)
    world.comments[number] = comment
    world.comments_of[post.id].append(comment)
    told = _tell(world, comment, author)
    count_seen(world, author, post)
    # A reply marks the mention or reply that it answers as read (lemmy-api 2.10).
    _mark_answered(world, author, parent)
    return Written(comment, told)


def edit(
    world: World, author: Person, comment_id: int, content: str | None, language_id: int | None
) -> Written:
    """Change one of the author's own comments; a new mention notifies, an old one stays read."""
    comment = find_comment(world, comment_id)
    community = check_user_action(world, author, world.posts[comment.post_id].community_id)
    if comment.creator_id != author.id:
        raise Refusal("no_comment_edit_allowed")
    check_language(community, language_id)
    if content is not None:
        comment.content = clean_short_text(world, content)
    comment.language_id = comment.language_id if language_id is None else language_id
    comment.updated = world.now()
    return Written(comment, _tell(world, comment, author))


def distinguish(world: World, moderator: Person, comment_id: int, *, distinguished: bool) -> Comment:
    """Mark one of the moderator's own comments as official."""
    comment = find_comment(world, comment_id)
    community = _community_of(world, comment)
    check_user_action(world, moderator, community.id)
    # Moderators can distinguish only their own comments (lemmy-api 1.13).
    if comment.creator_id != moderator.id:
        raise Refusal("no_comment_edit_allowed")
    check_mod_action(moderator, community)
    comment.distinguished = distinguished
    return comment


def remove(world: World, moderator: Person, comment_id: int, *, removed: bool, reason: str | None) -> Written:
    """Remove or restore a comment as a moderator."""
    comment = find_comment(world, comment_id)
    community = _community_of(world, comment)
    check_mod_action(moderator, community)
    check_higher_mod(world, moderator, comment.creator_id, community)
    if comment.deleted:
        raise Refusal("couldnt_update_comment")
    comment.removed = removed
    facts = {"comment_id": comment.id, "post_id": comment.post_id, "community_id": community.id}
    row = world.log(ModKind.REMOVE_COMMENT, moderator, turned_on=removed, reason=reason, **facts)
    notifications.notify_of_action(world, row)
    return Written(comment, _tell_author(world, comment, moderator))


def delete(world: World, author: Person, comment_id: int, *, deleted: bool) -> Written:
    """Delete or restore one of the author's own comments."""
    comment = find_comment(world, comment_id)
    if comment.deleted == deleted:
        raise Refusal("couldnt_update_comment")
    check_user_action(world, author, _community_of(world, comment).id)
    if comment.creator_id != author.id:
        raise Refusal("no_comment_edit_allowed")
    comment.deleted = deleted
    return Written(comment, _tell_author(world, comment, author))


def vote(world: World, voter: Person, comment_id: int, score: int) -> Comment:
    """Vote, or withdraw a vote with 0. Bots may not vote."""
    if voter.bot_account:
        raise Refusal("invalid_bot_action")
    comment = find_comment(world, comment_id)
    check_user_action(world, voter, _community_of(world, comment).id)
    record_vote(world, voter, comment, score)
    return comment


def _community_of(world: World, comment: Comment) -> Community:
    return world.community_of(world.posts[comment.post_id])


def _check_parent(world: World, parent: Comment | None, post_id: int) -> None:
    if parent is None:
        return
    if parent.post_id != post_id:
        raise Refusal("couldnt_create_comment")
    if len(parent.path) >= _DEEPEST:
        raise Refusal("max_comment_depth_reached")
    if world.is_lemmy_1 and parent.is_gone:
        raise Refusal("deleted")


def _tell(world: World, comment: Comment, author: Person) -> list[int]:
    """Notify the people concerned by a comment; return their accounts, which 1.0 does not report."""
    if world.is_lemmy_1:
        notifications.notify_of_comment(world, comment)
        return []
    return inbox.notify_of_comment(world, comment, author, find_mentions(comment.content, world.hostname))


def _tell_author(world: World, comment: Comment, actor: Person) -> list[int]:
    """Notify the author of the parent again, as 0.19 does when a comment is removed, deleted or restored."""
    return [] if world.is_lemmy_1 else inbox.notify_of_comment(world, comment, actor, [])


def _mark_answered(world: World, author: Person, parent: Comment | None) -> None:
    if parent is not None:
        (notifications if world.is_lemmy_1 else inbox).mark_answered(world, author, parent)
