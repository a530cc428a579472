"""Order a thread's posts when their age alone does not decide which one is current. Pure.

Two posts may carry the same copy of an edition, made by two bots that could not see each other. The older
one is kept: readers met it first, and every bot chooses the same one. A withdrawn copy comes after the post
that it had replaced.
"""

from megabot.reconcile.observation import ThreadPost


def order_posts(posts: tuple[ThreadPost, ...]) -> tuple[ThreadPost, ...]:
    """Return posts newest first, but a duplicate or withdrawn copy right after the post that is kept."""
    by_age = sorted(posts, key=_age)
    first = {_copy(thread_post): thread_post for thread_post in reversed(by_age)}
    thread_posts = {
        thread_post.id: _kept_instead(thread_post, by_age) or first[_copy(thread_post)]
        for thread_post in by_age
    }
    return tuple(sorted(by_age, key=lambda thread_post: _age(thread_posts[thread_post.id]), reverse=True))


def _kept_instead(thread_post: ThreadPost, by_age: list[ThreadPost]) -> ThreadPost | None:
    """Return the post that a withdrawn copy had replaced."""
    if not thread_post.withdrawn:
        return None
    earlier = [
        other
        for other in by_age
        if other.key == thread_post.key and not other.withdrawn and _age(other) < _age(thread_post)
    ]
    return earlier[-1] if earlier else None


def find_duplicates(posts: tuple[ThreadPost, ...]) -> tuple[tuple[ThreadPost, ThreadPost], ...]:
    """Return pairs of a post that is kept and its duplicate, if readers can open both."""
    oldest: dict[tuple[str, int], ThreadPost] = {}
    pairs = []
    for thread_post in sorted((thread_post for thread_post in posts if thread_post.post.open), key=_age):
        older = oldest.setdefault(_copy(thread_post), thread_post)
        if older is not thread_post:
            pairs.append((older, thread_post))
    return tuple(pairs)


def _age(thread_post: ThreadPost) -> tuple[object, int]:
    return thread_post.post.published, thread_post.id


def _copy(thread_post: ThreadPost) -> tuple[str, int]:
    return thread_post.key, thread_post.copy
