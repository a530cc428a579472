"""Build the site from the ledger: which files it has, and what each is made from.

Files whose inputs did not change are not built again. Must not talk to a server.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import groupby
from json import dumps
from pathlib import Path

from megabot.errors import SourceBroken, SourceMissing
from megabot.i18n.translation import catalogue_digest, html_language
from megabot.ports import OfflinePorts
from megabot.site import feeds, pages, search_index, site_words
from megabot.site.entries import Entry, gather
from megabot.site.feeds import Feed
from megabot.site.output import File, WriteResult, write
from megabot.site.page_layout import folder, name_of
from megabot.source.usable_threads import usable_threads

_HERE = Path(__file__).parent
_BULLETINS = "bulletins/"
_ASSETS = ("style.css", "search.js")


@dataclass(frozen=True, kw_only=True)
class Site:
    """The content of the site. `address` ends in a slash; without one there are no feeds.

    `langs` are the languages of the threads, by name.
    """

    entries: Sequence[Entry]
    address: str = ""
    langs: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def threads(self) -> dict[str, Sequence[Entry]]:
        """The editions of each thread, oldest first."""
        return {name: tuple(group) for name, group in groupby(self.entries, key=lambda one: one.thread)}

    @cached_property
    def bulletins(self) -> tuple[Entry, ...]:
        """The editions with a preamble or highlights, oldest first."""
        entries = (one for one in self.entries if one.preamble or one.featured)
        return tuple(sorted(entries, key=lambda one: (one.start, one.thread)))

    def feeds_of(self, *paths: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        """Return the feeds that a page links: none without a site address, and only feeds with editions."""
        return tuple(
            (title, path)
            for title, path in paths
            if self.address and (self.bulletins if path == _BULLETINS else self.entries)
        )


def files(site: Site) -> Iterator[File]:
    """Yield every file; pages come before the pages that link to them."""
    code = _code()
    for file in _all(site):
        yield replace(file, made_of=f"{code}\n{file.made_of}")


def _all(site: Site) -> Iterator[File]:
    for name in _ASSETS:
        text = (_HERE / "assets" / name).read_text("utf-8")
        yield File(path=f"assets/{name}", made_of=text, make=partial(str, text))
    # Editions first: while the site is written, no page links to one that is not there yet.
    for name, entries in site.threads.items():
        yield from _editions(entries, site.langs.get(name, "en"))
    for name, entries in site.threads.items():
        yield from _of_thread(site, name, entries)
    yield from _bulletins(site)
    yield from _search(site)
    yield from _feeds(site)
    named = site.feeds_of((site_words.all_threads(), ""), (site_words.bulletins(), _BULLETINS))
    newest = {name: entries[-3:] for name, entries in site.threads.items()}
    counts = [(name, len(entries)) for name, entries in site.threads.items()]
    yield File(
        path="index.html",
        made_of=repr((named, counts, [_line(one) for some in newest.values() for one in some])),
        make=lambda: pages.home(site.threads, feeds=named),
    )


def _editions(entries: Sequence[Entry], lang: str) -> Iterator[File]:
    for previous, entry, following in zip([None, *entries], entries, [*entries[1:], None], strict=False):
        # A page names its neighbours, so it changes when the following edition is posted.
        near = [None if one is None else (one.key, one.title) for one in (previous, following)]
        yield File(
            path=f"{folder(entry.thread)}/{entry.key}/index.html",
            made_of=f"{lang}\n{near}\n{entry.comments}\n{entry.digest}",
            make=partial(pages.edition, entry, previous=previous, following=following, lang=lang),
        )


def _of_thread(site: Site, name: str, entries: Sequence[Entry]) -> Iterator[File]:
    at, newest = folder(name), entries[-1]
    named = site.feeds_of((name_of(name), f"{at}/"))
    yield File(
        path=f"{at}/index.html",
        made_of=repr((named, [_line(one) for one in entries])),
        make=lambda: pages.thread(name, entries, feeds=named),
    )
    yield File(
        path=f"{at}/latest/index.html",
        made_of=repr((newest.title, newest.url)),
        make=lambda: pages.latest(newest),
    )


def _bulletins(site: Site) -> Iterator[File]:
    by_year: dict[int, list[Entry]] = {}
    for entry in site.bulletins:
        # The year of the week: its first days can be in December (K05).
        by_year.setdefault(entry.start.isocalendar().year, []).append(entry)
    years = sorted(by_year)
    newest = years[-1] if years else 0
    named = site.feeds_of((site_words.bulletins(), _BULLETINS))
    places = [(f"{_BULLETINS}{year}/", year, "../../") for year in years] + [(_BULLETINS, newest, "../")]
    for path, year, root in places:
        entries = by_year.get(year, [])
        langs = dict(site.langs)
        yield File(
            path=f"{path}index.html",
            made_of=repr((named, years, langs, [one.digest for one in entries])),
            make=partial(
                pages.bulletins, entries, year=year, years=years, root=root, langs=langs, feeds=named
            ),
        )


def _search(site: Site) -> Iterator[File]:
    names = []
    for name, entries in site.threads.items():
        pairs = list(zip(entries, [None, *entries], strict=False))
        # By year, so that a new edition changes one file and not the whole index.
        for year, group in groupby(pairs, key=lambda pair: pair[0].start.year):
            some = list(group)
            # Which words are new in January depends on the last edition of the year before.
            first = some[0][1]
            made_of = repr((first.digest if first else "", [one.digest for one, _ in some]))
            names.append(f"{folder(name)}-{year}.json")
            yield File(path=f"search/{names[-1]}", made_of=made_of, make=partial(search_index.shard, some))
    listed = dumps(names)
    yield File(path="search/index.json", made_of=listed, make=partial(str, listed))
    threads = list(site.threads)
    yield File(path="search/index.html", made_of=repr(threads), make=lambda: pages.search(threads))


def _feeds(site: Site) -> Iterator[File]:
    # Feed readers need whole addresses, which need the site's own.
    if not site.address:
        return
    all_feeds = [
        Feed(
            title=name_of(name),
            site=site.address,
            path=f"{folder(name)}/",
            entries=entries,
            lang=site.langs.get(name, "en"),
            content=feeds.thread_content,
        )
        for name, entries in site.threads.items()
    ]
    for title, path, entries, content in (
        (site_words.all_threads(), "", site.entries, feeds.thread_content),
        (site_words.bulletins(), _BULLETINS, site.bulletins, feeds.bulletin_content),
    ):
        all_feeds.append(
            Feed(
                title=title,
                site=site.address,
                path=path,
                entries=entries,
                lang=html_language(),
                content=content,
            )
        )
    for feed in all_feeds:
        yield from _feed_files(feed)


def _feed_files(feed: Feed) -> Iterator[File]:
    if not feed.entries:
        return  # a feed must have the time of its last change, and an empty one has none
    shown = [one.digest for one in feeds.newest(feed)]
    made_of = repr((feed.title, feed.site, feed.path, feed.lang, shown))
    yield File(path=f"{feed.path}atom.xml", made_of=made_of, make=lambda: feeds.atom(feed))
    yield File(path=f"{feed.path}rss.xml", made_of=made_of, make=lambda: feeds.rss(feed))


def _line(entry: Entry) -> tuple[object, ...]:
    return (entry.thread, entry.key, entry.title, entry.start)


def _code() -> str:
    """Return a digest of what makes the pages: a new version or another language rebuilds all of them."""
    parts = [
        *sorted(_HERE.glob("*.py")),
        _HERE.parent / "preview/absolute_links.py",
        _HERE.parents[1] / "lemmy_markdown/__init__.py",
    ]
    code = b"".join(part.read_bytes() for part in parts)
    return hashlib.sha256(code + catalogue_digest().encode()).hexdigest()


def publish(ports: OfflinePorts, folder: Path, *, address: str) -> WriteResult:
    """Bring the folder up to date with the ledger. Raises `NeedsPerson` if that is not possible."""
    site = Site(entries=gather(ports.ledger), address=address, langs=_languages(ports))
    return write(folder, files(site))


def _languages(ports: OfflinePorts) -> Mapping[str, str]:
    """Return the languages of the threads that the source still has."""
    try:
        threads = usable_threads(ports.source, ports.source.snapshot()).threads
    except (SourceBroken, SourceMissing):
        # The texts are in the ledger, so a broken source does not stop the site.
        return {}
    return {thread.name: thread.language or thread.locale.replace("_", "-") for thread in threads}
