"""Checks a text before it is sent: Lemmy's limits, and Markdown that hides or breaks what follows. Pure.

The limits are the server's (crates/utils/src/utils/validation.rs in 0.19 and 1.0; recordings 030 to 037):
titles count code points after trimming, everything else UTF-16 code units.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from textwrap import shorten

from megabot.source.code_spans import without_code
from megabot.source.sections import COMMENT

TITLE_SHORTEST, TITLE_LONGEST = 3, 200
BODY_LONGEST = 50_000
COMMENT_LONGEST = 10_000
URL_LONGEST = 2_000
ALT_TEXT_LONGEST = 1_500
MARKER_ROOM = 200
"""UTF-16 units reserved for the marker and the blank line before it."""

_MENTION = re.compile(
    r"@[\w.]+@[a-zA-Z0-9._:-]+"
)  # like the server, which finds mentions also in code and in addresses
_COLONS = re.compile(r"\s*(:{3,})\s*(.*?)\s*")
_FENCE = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(?:(`{3,})[^`]*|(~{3,}).*)")
_WITHIN = re.compile(r"\s*[^\s:>].*:::\s*spoiler\s+\S.*", re.IGNORECASE)
SPOILER_WITHIN_A_LINE = "a spoiler starts in the middle of a line"
_UNDER_A_TABLES_HEAD = re.compile(r"(?=.*\|)\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_BAD_LINK = re.compile(
    r"(?:(?:\]\(|^\s*\[[^\]]+\]:)\s*(?:<\s*)?|<\s*)(?:javascript|data|vbscript):", re.IGNORECASE
)
_HTML = re.compile(
    r"</?(?:a|b|br|center|details|div|em|font|h[1-6]|hr|i|img|kbd|li|ol|p|small|span|strong|su[bp]|summary|"
    r"t[dhr]|table|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_NO_ALT = re.compile(r"!\[\s*\][(\[]")
_MARKER = "[//]: # (megabot:"
_LINK = re.compile(r"\]\([ \t]*\n?[ \t]*(?:<([^>\n]*)>|([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*))")
_DEFINITION = re.compile(
    r"^[ >]*\[(?!\^)(?:\\.|[^\[\]\\\n])+\]:[ \t]*\n?[ \t]*<?(\S+?)>?(?:[ \t]+[\"'(].*)?[ \t]*$", re.MULTILINE
)
_AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*)>", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WEB = re.compile(r"(https?)(:?)(/*)(.*)", re.IGNORECASE | re.DOTALL)
_NAME_OF_HOST = r"(?:\[[0-9a-f:.]+\]|[^\s/?#:@.]+(?:\.[^\s/?#:@.]+)*\.?)"
_HOST = re.compile(rf"(?:[^\s/?#@]*@)?{_NAME_OF_HOST}(?::\d+)?(?:[/?#].*)?", re.DOTALL)
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_FILE = re.compile(r"[\w-]+\.(?:md|html?|png|jpe?g|gif|webp|avif|pdf|txt)", re.IGNORECASE)
_PEOPLE = re.compile(r"[!@][\w.-]+@[\w.-]+")
_SHOWN = 80
_WHOLE = "write the full address: https://..."


@dataclass(frozen=True, slots=True)
class Flaw:
    """A mistake in a text. `line` counts from 1 within the text, `text` is that line.

    `part` is the wrong part of the line as it was typed, "" if it is not known.
    """

    line: int
    text: str
    what: str
    hint: str = ""
    part: str = ""


def utf16_units(text: str) -> int:
    """Return the length as Lemmy counts bodies and comments: most emoji count as 2."""
    # Half a character must not raise here, because `flaws` reports it with its line (T05).
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def title_flaw(title: str) -> str:
    """Return what is wrong with a title, "" for nothing."""
    trimmed = title.strip()
    if "\n" in trimmed or "\r" in trimmed:
        return "the title has more than one line"
    if not TITLE_SHORTEST <= len(trimmed) <= TITLE_LONGEST:
        return f"the title has {len(trimmed)} characters; Lemmy accepts {TITLE_SHORTEST} to {TITLE_LONGEST}"
    return "" if _is_clean(trimmed) else "the title contains a control character or half a character"


def size_flaw(body: str) -> str:
    """Return whether a body is empty or, with its marker, too long; "" for neither."""
    if not body.strip():
        return "the text is empty"
    units = utf16_units(body.rstrip()) + MARKER_ROOM
    if units > BODY_LONGEST:
        return f"the text has {units - MARKER_ROOM:,} characters; at most {BODY_LONGEST - MARKER_ROOM:,} fit"
    return ""


def flaws(text: str, *, mentions: bool) -> Iterator[Flaw]:
    """Find what a text must not contain, and unclosed Markdown that would hide what follows."""
    lines = text.split("\n")
    yield from _structure(lines)
    for number, line in enumerate(lines, 1):
        if not _is_clean(line):
            yield Flaw(number, line, "there is a control character or half a character", "delete it")
        if _MARKER in line:
            yield Flaw(number, line, "there is a megabot marker", "delete it; megabot adds the right one")
        if not mentions and (mention := _MENTION.search(line)):
            in_address = "://" in line[: mention.start()].rpartition(" ")[2]
            hint = "write %40 for its @" if in_address else "write a link, [name](https://host/u/name)"
            what = "the mention would notify this person"
            yield Flaw(number, line, what, f"{hint}, or set mentions: allow")
        if _BAD_LINK.search(line):
            yield Flaw(number, line, "the link is unsafe to follow", "use an http or https link")
    yield from _comments(text, lines)


def _comments(text: str, lines: list[str]) -> Iterator[Flaw]:
    """Find HTML comments, which Lemmy shows as typed."""
    for number, line in enumerate(without_code(text).split("\n") if "<!--" in text else (), 1):
        if "<!--" in line:
            yield Flaw(number, lines[number - 1], *COMMENT, part="<!--")


def oddities(text: str) -> Iterator[Flaw]:
    """Find what is worth a warning but does not block posting."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if _NO_ALT.search(line):
            yield Flaw(number, line, "the image has no alt text", "describe it: ![a red kite](...)")
    plain = without_code(text)
    for number, address in _find_links(plain):
        if wrong := _find_flaw(address):
            yield Flaw(number, lines[number - 1], *wrong, part=address or "]()")
    for number, line in enumerate(plain.split("\n"), 1):
        if html := _HTML.search(line):
            what = f"{shorten(html[0], 40)}: readers see this as typed, because Lemmy does not render HTML"
            yield Flaw(number, lines[number - 1], what, "write Markdown", part=html[0])


