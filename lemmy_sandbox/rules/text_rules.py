"""What the server does to people's texts and addresses, and which it refuses."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import category
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from lemmy_sandbox.rules import pictures
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.world import World

POST_BODY_LIMIT = 50_000
_TEXT_LIMIT = 10_000
_ALT_TEXT_LIMIT = 1_500
_URL_LIMIT = 2_000
_TITLE_LENGTHS = range(3, 201)
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # controls, marks of format, spaces
_SCHEMES = frozenset({"http", "https", "magnet"})
_DEFAULT_PORTS = {"http": 80, "https": 443}

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_LINK = re.compile(r"https?://[^\s<>\"`]+", re.IGNORECASE)
_CLOSING = {")": "(", "]": "[", "}": "{"}
# An image as CommonMark writes it, up to its address; in code it is none, which is not looked at here.
_IMAGE = re.compile(r"(!\[[^\]]*\]\()(https?://[^\s)]+)")
# The same expression as crates/utils/src/utils/mention.rs: it swallows a full stop or colon behind the host.
_MENTION = re.compile(r"@([\w.]+)@([a-zA-Z0-9._:-]+)")
# The rules for all sites of ClearURLs, which the server applies; those for single sites are missing here.
_TRACKING = re.compile(
    r"utm(_[a-z_]*)?|ga_[a-z_]+|yclid|_openstat|fb_action_(types|ids)|fb_(source|ref)|fbclid|gs_l|mkt_tok"
    r"|hmb_(campaign|medium|source)|gclid|dclid|otm_[a-z_]*|_ga|_gl|__twitter_impression|echobox|spm",
    re.IGNORECASE,
)


def utf16_length(text: str) -> int:
    """Count as the server counts bodies: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean_text(world: World, text: str) -> str:
    """Return a text with Markdown in it as it is kept; without image service in its settings 0.19 keeps none.

    1.0 has images from elsewhere fetched through itself.
    """
    kept = normalize_text(text, slurs=world.site.slur_filter_regex, blocked=world.site.blocked_urls)
    if world.is_lemmy_1:
        return proxy_images(kept, world.origin)
    pictures.check_enabled(world)
    return kept


def clean_short_text(world: World, text: str) -> str:
    """Return a comment, message or description as it is kept, or refuse one that is too long."""
    cleaned = clean_text(world, text)
    check_body(cleaned, _TEXT_LIMIT)
    return cleaned


def clean_url(world: World, url: str) -> str:
    """Return a post's address as it is kept."""
    return normalize_url(url, world.site.blocked_urls)


def clean_thumbnail(url: str) -> str:
    """Return a thumbnail's address as it is kept; the site's blocklist is not asked."""
    return normalize_url(url, [])


def check_title(title: str, *, must_show: bool = False) -> None:
    """Refuse a title outside 3 to 200 code points after trimming, or with a line break anywhere.

    1.0 wants three characters that show, too.
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
    """Refuse a title that the slur filter matches; in bodies it replaces instead."""
    found = re.search(slurs, title, re.IGNORECASE) if slurs else None
    if found:
        raise Refusal("slurs", cause=f"No slurs - {found[0]}")


def normalize_text(text: str, *, slurs: str | None, blocked: Sequence[str]) -> str:
    """Return a body, comment or message as the server keeps it."""
    if slurs:
        text = re.sub(slurs, "*removed*", text, flags=re.IGNORECASE)
    text = _LINK.sub(lambda match: _cleaned_link(match.group()), text)
    _check_blocked(text, blocked)
    return text


def normalize_url(url: str, blocked: Sequence[str]) -> str:
    """Return a post's address as the server keeps it, or refuse it."""
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
    """Let the images of a text come through the server, as a 1.0 that proxies all images does."""
    return _IMAGE.sub(lambda match: f"{match[1]}{proxy_url(match[2], origin)}", text)


def proxy_url(url: str, origin: str, *, size: int | None = None) -> str:
    """Give the address at which the server itself serves an image from elsewhere, scaled down if so asked."""
    if urlsplit(url).netloc == urlsplit(origin).netloc:
        return url
    scaled = "" if size is None else f"&max_size={size}"
    return f"{origin}/api/v4/image/proxy?url={quote(url, safe='')}{scaled}"


def find_mentions(text: str, hostname: str) -> list[str]:
    """Return the names mentioned on this server, once each; code and quotes count, the host's case too."""
    found = (match.groups() for match in _MENTION.finditer(text))
    return list(dict.fromkeys(name for name, host in found if host == hostname))


def _check_blocked(text: str, blocked: Iterable[str]) -> None:
    if any(re.search(rf"\b{re.escape(entry)}\b", text) for entry in blocked):
        raise Refusal("blocked_url")


def _cleaned_link(found: str) -> str:
    link = _without_tail(found)
    try:
        return _normal(link) + found[len(link) :]
    except Refusal:
        return found


def _without_tail(link: str) -> str:
    """Cut what belongs to the sentence: a bracket nobody opened, and punctuation at the end."""
    opened: list[str] = []
    for place, char in enumerate(link):
        if char in _CLOSING.values():
            opened.append(char)
        elif char in _CLOSING and (not opened or opened.pop() != _CLOSING[char]):
            link = link[:place]
            break
    return link.rstrip(".,:;!?'*_~|")


def _normal(url: str) -> str:
    """Write an address as Rust's `url` crate does, without tracking parameters."""
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
    kept = (pair for pair in query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0]))
    return quote("&".join(kept), safe="/%:@!$&()*+,;=~?[]|^\\{}`")
