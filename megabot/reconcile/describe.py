"""Describe actions, writes and reasons for the log, the shell and alerts. Wording only."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from megabot.i18n import suggestions, times
from megabot.i18n.channels import CommandWords, Sentence, fill
from megabot.i18n.hold_reasons import HOLDS
from megabot.i18n.sentences import local_moment, moment, until
from megabot.i18n.translation import NP_, _, ngettext
from megabot.ledger.records import Intent, IntentKind, IntentState
from megabot.reconcile.actions import (
    Action,
    Adopt,
    Announce,
    Blocked,
    Distinguish,
    Edit,
    FirstComment,
    LinkOldThread,
    Lock,
    MissingInput,
    Pin,
    Publish,
    Release,
    RetryPublish,
    UndoRepost,
    Unlock,
    Unpin,
    Write,
)
from megabot.reconcile.post_limit import LatePosts
from megabot.schedule.calendar import Edition
from megabot.source.model import Thread
from megabot.source.problems import Problem


def action(thread: Thread, planned: Action) -> str:
    """Describe what a pass would do, as `megabot plan` prints it."""
    match planned:
        case Blocked():
            return blocked_sentence(thread, planned)
        case MissingInput():
            return f"{thread.name}: more must be read first ({planned.value})"
        case _:
            return write_in_progress(thread, planned)


_TO_A_POST: dict[type[Write], str] = {
    Pin: "pin",
    Unpin: "unpin",
    LinkOldThread: "link the new thread in",
    Announce: "announce the next thread in",
    FirstComment: "add the first comment to",
    Distinguish: "distinguish the comment in",
    Lock: "lock",
    Unlock: "unlock",
    Edit: "edit",
}


def write_in_progress(thread: Thread, planned: Write) -> str:
    """Describe a write that is being done."""
    match planned:
        case Publish(edition=edition, copy=copy, text=text):
            again = f" (copy {copy})" if copy > 1 else ""
            return f"{thread.name}: post edition {edition.key}{again}: {text.title}"
        case RetryPublish(intent=intent):
            return (
                f"{thread.name}: retry posting edition {intent.new.edition}, which certainly did not happen"
            )
        case Adopt(post=post, edition=edition):
            return f"{thread.name}: adopt {post.url} as edition {edition.key}"
        case Release(thread_post=thread_post):
            return f"{thread.name}: no longer keep {thread_post.post.url} as edition {thread_post.key}"
        case UndoRepost(thread_post=thread_post, current=current):
            return (
                f"{thread.name}: withdraw {thread_post.post.url}; {current.post.url} is the "
                f"current post again"
            )
        case _:
            thread_post = planned.thread_post
            return f"{thread.name}: {_TO_A_POST[type(planned)]} {thread_post.post.url}"


_STATES = {
    IntentState.SENDING: "sent, no response yet",
    IntentState.UNKNOWN: "outcome unknown, not found at the first check",
    IntentState.NOT_SENT: "not sent",
    IntentState.REFUSED: "refused",
    IntentState.ABSENT: "did not happen",
    IntentState.DONE: "done",
}


KINDS = {
    IntentKind.PUBLISH: NP_("action", "post"),
    IntentKind.PIN: NP_("action", "pin"),
    IntentKind.UNPIN: NP_("action", "unpin"),
    IntentKind.COMMENT: NP_("action", "link in the previous thread"),
    IntentKind.LOCK: NP_("action", "lock"),
    IntentKind.UNLOCK: NP_("action", "unlock"),
    IntentKind.EDIT: NP_("action", "edit"),
    IntentKind.ADOPT: NP_("action", "adopt"),
    IntentKind.WITHDRAW: NP_("action", "withdraw"),
    IntentKind.ANNOUNCE: NP_("action", "announcement in the previous thread"),
    IntentKind.DISTINGUISH: NP_("action", "mark on the announcement"),
    IntentKind.FIRST_COMMENT: NP_("action", "first comment"),
    IntentKind.DISTINGUISH_FIRST: NP_("action", "mark on the first comment"),
    IntentKind.RELEASE: NP_("action", "undo of an adoption"),
}
"""The names of writes, as a context and a message for `pgettext`."""


def kind(of: IntentKind) -> str:
    """Return the English name of a write, for the shell and the log."""
    return KINDS[of][1]


def state(of: IntentState) -> str:
    return _STATES[of]


def resolved_write(intent: Intent, now: IntentState) -> str:
    """Describe the outcome of a write that was unknown before."""
    return f"{intent.new.thread}/{intent.new.edition}: {kind(intent.new.kind)}: {state(now)}"


def _commands(thread: str, blocked: Blocked) -> dict[str, CommandWords]:
    return {
        "post": suggestions.post(thread),
        "post_edition": suggestions.post_edition(thread, blocked.edition or ""),
        "post_next": suggestions.post_next(thread),
        "repost": suggestions.repost(thread),
        "refresh_title": suggestions.refresh_title(thread),
        "resume": suggestions.change("resume", thread),
        "adopt": suggestions.adopt(blocked.url or ""),
    }


def blocked_sentence(thread: Thread, blocked: Blocked) -> Sentence:
    """Return why something is not done, and what to do about it."""
    fields = ("edition", "later", "url", "other_url", "by", "host", "software", "title", "why")
    facts = {name: getattr(blocked, name) or "" for name in fields}
    zone = thread.schedule.timezone
    sentence = fill(
        _(HOLDS[blocked.reason]),
        **facts,
        **_commands(thread.name, blocked),
        thread=thread.name,
        until=until(blocked.until, zone),
        since=local_moment(blocked.since, zone) if blocked.since else "",
        since_utc=moment(blocked.since) if blocked.since else "",
        seconds=int(blocked.clock_skew.total_seconds()) if blocked.clock_skew is not None else "",
        problems="; ".join(str(problem) for problem in blocked.problems),
        account_settings="; ".join(blocked.account_settings),
    )
    return Sentence(f"{thread.name}: ", sentence)


def preamble_left_out(thread: str, key: str, problems: Sequence[Problem]) -> Sentence:
    """Return the alert about a preamble that was sent for an edition and cannot be used."""
    return fill(
        _(
            "{edition}: the preamble that was sent for it cannot be used, so the thread has the "
            "one from the file, or none: {why}. To send a corrected one: {command}. To remove it: "
            "{clear}"
        ),
        edition=f"{thread}/{key}",
        why="; ".join(str(one) for one in problems),
        command=suggestions.set_preamble(thread, key),
        clear=suggestions.clear_preamble(thread, key),
    )


def too_many_comments(thread: Thread, url: str, part: int) -> Sentence:
    """Return the alert about a post that reached `max_comments`; `part` is the number of the next part."""
    return fill(
        ngettext(
            "{thread}: {url} has {comments} comment; to continue in another part: {command}",
            "{thread}: {url} has {comments} comments; to continue in another part: {command}",
            thread.max_comments,
        ),
        thread=thread.name,
        url=url,
        comments=thread.max_comments,
        command=suggestions.post_part(thread.name, part),
    )


def announcement(thread: Thread, edition: Edition) -> str:
    """Say in the current thread when the next one opens; the comment becomes the link to it later."""
    at = local_moment(edition.slot, thread.schedule.timezone)
    return _("The next thread opens {at}. The link to it will appear here.").format(at=at)


def posts_late(late: LatePosts, now: datetime) -> str:
    """Say for the shell when the last of several threads is posted because of the server's limit."""
    zones = {slot.timezone for slot in late.due}
    timezone = zones.pop() if len(zones) == 1 else "UTC"
    first, last = late.due[0].at, late.due[-1].at
    when = times.moment(first, timezone, now)
    if last != first:
        when = f"between {when} and {_later(last, first, timezone, now)}"
    what = "threads" if len(late.threads) == len(late.due) else "editions"
    accepted, seconds = _count(late.limit.posts, "new post"), late.limit.seconds
    interval = _count(seconds // 60, "minute") if seconds % 60 == 0 else _count(seconds, "second")
    posted = _later(late.last_at, first, timezone, now)
    return (
        f"{len(late.due)} {what} are due {when}, but the server accepts only {accepted} in {interval} from "
        f"one IP address: the last one will be posted at about {posted}. Spread their times, or ask the "
        "server's admins to raise the limit."
    )


def _later(at: datetime, first: datetime, timezone: str, now: datetime) -> str:
    """Return a time; only its hour and minute if it is on the same day as the first one."""
    zone = ZoneInfo(timezone)
    local = at.astimezone(zone)
    same_day = local.date() == first.astimezone(zone).date()
    return f"{local:%H:%M}" if same_day else times.moment(at, timezone, now)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