def _structure(lines: list[str]) -> Iterator[Flaw]:
    """Follow fences and spoilers from line to line; a spoiler never nests (lemmy-api 5)."""
    fence: Flaw | None = None
    spoiler: Flaw | None = None
    within: Flaw | None = None
    mark = ""
    for number, line in enumerate(lines, 1):
        match = _FENCE.fullmatch(line)
        if fence is not None:
            if match and line.strip().startswith(mark) and not line.strip(f" \t{mark[0]}"):
                fence = None
        elif match:
            mark = match[1] or match[2]
            fence = Flaw(number, line, "the code block is never closed", f"close it with {mark}")
        elif colons := _COLONS.fullmatch(line):
            yield from _colons(Flaw(number, line, ""), colons, outer=spoiler, within=within)
            within = None
            if not colons[2] or _is_spoiler(colons):
                spoiler = _opened(number, line) if colons[2] else None
        elif spoiler is None and _WITHIN.fullmatch(line):
            within = Flaw(number, line, SPOILER_WITHIN_A_LINE, "start a new line before its :::")
    # An open block would make the marker a part of the text (decision 11).
    yield from (left for left in (fence, spoiler) if left is not None)
    yield from _ends_in_table(lines)


def _opened(number: int, line: str) -> Flaw:
    return Flaw(number, line, "the spoiler is never closed", "close it with a line :::")


def _colons(here: Flaw, colons: re.Match[str], *, outer: Flaw | None, within: Flaw | None) -> Iterator[Flaw]:
    """Check one line that starts with :::."""
    if not colons[2]:
        if within is not None:
            yield within
        elif outer is None:
            yield replace(here, what="the ::: closes nothing", hint="delete it")
        return
    if not _is_spoiler(colons):
        hint = "write ::: spoiler Title to open one, or ::: alone on a line to close it"
        yield replace(here, what="the ::: neither opens nor closes a spoiler", hint=hint)
        return
    if outer is not None:  # usually a forgotten :::, so report the line of the first spoiler
        hint = f"close it with a line ::: before {shorten(here.text, 60)}; spoilers do not nest"
        yield replace(outer, what="the spoiler is not closed before the next one starts", hint=hint)
    if not colons[2].partition(" ")[2].strip():
        yield replace(here, what="the spoiler has no title", hint="write ::: spoiler Title")
    if colons[1] != ":::":
        yield replace(here, what="the spoiler has more than three colons", hint="write ::: spoiler Title")


