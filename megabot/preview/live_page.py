"""The live page: an edition as Lemmy's web client shows it, with its problems and facts. Pure.

It loads nothing from other servers and runs only the script in preview/style.py. The page works without the
script.
"""

import re
from dataclasses import replace
from html import escape
from urllib.parse import quote, urlencode

from lemmy_markdown import title_to_html
from megabot.i18n.translation import _, html_language
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
    """Return the whole page; `count` is the number of the change that it shows."""
    return (
        f'<!doctype html>\n<html lang="{escape(html_language())}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(_name(view))}</title>\n"
        # An empty icon, because browsers ask for /favicon.ico otherwise.
        '<link rel="stylesheet" href="/style.css">\n<link rel="icon" href="data:,">\n'
        '<script src="/script.js" defer></script>\n</head>\n<body>\n'
        f'<p class="lost" role="alert" hidden>{_stopped()}</p>\n'
        f'<div id="shown" data-count="{count}">\n{part(view)}</div>\n</body>\n</html>\n'
    )


def _stopped() -> str:
    words = _(
        "megabot preview has stopped, so this page no longer updates. To start it again, run {command}."
    )
    return words.format(command="<code>megabot preview --open</code>")


def part(view: View) -> str:
    """Return the part of the page that is replaced when a file changes."""
    shown = view.shown
    own = replace(view.preview, editions=(shown,) if shown else ())
    about = _("About this edition")
    beside = (
        f'<aside aria-label="{about}">\n<div role="status">{verdict(own)}</div>\n'
        f"{problem_list(own.problems, own.warnings)}{facts(shown) if shown else ''}"
        f"{changes(shown) if shown else ''}{_elsewhere(view, own)}</aside>\n"
    )
    main = f"<main>\n{_last(view) or (post(view, shown) if shown else _nothing())}</main>\n"
    return (
        f'<header class="bar">{_threads(view)}{_steps(view)}</header>\n'
        f'<div class="columns">\n{main}{beside}</div>\n<footer><p>{origin(view.preview)}</p></footer>\n'
    )


def _elsewhere(view: View, own: Preview) -> str:
    """List the problems and warnings of the other threads."""
    problems = tuple(one for one in view.preview.problems if one not in own.problems)
    warnings = tuple(one for one in view.preview.warnings if one not in own.warnings)
    listed = problem_list(problems, warnings)
    heading = _("In other threads")
    return f"<h2>{heading}</h2>\n{listed}" if listed else ""


def _name(view: View) -> str:
    shown = view.shown
    if shown is None:
        return "megabot preview"
    title = shown.text.title if isinstance(shown.text, Rendered) else shown.thread.name
    return f"{title} - megabot preview"


def _address(thread: str, slot: int) -> str:
    return escape("/?" + urlencode({"thread": thread, "slot": slot}))


def _threads(view: View) -> str:
    """Link each thread and mark those with problems; "" if there is only one."""
    if len(view.preview.editions) <= 1:
        return ""
    items, label, title = [], _("Threads"), _("has problems")
    for number, edition in enumerate(view.preview.editions):
        here = ' aria-current="page"' if number == view.at else ""
        mark = f' <span class="count" title="{title}">!</span>' if edition.problems else ""
        address = _address(edition.thread.name, 0)
        items.append(f'<li><a href="{address}"{here}>{escape(edition.thread.name)}{mark}</a></li>')
    return f'<nav class="threads" aria-label="{label}"><ul>{"".join(items)}</ul></nav>\n'


def _steps(view: View) -> str:
    """Show which of the next editions this is, with links to its neighbours."""
    shown = view.shown
    if shown is None:
        return ""
    name = shown.thread.name
    back, ahead, label = _("Earlier"), _("Later"), _("Editions")
    earlier = _step(name, view.slot - 1, "prev", f"&#8592; {back}", there=view.slot > 0)
    later = _step(name, view.slot + 1, "next", f"{ahead} &#8594;", there=view.slot + 1 < view.slots)
    place = _("{number} of the next {most}").format(number=view.slot + 1, most=view.slots)
    when = moment(shown.edition.slot, shown.thread.schedule.timezone)
    return (
        f'<nav class="steps" aria-label="{label}">{earlier}'
        f"<p><strong>{escape(shown.edition.key)}</strong> "
        f'{when}<br><span class="quiet">{place}</span></p>{later}</nav>\n'
    )


