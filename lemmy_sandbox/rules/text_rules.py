"""How the server changes texts and addresses, and which ones it refuses."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import category
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from lemmy_sandbox.rules import pictures
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.world import World

# In UTF-16 code units, except titles, which count code points (lemmy-api 2.7).
POST_BODY_LIMIT = 50_000
_TEXT_LIMIT = 10_000
_ALT_TEXT_LIMIT = 1_500
_URL_LIMIT = 2_000
_TITLE_LENGTHS = range(3, 201)
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # control and format characters, spaces
_SCHEMES = frozenset({"http", "https", "magnet"})
_DEFAULT_PORTS = {"http": 80, "https": 443}

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_LINK = re.compile(r"https?://[^\s<>\"`]+", re.IGNORECASE)
_CLOSING = {")": "(", "]": "[", "}": "{"}
# A CommonMark image up to its address. Images inside code are not images, but that is not checked here.
_IMAGE = re.compile(r"(!\[[^\]]*\]\()(https?://[^\s)]+)")
# Copied from crates/utils/src/utils/mention.rs: it swallows a full stop or colon after the host (lemmy-api
# 2.10).
_MENTION = re.compile(r"@([\w.]+)@([a-zA-Z0-9._:-]+)")
# ClearURLs' rules for all sites, which the server applies; its rules for single sites are not modelled.
_TRACKING = re.compile(
    r"utm(_[a-z_]*)?|ga_[a-z_]+|yclid|_openstat|fb_action_(types|ids)|fb_(source|ref)|fbclid|gs_l|mkt_tok"
    r"|hmb_(campaign|medium|source)|gclid|dclid|otm_[a-z_]*|_ga|_gl|__twitter_impression|echobox|spm",
    re.IGNORECASE,
)


def utf16_length(text: str) -> int:
    """Return the length as the server counts it: an emoji is two (lemmy-api 2.7)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean_text(world: World, text: str) -> str:
    """Return Markdown text as stored. 0.19 refuses it if pict-rs is missing from the settings.

    1.0 makes images from elsewhere load through itself.
    """
    stored = normalize_text(text, slurs=world.site.slur_filter_regex, blocked=world.site.blocked_urls)
    if world.is_lemmy_1:
        return proxy_images(stored, world.origin)
    pictures.check_enabled(world)
    return stored


def clean_short_text(world: World, text: str) -> str:
    """Return a comment, message or description as stored; refuse one that is too long."""
    # Lengths are checked after the text was changed (lemmy-api 2.5).
    cleaned = clean_text(world, text)
    check_body(cleaned, _TEXT_LIMIT)
    return cleaned


def clean_url(world: World, url: str) -> str:
    """Return a post's link as stored."""
    return normalize_url(url, world.site.blocked_urls)


def clean_thumbnail(url: str) -> str:
    """Return a thumbnail's address as stored; the site's blocklist does not apply."""
    return normalize_url(url, [])


def check_title(title: str, *, must_show: bool = False) -> None:
    """Refuse a title outside 3 to 200 code points after trimming, or with a line break anywhere.

    1.0 also requires three visible characters.
    """
    shown = sum(category(char) not in _UNSEEN for char in title)
    if len(title.strip()) not in _TITLE_LENGTHS or "\n" in title or (must_show and shown < _TITLE_LENGTHS[0]):
        raise Refusal("invalid_post_title")


def check_body(body: str, limit: int) -> None:
    """Refuse a text that is too long; there is no minimum."""
    if utf16_length(body) > limit:
        raise Refusal("invalid_body_field")


def check_alt_text(text: str) -> None:
    """Refuse an image description that is too long."""
    if utf16_length(text) > _ALT_TEXT_LIMIT:
        raise Refusal("alt_text_length_overflow")


def check_slurs(title: str, slurs: str | None) -> None:
    """Refuse a title that matches the slur filter; in bodies the match is replaced instead."""
    match = re.search(slurs, title, re.IGNORECASE) if slurs else None
    if match:
        raise Refusal("slurs", cause=f"No slurs - {match[0]}")


