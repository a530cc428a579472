"""The live page: an edition as Lemmy's web client shows it, beside all that is known of it. Pure.

Nothing in it is from elsewhere, and nothing in it acts but the one script of its own
(preview/style.py), which the page does without: its links work alone.
"""

import re
from dataclasses import replace
from html import escape
from urllib.parse import quote, urlencode

from lemmy_markdown import title_to_html
from megabot.preview.absolute_links import link
from megabot.preview.fragments import (
    Preview,
    PreviewedEdition,
    changes,
    facts,
    moment,
    origin,
    problem_list,
    text,
    verdict,
)
from megabot.preview.live_view import View
from megabot.rendering.model import EDITION_URL, Rendered
from megabot.source.model import Thread

_ALIGNED = re.compile(r' style="text-align:\s*(left|center|right);?"')


def document(view: View, *, count: int = 0) -> str:
    """Write the whole page; `count` is the number of the change that it shows."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(_name(view))}</title>\n"
        '<link rel="stylesheet" href="/style.css">\n<link rel="icon" href="data:,">\n'
        '<script src="/script.js" defer></script>\n</head>\n<body>\n'
        '<p class="lost" role="alert" hidden>megabot does not answer any more: what you see is what it was. '
        "Start it again with <code>megabot preview --open</code>.</p>\n"
        f'<div id="shown" data-count="{count}">\n{part(view)}</div>\n</body>\n</html>\n'
    )


def part(view: View) -> str:
    """Write what changes when a file does."""
    shown = view.shown
    own = replace(view.preview, editions=(shown,) if shown else ())
    beside = (
        f'<aside aria-label="About this edition">\n<div role="status">{verdict(own)}</div>\n'
        f"{problem_list(own.problems, own.warnings)}{facts(shown) if shown else ''}"
        f"{changes(shown) if shown else ''}{_elsewhere(view, own)}</aside>\n"
    )
    main = f"<main>\n{_last(view) or (_post(view, shown) if shown else _nothing())}</main>\n"
    return (
        f'<header class="bar">{_threads(view)}{_steps(view)}</header>\n'
        f'<div class="columns">\n{main}{beside}</div>\n<footer><p>{origin(view.preview)}</p></footer>\n'
    )


def _elsewhere(view: View, own: Preview) -> str:
    """List what is wrong with the other threads alone."""
    problems = tuple(one for one in view.preview.problems if one not in own.problems)
    warnings = tuple(one for one in view.preview.warnings if one not in own.warnings)
    found = problem_list(problems, warnings)
    return f"<h2>In other threads</h2>\n{found}" if found else ""


def _name(view: View) -> str:
    shown = view.shown
    if shown is None:
        return "megabot preview"
    title = shown.text.title if isinstance(shown.text, Rendered) else shown.thread.name
    return f"{title} - megabot preview"


def _address(thread: str, slot: int) -> str:
    return escape("/?" + urlencode({"thread": thread, "slot": slot}))


def _threads(view: View) -> str:
    """Link each thread, and say which have problems; nothing where there is but one."""
    if len(view.preview.editions) <= 1:
        return ""
    items = []
    for number, edition in enumerate(view.preview.editions):
        here = ' aria-current="page"' if number == view.at else ""
        mark = ' <span class="count" title="has problems">!</span>' if edition.problems else ""
        address = _address(edition.thread.name, 0)
        items.append(f'<li><a href="{address}"{here}>{escape(edition.thread.name)}{mark}</a></li>')
    return f'<nav class="threads" aria-label="Threads"><ul>{"".join(items)}</ul></nav>\n'


def _steps(view: View) -> str:
    """Say which of the next slots this is, and link those before and after it."""
    shown = view.shown
    if shown is None:
        return ""
    name = shown.thread.name
    earlier = _step(name, view.slot - 1, "prev", "&#8592; Earlier", there=view.slot > 0)
    later = _step(name, view.slot + 1, "next", "Later &#8594;", there=view.slot + 1 < view.slots)
    when = moment(shown.edition.slot, shown.thread.schedule.timezone)
    return (
        f'<nav class="steps" aria-label="Editions">{earlier}<p><strong>{escape(shown.edition.key)}</strong> '
        f'{when}<br><span class="quiet">{view.slot + 1} of the next {view.slots}</span></p>{later}</nav>\n'
    )


def _step(thread: str, slot: int, rel: str, words: str, *, there: bool) -> str:
    if not there:
        return f'<span class="step" aria-disabled="true">{words}</span>'
    return f'<a class="step" rel="{rel}" href="{_address(thread, slot)}">{words}</a>'


def _last(view: View) -> str:
    """Show what there was before a mistake; nothing if there is none, or nothing was shown before."""
    if view.text is not None or view.last is None or view.last.shown is None:
        return ""
    note = "The files have a mistake. This is the edition as it was before; fix it, and the page follows."
    return f'<p class="last" role="note">{note}</p>\n{_post(view.last, view.last.shown)}'


def _nothing() -> str:
    return (
        '<article class="card"><h1>Nothing to show yet</h1>\n<p>The files have mistakes that keep them from '
        "being used at all. They are listed here, each with its place; save the file, and this page "
        "follows.</p></article>\n"
    )


def _post(view: View, shown: PreviewedEdition) -> str:
    made = shown.text
    if not isinstance(made, Rendered):
        heading = escape(f"{shown.thread.name} {shown.edition.key}")
        words = "This edition cannot be rendered. While that is so, nothing is posted and nothing edited."
        return f'<article class="card"><h1>{heading}</h1>\n<p>{words}</p></article>\n'
    body = _aligned(text(made.body, prefix="post"))
    return (
        f'<article class="card post">\n<h1>{title_to_html(made.title)}</h1>\n{_byline(view, shown.thread)}'
        f"{_picture(view, made)}{body}</article>\n{_comments(made)}"
    )


def _byline(view: View, thread: Thread) -> str:
    marks = "".join(
        f' <span class="mark">{words}</span>'
        for words, is_set in (("Pinned", thread.pin.value != "none"), ("NSFW", thread.nsfw))
        if is_set
    )
    where = f" in !{escape(thread.community)}" if thread.community else ""
    return f'<p class="quiet byline">by the bot{where}{marks}</p>\n'


def _picture(view: View, text: Rendered) -> str:
    """Show a title image that is a file of the source; one from elsewhere is linked, and not loaded."""
    parts = []
    for address, what, alt in ((text.url, "Link", text.alt_text), (text.thumbnail, "Thumbnail", "")):
        if address in view.snapshot.pictures:
            source = f"/picture/{quote(address)}?{quote(view.snapshot.pictures[address])}"
            parts.append(f'<img class="picture" src="{escape(source)}" alt="{escape(alt)}">')
        elif address:
            parts.append(f'<p class="extra">{what}: {link(address, escape(address))}</p>')
    if text.alt_text:
        parts.append(f'<p class="extra">Image described as: {escape(text.alt_text)}</p>')
    return "\n".join([*parts, ""])


def _comments(text: Rendered) -> str:
    first = _comment("First comment", text.first_comment, prefix="first")
    return first + _comment("Comment in the thread before", text.comment, prefix="comment")


def _comment(heading: str, content: str, *, prefix: str) -> str:
    if not content:
        return ""
    said = _aligned(text(content, prefix=prefix)).replace(EDITION_URL, "#shown")
    return f'<section class="card"><h2>{heading}</h2>\n{said}</section>\n'


def _aligned(html: str) -> str:
    """Put columns where they belong without styles in the text, which the page's policy forbids."""
    return _ALIGNED.sub(r' class="to-\1"', html)
