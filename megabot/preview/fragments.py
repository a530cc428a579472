"""What the pages of a preview are made of: the values, and the pieces of HTML that they share. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from lemmy_markdown import to_html_again
from megabot.preview.absolute_links import link, make_self_contained
from megabot.rendering.model import Rendered, RenderProblem
from megabot.schedule.calendar import Edition
from megabot.source import limits
from megabot.source.model import Revision, Thread
from megabot.source.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedEdition:
    """One edition of a thread and its text, or why there is none.

    `standing` is the address of the post that stands, and `changes` are the lines of a diff from that one's
    text; both are empty where it is not known.
    """

    thread: Thread
    edition: Edition
    text: Rendered | RenderProblem
    standing: str = ""
    changes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps it from being posted."""
        return self.text.problems if isinstance(self.text, RenderProblem) else ()

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is odd and does not hinder."""
        return () if isinstance(self.text, RenderProblem) else (*self.text.warnings, *self.text.unused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be posted, made at a moment of a state of the source.

    `source_problems` are mistakes that keep the source from being used at all, `source_warnings` those that
    belong to no single thread.
    """

    made: datetime
    revision: Revision
    editions: tuple[PreviewedEdition, ...] = ()
    source_problems: tuple[Problem, ...] = ()
    source_warnings: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem, each once."""
        return _once((*self.source_problems, *(problem for one in self.editions for problem in one.problems)))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Every warning, each once."""
        return _once((*self.source_warnings, *(warning for one in self.editions for warning in one.warnings)))


def verdict(preview: Preview) -> str:
    """Say in one line whether this could be posted."""
    problems, warnings = len(preview.problems), len(preview.warnings)
    if problems:
        words = "An edition with a problem is not posted until it is fixed."
        return f'<p class="verdict bad"><strong>{_counted(problems, "problem")}.</strong> {words}</p>\n'
    if warnings:
        words = "Warnings do not block posting. Please review them."
        return f'<p class="verdict odd"><strong>{_counted(warnings, "warning")}.</strong> {words}</p>\n'
    return '<p class="verdict good"><strong>No problems found.</strong> It can be posted as shown.</p>\n'


def heading(edition: PreviewedEdition) -> str:
    """Give what an edition is called: its title, or its key where it has none."""
    return (
        f"{edition.thread.name} {edition.edition.key}"
        if isinstance(edition.text, RenderProblem)
        else edition.text.title
    )


def facts(one: PreviewedEdition) -> str:
    """List what is known of an edition: when it is due, and how much of Lemmy's limits it uses."""
    edition, name = one.edition, escape(one.thread.name)
    left_out = " <strong>This edition is skipped: nothing is posted.</strong>" if edition.skipped else ""
    rows = {
        "Edition": f"{escape(edition.key)}, number {edition.number} of <em>{name}</em>",
        "Due": moment(edition.slot, one.thread.schedule.timezone) + left_out,
    }
    if isinstance(one.text, Rendered):
        rows["Title"] = _gauge(len(one.text.title), limits.TITLE_LONGEST)
        rows["Text"] = _signed_gauge(one.text.body.rstrip(), limits.BODY_LONGEST)
        if one.text.comment:
            rows["Comment"] = _signed_gauge(one.text.comment, limits.COMMENT_LONGEST)
        if one.text.first_comment:
            rows["First comment"] = _signed_gauge(one.text.first_comment, limits.COMMENT_LONGEST)
    listed = "".join(f"<div><dt>{what}</dt><dd>{said}</dd></div>\n" for what, said in rows.items())
    return f'<dl class="facts">\n{listed}</dl>\n'


def _signed_gauge(text: str, most: int) -> str:
    """Measure a text that gets a marker: there must be room for it."""
    return _gauge(limits.utf16_units(text), most - limits.MARKER_ROOM)


def _gauge(used: int, most: int) -> str:
    words = f"{used:,} of {most:,} characters"
    return f'{words} <meter max="{most}" high="{most * 9 // 10}" value="{used}">{words}</meter>'


def moment(at: datetime, timezone: str) -> str:
    """Write a moment as the clocks of a zone show it."""
    local = at.astimezone(ZoneInfo(timezone))
    written = f"{local:%A} {local.day} {local:%B %Y, %H:%M} {escape(timezone)}"
    return f'<time datetime="{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}">{written}</time>'


def problem_list(problems: tuple[Problem, ...], warnings: tuple[Problem, ...]) -> str:
    """List what is wrong, each with its file and line; nothing where nothing is."""
    return _list_of("problem", "bad", problems) + _list_of("warning", "odd", warnings)


def _list_of(kind: str, look: str, problems: tuple[Problem, ...]) -> str:
    if not problems:
        return ""
    items = "".join(f"<li>{_finding(one)}</li>\n" for one in problems)
    heading = _counted(len(problems), kind)
    return (
        f'<section class="found {look}" aria-label="{heading}">'
        f"<h3>{heading}</h3>\n<ul>{items}</ul></section>\n"
    )


def changes(shown: PreviewedEdition) -> str:
    """Show what would change against the post that stands."""
    if not shown.standing:
        return (
            '<p class="quiet">No post of this thread is known yet, so there is nothing to compare with.</p>\n'
        )
    post = link(shown.standing, "the current post")
    if not shown.changes:
        return f'<p class="quiet">The text is the same as in {post}.</p>\n'
    lines = "".join(_line(line) for line in shown.changes)
    return (
        f"<details><summary>Changes since the current post</summary>\n<p>Compared with {post}:</p>\n"
        f'<pre class="diff">{lines}</pre></details>\n'
    )


def _line(line: str) -> str:
    if line.startswith("@@"):
        return "<span>&#8943;</span>\n"
    tag = {"+": "ins", "-": "del"}.get(line[:1], "span")
    return f"<{tag}>{escape(line)}</{tag}>\n"


def _finding(problem: Problem) -> str:
    where = f"{problem.path}:{problem.line}" if problem.line else problem.path
    hint = f' <span class="hint">{escape(problem.hint)}</span>' if problem.hint else ""
    return f"<code>{escape(where)}</code> {escape(problem.what)}{hint}"


def origin(preview: Preview) -> str:
    """Say which state of the source this is, and when it was looked at."""
    revision = preview.revision
    if not revision.commit:
        return f"Generated by megabot on {moment(preview.made, 'UTC')} from files outside git."
    commit = f"<code>{escape(revision.commit[:12])}</code>"
    commit = link(revision.url, commit) if revision.url else commit
    changes = " with uncommitted changes" if revision.dirty else ""
    return f"Generated by megabot on {moment(preview.made, 'UTC')} from revision {commit}{changes}."


def text(markdown: str, *, prefix: str) -> str:
    """Render a text to HTML that loads nothing; names in it begin with a prefix."""
    return f'<div class="text">\n{make_self_contained(to_html_again(markdown), prefix=prefix)}</div>\n'


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))


def current_unreadable(thread: str, error: Exception) -> str:
    """Say that the current post could not be read."""
    return f"{thread}: the current post could not be read: {error}"
