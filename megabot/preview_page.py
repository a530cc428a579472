"""A preview as one page for people: nothing in it acts, and it loads nothing. Values in, HTML out; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from megabot.core import limits
from megabot.core.calendar import Edition
from megabot.core.problems import Problem
from megabot.core.threads import EDITION_URL, Rendered, RenderProblem, Revision, Thread
from megabot.markdown import to_html
from megabot.preview_links import link, standing_alone
from megabot.preview_style import STYLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One edition of a thread and its text, or why there is none."""

    thread: Thread
    edition: Edition
    text: Rendered | RenderProblem

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps it from being posted."""
        return self.text.problems if isinstance(self.text, RenderProblem) else ()

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is odd and does not hinder."""
        return () if isinstance(self.text, RenderProblem) else self.text.warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be posted, made at a moment of a state of the source.

    `source_problems` are mistakes that keep the source from being used at all, `source_warnings` those that
    belong to no single thread.
    """

    made: datetime
    revision: Revision
    shown: tuple[Shown, ...] = ()
    source_problems: tuple[Problem, ...] = ()
    source_warnings: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem, each once."""
        return _once((*self.source_problems, *(problem for one in self.shown for problem in one.problems)))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Every warning, each once."""
        return _once((*self.source_warnings, *(warning for one in self.shown for warning in one.warnings)))


def page(preview: Preview) -> str:
    """Write the whole page."""
    threads = ", ".join(one.thread.name for one in preview.shown)
    name = f"Preview of {threads}" if threads else "Preview"
    articles = "".join(_article(one) for one in preview.shown)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header class="top"><h1>{escape(name)}</h1>\n'
        f"{_verdict(preview)}{_contents(preview.shown)}</header>\n"
        f"<main>\n{_listed(preview.source_problems, preview.source_warnings)}{articles}</main>\n"
        f"<footer><p>{_origin(preview)}</p></footer>\n</body>\n</html>\n"
    )


def _verdict(preview: Preview) -> str:
    problems, warnings = len(preview.problems), len(preview.warnings)
    if problems:
        words = "What has a problem is not posted until that is mended."
        return f'<p class="verdict bad"><strong>{_counted(problems, "problem")}.</strong> {words}</p>\n'
    if warnings:
        words = "Warnings hinder nothing; please look at them."
        return f'<p class="verdict odd"><strong>{_counted(warnings, "warning")}.</strong> {words}</p>\n'
    return '<p class="verdict good"><strong>No problems found.</strong> It can be posted as shown.</p>\n'


def _contents(shown: tuple[Shown, ...]) -> str:
    """List the threads, where there is more than one to find."""
    if len(shown) <= 1:
        return ""
    items = "".join(
        f'<li><a href="#{escape(one.thread.name)}">{escape(_heading(one))}</a></li>' for one in shown
    )
    return f'<nav aria-label="Threads"><ul>{items}</ul></nav>\n'


def _origin(preview: Preview) -> str:
    """Say which state of the source this is, and when it was looked at."""
    revision = preview.revision
    if not revision.commit:
        return f"Made by megabot on {_moment(preview.made, 'UTC')}, of files that are not in git."
    commit = f"<code>{escape(revision.commit[:12])}</code>"
    commit = link(revision.url, commit) if revision.url else commit
    changes = ", with changes that are not committed" if revision.dirty else ""
    return f"Made by megabot on {_moment(preview.made, 'UTC')}, of revision {commit}{changes}."


def _article(one: Shown) -> str:
    name = escape(one.thread.name)
    post = "" if isinstance(one.text, RenderProblem) else _post(name, one.text) + _comment(name, one.text)
    return (
        f'<article id="{name}" aria-labelledby="{name}.title">\n'
        f'<h2 id="{name}.title">{escape(_heading(one))}</h2>\n'
        f"{_facts(one)}{_listed(one.problems, one.warnings)}{post}</article>\n"
    )


def _heading(one: Shown) -> str:
    return f"{one.thread.name} {one.edition.key}" if isinstance(one.text, RenderProblem) else one.text.title


def _facts(one: Shown) -> str:
    edition, name = one.edition, escape(one.thread.name)
    left_out = " <strong>This slot is left out: nothing is posted.</strong>" if edition.skipped else ""
    rows = {
        "Edition": f"{escape(edition.key)}, number {edition.number} of <em>{name}</em>",
        "Due": _moment(edition.slot, one.thread.schedule.timezone) + left_out,
    }
    if isinstance(one.text, Rendered):
        rows["Title"] = _gauge(len(one.text.title), limits.TITLE_LONGEST)
        rows["Text"] = _signed_gauge(one.text.body.rstrip(), limits.BODY_LONGEST)
        if one.text.comment:
            rows["Comment"] = _signed_gauge(one.text.comment, limits.COMMENT_LONGEST)
    listed = "".join(f"<div><dt>{what}</dt><dd>{said}</dd></div>\n" for what, said in rows.items())
    return f'<dl class="facts">\n{listed}</dl>\n'


def _signed_gauge(text: str, most: int) -> str:
    """Measure a text that gets a marker: there must be room for it."""
    return _gauge(limits.utf16_units(text), most - limits.MARKER_ROOM)


def _gauge(used: int, most: int) -> str:
    words = f"{used:,} of {most:,} characters"
    return f'{words} <meter max="{most}" high="{most * 9 // 10}" value="{used}">{words}</meter>'


def _moment(at: datetime, timezone: str) -> str:
    local = at.astimezone(ZoneInfo(timezone))
    written = f"{local:%A} {local.day} {local:%B %Y, %H:%M} {escape(timezone)}"
    return f'<time datetime="{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}">{written}</time>'


def _listed(problems: tuple[Problem, ...], warnings: tuple[Problem, ...]) -> str:
    return _list_of("problem", "bad", problems) + _list_of("warning", "odd", warnings)


def _list_of(kind: str, look: str, found: tuple[Problem, ...]) -> str:
    if not found:
        return ""
    items = "".join(f"<li>{_finding(one)}</li>\n" for one in found)
    heading = _counted(len(found), kind)
    return (
        f'<section class="found {look}" aria-label="{heading}">'
        f"<h3>{heading}</h3>\n<ul>{items}</ul></section>\n"
    )


def _finding(one: Problem) -> str:
    where = f"{one.path}:{one.line}" if one.line else one.path
    hint = f' <span class="hint">{escape(one.hint)}</span>' if one.hint else ""
    return f"<code>{escape(where)}</code> {escape(one.what)}{hint}"


def _post(name: str, text: Rendered) -> str:
    addresses = {"Link": text.url, "Thumbnail": text.thumbnail}
    links = "".join(f"<p>{what}: {link(to, escape(to))}</p>\n" for what, to in addresses.items() if to)
    about = f"<p>Image described as: {escape(text.alt_text)}</p>\n" if text.alt_text else ""
    extra = f'<div class="extra">{links}{about}</div>\n' if links or about else ""
    return f'<section class="card" aria-label="Text">{extra}{_text(text.body, prefix=name)}</section>\n'


def _comment(name: str, text: Rendered) -> str:
    if not text.comment:
        return ""
    said = _text(text.comment, prefix=f"{name}.comment").replace(EDITION_URL, f"#{name}")
    return f'<section class="card"><h3>Comment in the thread before</h3>\n{said}</section>\n'


def _text(markdown: str, *, prefix: str) -> str:
    return f'<div class="text">\n{standing_alone(to_html(markdown), prefix=prefix)}</div>\n'


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _once(found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(found))
