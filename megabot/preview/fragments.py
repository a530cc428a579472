"""The values of a preview, and the pieces of HTML that its two pages share. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from lemmy_markdown import to_html_again
from megabot.i18n.dates import full_moment
from megabot.i18n.translation import _, ngettext, pgettext
from megabot.preview.absolute_links import link, make_self_contained
from megabot.rendering.model import Rendered, RenderProblem
from megabot.schedule.calendar import Edition
from megabot.source import limits
from megabot.source.model import Revision, Thread
from megabot.source.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedEdition:
    """One edition of a thread and its text, or the problems that prevent it.

    `standing` is the address of the current post, and `changes` are the lines of a diff from its text; both
    are empty if it is not known.
    """

    thread: Thread
    edition: Edition
    text: Rendered | RenderProblem
    standing: str = ""
    changes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems that prevent posting."""
        return self.text.problems if isinstance(self.text, RenderProblem) else ()

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings, which do not prevent posting."""
        return () if isinstance(self.text, RenderProblem) else (*self.text.warnings, *self.text.unused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be posted, with the time and the revision of the templates it was rendered from.

    `source_problems` are mistakes that prevent using the templates at all, `source_warnings` are warnings
    that do not belong to a single thread.
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
    """Return one line about whether this could be posted."""
    problems, warnings = len(preview.problems), len(preview.warnings)
    if problems:
        words = _("Nothing is posted until this is fixed.")
        return f'<p class="verdict bad"><strong>{_problems(problems)}.</strong> {words}</p>\n'
    if warnings:
        words = _("Warnings do not block posting. Please review them.")
        return f'<p class="verdict odd"><strong>{_warnings(warnings)}.</strong> {words}</p>\n'
    found, words = _("No problems found."), _("It can be posted as shown.")
    return f'<p class="verdict good"><strong>{found}</strong> {words}</p>\n'


def heading(edition: PreviewedEdition) -> str:
    """Return the title of an edition, or its key if it could not be rendered."""
    return (
        f"{edition.thread.name} {edition.edition.key}"
        if isinstance(edition.text, RenderProblem)
        else edition.text.title
    )


def facts(one: PreviewedEdition) -> str:
    """List when an edition is due and how much of Lemmy's limits it uses."""
    edition, name = one.edition, escape(one.thread.name)
    skipped = _("This edition is skipped and will not be posted.")
    skipped = f" <strong>{skipped}</strong>" if edition.skipped else ""
    number = _("{key}, number {number} of {thread}")
    rows = {
        _("Edition"): number.format(
            key=escape(edition.key), number=edition.number, thread=f"<em>{name}</em>"
        ),
        _("Due"): moment(edition.slot, one.thread.schedule.timezone) + skipped,
    }
    if isinstance(one.text, Rendered):
        # Lemmy counts a title in code points, everything else in UTF-16 units (lemmy-api 2.7).
        rows[_("Title")] = _gauge(len(one.text.title), limits.TITLE_LONGEST)
        rows[_("Text")] = _signed_gauge(one.text.body.rstrip(), limits.BODY_LONGEST)
        if one.text.comment:
            rows[_("Comment")] = _signed_gauge(one.text.comment, limits.COMMENT_LONGEST)
        if one.text.first_comment:
            rows[_("First comment")] = _signed_gauge(one.text.first_comment, limits.COMMENT_LONGEST)
    listed = "".join(f"<div><dt>{what}</dt><dd>{value}</dd></div>\n" for what, value in rows.items())
    return f'<dl class="facts">\n{listed}</dl>\n'


def _signed_gauge(text: str, most: int) -> str:
    """Show the length of a text whose limit must leave room for megabot's marker."""
    return _gauge(limits.utf16_units(text), most - limits.MARKER_ROOM)


def _gauge(used: int, most: int) -> str:
    words = _("{used} of {most} characters").format(used=_grouped(used), most=_grouped(most))
    return f'{words} <meter max="{most}" high="{most * 9 // 10}" value="{used}">{words}</meter>'


def _grouped(number: int) -> str:
    # Translators: between the thousands of a number, as in 49,800.
    return f"{number:,}".replace(",", pgettext("between thousands", ","))


def moment(at: datetime, timezone: str) -> str:
    """Return a time in a time zone as HTML."""
    written = f"{full_moment(at.astimezone(ZoneInfo(timezone)))} {escape(timezone)}"
    return f'<time datetime="{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}">{written}</time>'


def problem_list(problems: tuple[Problem, ...], warnings: tuple[Problem, ...], *, level: int = 3) -> str:
    """List problems and warnings with file and line, below headings of a level; "" if there are none."""
    bad, odd = _problems(len(problems)), _warnings(len(warnings))
    return _list_of(bad, "bad", problems, level) + _list_of(odd, "odd", warnings, level)


def _list_of(heading: str, look: str, problems: tuple[Problem, ...], level: int) -> str:
    if not problems:
        return ""
    items = "".join(f"<li>{_finding(one)}</li>\n" for one in problems)
    return (
        f'<section class="found {look}" aria-label="{heading}">'
        f"<h{level}>{heading}</h{level}>\n<ul>{items}</ul></section>\n"
    )


def changes(shown: PreviewedEdition) -> str:
    """Show the changes since the current post."""
    if not shown.standing:
        words = _("This thread has no known post yet, so there is nothing to compare with.")
        return f'<p class="quiet">{words}</p>\n'
    post = link(shown.standing, _("the current post"))
    if not shown.changes:
        words = _("The text is the same as in {post}.").format(post=post)
        return f'<p class="quiet">{words}</p>\n'
    lines = "".join(_line(line) for line in shown.changes)
    summary, words = _("Changes since the current post"), _("Compared with {post}:").format(post=post)
    return (
        f'<details><summary>{summary}</summary>\n<p>{words}</p>\n<pre class="diff">{lines}</pre></details>\n'
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
    """Return the revision of the templates and the time of the preview."""
    revision = preview.revision
    made = moment(preview.made, "UTC")
    if not revision.commit:
        return _("Generated by megabot on {moment} from files outside git.").format(moment=made)
    commit = f"<code>{escape(revision.commit[:12])}</code>"
    commit = link(revision.url, commit) if revision.url else commit
    words = (
        _("Generated by megabot on {moment} from revision {commit} with uncommitted changes.")
        if revision.dirty
        else _("Generated by megabot on {moment} from revision {commit}.")
    )
    return words.format(moment=made, commit=commit)


def text(markdown: str, *, prefix: str) -> str:
    """Render a text to HTML that loads nothing; its ids start with a prefix."""
    return f'<div class="text">\n{make_self_contained(to_html_again(markdown), prefix=prefix)}</div>\n'


def _problems(number: int) -> str:
    return ngettext("{number} problem", "{number} problems", number).format(number=number)


def _warnings(number: int) -> str:
    return ngettext("{number} warning", "{number} warnings", number).format(number=number)


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))


def current_unreadable(thread: str, error: Exception) -> str:
    return f"{thread}: the current post could not be read, so there is no diff: {error}"
