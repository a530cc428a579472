"""Actions on posts by users, moderators and admins, with checks in the server's order."""

from dataclasses import dataclass

from lemmy_sandbox.languages import UNDETERMINED, every_id
from lemmy_sandbox.records import Comment, CommentsSeen, Community, ModKind, Person, Post
from lemmy_sandbox.rules import link_preview, notifications
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import (
    can_find,
    can_open,
    check_admin,
    check_higher_admin,
    check_higher_mod,
    check_mod_action,
    check_user_action,
    is_moderator,
)
from lemmy_sandbox.rules.text_rules import (
    POST_BODY_LIMIT,
    check_alt_text,
    check_body,
    check_slurs,
    check_title,
    clean_text,
    clean_thumbnail,
    clean_url,
)
from lemmy_sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class PostText:
    """The fields of a post. None leaves a value unchanged, "" erases it."""

    name: str | None = None
    url: str | None = None
    body: str | None = None
    alt_text: str | None = None
    custom_thumbnail: str | None = None
    nsfw: bool | None = None
    language_id: int | None = None
    honeypot: str | None = None
    tags: list[int] | None = None


def find_post(world: World, post_id: int) -> Post:
    """Return the post with this id, in any state."""
    post = world.posts.get(post_id)
    if post is None:
        raise Refusal("couldnt_find_post")
    return post


def open_post(world: World, reader: Person | None, post_id: int) -> Post:
    """Return a post if the reader may open it."""
    post = find_post(world, post_id)
    if not can_open(world, reader, post):
        raise Refusal("couldnt_find_post")
    return post


def find_post_to_change(world: World, person: Person, post_id: int) -> Post:
    """Return a post for a change. 1.0 looks it up as a reader, ignoring that a moderator may see more."""
    post = find_post(world, post_id)
    if world.is_lemmy_1 and not can_find(world, person, post):
        raise Refusal("couldnt_find_post")
    return post


def create(world: World, author: Person, community_id: int, text: PostText) -> Post:
    """Create a post, without a check for duplicates (lemmy-api 2.3)."""
    if text.honeypot:
        raise Refusal("honeypot_failed")
    name = text.name or ""
    check_slurs(name, world.site.slur_filter_regex)
    body = None if text.body is None else clean_text(world, text.body)
    url = None if text.url is None else clean_url(world, text.url)
    thumbnail = None if text.custom_thumbnail is None else clean_thumbnail(text.custom_thumbnail)
    _check_nsfw(world, text)
    check_title(name, must_show=world.is_lemmy_1)
    _check_lengths(body, text.alt_text)
    community = _check_may_post(world, author, community_id, text)
    post = Post(
        id=world.new_id("post"),
        name=name.strip(),
        creator_id=author.id,
        community_id=community.id,
        published=world.now(),
        url=url,
        body=body,
        alt_text=text.alt_text,
        # An nsfw community makes its posts nsfw (lemmy-api 2.7).
        nsfw=community.nsfw or bool(text.nsfw),
        language_id=choose_language(world, author, community, text.language_id),
        federation_pending=waits_for_home(world, community),
    )
    world.posts[post.id] = post
    _put_tags(world, post, text.tags)
    link_preview.refresh(world, post, thumbnail)
    post.votes[author.id] = 1
    # A new post counts as read by its author, and lists may hide it (lemmy-api 2.6).
    post.voted_at[author.id] = post.read_by[author.id] = world.now()
    notifications.notify_of_post(world, post)
    return post


def waits_for_home(world: World, community: Community) -> bool:
    """Return whether a new post or comment waits for the community's own server to confirm it (1.0)."""
    return world.is_lemmy_1 and community.ap_id is not None and takes_activities(world, community)


def takes_activities(world: World, community: Community) -> bool:
    """Return whether this server accepts activities of a community on another server.

    It does if someone here follows the community; on 1.0 also if someone here has posted or commented in it.
    """
    if any(world.people[number].ap_id is None for number in community.followers):
        return True
    posts = [post for post in world.posts.values() if post.community_id == community.id]
    posted = any(post.ap_id is None for post in posts)
    commented = any(comment.ap_id is None for post in posts for comment in world.comments_of[post.id])
    return world.is_lemmy_1 and (posted or commented)


