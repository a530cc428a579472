"""Render a post's Markdown as HTML for a page of the site, which loads nothing and has no inline styles.

Most of a text is the directory, whose sections rarely change from week to week, so sections are cached.
"""

import re
from functools import lru_cache

from lemmy_markdown import to_html
from megabot.preview.absolute_links import make_self_contained

_SECTION = re.compile(r"(?<=\n\n)(::: spoiler [^\n]+\n(?:(?!:::)[^\n]*\n)*?:::\n)(?=\n)")
# With one of these in a text, the meaning of one part may depend on another.
_TIED = re.compile(r"```|~~~|\[\^|^ {0,3}\[[^\]\n]+\]:", re.MULTILINE)
_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
_ALIGNED = re.compile(r' style="text-align: ?(left|right|center);?"')
_LOWEST = 6


def text_html(markdown: str, *, prefix: str, base: str, level: int = 2) -> str:
    """Render a text so that its highest heading has `level`; ids in it begin with `prefix`.

    `base` is the URL of the post, to which its relative links belong.
    """
    html = make_self_contained(_rendered(f"{markdown.rstrip()}\n"), prefix=prefix, base=base)
    return _levelled(_ALIGNED.sub(r' class="\1"', html), level)


def _rendered(markdown: str) -> str:
    if _TIED.search(markdown):
        return to_html(markdown)
    # Every second part is a section: a spoiler between blank lines, with no other one inside.
    return "".join(_part(part) for part in _SECTION.split(f"\n\n{markdown}\n") if part.strip())


@lru_cache(maxsize=512)
def _part(markdown: str) -> str:
    return to_html(markdown)


def _levelled(html: str, level: int) -> str:
    used = [int(match[2]) for match in _HEADING.finditer(html)]
    lower = level - min(used, default=level)
    return _HEADING.sub(lambda match: f"{match[1]}{min(int(match[2]) + lower, _LOWEST)}", html)
