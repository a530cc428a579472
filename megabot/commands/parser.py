"""Parse the text of a comment or message: whether the bot is addressed, and which verb it is. Pure.

Authorization is elsewhere, and so is the wording: what is wrong is returned as facts.
"""

import re
from collections.abc import Collection

from megabot.commands.arguments import (
    nearest_word,
    read_arguments,
    read_note,
    read_preamble,
    show_word,
    words,
)
from megabot.commands.model import Command, Handle, ParseFailure, ParseFailureReason, Verb
from megabot.commands.plain_text import UNSEEN, normalize, own_words
from megabot.forum.notices import Origin

_VERBS = {verb.value: verb for verb in Verb} | {"yes": Verb.CONFIRM}  # `yes CODE` (C11)
_VISIBLE = re.compile(rf"[^\s\0{UNSEEN}]")
# The name may be in bold or italics; a link to the account was padded with spaces.
_BEFORE_NAME = rf"[ *_{UNSEEN}]*"
_AFTER_NAME = rf"[:,.!]*(?: *[*_]+)?[:,.!{UNSEEN}]*(?=\s|$)"


def parse(
    text: str, *, origin: Origin, bot: Handle, threads: Collection[str]
) -> Command | ParseFailure | None:
    """Return the command in a text, or why it is not one; None if the text is not addressed to the bot.

    Only the first plain line that begins with the bot's name counts. In a message, and in a reply to the bot
    without such a line, it is the first plain line. `threads` are the known names.
    """
    plain = normalize(own_words(_with_plain_mentions(text, bot)))
    start = _after_name(plain, bot) if origin is not Origin.MESSAGE else None
    if start is not None:
        return _read(text[start:], plain[start:], origin=origin, threads=threads)
    if origin is Origin.COMMENT:
        return _named_within(plain, bot)
    start = _first_words(plain, bot)
    if start is None:
        return None
    read = _read(text[start:], plain[start:], origin=origin, threads=threads)
    return _named_within(plain, bot) if origin is Origin.REPLY and _is_talk(read) else read


def _with_plain_mentions(text: str, bot: Handle) -> str:
    """Replace links to the bot, such as `[@bot@host](https://host/u/bot)`, by plain text of equal length."""
    name, host = re.escape(bot.name), re.escape(bot.host)
    link = rf"\[(@{name}(?:@{host})?)\]\(https?://[^\s/()\[\]]+/u/{name}(?:@{host})?\)"
    return re.sub(link, lambda match: match[1].ljust(len(match[0])), text, flags=re.IGNORECASE | re.ASCII)


def _after_name(plain: str, bot: Handle) -> int | None:
    """Return the end of the bot's name at the beginning of a line.

    The server does not notify about `@bot@host: repost` (lemmy-api 2.10). In the bot's own threads
    the comment still arrives, as a reply.
    """
    pattern = rf"^{_BEFORE_NAME}{_name(bot)}{_AFTER_NAME}"
    # ASCII, because IGNORECASE alone takes other characters for letters, such as the Kelvin sign for k (C02).
    match = re.search(pattern, plain, re.MULTILINE | re.IGNORECASE | re.ASCII)
    return match.end() if match else None


def _first_words(plain: str, bot: Handle) -> int | None:
    """Return the beginning of the first line with words on it, after the bot's name if it is there."""
    visible = _VISIBLE.search(plain)
    if visible is None:
        return None
    begin = plain.rfind("\n", 0, visible.start()) + 1
    name = rf"{_BEFORE_NAME}@{re.escape(bot.name)}(?:@{re.escape(bot.host)})?{_AFTER_NAME}"
    match = re.compile(name, re.IGNORECASE | re.ASCII).match(plain, begin)
    return match.end() if match else begin


def _named_within(plain: str, bot: Handle) -> ParseFailure | None:
    """Notice `Hello @bot@host repost`, which is not obeyed: the line could as well be about a command."""
    verbs = "|".join(_VERBS)
    pattern = rf"(?<![^\s(*_{UNSEEN}]){_name(bot)}{_AFTER_NAME}[ \t]+({verbs})(?![^\s.,!;:?)])"
    match = re.search(pattern, plain, re.IGNORECASE | re.ASCII)
    return ParseFailure(reason=ParseFailureReason.NOT_FIRST, verb=_VERBS[match[1].lower()]) if match else None


def _name(bot: Handle) -> str:
    return rf"@{re.escape(bot.name)}@{re.escape(bot.host)}"


def _read(text: str, plain: str, *, origin: Origin, threads: Collection[str]) -> Command | ParseFailure:
    """Parse a text from its verb on. `plain` is the same text with everything hidden except plain words."""
    first = next(words(plain.partition("\n")[0]), None)
    verb = _VERBS.get(first.value) if first else None
    if first is None or verb is None:
        word = first.value if first else ""
        return ParseFailure(
            reason=ParseFailureReason.UNKNOWN_VERB, word=show_word(word), near=nearest_word(word, _VERBS)
        )
    rest, line = text[first.end :], plain[first.end :].partition("\n")[0]
    match verb:
        case Verb.HELP:  # whatever follows
            return Command(verb=verb)
        case Verb.NOTE:
            return read_note(rest, line, threads)
        # In a comment everyone could read the text before it is posted.
        case Verb.PREAMBLE if origin is not Origin.MESSAGE:
            return ParseFailure(reason=ParseFailureReason.ONLY_BY_MESSAGE, verb=verb)
        case Verb.PREAMBLE:
            return read_preamble(rest, line, threads)
        case _:
            return read_arguments(verb, line, threads)


def _is_talk(read: Command | ParseFailure) -> bool:
    """Return whether a reply is probably meant for other people: its first word resembles no verb."""
    return isinstance(read, ParseFailure) and read.reason is ParseFailureReason.UNKNOWN_VERB and not read.near
