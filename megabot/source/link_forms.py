"""Links that lead nowhere, or somewhere else on every server, told by their address alone. Pure."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

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
_WHOLE = "write the whole address: https://..."


def find_links(plain: str) -> Iterator[tuple[int, str]]:
    """Find the addresses in a Markdown text without its code, each with its line from 1; images too."""
    for pattern in (_LINK, _DEFINITION, _AUTOLINK):
        line, end = 1, 0
        for match in pattern.finditer(plain):
            line, end = line + plain.count("\n", end, match.start()), match.start()
            yield line, next((part for part in match.groups() if part is not None), "")


def find_flaw(address: str) -> tuple[str, str] | None:
    """Return what is wrong with an address and what to write instead, None for an address that can work."""
    if not address:
        return "a link without an address", "write https://... between its brackets, or delete the link"
    if web := _WEB.fullmatch(address):
        scheme, colon, slashes, rest = web.groups()
        if colon and _HOST.fullmatch(rest):
            return None if slashes == "//" else _mistyped(address, f"{scheme.lower()}://{rest}")
        if slashes and rest:
            return _mistyped(address, f"{scheme.lower()}://{rest}")
        if colon:
            return f"{_short(address)} names no site", _WHOLE
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
    return f"{_short(address)} leads somewhere else on each server, or nowhere", _WHOLE


def _flaw_of_scheme(address: str, scheme: str) -> tuple[str, str] | None:
    near = _near_the_web(scheme)
    return _mistyped(address, f"{near}://{address.partition(':')[2].lstrip('/')}") if near else None


def _near_the_web(word: str) -> str:
    if word in {"ftp", "ftps", "sftp"}:
        return ""
    return next(iter(get_close_matches(word[:20], ("https", "http"), n=1, cutoff=0.74)), "")


def _no_address(address: str) -> str:
    return f"{_short(address)} is not a web address: readers are sent to a page of their own server"


def _mistyped(address: str, instead: str) -> tuple[str, str]:
    return f"{_short(address)} is a mistyped address", f"write {_short(instead)}"


def _short(address: str) -> str:
    return address if len(address) <= _SHOWN else f"{address[:_SHOWN]}..."
