"""A preview as a stand-alone page, without scripts and without loading anything. Pure."""

from html import escape

from megabot.i18n.translation import _, html_language
from megabot.preview.absolute_links import link
from megabot.preview.fragments import (
    Preview,
    PreviewedEdition,
    changes,
    facts,
    heading,
    origin,
    problem_list,
    text,
    verdict,
)
from megabot.preview.style import STYLE
from megabot.rendering.model import EDITION_URL, Rendered, RenderProblem

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(preview: Preview) -> str:
    threads = ", ".join(one.thread.name for one in preview.editions)
    name = _("Preview of {threads}").format(threads=threads) if threads else _("Preview")
    articles = "".join(_article(one) for one in preview.editions)
    return (
        f'<!doctype html>\n<html lang="{escape(html_language())}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header class="top"><h1>{escape(name)}</h1>\n'
        f"{verdict(preview)}{_contents(preview.editions)}</header>\n"
        f"<main>\n{problem_list(preview.source_problems, preview.source_warnings)}{articles}</main>\n"
        f"<footer><p>{origin(preview)}</p></footer>\n</body>\n</html>\n"
    )


def _contents(shown: tuple[PreviewedEdition, ...]) -> str:
    """Link the threads if there are several."""
    if len(shown) <= 1:
        return ""
    items = "".join(
        f'<li><a href="#{escape(edition.thread.name)}">{escape(heading(edition))}</a></li>'
        for edition in shown
    )
    label = _("Threads")
    return f'<nav aria-label="{label}"><ul>{items}</ul></nav>\n'


def _article(edition: PreviewedEdition) -> str:
    name = escape(edition.thread.name)
    post = (
        ""
        if isinstance(edition.text, RenderProblem)
        else _post(name, edition.text) + _comment(name, edition.text)
    )
    compared = changes(edition) if edition.standing else ""
    return (
        f'<article id="{name}" aria-labelledby="{name}.title">\n'
        f'<h2 id="{name}.title">{escape(heading(edition))}</h2>\n'
        f"{facts(edition)}{problem_list(edition.problems, edition.warnings)}{compared}{post}</article>\n"
    )


def _post(name: str, rendered: Rendered) -> str:
    addresses = {_("Link"): rendered.url, _("Thumbnail"): rendered.thumbnail}
    links = "".join(f"<p>{what}: {link(to, escape(to))}</p>\n" for what, to in addresses.items() if to)
    description = _("Image description")
    about = f"<p>{description}: {escape(rendered.alt_text)}</p>\n" if rendered.alt_text else ""
    extra = f'<div class="extra">{links}{about}</div>\n' if links or about else ""
    body, label = text(rendered.body, prefix=name), _("Text")
    return f'<section class="card" aria-label="{label}">{extra}{body}</section>\n'


def _comment(name: str, rendered: Rendered) -> str:
    if not rendered.comment:
        return ""
    html = text(rendered.comment, prefix=f"{name}.comment").replace(EDITION_URL, f"#{name}")
    title = _("Comment in the previous thread")
    return f'<section class="card"><h3>{title}</h3>\n{html}</section>\n'