def edit(world: World, author: Person, post_id: int, text: PostText) -> Post:
    """Change one of the author's own posts. An edit without a thumbnail loses the old one (lemmy-api 2.8)."""
    url = clean_url(world, text.url) if text.url else None
    thumbnail = clean_thumbnail(text.custom_thumbnail) if text.custom_thumbnail else None
    body = None if text.body is None else clean_text(world, text.body) or None
    _check_nsfw(world, text)
    if text.name is not None:
        check_title(text.name, must_show=world.is_lemmy_1)
        check_slurs(text.name, world.site.slur_filter_regex)
    _check_lengths(body, text.alt_text)
    post = find_post_to_change(world, author, post_id)
    community = check_user_action(world, author, post.community_id)
    if post.creator_id != author.id:
        raise Refusal("no_post_edit_allowed")
    check_language(community, text.language_id)
    if text.name is not None:
        post.name = text.name  # trimmed on creation, but not here (lemmy-api 2.7)
    post.body = post.body if text.body is None else body
    post.url = post.url if text.url is None else url
    post.alt_text = post.alt_text if text.alt_text is None else text.alt_text or None
    # An edit can reset this on 0.19 but not on 1.0 (lemmy-api 2.7).
    post.nsfw = (post.nsfw if text.nsfw is None else text.nsfw) or (world.is_lemmy_1 and community.nsfw)
    post.language_id = post.language_id if text.language_id is None else text.language_id
    post.updated = world.now()
    _put_tags(world, post, text.tags)
    notifications.notify_of_post(world, post)
    link_preview.refresh(world, post, thumbnail)
    return post


def feature(world: World, moderator: Person, post_id: int, *, featured: bool, in_community: bool) -> Post:
    """Pin or unpin a post in any state; pinning a pinned post is logged again."""
    post = find_post(world, post_id)
    check_mod_action(moderator, world.community_of(post))
    if in_community:
        post.featured_community = featured
    else:
        check_admin(moderator)
        post.featured_local = featured
    _log(world, ModKind.FEATURE_POST, moderator, post, turned_on=featured, in_community=in_community)
    return post


def lock(world: World, moderator: Person, post_id: int, *, locked: bool, reason: str | None = None) -> Post:
    """Lock or unlock a post's comments."""
    post = find_post_to_change(world, moderator, post_id)
    check_mod_action(moderator, world.community_of(post))
    post.locked = locked
    _log(world, ModKind.LOCK_POST, moderator, post, turned_on=locked, reason=reason)
    return post


def remove(world: World, moderator: Person, post_id: int, *, removed: bool, reason: str | None) -> Post:
    """Remove or restore a post, if its author has a lower rank."""
    post = find_post(world, post_id)
    community = world.community_of(post)
    check_mod_action(moderator, community)
    check_higher_mod(world, moderator, post.creator_id, community)
    post.removed = removed
    _log(world, ModKind.REMOVE_POST, moderator, post, turned_on=removed, reason=reason)
    return post


def delete(world: World, author: Person, post_id: int, *, deleted: bool) -> Post:
    """Delete or restore one of the author's own posts."""
    post = find_post(world, post_id)
    # A post that is already in that state is refused (lemmy-api 1.11).
    if post.deleted == deleted:
        raise Refusal("couldnt_update_post")
    check_user_action(world, author, post.community_id)
    if post.creator_id != author.id:
        raise Refusal("no_post_edit_allowed")
    post.deleted = deleted
    return post


