"""Rank posts and comments like Lemmy. Smaller keys come first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import log10

from lemmy_sandbox.records import Comment, Post
from lemmy_sandbox.world import World

_HOUR = timedelta(hours=1)
_RANKED_HOURS = 24 * 7


def comment_sort_key(sort: str, now: datetime) -> Callable[[Comment], tuple[float, ...]]:
    keys: dict[str, Callable[[Comment], tuple[float, ...]]] = {
        "Hot": lambda comment: (
            -_hot(score(comment.votes), now - comment.published),
            -score(comment.votes),
            comment.id,
        ),
        "Controversial": lambda comment: (-_controversy(comment.votes), comment.id),
        "New": lambda comment: (-comment.published.timestamp(), -comment.id),
        "Old": lambda comment: (comment.published.timestamp(), comment.id),
        "Top": lambda comment: (-score(comment.votes), comment.id),
    }
    return keys[sort]


def score(votes: dict[int, int]) -> int:
    return sum(votes.values())


def vote_counts(votes: dict[int, int]) -> dict[str, object]:
    """Return the vote counts in the fields that every API shows."""
    up = sum(vote == 1 for vote in votes.values())
    return {"score": score(votes), "upvotes": up, "downvotes": len(votes) - up}


def newest_comment_time(world: World, post: Post) -> datetime:
    return max((comment.published for comment in world.visible_comments(post)), default=post.published)


def post_sort_rank(world: World, sort: str) -> Callable[[Post], float]:
    """Return the sort key of posts, apart from pins and ties."""
    now = world.now()
    if sort.startswith("Top"):
        return lambda post: -score(post.votes)
    ranks: dict[str, Callable[[Post], float]] = {
        "New": lambda post: -post.published.timestamp(),
        "Old": lambda post: post.published.timestamp(),
        "MostComments": lambda post: -sum(1 for _ in world.visible_comments(post)),
        "NewComments": lambda post: -newest_comment_time(world, post).timestamp(),
        "Active": lambda post: -_hot(score(post.votes), now - newest_comment_time(world, post)),
        "Controversial": lambda post: -_controversy(post.votes),
    }
    return ranks.get(sort, lambda post: -_hot(score(post.votes), now - post.published))


def _hot(points: int, age: timedelta) -> float:
    """Rank like the server's hot_rank; everything older than a week ranks equally."""
    hours = age / _HOUR
    if not 0 <= hours < _RANKED_HOURS:
        return 0.0
    return log10(max(2, points + 2)) / float((hours + 2) ** 1.8)


def _controversy(votes: dict[int, int]) -> float:
    up = sum(vote == 1 for vote in votes.values())
    down = len(votes) - up
    return float((up + down) ** (min(up, down) / max(up, down))) if up and down else 0.0
