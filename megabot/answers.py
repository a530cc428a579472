"""What megabot answers on Lemmy to those who command it: Markdown, people's words escaped. Wording only."""

import re
from collections.abc import Iterable, Sequence

from megabot.core.commands import Handle, Misunderstood, Reason, Verb
from megabot.core.escaping import escaped

_VERBS = {
    Verb.STATUS: "what stands and what is next",
    Verb.PREVIEW: "the next edition, by private message; `preview all` with its whole text",
    Verb.POST: "post the current edition if it is missing; `post anyway` beside a thread made by hand",
    Verb.REPOST: "a fresh copy of the current edition; `repost yes` while the thread is up",
    Verb.UNDO: "take a fresh copy back: the thread that it replaced is pinned again",
    Verb.REFRESH: "bring the thread up to its template",
    Verb.ADOPT: "take the thread this is written in as an edition",
    Verb.HOLD: "do not post the next edition before `resume`",
    Verb.SKIP: "leave the next edition out",
    Verb.MOVE: "`move +2h`, `move to 18:00`: the next edition's hour",
    Verb.RESUME: "take hold, skip and move back",
    Verb.PREAMBLE: "by private message: the lines after it open the next edition; `preamble clear`",
    Verb.ALERTS: "`alerts on`, `alerts off`: private messages when something needs a person",
}
_ON_LEMMY = (
    (re.compile(r"megabot adopt https?://\S+"), "`adopt`, in a comment there"),
    (re.compile(r"megabot repost ([a-z0-9-]+)(?: --yes)?"), r"`repost yes \1`"),
    (re.compile(r"megabot (post|refresh|resume) ([a-z0-9-]+)(?! --)\b"), r"`\1 \2`"),
)
_MISUNDERSTOOD = {
    Reason.UNKNOWN_VERB: "I do not know the word {word}",
    Reason.UNKNOWN_THREAD: "there is no thread {word} here",
    Reason.WRONG_ARGUMENT: "after `{verb}` I do not understand {word}",
    Reason.MISSING_ARGUMENT: "`{verb}` needs one word more: {usage}",
    Reason.TOO_LONG: "that is too long for `{verb}`: at most {longest} characters",
    Reason.NOT_FIRST: "to have me do that, begin a line with my name: `{bot} {verb}`",
    Reason.ONLY_BY_MESSAGE: "`{verb}` goes by private message to me, so that nobody reads it before its time",
}


def help_text(bot: Handle, threads: Sequence[str]) -> str:
    """List what can be commanded."""
    lines = [f"- `{verb.value}`: {what}" for verb, what in _VERBS.items()]
    several = f" The threads are {_listed(threads)}; name one behind the word." if len(threads) > 1 else ""
    return (
        f"I obey a moderator's comment that begins with `{_named(bot)}` and one of these words, and a "
        f"private message that begins with the word. No colon after my name: it would not reach me.{several}"
        "\n\n" + "\n".join(lines)
    )


def misunderstood(why: Misunderstood, bot: Handle) -> str:
    """Say why a text was no command, and what may have been meant."""
    sentence = _MISUNDERSTOOD[why.reason].format(
        word=f"“{escaped(why.word)}”",
        verb=why.verb.value if why.verb else "",
        usage=_VERBS.get(why.verb, "") if why.verb else "",
        longest=f"{why.longest:,}",
        bot=_named(bot),
    )
    if why.reason is Reason.UNKNOWN_VERB and not why.word:
        sentence = "what may I do?"
    meant = f" Did you mean `{why.near}`?" if why.near else ""
    ends = "" if sentence.endswith("?") else "."
    return f"{sentence[0].upper()}{sentence[1:]}{ends}{meant} `{_named(bot)} help` lists everything."


def on_lemmy(text: str) -> str:
    """Turn what a person at the host would type into what is said on Lemmy."""
    for shell, words in _ON_LEMMY:
        text = shell.sub(words, text)
    return text


def done(said: Iterable[str], complaints: Iterable[str]) -> str:
    """Put into an answer what an order came to."""
    lines = [*said, *complaints]
    if len(lines) == 1:
        return on_lemmy(escaped(lines[0]))
    return "\n".join(f"- {on_lemmy(escaped(line))}" for line in lines)


def failed(error: Exception) -> str:
    """Say that an order could not be carried out."""
    return f"That did not work: {on_lemmy(escaped(str(error)))}"


def which_thread(verb: Verb, threads: Sequence[str], bot: Handle) -> str:
    """Ask which thread is meant."""
    return f"Which one: {_listed(threads)}? As in `{_named(bot)} {verb.value} {threads[0]}`."


def not_here(thread: str, threads: Sequence[str]) -> str:
    """Say that a thread is not one to be commanded from here."""
    return f"{thread} is not commanded from here; here it is {_listed(threads)}."


def too_old(days: int) -> str:
    """Say that a command came too late to be obeyed."""
    return f"This reached me more than {days} days after it was written. Say it again if it still holds."


def confirm(bot: Handle, code: str, minutes: int) -> str:
    """Ask for a word in public, as messages from another server can be forged there."""
    return (
        "Messages from another server can be forged there. If you mean it, comment within "
        f"{minutes} minutes in the community: `{_named(bot)} yes {code}`"
    )


def nothing_to_confirm() -> str:
    """Say that a code is not known, any more or yet."""
    return "I have nothing waiting under that code from you; say the order again."


def adopt_where() -> str:
    """Say where an order to adopt is to be given."""
    return "Say `adopt` in a comment in the thread that you mean."


def sent_by_message() -> str:
    """Say that the answer is somewhere else."""
    return "I have sent it to you by private message."


def alerts(*, on: bool) -> str:
    """Say whether somebody gets alerts from now on."""
    return "You get a message when something needs a person." if on else "You get no more alerts from me."


def not_possible(verb: Verb) -> str:
    """Say that a word is known, and not yet more than that."""
    return f"`{verb.value}` is a word that I shall learn; I cannot do it yet."


def preview(edition: str, title: str, preamble: str, changes: str, stands: str) -> str:
    """Show what the next edition is going to be: title, preamble, and what differs from what stands."""
    differs = f"What differs from {stands}:\n\n{changes}" if changes else f"The rest is as in {stands}."
    shown = preamble or "(no preamble)"
    return f"**{edition}**: {escaped(title)}\n\n{shown}\n\n---\n\n{differs if stands else ''}".rstrip(" \n-")


def problems(sentences: Iterable[str]) -> str:
    """Say what is wrong with a template."""
    return "The template is broken:\n\n" + "\n".join(f"- {escaped(one)}" for one in sentences)


def _named(bot: Handle) -> str:
    return f"@{bot.name}@{bot.host}"


def _listed(threads: Sequence[str]) -> str:
    return ", ".join(f"`{thread}`" for thread in threads)
