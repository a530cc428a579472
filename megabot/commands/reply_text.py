"""What megabot answers on Lemmy to those who command it: Markdown, people's words escaped. Wording only."""

from collections.abc import Iterable, Sequence

from megabot.commands.model import Handle, ParseFailure, ParseFailureReason, Verb
from megabot.forum.escaping import escape
from megabot.i18n.catalogue import Language
from megabot.i18n.channels import Sentence, markdown


def help_text(lang: Language, bot: Handle, threads: Sequence[str]) -> str:
    """List what can be commanded."""
    lines = [f"- `{verb}`: {what}" for verb, what in lang.verbs.items()]
    several = [lang.threads.format(threads=_listed(threads))] if len(threads) > 1 else []
    return " ".join([lang.help.format(bot=_named(bot)), *several]) + "\n\n" + "\n".join(lines)


def parse_failure(lang: Language, why: ParseFailure, bot: Handle) -> str:
    """Say why a text was no command, and what may have been meant."""
    sentence = lang.misunderstood[why.reason].format(
        word=f"“{escape(why.word)}”",
        verb=why.verb.value if why.verb else "",
        usage=lang.verbs.get(why.verb, "") if why.verb else "",
        longest=f"{why.longest:,}",
        bot=_named(bot),
    )
    if why.reason is ParseFailureReason.UNKNOWN_VERB and not why.word:
        sentence = lang.nothing_said
    meant = [lang.did_you_mean.format(near=why.near)] if why.near else []
    return " ".join([sentence, *meant, lang.help_lists.format(bot=_named(bot))])


def with_result(said: Iterable[str], complaints: Iterable[str] = ()) -> str:
    """Put into an answer what an order came to."""
    lines = [*said, *complaints]
    if len(lines) == 1:
        return markdown(lines[0], escape)
    return "\n".join(f"- {markdown(line, escape)}" for line in lines)


def order_failed(lang: Language, error: Exception) -> str:
    """Say that an order could not be carried out."""
    what = error.args[0] if error.args and isinstance(error.args[0], Sentence) else str(error)
    return lang.failed.format(error=markdown(what, escape))


def which_thread(lang: Language, verb: Verb, threads: Sequence[str], bot: Handle) -> str:
    """Ask which thread is meant."""
    return lang.which_thread.format(
        threads=_listed(threads), bot=_named(bot), verb=verb.value, example=threads[0]
    )


def not_here(lang: Language, thread: str, threads: Sequence[str]) -> str:
    return lang.not_here.format(thread=thread, threads=_listed(threads))


def too_old(lang: Language, days: int) -> str:
    """Say that a command came too late to be obeyed."""
    return lang.too_old.format(days=days)


def confirm(lang: Language, bot: Handle, code: str, minutes: int) -> str:
    """Ask for a word in public, as messages from another server can be forged there."""
    return lang.confirm.format(bot=_named(bot), code=code, minutes=minutes)


def alerts(lang: Language, *, on: bool) -> str:
    """Say whether somebody gets alerts from now on."""
    return lang.alerts_on if on else lang.alerts_off


def preview(lang: Language, edition: str, title: str, preamble: str, *, changes: str, stands: str) -> str:
    """Show what the next edition is going to be: title, preamble, and what differs from what stands."""
    shown = f"**{edition}**: {escape(title)}\n\n{preamble or lang.preview_bare}"
    if not stands:
        return shown
    if not changes:
        return f"{shown}\n\n---\n\n{lang.preview_same.format(url=stands)}"
    return f"{shown}\n\n---\n\n{lang.preview_differs.format(url=stands)}\n\n{changes}"


def problems(lang: Language, sentences: Iterable[str]) -> str:
    """Say what is wrong with a template."""
    return f"{lang.broken}\n\n" + "\n".join(f"- {escape(one)}" for one in sentences)


def _named(bot: Handle) -> str:
    return f"@{bot.name}@{bot.host}"


def _listed(threads: Sequence[str]) -> str:
    return ", ".join(f"`{thread}`" for thread in threads)
