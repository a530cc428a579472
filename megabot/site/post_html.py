"""A post's Markdown as HTML for a page of the site: it loads nothing and has no style of its own.

Most of a text is the directory, whose sections hardly change from week to week: each is rendered once.
"""

import re
from functools import lru_cache

from lemmy_markdown import to_html
from megabot.preview.absolute_links import make_self_contained

_SECTION = re.compile(r"(?<=\n\n)(::: spoiler [^\n]+\n(?:(?!:::)[^\n]*\n)*?:::\n)(?=\n)")
# Where a text has these, what one part of it says may depend on another.
_TIED = re.compile(r"```|~~~|\[\^|^ {0,3}\[[^\]\n]+\]:", re.MULTILINE)
_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
_ALIGNED = re.compile(r' style="text-align: ?(left|right|center);?"')
_LOWEST = 6


def text_html(markdown: str, *, prefix: str, base: str, level: int = 2) -> str:
    """Render a text so that its highest heading has a level; names within it begin with the prefix.

    `base` is the address of the post: its relative links lead to its server, not to that of the site.
    """
    html = make_self_contained(_rendered(f"{markdown.rstrip()}\n"), prefix=prefix, base=base)
    return _levelled(_ALIGNED.sub(r' class="\1"', html), level)


def _rendered(markdown: str) -> str:
    if _TIED.search(markdown):
        return to_html(markdown)
    # Every second part is a section: a spoiler between blank lines, with no other within it.
    return "".join(_part(part) for part in _SECTION.split(f"\n\n{markdown}\n") if part.strip())


@lru_cache(maxsize=512)
def _part(markdown: str) -> str:
    return to_html(markdown)


def _levelled(html: str, level: int) -> str:
    used = [int(match[2]) for match in _HEADING.finditer(html)]
    lower = level - min(used, default=level)
    return _HEADING.sub(lambda found: f"{found[1]}{min(int(found[2]) + lower, _LOWEST)}", html)
