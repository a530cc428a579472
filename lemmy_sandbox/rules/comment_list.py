"""Select and sort the comments that a reader sees, like Lemmy's queries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf

from lemmy_sandbox.records import Comment, Person
from lemmy_sandbox.rules.post_list import Page, contains, is_in_listing, is_understood
from lemmy_sandbox.rules.sort_orders import comment_sort_key
from lemmy_sandbox.world import World

# With `max_depth`, the list ignores its limit and has up to 300 comments (lemmy-api 1.21).
TREE_SIZE = 300
COMMENT_SORTS = ("Hot", "Top", "New", "Old", "Controversial")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentQuery:
    """The filters of a list of comments."""

    reader: Person | None
    page: Page
    sort: str = "Hot"
    listing_type: str | None = None
    community_id: int | None = None
    post_id: int | None = None
    creator_id: int | None = None
    parent: Comment | None = None
    max_depth: int | None = None
    search_term: str | None = None
    not_before: datetime | None = None


def list_comments(world: World, query: CommentQuery) -> list[Comment]:
    """Return a page of comments; with a depth, return the whole tree and ignore the page."""
    comments = list_all_comments(world, query)
    return query.page.of(comments) if query.max_depth is None else comments[:TREE_SIZE]


def list_all_comments(world: World, query: CommentQuery) -> list[Comment]:
    """Return all matching comments, sorted."""
    pool = world.comments.values() if query.post_id is None else world.comments_of[query.post_id]
    comments = [comment for comment in pool if _is_comment_listed(world, query, comment)]
    if query.max_depth is not None:
        depth = query.max_depth + (len(query.parent.path) if query.parent else 0)
        comments = [comment for comment in comments if len(comment.path) <= depth]
    return sorted(comments, key=thread_sort_key(world, query))


def thread_sort_key(world: World, query: CommentQuery) -> Callable[[Comment], tuple[object, ...]]:
    """Return the sort key: in a thread, distinguished comments come first, except on 1.0 by age."""
    order = comment_sort_key(query.sort, world.now())
    marks = query.post_id is not None or query.parent is not None
    if world.is_lemmy_1 and query.sort in {"New", "Old"}:
        marks = False

    def key(comment: Comment) -> tuple[object, ...]:
        branch: tuple[float, ...] = () if query.max_depth is None else comment.path[:-1]
        if query.max_depth is not None and world.is_lemmy_1:
            branch = (*(-number for number in branch), inf)  # deeper comments come first
        return (branch, not (marks and comment.distinguished), order(comment))

    return key


def comment_sort(post_sort: str | None) -> str:
    """Return the sort for comments that matches a sort for posts."""
    if post_sort in {"New", "NewComments", "MostComments"}:
        return "New"
    if post_sort in {"Old", "Controversial"}:
        return post_sort
    return "Top" if (post_sort or "").startswith("Top") else "Hot"


def _is_comment_listed(world: World, query: CommentQuery, comment: Comment) -> bool:
    post = world.posts[comment.post_id]
    filters = ((query.creator_id, comment.creator_id), (query.community_id, post.community_id))
    if not all(expected in {None, actual} for expected, actual in filters):
        return False
    if comment.federation_pending and not (query.reader and query.reader.id == comment.creator_id):
        return False
    if query.parent and comment.path[: len(query.parent.path)] != query.parent.path:
        return False
    if query.search_term is not None and (
        comment.is_gone or not contains(comment.content, query.search_term)
    ):
        return False
    return is_in_listing(query.reader, query.listing_type, world.community_of(post)) and _is_comment_wanted(
        world, query, comment
    )


def _is_comment_wanted(world: World, query: CommentQuery, comment: Comment) -> bool:
    reader = query.reader
    if world.is_lemmy_1 and not _is_comment_shown_by_lemmy_1(world, query, comment):
        return False
    if reader is None:
        return True
    if world.people[comment.creator_id].bot_account and not reader.settings.show_bot_accounts:
        return False
    return query.listing_type == "ModeratorView" or is_understood(
        reader, comment.language_id, comment.creator_id
    )


def _is_comment_shown_by_lemmy_1(world: World, query: CommentQuery, comment: Comment) -> bool:
    """Apply the filters that only 1.0 has: age, and the reader's wish to see nsfw posts."""
    post = world.posts[comment.post_id]
    # No parameter overrides the account's setting here (lemmy-api 1.21).
    is_nsfw = post.nsfw or world.community_of(post).nsfw
    if is_nsfw and not (query.reader and query.reader.settings.show_nsfw):
        return False
    return query.not_before is None or comment.published > query.not_before
