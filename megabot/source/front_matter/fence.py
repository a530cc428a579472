"""Finds where the front matter of a file ends, without parsing it. Pure."""

from collections.abc import Sequence

_FENCE = "---"


def front_end(lines: Sequence[str]) -> int | None:
    """Return the index of the front matter's last line: 0 if there is none, None if it never ends."""
    if not lines or lines[0].rstrip() != _FENCE:
        return 0
    return next((number for number in range(1, len(lines)) if lines[number].rstrip() == _FENCE), None)


def front_of(text: str) -> str:
    """Return a file's text up to the end of its front matter: its first line if it has none."""
    lines = text.split("\n")
    number = front_end(lines)
    return text if number is None else "\n".join(lines[: number + 1]) + "\n"
