"""A community's tags by the names that a template gives them. Pure."""

from collections.abc import Iterable
from difflib import get_close_matches

from megabot.forum.models import Tag


def choose_tags(names: Iterable[str], offered: Iterable[Tag]) -> tuple[Tag, ...]:
    """Pick the tags that are named, by name or by title, capital or not."""
    wanted = {name.casefold() for name in names}
    return tuple(tag for tag in offered if wanted & _names(tag))


def missing_names(names: Iterable[str], offered: Iterable[Tag]) -> tuple[str, ...]:
    """Give the names that none of the tags has."""
    known = {name for tag in offered for name in _names(tag)}
    return tuple(name for name in names if name.casefold() not in known)


def nearest_tag(name: str, offered: Iterable[Tag]) -> str:
    """Give the title of the tag that was probably meant, "" where none is alike."""
    titles = {key: tag.title for tag in offered for key in _names(tag)}
    return next((titles[key] for key in get_close_matches(name.casefold(), titles, n=1)), "")


def _names(tag: Tag) -> set[str]:
    return {tag.name.casefold(), tag.title.casefold()}
