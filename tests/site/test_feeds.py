"""Atom and RSS: read by feedparser, and held to the rules of the formats."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest

from megabot.site import feeds
from megabot.site.build import Site, files
from megabot.site.entries import Entry
from tests.site_editions import FIRST, WEEK, a_highlight, entries

ATOM = "{http://www.w3.org/2005/Atom}"
ODD = "Kites & <b>bells</b> \u0000\u0008 \ud83e\udeb6".encode("utf-16", "surrogatepass").decode("utf-16")


def built(some: tuple[Entry, ...]) -> dict[str, str]:
    site = Site(entries=some, address="https://threads.example/", langs={"news": "de"})
    return {file.path: file.make() for file in files(site) if file.path.endswith(".xml")}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return built(entries(1, 2, 3, featured=(a_highlight(since=FIRST + 5 * WEEK),)))


def test_every_feed_is_read_without_a_complaint(made: dict[str, str]) -> None:
    for text in made.values():
        read = feedparser.parse(text)
        assert not read.bozo, read.get("bozo_exception")
        assert [entry.title for entry in read.entries] == ["News 3", "News 2", "News 1"]
        assert all(entry.id.startswith("tag:lemmy.example,2026-") for entry in read.entries)


def test_atom_has_what_its_rules_want(made: dict[str, str]) -> None:
    """RFC 4287, 4.1: id, title and updated everywhere, an author for all, a way to itself, ids once."""
    root = ET.fromstring(made["news/atom.xml"])
    marked = [root, *root.findall(f"{ATOM}entry")]

    for name in ("id", "title", "updated"):
        assert [len(one.findall(f"{ATOM}{name}")) for one in marked] == [1] * len(marked)
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    ways = {(one.get("rel"), one.get("href")) for one in root.findall(f"{ATOM}link")}
    assert ways == {
        ("alternate", "https://threads.example/news/"),
        ("self", "https://threads.example/news/atom.xml"),
    }
    assert len({one.findtext(f"{ATOM}id") for one in marked}) == len(marked)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"


def test_rss_has_what_its_rules_want(made: dict[str, str]) -> None:
    """RSS 2.0: title, link and description of the channel; a guid that is no address says so."""
    channel = ET.fromstring(made["rss.xml"]).find("channel")
    assert channel is not None

    assert all(channel.findtext(name) for name in ("title", "link", "description", "lastBuildDate"))
    for item in channel.findall("item"):
        assert [one.get("isPermaLink") for one in item.findall("guid")] == ["false"]
        assert all(item.findtext(name) for name in ("title", "link", "description", "pubDate", "comments"))


def test_a_feed_was_updated_when_its_newest_entry_was() -> None:
    made = built(entries(1, 2, changed=FIRST + 3 * WEEK))

    assert feedparser.parse(made["atom.xml"]).feed.updated == "2026-12-07T12:00:00+00:00"


def test_the_same_editions_give_the_same_bytes(made: dict[str, str]) -> None:
    assert built(entries(1, 2, 3, featured=(a_highlight(since=FIRST + 5 * WEEK),))) == made


def test_a_feed_of_bulletins_has_the_essays_and_what_was_put_forward(made: dict[str, str]) -> None:
    content = feedparser.parse(made["bulletins/atom.xml"]).entries[0].content[0].value

    assert "Essay 3." in content
    assert "The tide tables of 1911" in content
    assert "Maps" not in content


def test_an_edition_without_an_essay_shows_the_text_around_its_directory() -> None:
    (entry,) = entries(1, preamble="", body="News.\n\n::: spoiler Maps\n- One\n:::\n\nAn end.")

    content = feeds.thread_content(entry)

    assert "News." in content
    assert "An end." in content
    assert "One" not in content


def test_what_xml_cannot_hold_is_left_out() -> None:
    made = built(entries(1, preamble=ODD, body=ODD, featured=(a_highlight(line=ODD, author=ODD),)))

    for text in made.values():
        assert not feedparser.parse(text).bozo


def test_a_feed_has_the_newest_thirty() -> None:
    made = built(entries(*range(1, 41)))

    titles = [entry.title for entry in feedparser.parse(made["news/rss.xml"]).entries]
    assert (titles[0], titles[-1], len(titles)) == ("News 40", "News 11", feeds.MAX_ENTRIES)


def test_an_edition_that_was_moved_by_hours_keeps_its_place() -> None:
    first, second = entries(1, 2, published=FIRST + timedelta(hours=2))

    assert {first.tag, second.tag} == {
        "tag:lemmy.example,2026-11-16:news/2026-W47",
        "tag:lemmy.example,2026-11-23:news/2026-W48",
    }
