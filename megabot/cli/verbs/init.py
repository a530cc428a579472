"""`megabot init`: write settings and a first template, from a few answers or an existing thread."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import urlsplit

import click

from megabot.cli import anonymous, scaffold
from megabot.cli.terminal import finish
from megabot.errors import NeedsPerson, UserError
from megabot.forum import addresses
from megabot.forum.public_post import PublicPost
from megabot.i18n.tables import Outcome
from megabot.source.from_post import take_apart
from megabot.source.titles.title_dates import TitleRead, read_title

Value = TypeVar("Value")
_CHECKS: Mapping[str, Callable[[str], object]] = {
    "instance": scaffold.instance,
    "username": scaffold.username,
    "community": scaffold.community,
    "day": scaffold.weekday,
    "time": scaffold.hour,
    "timezone": scaffold.timezone,
    "name": scaffold.thread_name,
}
_SUPPORTED = ("0.19.", "1.")
_PURPOSES = {
    ".env": "the settings, readable by you only",
    ".gitignore": "keeps the settings and the token out of git",
    "templates/thread.md.j2": "the thread's template",
    "left-over.md": "the end of the thread's text, which was too long for a template",
}


@click.command(help="Set up a bot in FOLDER: asks a few questions, then writes settings and a template.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--from", "url", metavar="POST_URL", help="Build the template from an existing thread.")
@click.option("--instance", metavar="ADDRESS", help="The server, like https://lemmy.example.")
@click.option("--username", metavar="NAME", help="The name of the bot's account.")
@click.option(
    "--community", metavar="NAME", help="The community, as name, or name@host if it is on another server."
)
@click.option("--day", metavar="DAY", help="The day of the week, like monday.")
@click.option("--time", metavar="TIME", help="The time of day, like 18:00 or 6pm.")
@click.option("--timezone", metavar="ZONE", help="The time zone, like Europe/London.")
@click.option(
    "--name", metavar="NAME", default="weekly", show_default=True, help="A short name for the thread."
)
@click.option("--language", metavar="CODE", default="", help="With --from: the thread's language, like fr.")
@click.option(
    "--yes", is_flag=True, help="Ask nothing: use the defaults, even if the server cannot be reached."
)
def command(folder: Path, *, url: str | None, language: str, yes: bool, **given: str | None) -> int:
    """Find a free folder, ask until each answer is valid, show what will be written, then write it."""
    person = _Person(given, yes=yes)
    target = _free_folder(folder, person)
    anonymous.check_output(target)
    person.check_given()
    instance, post = _read(url) if url else (None, None)
    language = language or (post.language if post else "")
    title = _title(post, language) if post else None
    answers = _answers(person, instance, post, title, language=language)
    taken = take_apart(title, post.text) if post and title else None
    now = datetime.now(UTC)
    files = dict(scaffold.files(answers, now=now, taken=taken))
    # The folder may be a repository that has a .gitignore, and nothing is overwritten.
    if (target / scaffold.IGNORED).exists():
        del files[scaffold.IGNORED]
    _show(files, target, scaffold.changes(answers, taken, now) if taken else ())
    if not person.agrees("Write these files?", default=True):
        return finish(Outcome.REFUSED, "cancelled; nothing was written")
    scaffold.write(files, target)
    where = "this folder" if target == Path() else str(target)
    code = finish(Outcome.DONE, f"wrote {len(files)} files to {where}. Next steps:")
    adoptable = taken and scaffold.first_of_thread(answers, taken, now)[0] <= scaffold.first_day(answers, now)
    _say_next(target, post, adopt=post.url if post and adoptable else "")
    return code


@dataclass(frozen=True, slots=True)
class _Person:
    """Answers from the command line's options first, then from the user at a terminal unless `yes` is set."""

    given: Mapping[str, str | None]
    yes: bool

    def check_given(self) -> None:
        """Raise `UsageError` if an option is invalid, before any question or request to the server."""
        for option, text in self.given.items():
            if text is not None:
                self._checked(option, text, _CHECKS[option])

    def answer(
        self, option: str, question: str, check: Callable[[str], Value], *, default: str | None = None
    ) -> Value:
        """Return a checked answer. Raises `UsageError` if an option is invalid or an answer is missing."""
        text = self.given[option] or (default if self.yes else None)
        if text is not None:
            return self._checked(option, text, check)
        if self.yes:
            raise click.UsageError(f"--{option} is missing; --yes asks no questions, so it must be given")
        hint = f"use --{option} to give it, or --yes for the defaults"
        while True:
            try:
                return check(self.typed(question, default, hint=hint))
            except ValueError as error:
                click.echo(f"{error}", err=True)

    def _checked(self, option: str, text: str, check: Callable[[str], Value]) -> Value:
        try:
            return check(text)
        except ValueError as error:
            raise click.UsageError(f"--{option}: {error}") from error

    def typed(self, question: str, default: str | None, *, hint: str) -> str:
        """Return what the user types. Raises `UsageError` with the hint if stdin is not a terminal."""
        try:
            return str(click.prompt(question, default=default))
        except click.Abort:
            # click raises Abort for Ctrl-C and at the end of the input; only the latter is a missing answer.
            if sys.stdin.isatty():
                raise
            raise click.UsageError(f"no answer to {question!r}: {hint}") from None

    def agrees(self, question: str, *, default: bool) -> bool:
        """Return whether the user agrees; `yes` agrees to everything."""
        if self.yes:
            return True
        try:
            return click.confirm(question, default=default)
        except click.Abort:
            # As in `typed`: Ctrl-C is not a missing answer.
            if sys.stdin.isatty():
                raise
            raise click.UsageError(f"no answer to {question!r}: use --yes to agree") from None


