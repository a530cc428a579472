"""Sentences for moderators, the log and the shell. Wording only, nothing is decided here.

What can reach people on Lemmy is translated; the log and the shell's own words are English.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from megabot.i18n import suggestions
from megabot.i18n.channels import Sentence, fill
from megabot.i18n.dates import day_and_time
from megabot.i18n.times import zone_name
from megabot.i18n.translation import _, ngettext, pgettext
from megabot.schedule.calendar import Edition
from megabot.schedule.clock_times import EXAMPLES


def until(at: datetime | None, timezone: str) -> str:
    return local_moment(at, timezone) if at is not None else pgettext("moment", "later")


def moment(at: datetime) -> str:
    """Return a time in UTC, which readers in any time zone can place."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def local_moment(at: datetime, timezone: str) -> str:
    """Return a time on the clock of a time zone, with the zone's name."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{day_and_time(local)} {zone_name(local)}"


def late_preamble_line(at: datetime, timezone: str) -> str:
    """Return the Markdown line below a preamble that was added after the thread was posted."""
    return _("*Added at {at}.*").format(at=local_moment(at, timezone))


def note_set(until: datetime | None, timezone: str) -> str:
    """Confirm a note; `until` is when it ends."""
    if until is None:
        return _(
            "The note is at the top of the thread. It has no end: it stays until you say "
            "`unnote`, or until the next edition. To set an end, finish the note with `for 6 "
            "hours` or `until Friday 18:00`."
        )
    return _("The note is at the top of the thread until {until}.").format(
        until=local_moment(until, timezone)
    )


def source_trouble(error: Exception) -> str:
    return _("the source cannot be used, so nothing is changed: {why}").format(
        why="; ".join(str(error).splitlines())
    )


def source_partly_broken(error: Exception) -> str:
    return _(
        "files in the source have mistakes; their threads are left unchanged, the others continue: {why}"
    ).format(why="; ".join(str(error).splitlines()))


def thread_failed(thread: str, error: Exception) -> str:
    """Say that a thread could not be updated. An error that begins with its name does not repeat it."""
    why = "; ".join(str(error).splitlines()).removeprefix(f"{thread}: ")
    return _("{thread}: this thread could not be updated, the others continue: {why}").format(
        thread=thread, why=why
    )


def task_failing(job: str, since: datetime, why: str) -> str:
    """Say that a background job keeps failing; an empty `job` is the inbox."""
    sentence = (
        _("the background job `{job}` has failed since {at}: {why}")
        if job
        else _("comments and messages to the bot have not been read since {at}: {why}")
    )
    return sentence.format(job=job, at=moment(since), why="; ".join(why.splitlines()))


def database_was_away(since: datetime, until: datetime) -> str:
    """Say why threads were posted late."""
    sentence = _(
        "the ledger's database did not answer from {since} until {until}, so threads that were due then were "
        "posted late"
    )
    return sentence.format(since=moment(since), until=moment(until))


def post_is_up(edition: str, url: str, *, pinned: bool) -> str:
    """Say what is current after a verified pass. `edition` is thread and key."""
    return (_("{edition}: {url} (pinned)") if pinned else _("{edition}: {url} (not pinned)")).format(
        edition=edition, url=url
    )


def adoption_comment(edition: Edition) -> str:
    """Return the comment that is written into a thread that was adopted."""
    return _("This thread is now edition {key} of {thread}.").format(key=edition.key, thread=edition.thread)


def release_comment(thread: str) -> str:
    """Return the comment that is written into a thread whose adoption was undone."""
    return _("This thread is no longer an edition of {thread}.").format(thread=thread)


def undo_comment(url: str) -> str:
    """Return the comment that is written into a repost that was undone."""
    return _("This copy was withdrawn; the thread continues [here]({url}).").format(url=url)


def why_locked(url: str) -> str:
    """Return the reason that the moderation log shows for a lock."""
    return _("The thread continues at {url}.").format(url=url)


def ask_repost(thread: str, *, comments: int, url: str) -> Sentence:
    """Ask for confirmation: the current post is still up."""
    again = suggestions.repost(thread, sure=True)
    return fill(
        ngettext(
            "{thread} is already posted ({comments} comment): {url}; to post a new copy: {command}",
            "{thread} is already posted ({comments} comments): {url}; to post a new copy: {command}",
            comments,
        ),
        thread=thread,
        comments=comments,
        url=url,
        command=again,
    )


def run_again(at: datetime | None, timezone: str = "UTC") -> str:
    return _(
        "it is not known yet whether the post was created; it could not be found. The service "
        "keeps checking, or run this command again after {until}"
    ).format(until=until(at, timezone))


def no_such_thread(name: str, known: list[str]) -> str:
    return _("there is no thread {name}; the source has: {known}").format(name=name, known=", ".join(known))


def bad_arguments(verb: str, word: str, near: str) -> str:
    what = f"{word!r} is not understood" if word else "a time is missing"
    if near:
        return f"{verb}: {what}; did you mean {near}?"
    if verb == "move":
        return f"{verb}: {what}; write a time, such as {EXAMPLES}"
    return f"{verb}: {what}; see: megabot {verb} --help"


def name_a_thread(verb: str, names: list[str]) -> str:
    return f"{verb}: name the thread, one of {', '.join(names)}"


def which_thread(url: str, named: str | None, *, names: list[str], there: list[str]) -> str:
    """Say why it is unclear which thread a post belongs to."""
    if named is not None and named not in names:
        return no_such_thread(named, names)
    if named is not None:
        return _("{url} is not in the community of {thread}").format(url=url, thread=named)
    if not there:
        return _("{url} is not in the community of any thread").format(url=url)
    return _("{url} could belong to any of {threads}; choose one with --thread NAME").format(
        url=url, threads=", ".join(there)
    )


def no_such_edition(thread: str, key: str, *, example: str) -> str:
    if not key:
        return _(
            "{thread}: there is no edition before the current one; name one: --edition {example}"
        ).format(thread=thread, example=example)
    return _("{thread}: its schedule has no edition {key}; write it like {example}").format(
        thread=thread, key=key, example=example
    )


def next_is(edition: Edition, timezone: str, *, may_be_early: bool) -> Sentence:
    """Say when the next edition will be posted; with `may_be_early` also how to post it now."""
    at = local_moment(edition.slot, timezone)
    return fill(
        _("{thread}: the next edition {edition} will be posted {at}; to post it now: {command}")
        if may_be_early
        else _("{thread}: the next edition {edition} will be posted {at}"),
        thread=edition.thread,
        edition=edition.key,
        at=at,
        command=suggestions.post_next(edition.thread),
    )


def no_next_edition(thread: str) -> str:
    return _("{thread}: its schedule has no further editions").format(thread=thread)


def not_to_be_posted(thread: str, key: str, allowed: Sequence[str]) -> str:
    return _(
        "{thread}: {edition} cannot be posted now, only the current or the next edition: {allowed}"
    ).format(thread=thread, edition=key, allowed=", ".join(allowed))


def result_not_confirmed(thread: str) -> Sentence:
    """Say that the check after the last action found something missing."""
    return fill(
        _("{thread}: not everything is in place yet; see: {command}"),
        thread=thread,
        command=suggestions.plan(),
    )


def no_preamble(edition: Edition, timezone: str) -> Sentence:
    """Remind the moderators, a day before, that an edition has no preamble."""
    return fill(
        _("{edition} will be posted {at} and still has no preamble. Add the file {file}, or use: {command}"),
        edition=edition.id,
        at=local_moment(edition.slot, timezone),
        file=f"preambles/{edition.thread}/{edition.key}.md",
        command=suggestions.set_preamble(edition.thread, edition.key),
    )


def next_due(thread: str, at: datetime) -> str:
    return f"{thread}: the next edition is due {moment(at)}"


def no_picture(file: str) -> str:
    return f"the picture {file} can no longer be read; the thread is posted without it"


def upload_failed(file: str, error: Exception) -> str:
    return (
        f"the picture {file} could not be uploaded, perhaps because the server has no image service: {error} "
        "The thread is posted without it. A picture from elsewhere (https://...) needs no upload"
    )


def words_filtered(url: str, lines: tuple[int, ...]) -> str:
    """Report words that the server's filter replaced; `lines` are numbered from 1."""
    where = ", ".join(str(line) for line in lines)
    return f"the server's filter replaced words with *removed* in {url}, line {where}; use other words"


