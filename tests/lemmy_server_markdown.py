"""What readers on other servers see: the renderers of the two generations of servers, emulated for tests.

Held to the recordings in markdown.json by tests/lemmy_markdown/test_render.py. Known to differ from the
servers, which shorten the shown text of a bare address to 50 characters (never the address), colour code,
keep quotes straight
after a replaced `(c)`, and on 1.0 allow spaces in `~sub~` and `^sup^`.
"""

# ruff: noqa: FBT001 - the parser passes `silent` by position

import re
from collections.abc import Sequence
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from lemmy_markdown import ruby_plugin

_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])([a-z][a-z0-9.+-]*)$", re.IGNORECASE)
_NEVER_IN_ADDRESS = re.compile(r"[\x00-\x20|\"<>`\x7f-\x9f]")
_NEVER_LAST = frozenset("?!.,:;*([{")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_TITLE_1_0 = re.compile(r":{3,}\s+spoiler\s+(\S.*)")
_TITLE_0_19 = re.compile(r"::: spoiler (\S.*)")
_IDENTIFIER = re.compile(r"([!@])([^\s\]@]+)@([^\s\]@]+)(?!\S)")
_ENDS = ["paragraph", "reference", "blockquote", "list"]


def server_0_19(text: str) -> str:
    """Render as a 0.19 server does for federated readers: a spoiler's inside is one run of inline text."""
    html: str = _parser_0_19().render(text)
    return html


def server_1_0(text: str) -> str:
    """Render as a 1.0 server does for federated readers: a spoiler holds blocks."""
    html: str = _parser_1_0().render(text)
    return html


def plain_html(html: str) -> str:
    """Drop what no reader sees: white space around blocks and empty lines."""
    block = r"details|summary|p|ul|ol|li|table|thead|tbody|tr|th|td|h[1-6]|hr|section|blockquote"
    return re.sub(rf"\s*(</?(?:{block})(?: [^>]*)?>)\s*", r"\1", re.sub(r"\n+", "\n", html)).strip()


@cache
def _parser_0_19() -> MarkdownIt:
    parser = _common_parser()
    parser.block.ruler.before("fence", "spoiler", _spoiler_0_19, {"alt": _ENDS})
    return parser


@cache
def _parser_1_0() -> MarkdownIt:
    parser = _common_parser().use(sub_plugin).use(superscript_plugin).use(footnote_plugin).use(ruby_plugin)
    parser.block.ruler.before("fence", "spoiler", _spoiler_1_0, {"alt": _ENDS})
    parser.inline.ruler.before("link", "identifier", _identifier)
    return parser


class _ServerParser(MarkdownIt):
    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - overrides the library's
        return re.sub(r"^https?://", "", link)


def _common_parser() -> MarkdownIt:
    parser = _ServerParser("js-default", {"html": False, "typographer": True, "xhtmlOut": True})
    parser.inline.ruler.at("linkify", _bare_address)
    parser.add_render_rule("link_open", _link_tag)
    return parser


def _link_tag(renderer: object, tokens: Sequence[Token], index: int, *_more: object) -> str:
    token = tokens[index]
    title = f' title="{token.attrs["title"]}"' if "title" in token.attrs else ""
    rel = "" if token.info == "auto" else ' rel="nofollow"'
    css = ' class="u-url mention"' if token.info == "identifier" else ""
    return f'<a href="{escape(str(token.attrs["href"]), quote=False)}"{rel}{title}{css}>'


def _spoiler_0_19(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    title = _TITLE_0_19.fullmatch(_line(state, start))
    close = next((i for i in range(start + 1, end) if _line(state, i) == ":::"), None)
    if title is None or close is None:
        return False
    if not silent:
        lines = state.getLines(start + 1, close, state.blkIndent, False).split("\n")
        _open_spoiler(state, title[1])
        state.push("paragraph_open", "p", 1)
        # Soft breaks in a row are one in the server's output.
        inside = state.push("inline", "", 0)
        inside.content, inside.children = "\n".join(line for line in lines if line.strip()), []
        state.push("paragraph_close", "p", -1)
        state.push("spoiler_close", "details", -1)
        state.line = close + 1
    return True


def _spoiler_1_0(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    title = _TITLE_1_0.fullmatch(_line(state, start))
    within = end if state.parentType == "spoiler" else None
    close = next((i for i in range(start + 1, end) if _line(state, i) == ":::"), within)
    if title is None or close is None:
        return False
    if not silent:
        outer_type, outer_max = state.parentType, state.lineMax
        state.parentType, state.lineMax = "spoiler", close
        _open_spoiler(state, " ".join(title[1].split()))
        state.md.block.tokenize(state, start + 1, close)
        state.push("spoiler_close", "details", -1)
        state.parentType, state.lineMax, state.line = outer_type, outer_max, close + 1
    return True


def _line(state: StateBlock, index: int) -> str:
    return state.src[state.bMarks[index] + state.tShift[index] : state.eMarks[index]].strip()


def _open_spoiler(state: StateBlock, title: str) -> None:
    state.push("spoiler_open", "details", 1)
    state.push("summary_open", "summary", 1)
    inside = state.push("inline", "", 0)
    inside.children = [Token("text", "", 0, content=title)]
    state.push("summary_close", "summary", -1)


def _identifier(state: StateInline, silent: bool) -> bool:
    match = _IDENTIFIER.match(state.src, state.pos, state.posMax)
    if match is None or state.linkLevel:
        return False
    if not silent:
        path = "/c/" if match[1] == "!" else "/u/"
        _push_link(state, f"{path}{match[2]}@{match[3]}", text=match[0], info="identifier")
    state.pos = match.end()
    return True


def _bare_address(state: StateInline, silent: bool) -> bool:
    scheme = _SCHEME.search(state.pending)
    if state.linkLevel or scheme is None or not state.src.startswith("://", state.pos):
        return False
    start = state.pos - len(scheme[1])
    end = state.pos + 3 + _address_length(state.src[state.pos + 3 : state.posMax])
    if end == state.pos + 3:
        return False
    if not silent:
        address = state.src[start:end]
        state.pending = state.pending[: -len(scheme[1])]
        shown = state.md.normalizeLinkText(address)
        _push_link(state, state.md.normalizeLink(address), text=shown, info="auto")
    state.pos = end
    return True


def _address_length(text: str) -> int:
    """Where an address ends, by the rules of the servers' link finder."""
    opened = dict.fromkeys("([{", 0)
    length, may_end, quoted = 0, True, False
    for position, char in enumerate(text):
        if _NEVER_IN_ADDRESS.match(char):
            break
        quoted ^= char == "'"
        opened[char] = opened.get(char, 0) + 1
        if char in _BRACKETS and opened[char] > opened[_BRACKETS[char]]:
            break
        may_end = may_end if char == "/" else char not in _NEVER_LAST and not (char == "'" and quoted)
        length = position + 1 if may_end else length
    return length


def _push_link(state: StateInline, href: str, *, text: str, info: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs, opening.info = {"href": href}, info
    state.push("text_special", "", 0).content = text  # special: its quotes stay straight
    state.push("link_close", "a", -1).info = info
