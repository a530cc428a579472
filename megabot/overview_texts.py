"""What status, history and preview say, a line for each thing. Wording only."""

from datetime import datetime, timedelta

from megabot import texts
from megabot.core.glance import SourceStatus, ThreadStatus
from megabot.core.limits import BODY_LONGEST, MARKER_ROOM
from megabot.core.records import Intent, PostRecord

_FRESH = timedelta(minutes=30)


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
    following = f"next {found.next_slot:%a %d %b %H:%M %Z} ({found.next_edition})"
    if not found.url:
        return f"{found.thread}: {following}; nothing posted yet"
    pinned = {True: "yes", False: "no", None: "never by megabot"}[found.pinned]
    commit = f", commit {found.commit[:7]}{' with changes' if found.dirty else ''}" if found.commit else ""
    missing = f"; companions missing: {', '.join(found.missing)}" if found.missing else ""
    unknown = f"; outcome unknown: {', '.join(found.unknown)}" if found.unknown else ""
    stands = f"{found.edition} {found.url}, pinned: {pinned}{commit}"
    return f"{found.thread}: {stands}; {following}{missing}{unknown}"


def history_line(intent: Intent, post: PostRecord | None) -> str:
    """Put one write into a line."""
    new = intent.new
    copy = f"#{new.copy}" if new.copy > 1 else ""
    where = f"  {post.url}" if post is not None else ""
    commit = f"  {post.commit[:7]}{'+' if post.dirty else ''}" if post is not None and post.commit else ""
    note = f"  {intent.note}" if intent.note else ""
    what = f"{new.thread}/{new.edition}{copy}  {texts.kind(new.kind)}: {texts.state(intent.state)}"
    return f"{texts.moment(new.at)}  {what}{where}{commit}{note}"


def previewed(edition: str, units: int) -> str:
    """Say which edition was shown, and how long it is."""
    return f"{edition}: {units:,} of {BODY_LONGEST - MARKER_ROOM:,} characters"


def _span(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours >= 48:  # noqa: PLR2004  two days are counted in days
        return f"{hours // 24} days"
    return f"{hours} h" if hours else f"{int(age.total_seconds() // 60)} min"


def compared(edition: str, url: str) -> str:
    """Say what the lines of a diff that follow are."""
    return f"{edition} beside {url}:" if url else f"{edition}: no post is known to compare it with"


def imported(thread: str, taken: int, found: int) -> str:
    """Say how many past threads can be taken."""
    if not found:
        return f"{thread}: no such threads were found; look at --title and --by"
    if not taken:
        return (
            f"{thread}: none of {found} can be taken; for those before the first slot, set schedule.first in "
            "the template to an earlier day, with its number"
        )
    return f"{thread}: {taken} of {found} can be taken for editions"


def ask_import(taken: int) -> str:
    """Ask before past threads are taken."""
    return f"Take {taken} for editions? The newest gets a comment that says so; none is ever edited."


def followed() -> str:
    """Say how a live page behaves and how it ends."""
    return "the page follows the files as they change; Ctrl-C ends it"


def not_compared(thread: str, error: Exception) -> str:
    """Say that the standing post could not be read."""
    return f"{thread}: the post that stands could not be read: {error}"