def _step(thread: str, slot: int, rel: str, words: str, *, there: bool) -> str:
    if not there:
        return f'<span class="step" aria-disabled="true">{words}</span>'
    return f'<a class="step" rel="{rel}" href="{_address(thread, slot)}">{words}</a>'


def _last(view: View) -> str:
    """Show the edition as it was before a mistake; "" without a mistake or without an earlier version."""
    if view.text is not None or view.last is None or view.last.shown is None:
        return ""
    note = _("The files have a mistake. This is the last version that worked; fix it, and the page updates.")
    return f'<p class="last" role="note">{note}</p>\n{post(view.last, view.last.shown)}'


def _nothing() -> str:
    words = _(
        "The files have mistakes, listed here with file and line, and cannot be used yet. "
        "This page updates when you save a file."
    )
    heading = _("Nothing to show yet")
    return f'<article class="card"><h1>{heading}</h1>\n<p>{words}</p></article>\n'


def post(view: View, shown: PreviewedEdition) -> str:
    """Show an edition as Lemmy's web client shows it, with its comments."""
    rendered = shown.text
    if not isinstance(rendered, Rendered):
        heading = escape(f"{shown.thread.name} {shown.edition.key}")
        words = _("This edition cannot be rendered. Nothing is posted or edited until this is fixed.")
        return f'<article class="card"><h1>{heading}</h1>\n<p>{words}</p></article>\n'
    body = _aligned(text(rendered.body, prefix="post"))
    return (
        f'<article class="card post">\n<h1>{title_to_html(rendered.title)}</h1>\n'
        f"{_byline(view, shown.thread)}{_picture(view, rendered)}{body}</article>\n{_comments(rendered)}"
    )


def _byline(view: View, thread: Thread) -> str:
    marks = "".join(
        f' <span class="mark">{words}</span>'
        for words, is_set in ((_("Pinned"), thread.pin.value != "none"), ("NSFW", thread.nsfw))
        if is_set
    )
    place = f"!{escape(thread.community)}"
    words = _("by the bot in {community}").format(community=place) if thread.community else _("by the bot")
    return f'<p class="quiet byline">{words}{marks}</p>\n'


def _picture(view: View, text: Rendered) -> str:
    """Show a title image that is a local file; link one from elsewhere, so that nothing is loaded."""
    parts = []
    for address, what, alt in ((text.url, _("Link"), text.alt_text), (text.thumbnail, _("Thumbnail"), "")):
        if address in view.snapshot.pictures:
            source = f"/picture/{quote(address)}?{quote(view.snapshot.pictures[address])}"
            parts.append(f'<img class="picture" src="{escape(source)}" alt="{escape(alt)}">')
        elif address:
            parts.append(f'<p class="extra">{what}: {link(address, escape(address))}</p>')
    if text.alt_text:
        words = _("Image description")
        parts.append(f'<p class="extra">{words}: {escape(text.alt_text)}</p>')
    return "\n".join([*parts, ""])


def _comments(text: Rendered) -> str:
    first = _comment(_("First comment"), text.first_comment, prefix="first")
    return first + _comment(_("Comment in the previous thread"), text.comment, prefix="comment")


def _comment(heading: str, content: str, *, prefix: str) -> str:
    if not content:
        return ""
    html = _aligned(text(content, prefix=prefix)).replace(EDITION_URL, "#shown")
    return f'<section class="card"><h2>{heading}</h2>\n{html}</section>\n'


def _aligned(html: str) -> str:
    """Align table columns with classes, because the page's policy forbids inline styles."""
    return _ALIGNED.sub(r' class="to-\1"', html)
