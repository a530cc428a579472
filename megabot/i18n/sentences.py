"""What megabot says to people, put together: wording only, nothing is decided here.

What can reach people on Lemmy comes from a `Language`; the log and the shell's own words are English.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from megabot.i18n import suggestions
from megabot.i18n.catalogue import Language
from megabot.i18n.channels import Sentence, fill
from megabot.i18n.times import zone_name
from megabot.schedule.calendar import Edition
from megabot.schedule.clock_times import EXAMPLES


def until(lang: Language, at: datetime | None, timezone: str) -> str:
    """Write until when something waits, in the zone of a thread."""
    return local_moment(lang, at, timezone) if at is not None else lang.later


def moment(at: datetime) -> str:
    """Write a moment so that anybody can place it."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def day_and_time(lang: Language, at: datetime) -> str:
    """Write a day of the year and the time, as the clock of that moment's zone shows them."""
    return lang.day_and_time.format(
        weekday=lang.weekdays.split()[at.weekday()],
        day=at.day,
        month=lang.months.split()[at.month - 1],
        time=f"{at:%H:%M}",
    )


def local_moment(lang: Language, at: datetime, timezone: str) -> str:
    """Write a moment as the clocks of a thread's zone show it, with the zone."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{day_and_time(lang, local)} {zone_name(local)}"


def late_preamble_line(lang: Language, at: datetime, timezone: str) -> str:
    """Say below an essay that it came after the thread, and when. Markdown."""
    return lang.added.format(at=local_moment(lang, at, timezone))


def note_set(lang: Language, until: datetime | None, timezone: str) -> str:
    """Say that a note is on top of a thread, and when it ends."""
    if until is None:
        return lang.noted
    return lang.noted_until.format(until=local_moment(lang, until, timezone))


def source_trouble(lang: Language, error: Exception) -> str:
    """Say that the source cannot be used."""
    return lang.source_trouble.format(why="; ".join(str(error).splitlines()))


def source_partly_broken(lang: Language, error: Exception) -> str:
    """Say that some threads of the source cannot be used."""
    return lang.source_partly_broken.format(why="; ".join(str(error).splitlines()))


def thread_failed(lang: Language, thread: str, error: Exception) -> str:
    """Say that a thread could not be brought up to date. A sentence that names the thread names it once."""
    why = "; ".join(str(error).splitlines()).removeprefix(f"{thread}: ")
    return lang.thread_failed.format(thread=thread, why=why)


def task_failing(lang: Language, job: str, since: datetime, why: str) -> str:
    """Say that a background job has failed for a while, or the inbox if no job is named."""
    sentence = lang.job_failing if job else lang.inbox_failing
    return sentence.format(job=job, at=moment(since), why="; ".join(why.splitlines()))


def post_is_up(lang: Language, edition: str, url: str, *, pinned: bool) -> str:
    """Say what stands after a pass that was verified. `edition` is its thread and key."""
    return (lang.stands_pinned if pinned else lang.stands_unpinned).format(edition=edition, url=url)


def adoption_comment(lang: Language, edition: Edition) -> str:
    """Say in a thread that a person made that it carries an edition from now on."""
    return lang.adopted.format(key=edition.key, thread=edition.thread)


def release_comment(lang: Language, thread: str) -> str:
    """Say in a thread that a person made that it carries no edition any longer."""
    return lang.released.format(thread=thread)


def undo_comment(lang: Language, url: str) -> str:
    """Say in a copy that the post which it had replaced stands again."""
    return lang.withdrawn.format(url=url)


def why_locked(lang: Language, url: str) -> str:
    """Give the reason that the mod log shows for a lock."""
    return lang.why_locked.format(url=url)


def ask_repost(lang: Language, thread: str, *, comments: int, url: str) -> Sentence:
    """Say that a fresh copy needs a word more while the post is open."""
    again = suggestions.repost(thread, sure=True)
    return fill(lang.ask_repost, thread=thread, comments=comments, url=url, command=again)


def run_again(lang: Language, at: datetime | None, timezone: str = "UTC") -> str:
    """Say from when on a post of unknown outcome may be ordered again."""
    return lang.run_again.format(until=until(lang, at, timezone))


def no_such_thread(lang: Language, name: str, known: list[str]) -> str:
    """Say that the source has no such thread."""
    return lang.no_such_thread.format(name=name, known=", ".join(known))


def bad_arguments(verb: str, word: str, near: str) -> str:
    """Say that the words after a verb make no sense."""
    what = f"{word!r} is not understood" if word else "a time is missing"
    if near:
        return f"{verb}: {what}; did you mean {near}?"
    if verb == "move":
        return f"{verb}: {what}; write a time, such as {EXAMPLES}"
    return f"{verb}: {what}; see: megabot {verb} --help"


def name_a_thread(verb: str, names: list[str]) -> str:
    return f"{verb}: name the thread, one of {', '.join(names)}"


def which_thread(lang: Language, url: str, named: str | None, *, names: list[str], there: list[str]) -> str:
    """Say that it cannot be told which thread a post belongs to."""
    if named is not None and named not in names:
        return no_such_thread(lang, named, names)
    if named is not None:
        return lang.in_no_community.format(url=url, thread=named)
    if not there:
        return lang.in_no_community_at_all.format(url=url)
    return lang.which_of.format(url=url, threads=", ".join(there))


def no_such_edition(lang: Language, thread: str, key: str, *, example: str) -> str:
    """Say that a schedule has no such edition."""
    if not key:
        return lang.no_edition_before.format(thread=thread, example=example)
    return lang.no_such_edition.format(thread=thread, key=key, example=example)


def next_is(lang: Language, edition: Edition, timezone: str, *, may_be_early: bool) -> Sentence:
    """Say when the next edition comes, and how to post it earlier, unless the one before is early already."""
    at = local_moment(lang, edition.slot, timezone)
    return fill(
        lang.next_is if may_be_early else lang.next_is_then,
        thread=edition.thread,
        edition=edition.key,
        at=at,
        command=suggestions.post_next(edition.thread),
    )


def no_next_edition(lang: Language, thread: str) -> str:
    """Say that a schedule is over."""
    return lang.no_next_edition.format(thread=thread)


def not_to_be_posted(lang: Language, thread: str, key: str, allowed: Sequence[str]) -> str:
    """Say that an edition is not one that can be posted now."""
    return lang.not_to_be_posted.format(thread=thread, edition=key, allowed=", ".join(allowed))


def result_not_confirmed(lang: Language, thread: str) -> Sentence:
    """Say that a last look did not confirm what was done."""
    return fill(lang.not_verified, thread=thread, command=suggestions.plan())


def no_preamble(lang: Language, edition: Edition, timezone: str) -> Sentence:
    """Say a day before that an essay is missing, and how it can come."""
    return fill(
        lang.no_preamble,
        edition=edition.id,
        at=local_moment(lang, edition.slot, timezone),
        file=f"preambles/{edition.thread}/{edition.key}.md",
        command=suggestions.set_preamble(lang, edition.thread, edition.key),
    )


def next_due(thread: str, at: datetime) -> str:
    """Say when a thread's next edition is due."""
    return f"{thread}: the next edition is due {moment(at)}"


