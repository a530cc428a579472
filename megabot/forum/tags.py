"""Match a community's tags with the names in a template. No I/O."""

from collections.abc import Iterable
from difflib import get_close_matches

from megabot.forum.models import Tag


def choose_tags(names: Iterable[str], offered: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return the tags with these names or titles, in any letter case."""
    folded = {name.casefold() for name in names}
    return tuple(tag for tag in offered if folded & _names(tag))


def missing_names(names: Iterable[str], offered: Iterable[Tag]) -> tuple[str, ...]:
    """Return the names that match no tag."""
    existing = {name for tag in offered for name in _names(tag)}
    return tuple(name for name in names if name.casefold() not in existing)


def nearest_tag(name: str, offered: Iterable[Tag]) -> str:
    """Return the title of the tag that was probably meant, or "" if none is similar."""
    titles = {key: tag.title for tag in offered for key in _names(tag)}
    return next((titles[key] for key in get_close_matches(name.casefold(), titles, n=1)), "")


def _names(tag: Tag) -> set[str]:
    return {tag.name.casefold(), tag.title.casefold()}
