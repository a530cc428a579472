"""The pages of the site: everything has a way to it, nothing loads or acts, people's words stay words."""

import re
from html.parser import HTMLParser

import pytest

from megabot.site import pages, site_words
from megabot.site.build import Site, files
from megabot.site.entries import gather
from megabot.site.page_layout import POLICY
from tests.fake_ledger import FakeLedger
from tests.site_editions import a_highlight, entries, post_week

EVIL = "\"'><script>alert(1)</script><img src=x onerror=y>&amp;"
VOID = {"meta", "br", "hr", "input", "link"}


class Reader(HTMLParser):
    """What is on a page; fails where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def links(self) -> set[str]:
        return {str(one["href"]) for one in self.of("a")}


def built(site: Site) -> dict[str, str]:
    return {file.path: file.make() for file in files(site)}


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    ledger = FakeLedger()
    for number in (1, 2, 3, 8):
        post_week(ledger, number, featured=(a_highlight(number),))
    post_week(ledger, 2, thread="search", preamble="", comments=1)
    return built(Site(entries=gather(ledger), address="https://threads.example/"))


def test_there_is_a_page_for_everything(site: dict[str, str]) -> None:
    for path in (
        "index.html",
        "news/index.html",
        "news/2026-W47/index.html",
        "news/latest/index.html",
        "bulletins/index.html",
        "bulletins/2026/index.html",
        "search/index.html",
        "search/index.json",
        "search/news-2026.json",
        "news/atom.xml",
        "rss.xml",
        "bulletins/atom.xml",
    ):
        assert path in site


def test_a_thread_named_as_a_folder_of_the_sites_own_has_another_one(site: dict[str, str]) -> None:
    assert "search_/2026-W48/index.html" in site


def test_every_link_within_the_site_leads_to_a_file(site: dict[str, str]) -> None:
    for path, html in site.items():
        if path.endswith(".html"):
            for to in Reader(html).links() | {str(one["href"]) for one in Reader(html).of("link")}:
                if not to.startswith(("https://", "#")):
                    parts = [*path.split("/")[:-1], *to.split("/")]
                    while ".." in parts:
                        at = parts.index("..")
                        del parts[at - 1 : at + 1]
                    assert "/".join(parts) in site, (path, to)


def test_every_page_has_one_heading_one_main_and_the_strict_policy(site: dict[str, str]) -> None:
    for path, html in site.items():
        if path.endswith(".html"):
            reader = Reader(html)
            policies = [one["content"] for one in reader.of("meta") if "http-equiv" in one]
            assert (len(reader.of("h1")), len(reader.of("main")), policies[-1:]) == (1, 1, [POLICY]) or (
                "latest" in path
            )
            assert not re.search(r" on\w+=| style=", html)


def test_an_edition_shows_its_text_facts_and_neighbours() -> None:
    before, entry, after = entries(1, 2, 3, featured=(a_highlight(),), comments=12)

    reader = Reader(html := pages.edition(entry, previous=before, following=after, lang="de"))

    assert {"../2026-W47/index.html", "../2026-W49/index.html", entry.url} <= reader.links()
    assert "Essay 2." in html
    assert "<code>0123456</code>" in html
    assert "12 comments" in html
    assert {"class": "text", "lang": "de"} in reader.of("div")


def test_what_was_put_forward_is_shown_by_its_first_line_with_author_time_and_link() -> None:
    (entry,) = entries(1, featured=(a_highlight(),))

    html = pages.edition(entry, previous=None, following=None, lang="en")

    assert f"<h2>{site_words.highlights()}</h2>" in html
    assert (
        '<a href="https://lemmy.example/comment/1" rel="noopener nofollow">The tide tables of 1911</a>'
        in html
    )
    assert ">robin@lemmy.example</a>" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//elsewhere.example"])
def test_an_address_that_is_none_of_a_page_is_no_link(url: str) -> None:
    highlight = a_highlight(url=url, actor=url)

    assert "<a " not in pages.excerpt(highlight)


def test_peoples_words_stay_words() -> None:
    highlight = a_highlight(line=EVIL, author=EVIL)
    (entry,) = entries(1, featured=(highlight,), body=EVIL, preamble=EVIL)

    made = built(Site(entries=(entry,)))
    for html in [text for path, text in made.items() if path.endswith(".html")]:
        assert "<script>alert" not in html
        assert "<img" not in html


def test_the_address_of_the_current_thread_leads_on_by_itself() -> None:
    (entry,) = entries(4)

    refresh = Reader(pages.latest(entry)).of("meta")

    assert {"http-equiv": "refresh", "content": f"0; url={entry.url}"} in refresh


def test_bulletins_are_sorted_by_week_with_the_newest_first(site: dict[str, str]) -> None:
    weeks = re.findall(r"<h2>(Week \d+ of \d+)</h2>", site["bulletins/2026/index.html"])

    assert weeks == ["Week 49 of 2026", "Week 48 of 2026", "Week 47 of 2026"]


def test_a_year_is_the_one_of_its_week() -> None:
    """The Monday of week 1 of 2027 is 4 January; of week 53 of 2026 it is 28 December."""
    made = built(Site(entries=entries(7, 8)))

    assert "Week 53 of 2026" in made["bulletins/2026/index.html"]
    assert "Week 1 of 2027" in made["bulletins/2027/index.html"]


def test_the_index_has_what_is_new_in_each_edition() -> None:
    made = built(Site(entries=entries(1, 2, featured=(a_highlight(),))))

    shard = made["search/news-2026.json"]

    assert (shard.count("Maps"), shard.count("tide tables"), shard.count("maps.example")) == (1, 2, 0)


def test_a_site_without_editions_says_so() -> None:
    made = built(Site(entries=(), address="https://threads.example/"))

    assert site_words.no_editions() in made["index.html"]
    assert site_words.no_bulletins() in made["bulletins/index.html"]
    assert [path for path in made if path.endswith(".xml")] == []
