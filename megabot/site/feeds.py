"""Atom and RSS feeds as XML: the same editions always give the same bytes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from io import StringIO

from megabot.site import site_words
from megabot.site.entries import Entry
from megabot.site.page_layout import folder
from megabot.site.pages import bulletin_html, excerpt
from megabot.site.post_html import text_html

MAX_ENTRIES = 30
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPOILER = re.compile(r"^::: spoiler .*?^:::$\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed of editions, oldest first. `site` is the site's URL, `path` the feed's folder in it."""

    title: str
    site: str
    path: str
    entries: Sequence[Entry]
    lang: str
    content: Callable[[Entry], str]


def atom(feed: Feed) -> str:
    """Return a feed in the Atom format (RFC 4287)."""
    # Imported late: the service never needs it (decision 32).
    from feedgenerator import Atom1Feed

    made = Atom1Feed(feed_url=f"{feed.site}{feed.path}atom.xml", **_head(feed, f"{feed.path}atom.xml"))
    for entry in newest(feed):
        made.add_item(description=None, content=_clean(feed.content(entry)), **_item(feed, entry))
    return _written(made)


def rss(feed: Feed) -> str:
    """Return a feed in the RSS 2.0 format."""
    # Imported late: the service never needs it (decision 32).
    from feedgenerator import Rss201rev2Feed

    made = Rss201rev2Feed(feed_url=f"{feed.site}{feed.path}rss.xml", **_head(feed, f"{feed.path}rss.xml"))
    for entry in newest(feed):
        # Without this, feed readers take the id, a tag, for an address.
        item = _item(feed, entry) | {"unique_id_is_permalink": False, "comments": entry.url}
        made.add_item(description=_clean(feed.content(entry)), **item)
    return _written(made)


def thread_content(entry: Entry) -> str:
    """Return what is new in an edition: its preamble (or the text without the directory), and highlights."""
    # The spoilers are the directory, which is nearly the same each week.
    around = partial(text_html, _SPOILER.sub("", entry.body), prefix=entry.key, base=entry.url)
    preamble = bulletin_html(entry) if entry.preamble else around()
    discussion = f'<p><a href="{escape(entry.url)}">{site_words.read_discussion()}</a></p>'
    return f"{preamble}{_highlights(entry)}{discussion}"


def bulletin_content(entry: Entry) -> str:
    """Return the preamble and the highlights of an edition."""
    return f"{bulletin_html(entry)}{_highlights(entry)}"


def _highlights(entry: Entry) -> str:
    items = "".join(f"<li>{excerpt(one)}</li>" for one in entry.featured)
    return f"<h2>{site_words.highlights()}</h2><ul>{items}</ul>" if items else ""


def newest(feed: Feed) -> list[Entry]:
    """Return the editions that a feed shows, newest first."""
    # The tag decides between equal times, so that the bytes are always the same.
    return sorted(feed.entries, key=lambda one: (one.published, one.tag), reverse=True)[:MAX_ENTRIES]


def _head(feed: Feed, path: str) -> dict[str, str]:
    return {
        "title": _clean(feed.title),
        "link": f"{feed.site}{feed.path}",
        "description": _clean(feed.title),
        "language": feed.lang,
        "author_name": "megabot",
        "feed_guid": f"{feed.site}{path}",
    }


def _item(feed: Feed, entry: Entry) -> dict[str, object]:
    return {
        "title": _clean(entry.title),
        "link": f"{feed.site}{folder(entry.thread)}/{entry.key}/",
        "unique_id": entry.tag,
        "pubdate": entry.published,
        "updateddate": entry.updated,
    }


def _written(made: object) -> str:
    out = StringIO()
    made.write(out, "utf-8")  # type: ignore[attr-defined]
    return out.getvalue()


def _clean(text: str) -> str:
    """Remove characters that are not allowed in XML."""
    return _NOT_XML.sub("", text)
