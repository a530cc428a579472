"""Two posts that carry the same copy of an edition: made by two bots that could not see each other. Pure.

Of such a pair the older is kept: readers met it first, and every bot that looks chooses the same one.
"""

from megabot.core.seen import Own


def kept_first(posts: tuple[Own, ...]) -> tuple[Own, ...]:
    """Put posts newest first, save that a double comes after the older post that it doubles."""
    by_age = sorted(posts, key=_age)
    first = {_copy(own): own for own in reversed(by_age)}
    return tuple(sorted(by_age, key=lambda own: _age(first[_copy(own)]), reverse=True))


def doubles(posts: tuple[Own, ...]) -> tuple[tuple[Own, Own], ...]:
    """Pair each post that doubles another with the one that is kept, where readers can open both."""
    kept: dict[tuple[str, int], Own] = {}
    pairs = []
    for own in sorted((own for own in posts if own.post.open), key=_age):
        older = kept.setdefault(_copy(own), own)
        if older is not own:
            pairs.append((older, own))
    return tuple(pairs)


def _age(own: Own) -> tuple[object, int]:
    return own.post.published, own.id


def _copy(own: Own) -> tuple[str, int]:
    return own.key, own.copy