def _is_spoiler(colons: re.Match[str]) -> bool:
    return colons[2].partition(" ")[0].lower() == "spoiler"


def _ends_in_table(lines: list[str]) -> Iterator[Flaw]:
    # A table at the end would take in the marker as well (decision 11).
    text = "\n".join(lines).rstrip().split("\n")
    for number in range(len(text), 0, -1):
        line = text[number - 1]
        if not line.strip() or _FENCE.fullmatch(line) or _COLONS.fullmatch(line):
            return
        if number > 1 and text[number - 2].strip() and _UNDER_A_TABLES_HEAD.fullmatch(line):
            yield Flaw(number, line, "the text ends with a table", "add a line of text after it")


def _is_clean(text: str) -> bool:
    """Return whether a text has no control characters except tabs and line breaks, and no lone surrogates."""
    return not any((char < " " and char not in "\t\n\r") or "\ud800" <= char <= "\udfff" for char in text)


def _find_links(plain: str) -> Iterator[tuple[int, str]]:
    """Yield the line, from 1, and address of each link and image in a Markdown text without code."""
    for pattern in (_LINK, _DEFINITION, _AUTOLINK):
        line, end = 1, 0
        for match in pattern.finditer(plain):
            # Counted from the last match, because counting from the start takes quadratic time.
            line, end = line + plain.count("\n", end, match.start()), match.start()
            yield line, next((part for part in match.groups() if part is not None), "")


def _find_flaw(address: str) -> tuple[str, str] | None:
    """Return what is wrong with an address and what to write instead, None for an address that can work."""
    if not address:
        return "the link has no address", "write https://... between its brackets, or delete the link"
    if web := _WEB.fullmatch(address):
        scheme, colon, slashes, rest = web.groups()
        if colon and _HOST.fullmatch(rest):
            return None if slashes == "//" else _mistyped(address, f"{scheme.lower()}://{rest}")
        if slashes and rest:
            return _mistyped(address, f"{scheme.lower()}://{rest}")
        if colon:
            return f"{_short(address)} has no host name", _WHOLE
    if _PEOPLE.fullmatch(address):
        kind = "c" if address[0] == "!" else "u"
        name, _, host = address[1:].partition("@")
        return _no_address(address), f"write https://{host}/{kind}/{name}"
    return _flaw_of_others(address)


def _flaw_of_others(address: str) -> tuple[str, str] | None:
    scheme = _SCHEME.match(address)
    if address.startswith("//"):
        return _no_address(address), f"write https:{address}"
    if _BARE_HOST.fullmatch(address) and not _FILE.fullmatch(address):
        return _no_address(address), f"write https://{address}"
    if scheme:
        return _flaw_of_scheme(address, scheme[1].lower())
    if address.startswith(("/", "#")):  # a page of the server itself, or a footnote
        return None
    if near := _near_the_web(address.partition("/")[0].lower()):
        return _mistyped(address, f"{near}://{address.partition('/')[2].lstrip('/')}")
    return f"{_short(address)} leads to a different page on each server, or nowhere", _WHOLE


def _flaw_of_scheme(address: str, scheme: str) -> tuple[str, str] | None:
    near = _near_the_web(scheme)
    return _mistyped(address, f"{near}://{address.partition(':')[2].lstrip('/')}") if near else None


def _near_the_web(word: str) -> str:
    # Links to file servers can work, so they are not mistyped.
    if word in {"ftp", "ftps", "sftp"}:
        return ""
    return next(iter(get_close_matches(word[:20], ("https", "http"), n=1, cutoff=0.74)), "")


def _no_address(address: str) -> str:
    return f"{_short(address)} is not a web address, so the link leads to the reader's own server"


def _mistyped(address: str, instead: str) -> tuple[str, str]:
    return f"{_short(address)} is mistyped", f"write {_short(instead)}"


def _short(address: str) -> str:
    return address if len(address) <= _SHOWN else f"{address[:_SHOWN]}..."
