"""Makes a post's HTML fit for a stand-alone page: it loads nothing and all links are absolute. Pure."""

import re
from html import escape, unescape
from urllib.parse import urljoin

# Regular expressions suffice, because the sanitiser writes every attribute in double quotes.
_TAG = re.compile(r'<(/?\w+)((?: [\w-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
_HANDLE_PATH = re.compile(r"/([cu])/([^/@]+)@([^/@]+)")


def make_self_contained(html: str, *, prefix: str, base: str = "") -> str:
    """Rewrite the sanitised HTML of a post for a stand-alone page: no images, no relative links.

    An image becomes a link to it, or its description if it is in a link already. Ids get a prefix, because
    footnotes of several texts must not share them. Relative links are resolved against `base`, the address of
    the post.
    """
    in_link = False

    def rewritten(tag: re.Match[str]) -> str:
        nonlocal in_link
        attributes = dict(_ATTRIBUTE.findall(tag[2]))
        if tag[1] in {"a", "/a"}:
            in_link = tag[1] == "a"
        if tag[1] == "img":
            return _instead_of_image(attributes, base, in_link=in_link)
        kept = (f' {name}="{_moved(name, value, prefix, base)}"' for name, value in attributes.items())
        return f"<{tag[1]}{''.join(kept)}>"

    return _TAG.sub(rewritten, html)


def _instead_of_image(attributes: dict[str, str], base: str, *, in_link: bool) -> str:
    words = f'<span class="image">Image: {attributes.get("alt") or "not described"}</span>'
    address = _absolute(unescape(attributes.get("src", "")), base)
    # HTML does not allow a link inside a link:
    # https://html.spec.whatwg.org/multipage/text-level-semantics.html
    return words if in_link or not address else link(address, words)


def _moved(name: str, value: str, prefix: str, base: str) -> str:
    if name == "id":
        return f"{prefix}.{value}"
    if name == "href" and value.startswith("#"):
        return f"#{prefix}.{value[1:]}"
    if name == "href" and (handle := _HANDLE_PATH.fullmatch(value)):
        return f"https://{handle[3]}/{handle[1]}/{handle[2]}"  # the home server of that user or community
    return escape(_absolute(unescape(value), base)) if name == "href" else value


def _absolute(address: str, base: str) -> str:
    """Return an absolute address, as a browser would resolve it on the post's page."""
    try:
        return urljoin(base, address) if base and address else address
    except ValueError:  # a [ in the host
        return address


def link(address: str, html: str) -> str:
    """Link a web address; show anything else as text, because a browser must not follow it."""
    if not address.startswith(("https://", "http://")):
        return html
    return f'<a href="{escape(address)}" rel="noopener nofollow">{html}</a>'
