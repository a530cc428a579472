"""Every sentence that megabot says to people, in one place. Wording only: nothing is decided here."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from megabot.core.actions import (
    Action,
    Adopt,
    Edit,
    Hold,
    Lock,
    Need,
    Pin,
    Publish,
    Resend,
    Tell,
    Unpin,
    Withdraw,
    Write,
)
from megabot.core.calendar import Edition
from megabot.core.escaping import escaped
from megabot.core.records import Intent, IntentKind, IntentState
from megabot.core.telling import Letter
from megabot.core.threads import Thread
from megabot.hold_texts import HOLDS

_LONGEST_ALERT, _MOST_ALERTS = 700, 5  # of one message, which may have 10,000 characters when escaped


def hold(thread: Thread, held: Hold) -> str:
    """Say why something is not done."""
    facts = held.facts or ("",)
    return f"{thread.name}: " + HOLDS[held.reason].format(
        *facts, *("",) * 2, all="; ".join(facts), thread=thread.name, until=moment(held.until)
    )


def moment(at: datetime | None) -> str:
    """Write a moment so that anybody can place it."""
    return at.strftime("%Y-%m-%d %H:%M UTC") if at is not None else "later"


def action(thread: Thread, planned: Action) -> str:
    """Say what a pass would do, as `megabot plan` prints it."""
    match planned:
        case Hold():
            return hold(thread, planned)
        case Need():
            return f"{thread.name}: look deeper ({planned.value})"
        case _:
            return doing(thread, planned)


_TO_A_POST: dict[type[Write], str] = {
    Pin: "pin",
    Unpin: "unpin",
    Tell: "link the new thread in",
    Lock: "lock",
    Edit: "edit",
}


def doing(thread: Thread, planned: Write) -> str:
    """Say what is being done."""
    match planned:
        case Publish(edition=edition, copy=copy, text=text):
            again = f" (copy {copy})" if copy > 1 else ""
            return f"{thread.name}: post edition {edition.key}{again}: {text.title}"
        case Resend(intent=intent):
            return f"{thread.name}: post edition {intent.new.edition} again: it certainly was not made"
        case Adopt(post=post, edition=edition):
            return f"{thread.name}: adopt {post.url} as edition {edition.key}"
        case Withdraw(own=own, standing=standing):
            return f"{thread.name}: withdraw {own.post.url}, for {standing.post.url} stands again"
        case Pin(own=own) | Unpin(own=own) | Tell(own=own) | Lock(own=own) | Edit(own=own):
            return f"{thread.name}: {_TO_A_POST[type(planned)]} {own.post.url}"
        case _:
            assert_never(planned)


_KINDS = {
    IntentKind.PUBLISH: "post",
    IntentKind.PIN: "pin",
    IntentKind.UNPIN: "unpin",
    IntentKind.COMMENT: "link in the old thread",
    IntentKind.LOCK: "lock",
    IntentKind.EDIT: "edit",
    IntentKind.ADOPT: "adopt",
    IntentKind.WITHDRAW: "withdraw",
}
_STATES = {
    IntentState.SENDING: "sent, no answer yet",
    IntentState.UNKNOWN: "outcome unknown, looked for once",
    IntentState.NOT_SENT: "not sent",
    IntentState.REFUSED: "refused",
    IntentState.ABSENT: "never happened",
    IntentState.DONE: "done",
}


def kind(of: IntentKind) -> str:
    """Name a kind of write."""
    return _KINDS[of]


def state(of: IntentState) -> str:
    """Name how a write went."""
    return _STATES[of]


def settled(intent: Intent, now: IntentState) -> str:
    """Say what became of a write whose outcome was not known."""
    return f"{intent.new.thread}/{intent.new.edition}: {kind(intent.new.kind)}: {state(now)}"


def source_trouble(error: Exception) -> str:
    """Say that the source cannot be used."""
    return f"the source cannot be used, everything stays as it is: {'; '.join(str(error).splitlines())}"


def stands(thread: str, edition: str, url: str, *, pinned: bool) -> str:
    """Say what stands after a pass that was verified."""
    return f"{thread}/{edition}: {url}" + (" (pinned)" if pinned else " (not pinned)")


def adopted(edition: Edition) -> str:
    """Say in a thread that a person made that it carries an edition from now on."""
    return f"This thread is kept as edition {edition.key} of {edition.thread} from now on."


def withdrawn(url: str) -> str:
    """Say in a copy that the post which it had replaced stands again."""
    return f"This copy was taken back; the thread goes on [here]({url})."


def why_locked(url: str) -> str:
    """Give the reason that the mod log shows for a lock."""
    return f"The thread goes on at {url}."


def ask_repost(thread: str, *, comments: int, url: str) -> str:
    """Say that a fresh copy needs a word more while the post is open."""
    return f"{thread}: it is up, {comments} comments, {url}; for a fresh copy: megabot repost {thread} --yes"


def run_again(at: datetime | None) -> str:
    """Say from when on a post of unknown outcome may be ordered again."""
    return (
        "whether the post was made is not known yet and it was looked for in vain; "
        f"the service goes on looking, or run this again after {moment(at)}"
    )


def no_such_thread(name: str, known: list[str]) -> str:
    """Say that the source has no such thread."""
    return f"there is no thread {name!r} in the source; it has: {', '.join(known)}"


def not_understood(verb: str, word: str, near: str) -> str:
    """Say that what stands behind a verb makes no sense."""
    what = f"{word!r} is not understood" if word else "a time is missing"
    return f"{verb}: {what}; did you mean {near}?" if near else f"{verb}: {what}; see: megabot {verb} --help"


def name_a_thread(verb: str, names: list[str]) -> str:
    """Say that a thread has to be named."""
    return f"{verb}: name the thread, one of {', '.join(names)}"


def which_thread(url: str, named: str | None, *, names: list[str], there: list[str]) -> str:
    """Say that it cannot be told which thread a post belongs to."""
    if named is not None and named not in names:
        return no_such_thread(named, names)
    if named is not None or not there:
        return f"{url} is in no community that {named or 'a thread of the source'} lives in"
    return f"{url} may belong to {' or '.join(there)}; say which with --thread NAME"


def no_such_edition(thread: str, key: str, *, example: str) -> str:
    """Say that a schedule has no such edition."""
    if not key:
        return f"{thread}: there is no edition before the current one; name one: --edition {example}"
    return f"{thread}: its schedule has no edition {key}; write it as in {example}"


def not_verified(thread: str) -> str:
    """Say that a last look did not confirm what was done."""
    return f"{thread}: not everything is as it should be yet; see: megabot plan"


def no_preamble(edition: Edition) -> str:
    """Say a day before that an essay is missing, and how it can come."""
    return (
        f"{edition.id} has no preamble of its own yet and is posted {moment(edition.slot)}: commit "
        f"preambles/{edition.thread}/{edition.key}.md, or write me a private message that begins with "
        f"preamble {edition.thread} {edition.key} and has the text on the lines below"
    )


def next_due(thread: str, at: datetime) -> str:
    """Say when a thread's next edition is due."""
    return f"{thread}: the next edition is due {moment(at)}"


