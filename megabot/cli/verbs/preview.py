"""`megabot preview`: the next edition as text or as a page."""

import json
import webbrowser
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from megabot.app import App, open_app
from megabot.cli import anonymous
from megabot.cli.terminal import say, show
from megabot.commands import status_text
from megabot.errors import ConfigError, WriteFailed
from megabot.i18n.tables import Outcome, Span, Tone
from megabot.preview import preview
from megabot.preview.fragments import Preview, PreviewedEdition
from megabot.preview.page import page
from megabot.rendering.model import Rendered
from megabot.source.folder import place_problem
from megabot.source.limits import utf16_units
from megabot.source.problems import Problem

_OF_A_DIFF = {"+": Tone.GOOD, "-": Tone.BAD, "@": Tone.STRONG}


@click.command(help="Show the next edition as it would be posted: title and Markdown. Works offline.")
@click.argument("thread", required=False)
@click.option("--edition", "key", metavar="KEY", help="Show another edition, like 2026-W47.")
@click.option(
    "--output",
    metavar="FILE.html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an HTML page to this file instead, as readers would see it, with any problems.",
)
@click.option(
    "--diff",
    "compare",
    is_flag=True,
    help="Also show a diff against the current post (fetched without logging in).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, including problems and the diff.")
@click.option("--open", "live", is_flag=True, help="Open a page in the browser that updates as you edit.")
@click.pass_obj
def command(
    options: dict[str, object],
    /,
    thread: str | None,
    key: str | None,
    output: Path | None,
    **flags: bool,
) -> int:
    """Print the text, or the page's path, on stdout; problems and the length on stderr."""
    with open_app(options) as app:
        if output is not None:
            anonymous.check_output(output)
        compare = flags["compare"]
        if flags["live"]:
            return _open(app, thread, key, compare=compare)
        current = _current_text(app) if compare else lambda _: ("", "")
        shown = preview.preview(app.offline_ports, key, choose=lambda: app.threads(thread), compare=current)
    if output is not None:
        _write(output, page(shown))
    if flags["as_json"]:
        click.echo(json.dumps(document(shown), indent=2, ensure_ascii=False))
        return 1 if shown.problems else 0
    if output is None:
        _print(shown, compare=compare)
    else:
        click.echo(str(output))
    _report(shown, app.settings.source)
    return 1 if shown.problems else 0


def _current_text(app: App) -> preview.Standing:
    # A live page compares after every save, but the post is fetched from the server only once.
    return cache(
        partial(preview.current_or_public_text, app.offline_ports, partial(anonymous.newest_posts, app))
    )


def _open(app: App, thread: str | None, key: str | None, *, compare: bool) -> int:
    # Imported late, because only this needs them, and because the extra `web` may not be installed.
    try:
        from megabot.web.live import server as live_server
    except ImportError:
        raise ConfigError(
            "preview --open needs Starlette and uvicorn; run: pipx inject megabot starlette uvicorn, or, if "
            "megabot was installed with pip: pip install starlette uvicorn"
        ) from None

    where = app.settings.source
    current = (
        _current_text(app) if compare else lambda thread: preview.current_text(app.offline_ports, thread.name)
    )
    with anonymous.warm_ports(app) as ports:
        show = partial(_show, live_server.view_query(ports, thread, key))
        folder = where if isinstance(where, Path) else None
        live_server.serve(ports, folder=folder, compare=current, show=show)
    return 0


def _show(wish: str, url: str) -> None:
    click.echo(f"{url}{wish}")
    click.echo(status_text.live_page_help(), err=True)
    webbrowser.open(f"{url}{wish}")


def _print(preview: Preview, *, compare: bool) -> None:
    for edition in preview.editions:
        if isinstance(edition.text, Rendered):
            click.echo(f"{edition.text.title}\n\n{edition.text.body.rstrip()}\n")
        if compare:
            click.echo(status_text.diff_heading(edition.edition.id, edition.standing))
            show((Span(line, _OF_A_DIFF.get(line[:1], Tone.QUIET)),) for line in (*edition.changes, ""))


def _write(path: Path, html: str) -> None:
    try:
        # Half a character in a template is reported on the page, which must not fail because of it (T05).
        path.write_text(html, encoding="utf-8", errors="replace")
    except OSError as error:
        raise WriteFailed(f"cannot write {path}: {error.strerror}; choose another --output") from error


def _report(preview: Preview, source: object) -> None:
    for outcome, listed in ((Outcome.PROBLEM, preview.problems), (Outcome.WARNING, preview.warnings)):
        for problem in listed:
            say(outcome, str(place_problem(problem, source)), err=True)
    for edition in preview.editions:
        if isinstance(edition.text, Rendered):
            click.echo(
                status_text.edition_shown(edition.edition.id, utf16_units(edition.text.body)), err=True
            )


def document(preview: Preview) -> dict[str, object]:
    """Return the data for JSON; times in ISO 8601, in the thread's time zone."""
    return {
        "commit": preview.revision.commit or None,
        "dirty": preview.revision.dirty,
        "problems": [_problem(one) for one in preview.problems],
        "warnings": [_problem(one) for one in preview.warnings],
        "editions": [_edition(one) for one in preview.editions],
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {"path": problem.path, "line": problem.line or None, "what": problem.what, "hint": problem.hint}


def _edition(shown: PreviewedEdition) -> dict[str, object]:
    edition, text = shown.edition, shown.text
    rendered = text if isinstance(text, Rendered) else None
    zone = ZoneInfo(shown.thread.schedule.timezone)
    return {
        "thread": shown.thread.name,
        "edition": edition.key,
        "number": edition.number,
        "slot": edition.slot.astimezone(zone).isoformat(),
        "skipped": edition.skipped,
        "title": rendered and rendered.title,
        "body": rendered and rendered.body,
        "comment": rendered and rendered.comment,
        "current": shown.standing or None,
        "diff": list(shown.changes),
    }
