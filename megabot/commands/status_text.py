"""Lines of status, history and preview. Wording only."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from megabot.commands import override_text
from megabot.commands.status import SourceStatus, Status, ThreadStatus, UnknownWrite
from megabot.commands.web_orders import is_order
from megabot.i18n import sentences, suggestions
from megabot.i18n.channels import Sentence, fill, join
from megabot.i18n.translation import _, ngettext, pgettext
from megabot.ledger.records import CommandRecord
from megabot.reconcile.describe import KINDS
from megabot.source.limits import BODY_LONGEST, MARKER_ROOM

# The source is fetched every ten minutes, so by then several attempts have failed.
_FRESH = timedelta(minutes=30)


def status_lines(status: Status, names: Collection[str] | None = None) -> tuple[str, ...]:
    """Return lines about each thread, or the named ones, then the source and what needs attention."""
    lines: list[str] = []
    for thread_status in status.threads:
        if names is None or thread_status.thread in names:
            lines.append(status_line(thread_status))
            lines += [
                override_text.pending_override(change, edition, thread_status.timezone)
                for change, edition in thread_status.changes
            ]
    last = [source_line(status.source, now=status.now)]
    if status.signed_in:
        last.append(_("signed in {age} ago").format(age=_span(status.now - status.signed_in)))
    alerts = [
        fill(_("needs attention: {what}"), what=sentence)
        for key, sentence in status.alerts
        if names is None or ":" not in key or key.partition(":")[0] in names
    ]
    return (*lines, "; ".join(last), *alerts)


def source_line(source: SourceStatus, *, now: datetime) -> str:
    """Return which commit of the source is used, and when it was fetched."""
    if not source.commit:
        return _("templates: a plain folder (not in git)")
    line = _("templates: {commit}").format(commit=_commit(source.commit, dirty=source.dirty))
    if source.fetched is None:
        return line
    age = now - source.fetched
    said = _("fetched {age} ago") if age < _FRESH else _("fetched {age} ago; every attempt since then failed")
    return f"{line}, {said.format(age=_span(age))}"


def status_line(status: ThreadStatus) -> Sentence:
    parts = [", ".join(_next_parts(status)), ", ".join(_current_parts(status))]
    if status.empty:
        missing = suggestions.post_edition(status.thread, status.empty)
        parts.append(
            fill(
                _("{edition} has not been posted; to post it: {command}"),
                edition=status.empty,
                command=missing,
            )
        )
    if status.missing:
        parts.append(_("companions missing: {names}").format(names=", ".join(status.missing)))
    if status.unknown:
        writes = (_unknown(one, status.timezone) for one in status.unknown)
        parts.append(_("outcome unknown: {what}").format(what=", ".join(writes)))
    command = status.commanded
    if command:
        at = sentences.local_moment(command.at, status.timezone)
        parts.append(_("last command: {verb}, by {by}, {at}").format(by=command.by, verb=command.verb, at=at))
    return Sentence(f"{status.thread}: ", join("; ", parts))


def _next_parts(status: ThreadStatus) -> Iterator[str]:
    if status.next_slot is None:
        yield _("no further editions")
        return
    at = sentences.local_moment(status.next_slot, status.timezone)
    yield _("next {at} ({edition})").format(at=at, edition=status.next_edition)
    known = {"message": _("preamble: sent by message"), "missing": _("preamble: missing")}
    if status.preamble:
        yield known.get(status.preamble, _("preamble: {file}")).format(file=status.preamble)


def _current_parts(status: ThreadStatus) -> Iterator[str]:
    if not status.url:
        yield _("nothing posted yet")
        return
    yield f"{status.edition} {status.url}"
    yield {True: _("pinned: yes"), False: _("pinned: no"), None: _("not pinned by megabot")}[status.pinned]
    if status.commit:
        yield _commit(status.commit, dirty=status.dirty)


def _commit(commit: str, *, dirty: bool) -> str:
    return (_("commit {commit} with changes") if dirty else _("commit {commit}")).format(commit=commit[:7])


def _unknown(write: UnknownWrite, timezone: str) -> str:
    at = sentences.local_moment(write.at, timezone)
    return _("{what} {edition} since {at}").format(
        what=pgettext(*KINDS[write.kind]), edition=write.edition, at=at
    )


def command_line(record: CommandRecord) -> str:
    about = " ".join(record.threads)
    where = f"  {record.key}" if record.person_id else ""
    return f"{sentences.moment(record.at)}  {about}  {record.by}: {record.verb}{where}"


def channel(record: CommandRecord) -> str:
    """Return where a command was given."""
    if is_order(record):
        return _("on the page")
    return _("at the shell") if record.key.startswith("shell:") else _("on Lemmy")


def edition_shown(edition: str, units: int) -> str:
    return f"{edition}: {units:,} of {BODY_LONGEST - MARKER_ROOM:,} characters"


def _span(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours >= 48:  # noqa: PLR2004  two days are counted in days
        return ngettext("{number} day", "{number} days", hours // 24).format(number=hours // 24)
    if hours:
        return _("{number} h").format(number=hours)
    return _("{number} min").format(number=int(age.total_seconds() // 60))


def diff_heading(edition: str, url: str) -> str:
    return f"{edition}: changes since {url}:" if url else f"{edition}: no post is known to compare it with"


def import_cancelled() -> str:
    return "nothing was imported; to import without confirmation, add --yes"


def undo_cancelled() -> str:
    return "nothing was undone; to undo without confirmation, add --yes"


def past_threads_found(thread: str, taken: int, found: int) -> str:
    """Return how many of the threads that were found can be imported."""
    if not found:
        return f"{thread}: no such threads were found; check --title and --by"
    if not taken:
        return (
            f"{thread}: none of {found} can be imported; for those before the first slot, set schedule.first "
            "in the template to an earlier day, with its number"
        )
    return f"{thread}: {taken} of {found} can be imported"


def ask_which(thread: str, editions: Sequence[str], follows: str) -> str:
    if len(editions) == 1:
        return f"Post {thread}/{editions[0]} now, before its time ({follows})?"
    without, following = editions
    return (
        f"{thread}: {without} has not been posted, and {following} follows {follows}. "
        "Which one should be posted now?"
    )


def live_page_help() -> str:
    return "the page updates when the files change; press Ctrl-C to stop"