def no_picture(file: str) -> str:
    """Say that a picture of the source cannot be read."""
    return f"the picture {file} cannot be read any more; the thread goes on without it"


def not_uploaded(file: str, error: Exception) -> str:
    """Say that a picture could not be uploaded."""
    return (
        f"the picture {file} could not be uploaded, perhaps because the server has no image service: {error} "
        "The thread goes on without it; an address of a picture elsewhere (https://...) needs no upload"
    )


def words_removed(url: str, lines: tuple[int, ...]) -> str:
    """Say that the server's filter changed a post."""
    where = ", ".join(str(line) for line in lines)
    return f"the server's filter put *removed* for words in {url}, line {where}; say it in other words"


def untagged(thread: str, names: Sequence[str]) -> str:
    """Say that a thread's post lacks tags of its front matter."""
    return (
        f"{thread}: its post has no tag {', '.join(names)}: the community has none of that name, or somebody "
        "took it off; megabot check --online says which tags there are"
    )


def letter(news: Letter) -> str:
    """Write the message about what needs the moderators, and what does not any more. Markdown."""
    parts = []
    if news.new:
        parts.append("This needs a moderator:\n\n" + _items(news.new))
    if news.over:
        parts.append("This is over:\n\n" + _items(news.over))
    return "\n\n".join(parts)


def _items(alerts: tuple[tuple[str, str], ...]) -> str:
    lines = [f"- {escaped(sentence[:_LONGEST_ALERT])}" for _, sentence in alerts[:_MOST_ALERTS]]
    more = len(alerts) - len(lines)
    return "\n".join([*lines, *([f"- and {more} more"] if more else [])])


def not_told(error: Exception) -> str:
    """Say that the moderators could not be told."""
    return f"the moderators could not be told by private message: {error}"


def left_unheard(number: int) -> str:
    """Say that what was waiting before the ledger began is not obeyed."""
    return f"the inbox holds {number} older than this ledger: nothing in them is obeyed; say it again"


def not_answered(name: str, error: Exception) -> str:
    """Say that an answer could not be sent."""
    return f"the answer to {name} could not be sent: {error}"


def no_such_person(name: str) -> str:
    """Say that there is nobody of that name to be told."""
    return f"there is nobody called {name} on this server; correct MEGABOT_MODERATORS"


def nobody_to_tell() -> str:
    """Say that there is nobody at all to be told."""
    return "nobody that MEGABOT_MODERATORS names is there, or the community has no moderator but the bot"


def waiting() -> str:
    """Say that another pass is running."""
    return "another megabot is at work on the same state folder; waiting for it to finish"


def no_community(thread: str) -> str:
    """Say that a thread names no community."""
    return f"{thread}: no community; set MEGABOT_COMMUNITY, or community: NAME in the thread's front matter"


def no_such_community(name: str) -> str:
    """Say that a community is not there."""
    return (
        f"there is no community {name} on this server, or not for the bot's account; "
        "check its name in MEGABOT_COMMUNITY or the front matter (name@host for one on another server)"
    )
