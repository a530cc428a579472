"""What status, history and preview say, a line for each thing. Wording only."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from megabot.commands import override_text
from megabot.commands.status import SourceStatus, Status, ThreadStatus, UnknownWrite
from megabot.i18n import sentences, suggestions
from megabot.i18n.catalogue import Language
from megabot.i18n.channels import Sentence, fill, join
from megabot.ledger.records import CommandRecord
from megabot.source.limits import BODY_LONGEST, MARKER_ROOM

_FRESH = timedelta(minutes=30)


def status_lines(lang: Language, status: Status, names: Collection[str] | None = None) -> tuple[str, ...]:
    """Say what is: of each thread, or of those that are named, of the source, and what needs a person."""
    lines: list[str] = []
    for thread_status in status.threads:
        if names is None or thread_status.thread in names:
            lines.append(status_line(lang, thread_status))
            lines += [
                override_text.pending_override(lang, change, edition, thread_status.timezone)
                for change, edition in thread_status.changes
            ]
    last = [source_line(lang, status.source, now=status.now)]
    if status.signed_in:
        last.append(lang.signed_in.format(age=_span(lang, status.now - status.signed_in)))
    alerts = [
        fill(lang.needs_person, what=sentence)
        for key, sentence in status.alerts
        if names is None or ":" not in key or key.partition(":")[0] in names
    ]
    return (*lines, "; ".join(last), *alerts)


def source_line(lang: Language, source: SourceStatus, *, now: datetime) -> str:
    """Say which state of the source is used, and how old it is where it should be newer."""
    if not source.commit:
        return lang.source_folder
    line = lang.source.format(commit=_commit(lang, source.commit, dirty=source.dirty))
    if source.fetched is None:
        return line
    age = now - source.fetched
    said = lang.fetched if age < _FRESH else lang.not_fetched
    return f"{line}, {said.format(age=_span(lang, age))}"


def status_line(lang: Language, status: ThreadStatus) -> Sentence:
    """Put one thread's status into a line."""
    parts = [", ".join(_coming(lang, status)), ", ".join(_stands(lang, status))]
    if status.empty:
        missing = suggestions.post_edition(status.thread, status.empty)
        parts.append(fill(lang.has_no_post, edition=status.empty, command=missing))
    if status.missing:
        parts.append(lang.companions_missing.format(names=", ".join(status.missing)))
    if status.unknown:
        writes = (_unknown(lang, one, status.timezone) for one in status.unknown)
        parts.append(lang.unknown.format(what=", ".join(writes)))
    command = status.commanded
    if command:
        at = sentences.local_moment(lang, command.at, status.timezone)
        parts.append(lang.commanded_by.format(by=command.by, verb=command.verb, at=at))
    return Sentence(f"{status.thread}: ", join("; ", parts))


def _coming(lang: Language, status: ThreadStatus) -> Iterator[str]:
    if status.next_slot is None:
        yield lang.no_next
        return
    at = sentences.local_moment(lang, status.next_slot, status.timezone)
    yield lang.next.format(at=at, edition=status.next_edition)
    known = {"message": lang.essay_by_message, "missing": lang.essay_missing}
    if status.preamble:
        yield known.get(status.preamble, lang.essay).format(file=status.preamble)


def _stands(lang: Language, status: ThreadStatus) -> Iterator[str]:
    if not status.url:
        yield lang.nothing_posted
        return
    yield f"{status.edition} {status.url}"
    yield {True: lang.pinned, False: lang.not_pinned, None: lang.never_pinned}[status.pinned]
    if status.commit:
        yield _commit(lang, status.commit, dirty=status.dirty)


def _commit(lang: Language, commit: str, *, dirty: bool) -> str:
    return (lang.commit_with_changes if dirty else lang.commit).format(commit=commit[:7])


def _unknown(lang: Language, write: UnknownWrite, timezone: str) -> str:
    at = sentences.local_moment(lang, write.at, timezone)
    return lang.unknown_since.format(what=lang.kinds[write.kind], edition=write.edition, at=at)


def command_line(record: CommandRecord) -> str:
    about = " ".join(record.threads)
    where = f"  {record.key}" if record.person_id else ""
    return f"{sentences.moment(record.at)}  {about}  {record.by}: {record.verb}{where}"


def edition_shown(edition: str, units: int) -> str:
    """Say which edition was shown, and how long it is."""
    return f"{edition}: {units:,} of {BODY_LONGEST - MARKER_ROOM:,} characters"


def _span(lang: Language, age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours >= 48:  # noqa: PLR2004  two days are counted in days
        return lang.days.format(number=hours // 24)
    if hours:
        return lang.hours.format(number=hours)
    return lang.minutes.format(number=int(age.total_seconds() // 60))


def diff_heading(edition: str, url: str) -> str:
    """Say what the lines of a diff that follow are."""
    return f"{edition}: changes since {url}:" if url else f"{edition}: no post is known to compare it with"


def import_cancelled() -> str:
    """Say that nobody agreed to an import."""
    return "nothing was imported; to import without being asked, add --yes"


def undo_cancelled() -> str:
    """Say that nobody agreed to undo an import."""
    return "nothing was undone; to undo without being asked, add --yes"


def past_threads_found(thread: str, taken: int, found: int) -> str:
    """Say how many past threads can be taken."""
    if not found:
        return f"{thread}: no such threads were found; look at --title and --by"
    if not taken:
        return (
            f"{thread}: none of {found} can be imported; for those before the first slot, set schedule.first "
            "in the template to an earlier day, with its number"
        )
    return f"{thread}: {taken} of {found} can be imported"


def ask_which(thread: str, editions: Sequence[str], follows: str) -> str:
    """Ask which edition is posted now."""
    if len(editions) == 1:
        return f"Post {thread}/{editions[0]} now, before its time, {follows}?"
    without, following = editions
    return f"{thread}: {without} has no post, {following} follows {follows}. Which one should be posted now?"


def live_page_help() -> str:
    """Say how a live page behaves and how it ends."""
    return "the page follows the files as they change; Ctrl-C ends it"
