"""Replies to commands on Lemmy, in Markdown; what people wrote is escaped. Wording only."""

from collections.abc import Iterable, Sequence

from megabot.commands.model import Handle, ParseFailure, ParseFailureReason, Verb
from megabot.forum.escaping import escape
from megabot.i18n.channels import Sentence, markdown
from megabot.i18n.translation import N_, _, ngettext

# Words in backticks are typed, so translations keep them.
VERBS = {
    Verb.STATUS: N_("the current threads, what is next and what needs attention"),
    Verb.PREVIEW: N_("get the next edition by private message; `preview all` with its full text"),
    Verb.POST: N_(
        "post the current edition if it is missing, even if someone posted a thread by hand; `post next`: "
        "post the next one now, before its time; `post part 2`: continue a thread that has grown too long"
    ),
    Verb.REPOST: N_("post a new copy of the current edition; `repost yes` while the thread is still up"),
    Verb.UNDO: N_("withdraw the last repost: the thread that it replaced is pinned again"),
    Verb.REFRESH: N_("update the thread from its template; `refresh title`: its title too"),
    Verb.ADOPT: N_("register the thread that you write this in as an edition"),
    Verb.UNADOPT: N_("undo `adopt`, in a comment in the same thread"),
    Verb.HOLD: N_("do not post the next edition until you say `resume`"),
    Verb.SKIP: N_("skip the next edition"),
    Verb.MOVE: N_("`move 18:00`, `move +2h`, `move Friday 18:00`: post the next edition at another time"),
    Verb.RESUME: N_("cancel hold, skip and move"),
    Verb.PREAMBLE: N_(
        "by private message: the text on the lines below opens the next edition; `preamble clear` removes it"
    ),
    Verb.NOTE: N_(
        "`note TEXT`, `note TEXT for 6 hours`, `note TEXT until Friday 18:00`: put a note at the top of the "
        "thread; `unnote` removes it"
    ),
    Verb.FEATURE: N_("in a reply to a comment: add it to the highlights; `unfeature` removes it"),
    Verb.OPTOUT: N_("for everyone: stop highlighting my comments"),
    Verb.ALERTS: N_("`alerts on`, `alerts off`: private messages when something needs attention"),
    Verb.WEB: N_(
        "get a link to the page for moderators by private message; `web logout` signs you out there"
    ),
}
"""The help for each verb."""
MISUNDERSTOOD = {
    ParseFailureReason.UNKNOWN_VERB: N_("I do not know the command {word}."),
    ParseFailureReason.UNKNOWN_THREAD: N_("There is no thread {word} here."),
    ParseFailureReason.WRONG_ARGUMENT: N_("I do not understand {word} after `{verb}`."),
    # Translators: {usage} is the help of the verb, such as "`move 18:00`: post ... at another time".
    ParseFailureReason.MISSING_ARGUMENT: N_("Something is missing after `{verb}`: {usage}."),
    ParseFailureReason.TOO_LONG: N_("That is too long for `{verb}`: the limit is {longest} characters."),
    ParseFailureReason.NOT_FIRST: N_("To give me a command, start a line with my name: `{bot} {verb}`."),
    ParseFailureReason.ONLY_BY_MESSAGE: N_(
        "Send me `{verb}` by private message, so that nobody reads the text before it is posted."
    ),
}


def help_text(bot: Handle, threads: Sequence[str], *, has_page: bool) -> str:
    """Return the list of commands. `has_page`: whether there is a page for moderators."""
    intro = _(
        "I respond to moderators. Start a comment with `{bot}` and one of these commands, or send me a "
        "private message with the command alone. A colon after my name works only in my own threads: "
        "elsewhere the server would not notify me of the comment."
    ).format(bot=_named(bot))
    if len(threads) > 1:
        several = _("The threads are {threads}; put a name after the command.")
        intro = f"{intro} {several.format(threads=_listed(threads))}"
    lines = [f"- `{verb}`: {_(what)}" for verb, what in VERBS.items() if has_page or verb is not Verb.WEB]
    return "\n".join([intro, "", *lines])


def parse_failure(why: ParseFailure, bot: Handle) -> str:
    """Return why a text is not a command, and which one may have been meant."""
    meant = [_("Did you mean `{near}`?").format(near=why.near)] if why.near else []
    return " ".join(
        [_misunderstood(why, bot), *meant, _("`{bot} help` lists all commands.").format(bot=_named(bot))]
    )


