"""Long texts made fit for private messages, and what differs between two texts. Pure."""

from collections.abc import Iterator
from difflib import unified_diff

from megabot.i18n.translation import _, ngettext

LONGEST = 9_000
"""Characters of one message: Lemmy takes 10,000, and counts some of them twice."""
_MOST_LINES = 120


def split_message(text: str, *, longest: int = LONGEST) -> tuple[str, ...]:
    """Split a text at line ends into messages that say which of how many they are; one stays as it is."""
    parts = tuple(_parts(text, longest))
    if len(parts) <= 1:
        return parts
    # Translators: a long message is sent in parts; this is the first line of each, such as "(1 of 3)".
    part = _("({number} of {count})")
    return tuple(
        f"{part.format(number=number, count=len(parts))}\n\n{text}" for number, text in enumerate(parts, 1)
    )


def _parts(text: str, longest: int) -> Iterator[str]:
    part = ""
    for line in text.splitlines(keepends=True):
        for piece in (line[start : start + longest] for start in range(0, len(line), longest)):
            if part and len(part) + len(piece) > longest:
                yield part
                part = ""
            part += piece
    if part:
        yield part


def diff_block(before: str, after: str) -> str:
    """Show what a text gains and loses as a fenced block of a diff; empty if nothing does."""
    lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]
    if not lines:
        return ""
    over = len(lines) - _MOST_LINES
    more = ngettext("and {number} more line", "and {number} more lines", over)
    rest = [more.format(number=over)] if over > 0 else []
    return fence_text("\n".join([*lines[:_MOST_LINES], *rest]), "diff")


def fence_text(text: str, language: str = "") -> str:
    """Put a text into a code block that nothing in it can close."""
    longest = max((len(run) for run in _fences(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _fences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        stripped = line.lstrip(" +-")
        yield stripped[: len(stripped) - len(stripped.lstrip("`"))]
