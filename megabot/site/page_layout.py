"""The layout that all pages of the site share: head, navigation, landmarks. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timezone
from html import escape

from megabot.i18n.dates import full_date
from megabot.i18n.translation import _, html_language
from megabot.site import site_words

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'"
)
RESERVED = frozenset({"bulletins", "search", "assets"})
"""Folder names that the site itself uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds a page. `root` is the relative path to the front page, `here` the active menu entry.

    `feeds` are the titles and paths of the feeds with the page's content, relative to the front page.
    """

    title: str
    root: str
    here: str = ""
    feeds: tuple[tuple[str, str], ...] = ()
    script: bool = False


def page(frame: Frame, main: str) -> str:
    script = f'<script src="{frame.root}assets/search.js" defer></script>\n' if frame.script else ""
    return (
        f'<!doctype html>\n<html lang="{escape(html_language())}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>{escape(frame.title)}</title>\n<link rel="stylesheet" href="{frame.root}assets/style.css">\n'
        f"{_alternates(frame)}{script}</head>\n<body>\n"
        f'<a class="skip" href="#main">{site_words.skip_link()}</a>\n'
        f"<header>\n{_ways(frame)}</header>\n"
        f'<main id="main" tabindex="-1">\n{main}</main>\n'
        f"<footer>\n<p>{site_words.footer()}{_subscribe(frame)}</p>\n</footer>\n</body>\n</html>\n"
    )


def folder(thread: str) -> str:
    """Return a thread's folder: its name, plus a "_" (which no name contains) if the site needs the name."""
    return f"{thread}_" if thread in RESERVED else thread


def name_of(thread: str) -> str:
    """Return a thread's name as a heading."""
    return thread.replace("-", " ").strip().capitalize()


def link(address: str, html: str, **more: str) -> str:
    """Return a link within the site, or to a URL whose scheme was checked."""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in more.items())
    return f'<a href="{escape(address)}"{attributes}>{html}</a>'


def link_elsewhere(address: str, html: str) -> str:
    """Return a link to another site; only the text if `address` is not an HTTP URL."""
    # Addresses come from other people and can be ones that run code (T09).
    if not address.startswith(("https://", "http://")):
        return html
    return link(address, html, rel="noopener nofollow")


def day(moment: date) -> str:
    return f'<time datetime="{moment:%Y-%m-%d}">{full_date(moment)}</time>'


def minute(moment: datetime) -> str:
    utc = moment.astimezone(timezone.utc)  # noqa: UP017  one name for it on every version
    # Translators: a date and a time on the site, such as "30 November 2026, 12:00 UTC".
    said = _("{date}, {time} UTC").format(date=full_date(utc), time=f"{utc:%H:%M}")
    return f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}">{said}</time>'


def _alternates(frame: Frame) -> str:
    return "".join(
        f'<link rel="alternate" type="application/{kind}+xml" title="{escape(title)}"'
        f' href="{frame.root}{path}{kind}.xml">\n'
        for title, path in frame.feeds
        for kind in ("atom", "rss")
    )


def _subscribe(frame: Frame) -> str:
    links = (
        f'<a href="{frame.root}{path}{kind}.xml">{escape(title)} ({kind.capitalize()})</a>'.replace(
            "(Rss)", "(RSS)"
        )
        for title, path in frame.feeds
        for kind in ("atom", "rss")
    )
    return "".join(f" · {one}" for one in links)


def _ways(frame: Frame) -> str:
    items = "".join(
        f"<li>{link(frame.root + path + 'index.html', escape(label), **_current(name, frame.here))}</li>"
        for name, path, label in site_words.ways()
    )
    return f'<nav aria-label="{site_words.navigation()}">\n<ul>{items}</ul>\n</nav>\n'


def _current(name: str, here: str) -> dict[str, str]:
    return {"aria-current": "page"} if name == here else {}