def tags_missing(thread: str, names: Sequence[str]) -> str:
    return ngettext(
        "{thread}: its post lacks the tag {names}: the community has no such tag, or someone removed it; to "
        "list the tags: megabot check --online",
        "{thread}: its post lacks the tags {names}: the community has no such tags, or someone removed them; "
        "to list the tags: megabot check --online",
        len(names),
    ).format(thread=thread, names=", ".join(names))


def alerts_not_sent(error: Exception) -> str:
    return f"the moderators could not be alerted by private message: {error}"


def old_commands_ignored(number: int) -> str:
    """Report unread commands from before this ledger, which are not carried out."""
    return f"ignored {number} unread inbox items that are older than this ledger; send those commands again"


def reply_not_sent(name: str, error: Exception) -> str:
    return f"the reply to {name} could not be sent: {error}"


def no_such_person(name: str) -> str:
    return f"{name} does not exist on this server; correct MEGABOT_MODERATORS"


def nobody_to_tell() -> str:
    return "there is no one to alert: nobody in MEGABOT_MODERATORS exists, or the bot is the only moderator"


def no_community(thread: str) -> str:
    return _(
        "{thread}: no community is set; set MEGABOT_COMMUNITY, or add community: NAME to the "
        "thread's front matter"
    ).format(thread=thread)


def no_such_community(name: str) -> str:
    return _(
        "the community {name} does not exist on this server or is not visible to the bot; "
        "correct MEGABOT_COMMUNITY or the front matter (name@host for one on another server), "
        "then run: megabot check --online"
    ).format(name=name)