def no_picture(file: str) -> str:
    """Say that a picture of the source cannot be read."""
    return f"the picture {file} cannot be read any more; the thread goes on without it"


def upload_failed(file: str, error: Exception) -> str:
    """Say that a picture could not be uploaded."""
    return (
        f"the picture {file} could not be uploaded, perhaps because the server has no image service: {error} "
        "The thread goes on without it; an address of a picture elsewhere (https://...) needs no upload"
    )


def words_filtered(url: str, lines: tuple[int, ...]) -> str:
    """Say that the server's filter changed a post."""
    where = ", ".join(str(line) for line in lines)
    return f"the server's filter put *removed* for words in {url}, line {where}; say it in other words"


def tags_missing(lang: Language, thread: str, names: Sequence[str]) -> str:
    """Say that a thread's post lacks tags of its front matter."""
    return lang.untagged.format(thread=thread, names=", ".join(names))


def alerts_not_sent(error: Exception) -> str:
    """Say that the moderators could not be told."""
    return f"the moderators could not be told by private message: {error}"


def old_commands_ignored(number: int) -> str:
    """Say that what was waiting before the ledger began is not obeyed."""
    return f"the inbox holds {number} older than this ledger: nothing in them is obeyed; say it again"


def reply_not_sent(name: str, error: Exception) -> str:
    """Say that an answer could not be sent."""
    return f"the answer to {name} could not be sent: {error}"


def no_such_person(name: str) -> str:
    """Say that there is nobody of that name to be told."""
    return f"there is nobody called {name} on this server; correct MEGABOT_MODERATORS"


def nobody_to_tell() -> str:
    """Say that there is nobody at all to be told."""
    return "nobody that MEGABOT_MODERATORS names is there, or the community has no moderator but the bot"


def no_community(lang: Language, thread: str) -> str:
    return lang.no_community.format(thread=thread)


def no_such_community(lang: Language, name: str) -> str:
    return lang.no_such_community.format(name=name)
