"""What status, history and preview say, a line for each thing. Wording only."""

from collections.abc import Collection
from datetime import datetime, timedelta

from megabot import amendment_texts, texts
from megabot.core.glance import SourceStatus, Status, ThreadStatus
from megabot.core.heard import Heard
from megabot.core.limits import BODY_LONGEST, MARKER_ROOM
from megabot.core.records import Intent, PostRecord

_FRESH = timedelta(minutes=30)


def status_lines(found: Status, names: Collection[str] | None = None) -> tuple[str, ...]:
    """Say what is: of each thread, or of those that are named, of the source, and what needs a person."""
    threads = [one for one in found.threads if names is None or one.thread in names]
    lines = [line for one in threads for line in (status_line(one), *_changes(one))]
    lines.append(source_line(found.source, now=found.now))
    if found.signed_in:
        lines[-1] += f"; token: {_span(found.now - found.signed_in)}"
    return (*lines, *(f"needs a person: {sentence}" for sentence in found.alerts))


def _changes(found: ThreadStatus) -> tuple[str, ...]:
    return tuple(
        amendment_texts.in_force(change, edition, found.timezone) for change, edition in found.changes
    )


def source_line(source: SourceStatus, *, now: datetime) -> str:
    """Say which state of the source is used, and how old it is where it should be newer."""
    if not source.commit:
        return "source: a folder that is in no git repository"
    line = f"source: commit {source.commit[:7]}{' with changes' if source.dirty else ''}"
    if source.fetched is None:
        return line
    line += f", fetched {texts.moment(source.fetched)}"
    age = now - source.fetched
    return line if age < _FRESH else f"{line}, {_span(age)} ago: it could not be fetched since"


def status_line(found: ThreadStatus) -> str:
    """Put one thread's status into a line."""
    city = found.timezone.rpartition("/")[2].replace("_", " ")
    essay = f", essay: {found.essay}" if found.essay else ""
    following = f"next {found.next_slot:%a %d %b %H:%M} {city} ({found.next_edition}){essay}"
    said = found.commanded
    commanded = (
        f"; commanded by: {said.by} ({said.verb}, {texts.local_moment(said.at, found.timezone)})"
        if said
        else ""
    )
    return f"{found.thread}: {following}; {_stands(found)}{commanded}"


def _stands(found: ThreadStatus) -> str:
    if not found.url:
        return "nothing posted yet"
    pinned = {True: "yes", False: "no", None: "never by megabot"}[found.pinned]
    commit = f", commit {found.commit[:7]}{' with changes' if found.dirty else ''}" if found.commit else ""
    missing = f"; companions missing: {', '.join(found.missing)}" if found.missing else ""
    unknown = f"; outcome unknown: {', '.join(found.unknown)}" if found.unknown else ""
    return f"{found.edition} {found.url}, pinned: {pinned}{commit}{missing}{unknown}"


def command_line(heard: Heard) -> str:
    """Put one command into a line."""
    about = " ".join(heard.threads)
    where = f"  {heard.key}" if heard.person_id else ""
    return f"{texts.moment(heard.at)}  {about}  {heard.by}: {heard.verb}{where}"


def history_line(intent: Intent, post: PostRecord | None, *, by: str = "") -> str:
    """Put one write into a line. `by` is who ordered it, empty for nobody."""
    new = intent.new
    copy = f"#{new.copy}" if new.copy > 1 else ""
    where = f"  {post.url}" if post is not None else ""
    commit = f"  {post.commit[:7]}{'+' if post.dirty else ''}" if post is not None and post.commit else ""
    note = f"  {intent.note}" if intent.note else ""
    what = f"{new.thread}/{new.edition}{copy}  {texts.kind(new.kind)}: {texts.state(intent.state)}"
    ordered = f"  ordered by {by}" if by else ""
    return f"{texts.moment(new.at)}  {what}{ordered}{where}{commit}{note}"


def previewed(edition: str, units: int) -> str:
    """Say which edition was shown, and how long it is."""
    return f"{edition}: {units:,} of {BODY_LONGEST - MARKER_ROOM:,} characters"


def _span(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours >= 48:  # noqa: PLR2004  two days are counted in days
        return f"{hours // 24} days"
    return f"{hours} h" if hours else f"{int(age.total_seconds() // 60)} min"
