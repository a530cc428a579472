"""Render Markdown like Lemmy's web client, as HTML that is safe on a page. Reads no files and no network.

The client parses with markdown-it, which markdown-it-py is a port of; options and plugins are those of
lemmy-ui's `src/shared/utils/markdown.ts`. docs/reference/markdown.md says what federated readers see.
The libraries are imported on first use, because the service never shows a page.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nh3
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_SPOILER = re.compile(r"\s*spoiler\s+(.*\S)\s*")
_SPOILERS = re.compile(r"(^::: spoiler [^\n]*\n(?:(?!:::)[^\n]*\n)*:::$)", re.MULTILINE)
_REACH_FURTHER = ("[^", "]:", "```", "~~~", "::::")
_RUBY = re.compile(r"\{([^{}|\n]+)\|([^{}|\n]+)\}")
# lemmy-ui's instanceLinkRegex, copied exactly, including a `d` and a `+-_` that look like mistakes there.
_QUERY_PAIR = r"[a-zA-Zd_-]+=[a-zA-Zd+-_]+"
_HANDLE = re.compile(
    r"(/[cmu]/|!|@)([a-zA-Z\d._%+-]+@[a-zA-Z\d.-]+\.[a-zA-Z]{2,}"
    rf"(?:/?\?{_QUERY_PAIR}(?:&{_QUERY_PAIR})*)?)",
    re.ASCII,
)
_HANDLE_PATHS = {"!": "/c/", "@": "/u/", "/c/": "/c/", "/m/": "/c/", "/u/": "/u/"}
_MORE_ATTRIBUTES = {
    "a": {"class", "id", "title"},  # only footnotes and handles have classes and ids, because html is off
    "code": {"class"},
    "hr": {"class"},
    "img": {"title"},
    "li": {"class", "id"},
    "ol": {"class"},
    "section": {"class"},
    "sup": {"class"},
    "td": {"style"},
    "th": {"style"},
}


def to_html(text: str) -> str:
    """Return the HTML of a post's or comment's Markdown, safe for our own pages."""
    # Without a final line break, mdit_py_plugins' container reads past a quote's empty last line.
    return _cleaner().clean(_parser().render(f"{text}\n"))


def to_html_again(text: str) -> str:
    """Return the same as `to_html`, faster if most of the text was rendered before: spoilers are cached.

    Not used for text with footnotes, definitions or fences, in which one part can affect another.
    """
    if any(mark in text for mark in _REACH_FURTHER):
        return to_html(text)
    return "".join(_cached(piece) for piece in _SPOILERS.split(text) if piece.strip())


@lru_cache(maxsize=500)
def _cached(piece: str) -> str:
    return to_html(piece)


def addresses(text: str) -> tuple[str, ...]:
    """Return every link and image address in a text, in order, without duplicates."""
    blocks = _parser().parse(f"{text}\n")
    inner = (token for block in blocks for token in block.children or ())
    kinds = {"link_open": "href", "image": "src"}
    targets = (token.attrGet(kinds[token.type]) for token in inner if token.type in kinds)
    return tuple(dict.fromkeys(str(address) for address in targets if address))


def title_to_html(title: str) -> str:
    """Return the HTML of a post's or spoiler's title: emphasis, code and deletions only."""
    return _cleaner().clean(_title_parser().renderInline(title))


def ruby_plugin(parser: "MarkdownIt") -> None:
    """Add `{base|reading}` to a parser: a small reading above the text."""
    parser.inline.ruler.before("link", "ruby", _scan_ruby)
    parser.add_render_rule("ruby", _ruby_tag)


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.subscript import sub_plugin
    from mdit_py_plugins.superscript import superscript_plugin

    parser = MarkdownIt("js-default", {"html": False, "linkify": True, "typographer": True, "xhtmlOut": True})
    parser.use(sub_plugin).use(superscript_plugin).use(footnote_plugin).use(ruby_plugin)
    parser.use(container_plugin, "spoiler", validate=_opens_spoiler, render=_spoiler_tag)
    parser.core.ruler.push("handles", _link_handles)
    return parser


@cache
def _title_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["emphasis", "backticks", "strikethrough"])


@cache
def _cleaner() -> "nh3.Cleaner":
    import nh3

    names = nh3.ALLOWED_ATTRIBUTES.keys() | _MORE_ATTRIBUTES.keys()
    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS | {"section"},
        attributes={n: nh3.ALLOWED_ATTRIBUTES.get(n, set()) | _MORE_ATTRIBUTES.get(n, set()) for n in names},
        filter_style_properties={"text-align"},
        link_rel="noopener nofollow",
        url_schemes={"http", "https", "mailto"},
    )


def _opens_spoiler(info: str, _markup: str) -> bool:
    return _SPOILER.fullmatch(info) is not None


def _spoiler_tag(_renderer: object, tokens: "Sequence[Token]", index: int, *_more: object) -> str:
    if tokens[index].nesting < 0:
        return "</details>\n"
    title = _SPOILER.sub(r"\1", tokens[index].info)
    return f"<details><summary>{_title_parser().renderInline(title)}</summary>\n"


def _scan_ruby(state: "StateInline", silent: bool) -> bool:  # noqa: FBT001 - the parser passes it by position
    match = _RUBY.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("ruby", "", 0)
        token.content, token.info = match[1].strip(), match[2].strip()
    state.pos = match.end()
    return True


def _ruby_tag(_renderer: object, tokens: "Sequence[Token]", index: int, *_more: object) -> str:
    base, reading = escape(tokens[index].content), escape(tokens[index].info)
    return f"<ruby>{base}<rp>(</rp><rt>{reading}</rt><rp>)</rp></ruby>"


def _link_handles(state: "StateCore") -> None:
    for block in state.tokens:
        if block.type == "inline" and _HANDLE.search(block.content):
            block.children = list(_with_handles_linked(block.children or []))


def _with_handles_linked(tokens: "list[Token]") -> "Iterator[Token]":
    in_link = 0
    for token in tokens:
        in_link += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "text" and not in_link:
            yield from _split_at_handles(token.content)
        else:
            yield token


def _split_at_handles(text: str) -> "Iterator[Token]":
    from markdown_it.token import Token

    end = 0
    for match in _HANDLE.finditer(text):
        yield Token("text", "", 0, content=text[end : match.start()])
        yield Token("link_open", "a", 1, attrs={"href": _HANDLE_PATHS[match[1]] + match[2]})
        yield Token("text", "", 0, content=match[0])
        yield Token("link_close", "a", -1)
        end = match.end()
    yield Token("text", "", 0, content=text[end:])
