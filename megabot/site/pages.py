"""The pages of the site as HTML. Pure."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from megabot.i18n.translation import _
from megabot.ledger.state import Highlight
from megabot.site import site_words
from megabot.site.entries import Entry
from megabot.site.page_layout import Frame, day, folder, link, link_elsewhere, minute, name_of, page
from megabot.site.post_html import text_html

_COMMIT = 7


def home(threads: dict[str, Sequence[Entry]], *, feeds: tuple[tuple[str, str], ...]) -> str:
    """Return the front page: each thread with its newest editions."""
    parts = "".join(_thread_card(name, entries) for name, entries in threads.items())
    parts = parts or f"<p>{site_words.no_editions()}</p>\n"
    frame = Frame(title=site_words.threads(), root="", here="home", feeds=feeds)
    return page(frame, f"<h1>{site_words.threads()}</h1>\n{parts}")


def _thread_card(name: str, entries: Sequence[Entry]) -> str:
    at = folder(name)
    newest = "".join(f"<li>{_listed(one, f'{at}/')}</li>\n" for one in reversed(entries[-3:]))
    return (
        f'<section aria-labelledby="{at}">\n<h2 id="{at}">{link(f"{at}/index.html", escape(name_of(name)))}'
        f"</h2>\n<p>{link(f'{at}/latest/index.html', site_words.current_thread())} · "
        f"{link(f'{at}/index.html', site_words.all_editions())} ({len(entries)})</p>\n"
        f"<ul>\n{newest}</ul>\n</section>\n"
    )


def thread(name: str, entries: Sequence[Entry], *, feeds: tuple[tuple[str, str], ...]) -> str:
    """Return the page of a thread: all its editions, newest first, by year."""
    parts = []
    for year, group in groupby(reversed(entries), key=lambda one: one.start.year):
        items = "".join(f"<li>{_listed(one, '')}</li>\n" for one in group)
        parts.append(f"<h2>{year}</h2>\n<ul>\n{items}</ul>\n")
    current = f"<p>{link('latest/index.html', site_words.current_thread())}</p>\n"
    frame = Frame(title=name_of(name), root="../", feeds=feeds)
    return page(frame, f"<h1>{escape(name_of(name))}</h1>\n{current}{''.join(parts)}")


def _listed(entry: Entry, way: str) -> str:
    return f"{link(f'{way}{entry.key}/index.html', escape(entry.title))} {day(entry.start)}"


def edition(entry: Entry, *, previous: Entry | None, following: Entry | None, lang: str) -> str:
    """Return the page of one edition: its text as posted, highlights, and a link to the discussion."""
    name = name_of(entry.thread)
    frame = Frame(title=f"{entry.title} - {name}", root="../../")
    facts = [
        link("../index.html", escape(site_words.edition(entry.number, name))),
        _("posted {date}").format(date=minute(entry.published)),
        _revision(entry),
        f"{link_elsewhere(entry.url, site_words.read_discussion())} ({site_words.comments(entry.comments)})",
    ]
    body = text_html(entry.body, prefix="text", base=entry.url)
    return page(
        frame,
        f'<article aria-labelledby="title">\n<h1 id="title">{escape(entry.title)}</h1>\n'
        f'<p class="facts">{" · ".join(fact for fact in facts if fact)}</p>\n'
        f'<div class="text" lang="{escape(lang)}">\n{body}</div>\n{_highlights(entry.featured)}</article>\n'
        f"{_neighbours(previous, following)}",
    )


def _revision(entry: Entry) -> str:
    if not entry.commit:
        return ""
    code = f"<code>{escape(entry.commit[:_COMMIT])}</code>"
    return _("revision {commit}").format(commit=link_elsewhere(entry.commit_url, code))


def _highlights(featured: Sequence[Highlight], level: int = 2) -> str:
    if not featured:
        return ""
    items = "".join(f"<li>{excerpt(one)}</li>\n" for one in featured)
    heading = f"<h{level}>{site_words.highlights()}</h{level}>"
    return f'<section class="highlights">\n{heading}\n<ul>\n{items}</ul>\n</section>\n'


def excerpt(highlight: Highlight) -> str:
    """Return a comment's first line as a link to it, with its author and date."""
    author = link_elsewhere(highlight.actor, escape(highlight.author))
    return (
        f"{link_elsewhere(highlight.url, escape(highlight.line or '...'))} "
        f"{site_words.written_by(author)}, {day(highlight.at)}"
    )