def _free_folder(folder: Path, person: _Person) -> Path:
    """Return a folder that a bot can be set up in; suggest another one before anything else is asked."""
    while obstacle := scaffold.obstacle(folder):
        free = scaffold.free_name(folder)
        if person.yes:
            raise NeedsPerson(f"{obstacle}; choose another folder, for example: megabot init {free}")
        click.echo(f"{obstacle}.", err=True)
        hint = f"choose another folder, for example: megabot init {free}"
        folder = Path(person.typed("Set up the bot in another folder", str(free), hint=hint)).expanduser()
    return folder


def _answers(
    person: _Person,
    instance: str | None,
    post: PublicPost | None,
    title: TitleRead | None,
    *,
    language: str,
) -> scaffold.Answers:
    server = _server(person, instance)
    start = title.start if title else None
    return scaffold.Answers(
        instance=server,
        username=person.answer("username", "Name of the bot's account", scaffold.username),
        community=_community(person, server, post.community or None if post else None),
        weekday=person.answer(
            "day",
            "Day of the week",
            scaffold.weekday,
            default=scaffold.WEEKDAYS[start.weekday() if start else 0],
        ),
        at=person.answer("time", "Time of day, like 18:00 or 6pm", scaffold.hour, default="12:00"),
        timezone=person.answer("timezone", "Time zone", scaffold.timezone, default="Europe/London"),
        name=person.answer("name", "Short name for the thread", scaffold.thread_name),
        language=language,
    )


def _server(person: _Person, default: str | None) -> str:
    """Ask for the server until a Lemmy answers there or the user continues without it."""
    while True:
        address = person.answer(
            "instance",
            "Address of the server, like https://lemmy.example",
            scaffold.instance,
            default=default,
        )
        try:
            with anonymous.public_posts(address) as posts:
                version = posts.version()
            note = "" if version.startswith(_SUPPORTED) else "; megabot supports 0.19 and 1.0"
            click.echo(f"{address} runs Lemmy {version}{note}.")
        except UserError as error:
            click.echo(f"No Lemmy server could be reached at {address}: {error}", err=True)
            if address.startswith("https:") and addresses.is_loopback(urlsplit(address).hostname or ""):
                click.echo(
                    f"For a server on this machine, try {address.replace('https', 'http', 1)}", err=True
                )
            if not person.agrees("Use this address anyway?", default=False):
                _stop_if_given(person, "instance")
                continue
        return address


def _community(person: _Person, server: str, default: str | None) -> str:
    while True:
        name = person.answer("community", "Community, name or name@host", scaffold.community, default=default)
        try:
            with anonymous.public_posts(server) as posts:
                is_there = posts.has_community(name)
        except UserError:
            return name  # _server has already reported this
        if not is_there:
            click.echo(
                f"The community {name} does not exist on {server} or is not visible to visitors.", err=True
            )
            if not person.agrees("Use this name anyway?", default=False):
                _stop_if_given(person, "community")
                continue
        return name


def _stop_if_given(person: _Person, option: str) -> None:
    """End the command if the value came from an option: a script cannot answer the question again."""
    if person.given[option]:
        raise NeedsPerson(f"nothing was written; use another --{option}, or omit it to be asked")


def _read(url: str) -> tuple[str, PublicPost]:
    """Read a thread anonymously: there is no account yet."""
    try:
        instance, number = scaffold.post(url)
    except ValueError as error:
        raise click.UsageError(f"--from: {error}") from error
    with anonymous.public_posts(instance) as posts:
        return instance, posts.one(number)


def _title(post: PublicPost, language: str) -> TitleRead:
    if language and anonymous.date_words(language) is None:
        language = ""  # Lemmy lists languages that Babel has no month names for: read the title as English
    return read_title(post.title, post.published.date(), anonymous.date_words, language=language)


def _show(files: Mapping[PurePosixPath, str], target: Path, changes: tuple[str, ...]) -> None:
    if changes:
        click.echo("Differences from the existing thread:")
        for change in changes:
            click.echo(f"  - {change}")
    click.echo(f"These files will be written to {target if target != Path() else 'this folder'}:")
    shown = [str(path) for path in files]
    sections = [path for path in shown if path.startswith("templates/sections/")]
    width = max(map(len, shown))
    for path in shown:
        # A directory can become hundreds of sections.
        if path not in sections[3:]:
            click.echo(f"  {path:{width}}  {_purpose(path)}".rstrip())
    if len(sections) > 3:  # noqa: PLR2004
        click.echo(f"  and {len(sections) - 3} more sections")


def _purpose(path: str) -> str:
    if path.startswith("templates/sections/"):
        return "a section"
    return "the preamble for weeks that have no file" if "/preambles/" in path else _PURPOSES.get(path, "")


def _say_next(target: Path, post: PublicPost | None, *, adopt: str) -> None:
    if target != Path():
        click.echo(f"  cd {target}")
    click.echo("  megabot preview --open    # shows the thread in your browser while you edit the files")
    click.echo("  megabot check             # checks settings and templates")
    click.echo("  megabot login             # asks for the password once, stores only a token")
    click.echo("  megabot check --online    # checks the account and its rights")
    if post is None:
        click.echo("  megabot post              # posts this week's thread; after that: megabot run")
    else:
        if adopt:
            click.echo(f"  megabot adopt {adopt}    # so that the next thread links to this one")
        click.echo("  megabot run               # posts the next thread at its time")