def _misunderstood(why: ParseFailure, bot: Handle) -> str:
    if why.reason is ParseFailureReason.UNKNOWN_VERB and not why.word:
        return _("What would you like me to do?")
    if why.reason is ParseFailureReason.MISSING_ARGUMENT and why.verb is Verb.PREAMBLE:
        return _("Put your text on the lines below `preamble`, or say `preamble clear`.")
    # Translators: a word that was not understood, in the quotation marks of your language.
    quoted = _("“{word}”").format(word=escape(why.word))
    return _(MISUNDERSTOOD[why.reason]).format(
        word=quoted,
        verb=why.verb.value if why.verb else "",
        usage=_(VERBS[why.verb]) if why.verb in VERBS else "",
        longest=f"{why.longest:,}",
        bot=_named(bot),
    )


def with_result(said: Iterable[str], complaints: Iterable[str] = ()) -> str:
    """Return the result of an order as Markdown; several lines become a list."""
    lines = [*said, *complaints]
    if len(lines) == 1:
        return markdown(lines[0], escape)
    return "\n".join(f"- {markdown(line, escape)}" for line in lines)


def order_failed(error: Exception) -> str:
    what = error.args[0] if error.args and isinstance(error.args[0], Sentence) else str(error)
    return _("That did not work: {error}").format(error=markdown(what, escape))


def which_thread(verb: Verb, threads: Sequence[str], bot: Handle) -> str:
    return _("Which thread: {threads}? For example: `{bot} {verb} {example}`.").format(
        threads=_listed(threads), bot=_named(bot), verb=verb.value, example=threads[0]
    )


def not_here(thread: str, threads: Sequence[str]) -> str:
    return _("I take no commands for {thread} here, only for {threads}.").format(
        thread=thread, threads=_listed(threads)
    )


def too_old(days: int) -> str:
    return ngettext(
        "This reached me more than {days} day after it was written. Send it again if you still want it.",
        "This reached me more than {days} days after it was written. Send it again if you still want it.",
        days,
    ).format(days=days)


def confirm(bot: Handle, code: str, minutes: int) -> str:
    """Ask for a confirmation in public, because messages from another server can be forged there."""
    return ngettext(
        "Private messages from another server can be forged. To confirm, comment within {minutes} minute in "
        "the community: `{bot} yes {code}`",
        "Private messages from another server can be forged. To confirm, comment within {minutes} minutes in "
        "the community: `{bot} yes {code}`",
        minutes,
    ).format(bot=_named(bot), code=code, minutes=minutes)


def alerts(*, on: bool) -> str:
    return (
        _("You will get a message when something needs attention.")
        if on
        else _("You will get no more alerts from me.")
    )


def no_page() -> str:
    return _("There is no page for moderators: the bot's operator would have to set `MEGABOT_WEB_URL`.")


def page_link(link: str, minutes: int) -> str:
    """Return the message with a link that signs its reader in. It must reach nobody else."""
    return ngettext(
        "Your link to the page for moderators: {link}\n\nIt works once, within {minutes} minute. Do not "
        "pass it on: anyone who opens it is signed in as you. If you did not ask for it, say `web logout`.",
        "Your link to the page for moderators: {link}\n\nIt works once, within {minutes} minutes. Do not "
        "pass it on: anyone who opens it is signed in as you. If you did not ask for it, say `web logout`.",
        minutes,
    ).format(link=link, minutes=minutes)


def signed_out() -> str:
    return _(
        "You are signed out of the page for moderators on all devices, and your last link no longer works."
    )


def page_link_sent() -> str:
    return _("I have sent you the link by private message.")


def no_longer_moderator(name: str, thread: str) -> str:
    return _("{name} does not moderate {thread} any longer, so nothing was done.").format(
        name=escape(name), thread=_listed([thread])
    )


def preview(edition: str, title: str, preamble: str, *, changes: str, current: str) -> str:
    """Return the next edition: title, preamble, and the changes since the post at the URL `current`."""
    preamble = preamble or _("(no preamble)")
    shown = f"**{edition}**: {escape(title)}\n\n{preamble}"
    if not current:
        return shown
    if not changes:
        same = _("The rest is the same as in {url}.").format(url=current)
        return f"{shown}\n\n---\n\n{same}"
    since = _("Changes since {url}:").format(url=current)
    return f"{shown}\n\n---\n\n{since}\n\n{changes}"


def problems(sentences: Iterable[str]) -> str:
    return "\n".join([_("The template is broken:"), "", *(f"- {escape(one)}" for one in sentences)])


def _named(bot: Handle) -> str:
    return f"@{bot.name}@{bot.host}"


def _listed(threads: Sequence[str]) -> str:
    return ", ".join(f"`{thread}`" for thread in threads)