def _neighbours(previous: Entry | None, following: Entry | None) -> str:
    ways = [
        f"<li>{label}: {link(f'../{entry.key}/index.html', escape(entry.title), rel=rel)}</li>"
        for label, rel, entry in (
            (site_words.previous(), "prev", previous),
            (site_words.following(), "next", following),
        )
        if entry is not None
    ]
    return f'<nav aria-label="{site_words.editions()}">\n<ul>{"".join(ways)}</ul>\n</nav>\n' if ways else ""


def latest(entry: Entry) -> str:
    """Return the page at a stable address that redirects to the current thread."""
    frame = Frame(title=f"{site_words.current_thread()}: {entry.title}", root="../../")
    html = page(
        frame,
        f"<h1>{site_words.current_thread()}</h1>\n<p>{link_elsewhere(entry.url, escape(entry.title))}</p>\n"
        f"<p>{site_words.redirect_notice()}</p>\n",
    )
    # The address comes from the server; one that runs code is not followed (T09).
    if not entry.url.startswith(("https://", "http://")):
        return html
    # A plain file cannot send a redirect by HTTP.
    refresh = f'<meta http-equiv="refresh" content="0; url={escape(entry.url)}">\n'
    return html.replace("<title>", f"{refresh}<title>", 1)


def bulletins(
    entries: Sequence[Entry],
    *,
    year: int,
    years: Sequence[int],
    root: str,
    langs: dict[str, str],
    feeds: tuple[tuple[str, str], ...],
) -> str:
    """Return a year's bulletins by week, newest first: preambles and highlights."""
    parts = []
    for (iso_year, week), group in groupby(reversed(entries), key=lambda one: one.start.isocalendar()[:2]):
        cards = "".join(_bulletin(one, root, langs.get(one.thread, "en")) for one in group)
        parts.append(f"<section>\n<h2>{site_words.week(week, iso_year)}</h2>\n{cards}</section>\n")
    others = " · ".join(
        link(f"{root}bulletins/{other}/index.html", str(other))
        for other in sorted(years, reverse=True)
        if other != year
    )
    label = site_words.earlier_years()
    more = f'<nav aria-label="{label}">\n<p>{label}: {others}</p>\n</nav>\n'
    title = site_words.bulletins_of(year) if entries else site_words.bulletins()
    body = "".join(parts) or f"<p>{site_words.no_bulletins()}</p>\n"
    frame = Frame(title=title, root=root, here="bulletins", feeds=feeds)
    return page(frame, f"<h1>{title}</h1>\n{body}{more if others else ''}")


def _bulletin(entry: Entry, root: str, lang: str) -> str:
    at = f"{root}{folder(entry.thread)}/{entry.key}/index.html"
    return (
        f"<article>\n<h3>{link(at, escape(entry.title))}</h3>\n"
        f'<p class="facts">{escape(name_of(entry.thread))} · {day(entry.start)}</p>\n'
        f'<div class="text" lang="{escape(lang)}">\n{bulletin_html(entry, level=4)}</div>\n'
        f"{_highlights(entry.featured, level=4)}</article>\n"
    )


def bulletin_html(entry: Entry, *, level: int = 2) -> str:
    """Return the preamble of an edition as HTML."""
    return text_html(
        entry.preamble, prefix=f"{folder(entry.thread)}-{entry.key}", base=entry.url, level=level
    )


def search(threads: Sequence[str]) -> str:
    """Return the search page: a form that searches in the browser, and links for readers without scripts."""
    listed = "".join(
        f"<li>{link(f'../{folder(name)}/index.html', escape(name_of(name)))}</li>" for name in threads
    )
    frame = Frame(title=site_words.search(), root="../", here="search", script=True)
    return page(
        frame,
        f'<h1>{site_words.search()}</h1>\n<form role="search" action="" method="get">\n'
        f'<label for="q">{site_words.search_label()}</label>\n'
        '<input id="q" name="q" type="search" autocomplete="off">\n'
        f'<button type="submit">{site_words.search_button()}</button>\n</form>\n'
        f'<p id="status" role="status"{_search_words()}></p>\n<ol id="found"></ol>\n'
        f"<noscript><p>{site_words.search_without()}</p>\n<ul>{listed}</ul></noscript>\n",
    )


def _search_words() -> str:
    """Give the script its sentences as attributes: it is a file, the same in all languages."""
    words = {
        "searching": _("Searching…"),
        "unreadable": _(
            "The search index cannot be read. Search works on a web server, but not on pages opened "
            "from a folder."
        ),
        "found": _("Editions found: {number}"),
        "newest": _("Editions found: {number} (showing the newest {shown})"),
    }
    return "".join(f' data-{name}="{escape(text)}"' for name, text in words.items())
