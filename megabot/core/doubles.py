"""The order of a thread's posts where age alone does not tell which one stands. Pure.

Two posts may carry the same copy of an edition, made by two bots that could not see each other. Of such a
pair the older is kept: readers met it first, and every bot that looks chooses the same one. A copy that was
withdrawn stands behind the post that it had replaced.
"""

from megabot.core.seen import Own


def kept_first(posts: tuple[Own, ...]) -> tuple[Own, ...]:
    """Put posts newest first, but a double or a withdrawn copy right after the post that is kept instead."""
    by_age = sorted(posts, key=_age)
    first = {_copy(own): own for own in reversed(by_age)}
    kept = {own.id: _kept_instead(own, by_age) or first[_copy(own)] for own in by_age}
    return tuple(sorted(by_age, key=lambda own: _age(kept[own.id]), reverse=True))


def _kept_instead(own: Own, by_age: list[Own]) -> Own | None:
    """Find the post that a withdrawn copy had replaced."""
    if not own.withdrawn:
        return None
    before = [one for one in by_age if one.key == own.key and not one.withdrawn and _age(one) < _age(own)]
    return before[-1] if before else None


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
