"""Current threads and problems, as `megabot status` shows them. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from megabot import deed_texts
from megabot.core.glance import SourceStatus, Status, ThreadStatus
from megabot.layout import Line, Span, Tone, table, wrap
from megabot.moments import format_span, moment, time_until
from megabot.views.changes import change

_FRESH = timedelta(minutes=30)
_ABOUT = {True: ", pinned", False: ", not pinned", None: ", not pinned by megabot"}


def lines(found: Status, *, width: int | None) -> Iterator[Line]:
    """Write a paragraph for each thread, one for the bot, and what needs attention."""
    for thread in found.threads:
        yield (Span(thread.thread, Tone.STRONG), Span(f"  {thread.timezone}", Tone.QUIET))
        yield from table(list(_thread(thread, found.now)), indent=2, width=width)
        yield ()
    yield (Span("megabot", Tone.STRONG),)
    yield from table(list(_bot(found)), indent=2, width=width)
    if found.alerts:
        yield ()
        yield (Span("needs attention", Tone.BAD),)
    for _, sentence in found.alerts:
        first, *more = wrap(sentence, width=width and width - 4)
        yield (Span("  - "), Span(first))
        yield from ((Span(f"    {line}"),) for line in more)


Row = tuple[Span, str | Span]


def _thread(found: ThreadStatus, now: datetime) -> Iterator[Row]:
    yield _row("current", _current(found))
    if found.empty:
        post = f"megabot post {found.thread} --edition {found.empty}"
        what = f"{found.empty} has not been posted; to post it: {post}"
        yield _row("due", Span(what, Tone.ODD))
    if found.next_slot is None:
        yield _row("next", "no further edition")
    else:
        when = f"{moment(found.next_slot, found.timezone, now)}, {time_until(found.next_slot, now)}"
        yield _row("next", f"{found.next_edition}, {when}")
    for one, edition in found.changes:
        words = change(one, found.timezone, now)
        yield _row("change", Span(f"{edition.key} {words.text}", words.tone))
    if found.essay:
        yield _row("preamble", _preamble(found))
    if found.missing:
        yield _row("missing", Span(f"companions: {', '.join(found.missing)}", Tone.ODD))
    for write in found.unknown:
        since = moment(write.at, found.timezone, now)
        what = f"outcome unknown: {deed_texts.kind(write.kind)} {write.edition}, since {since}"
        yield _row("check", Span(what, Tone.ODD))
    if found.commanded:
        said = found.commanded
        yield _row("last command", f"{said.verb}, by {said.by}, {time_until(said.at, now)}")


def _current(found: ThreadStatus) -> str | Span:
    if not found.url:
        return Span("nothing posted yet", Tone.QUIET)
    commit = f", {_commit(found.commit, dirty=found.dirty)}" if found.commit else ""
    return f"{found.edition}{_ABOUT[found.pinned]}{commit}: {found.url}"


def _preamble(found: ThreadStatus) -> str | Span:
    if found.essay == "missing":
        return Span(f"missing; add preambles/{found.thread}/{found.next_edition}.md", Tone.ODD)
    return "sent by message" if found.essay == "message" else found.essay


def _bot(found: Status) -> Iterator[Row]:
    yield _row("templates", _source(found.source, found.now))
    if found.signed_in:
        yield _row("account", f"signed in {time_until(found.signed_in, found.now)}")
    else:
        yield _row(
            "account",
            Span("not signed in (run megabot login, unless a password is in the settings)", Tone.ODD),
        )


def _source(source: SourceStatus, now: datetime) -> str | Span:
    if not source.commit:
        return source.no_revision or "a plain folder (not in git)"
    commit = _commit(source.commit, dirty=source.dirty)
    if source.fetched is None:
        return commit
    age = now - source.fetched
    if age < _FRESH:
        return f"{commit}, fetched {time_until(source.fetched, now)}"
    return Span(f"{commit}, fetched {format_span(age)} ago; every attempt since then failed", Tone.ODD)


def _commit(commit: str, *, dirty: bool) -> str:
    return f"commit {commit[:7]}{' with uncommitted changes' if dirty else ''}"


def _row(label: str, value: str | Span) -> Row:
    return Span(label, Tone.QUIET), value