def purge(world: World, admin: Person, post_id: int, *, reason: str | None) -> None:
    """Delete a post with everything attached to it, including its rows in the modlog."""
    check_admin(admin)
    post = find_post(world, post_id)
    check_higher_admin(world, admin, post.creator_id)
    del world.posts[post.id]
    gone = {comment.id for comment in world.comments_of.pop(post.id, [])}
    remaining = (row for row in world.notifications.values() if row.post_id != post.id)
    world.notifications = {row.id: row for row in remaining}
    for notices in (world.mentions, world.replies):
        for number in [number for number, notice in notices.items() if notice.comment_id in gone]:
            del notices[number]
    for number in gone:
        del world.comments[number]
    world.modlog = [row for row in world.modlog if row.post_id != post.id]
    world.log(ModKind.PURGE_POST, admin, community_id=post.community_id, reason=reason)


def vote(world: World, voter: Person, post_id: int, score: int) -> Post:
    """Vote, or withdraw a vote with 0. Bots may not vote."""
    if voter.bot_account:
        raise Refusal("invalid_bot_action")
    post = find_post(world, post_id)
    check_user_action(world, voter, post.community_id)
    record_vote(world, voter, post, score)
    post.read_by[voter.id] = world.now()
    return post


def mark_seen(world: World, reader: Person, post: Post) -> None:
    """Record that the reader opened the post and saw all its comments."""
    post.read_by[reader.id] = world.now()
    count_seen(world, reader, post)


def count_seen(world: World, reader: Person, post: Post) -> None:
    """Record how many comments of a post the reader has seen: all of them."""
    amount = sum(1 for _ in world.visible_comments(post))
    post.comments_seen[reader.id] = CommentsSeen(amount, world.now())


def record_vote(world: World, voter: Person, thing: Post | Comment, score: int) -> None:
    """Record a vote, or remove it."""
    if thing.creator_id != voter.id:
        voter.voted_on[thing.creator_id] = world.now()
    thing.votes.pop(voter.id, None)
    thing.voted_at.pop(voter.id, None)
    if score in {1, -1}:
        thing.votes[voter.id] = score
        thing.voted_at[voter.id] = world.now()


def check_language(community: Community, language_id: int | None) -> None:
    """Refuse a language that the community does not have; a missing language is never checked."""
    allowed = community.languages or every_id()
    if language_id is not None and language_id not in allowed:
        raise Refusal("language_not_allowed")


def choose_language(world: World, author: Person, community: Community, language_id: int | None) -> int:
    """Return the sent language, else the only one author and community share (0.19), else Undetermined."""
    if language_id is not None or world.is_lemmy_1:
        return language_id or UNDETERMINED
    shared = (author.settings.languages or every_id()) & (community.languages or every_id())
    real = shared - {UNDETERMINED}
    return next(iter(real)) if len(real) == 1 else UNDETERMINED


def _check_may_post(world: World, author: Person, community_id: int, text: PostText) -> Community:
    if world.is_lemmy_1 and community_id in world.communities and world.communities[community_id].is_gone:
        raise Refusal("couldnt_find_community")
    community = check_user_action(world, author, community_id)
    # The author must be a moderator: an admin who is not one is refused, too (lemmy-api 2.2).
    if community.posting_restricted_to_mods and not is_moderator(author, community):
        raise Refusal("only_mods_can_post_in_community")
    check_language(community, text.language_id)
    return community


def _check_nsfw(world: World, text: PostText) -> None:
    if world.is_lemmy_1 and text.nsfw and world.site.nsfw_content_disallowed:
        raise Refusal("nsfw_not_allowed")


def _check_lengths(body: str | None, alt_text: str | None) -> None:
    check_alt_text(alt_text or "")
    check_body(body or "", POST_BODY_LIMIT)


def _put_tags(world: World, post: Post, tags: list[int] | None) -> None:
    """Replace a post's tags. A foreign tag is refused only after the text was stored."""
    if tags is None:
        return
    offered = {tag.id for tag in world.tags.values() if tag.community_id == post.community_id}
    if not offered.issuperset(tags):
        raise Refusal("tag_not_in_community")
    post.tags = sorted(set(tags))


def _log(world: World, kind: ModKind, moderator: Person, post: Post, **facts: object) -> None:
    row = world.log(kind, moderator, post_id=post.id, community_id=post.community_id, **facts)
    notifications.notify_of_action(world, row)