def normalize_text(text: str, *, slurs: str | None, blocked: Sequence[str]) -> str:
    """Return a body, comment or message as stored."""
    if slurs:
        # A slur is refused in a title, but replaced in a body (lemmy-api 2.5).
        text = re.sub(slurs, "*removed*", text, flags=re.IGNORECASE)
    text = _LINK.sub(lambda match: _cleaned_link(match.group()), text)
    _check_blocked(text, blocked)
    return text


def normalize_url(url: str, blocked: Sequence[str]) -> str:
    """Return a post's link as stored, or refuse it."""
    if not _SCHEME.match(url):
        raise Refusal("invalid_url", cause="relative URL without a base")
    cleaned = _normal(url)
    _check_blocked(cleaned, blocked)
    if urlsplit(cleaned).scheme not in _SCHEMES:
        raise Refusal("invalid_url_scheme")
    if utf16_length(cleaned) > _URL_LIMIT:
        raise Refusal("url_length_overflow")
    return cleaned


def proxy_images(text: str, origin: str) -> str:
    """Make a text's images load through the server, like a 1.0 that proxies all images."""
    return _IMAGE.sub(lambda match: f"{match[1]}{proxy_url(match[2], origin)}", text)


def proxy_url(url: str, origin: str, *, size: int | None = None) -> str:
    """Return the address at which the server serves an image from elsewhere, optionally scaled down."""
    if urlsplit(url).netloc == urlsplit(origin).netloc:
        return url
    scaled = "" if size is None else f"&max_size={size}"
    return f"{origin}/api/v4/image/proxy?url={quote(url, safe='')}{scaled}"


def find_mentions(text: str, hostname: str) -> list[str]:
    """Return the mentioned names of this server, each once; also in code and quotes. Host case matters."""
    mentions = (match.groups() for match in _MENTION.finditer(text))
    return list(dict.fromkeys(name for name, host in mentions if host == hostname))


def _check_blocked(text: str, blocked: Iterable[str]) -> None:
    # The blocklist matches plain text, too, such as a bare host name (lemmy-api 2.5).
    if any(re.search(rf"\b{re.escape(entry)}\b", text) for entry in blocked):
        raise Refusal("blocked_url")


def _cleaned_link(text: str) -> str:
    link = _without_tail(text)
    try:
        return _normal(link) + text[len(link) :]
    except Refusal:
        return text


def _without_tail(link: str) -> str:
    """Remove what belongs to the sentence: an unopened bracket and everything after it, final punctuation."""
    opened: list[str] = []
    for place, char in enumerate(link):
        if char in _CLOSING.values():
            opened.append(char)
        elif char in _CLOSING and (not opened or opened.pop() != _CLOSING[char]):
            link = link[:place]
            break
    return link.rstrip(".,:;!?'*_~|")


def _normal(url: str) -> str:
    """Return an address as Rust's `url` crate writes it, without tracking parameters."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS:
            return url
        host = _host(parts)
    except (ValueError, UnicodeError) as error:
        raise Refusal("invalid_url") from error
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~[]|^\\")
    fragment = quote(parts.fragment, safe="/%:@!$&'()*+,;=~?[]|^#")
    return urlunsplit((parts.scheme, host, path, _query(parts.query), fragment))


def _host(parts: SplitResult) -> str:
    if not parts.hostname:
        raise Refusal("invalid_url")
    name = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    name = f"[{name}]" if ":" in name else name
    login = parts.netloc.rpartition("@")[0]
    port = f":{parts.port}" if parts.port not in {None, _DEFAULT_PORTS[parts.scheme]} else ""
    return f"{login}@{name}{port}" if login else f"{name}{port}"


def _query(query: str) -> str:
    pairs = (pair for pair in query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0]))
    return quote("&".join(pairs), safe="/%:@!$&()*+,;=~?[]|^\\{}`")
