"""From the text of a comment or message to a command: who is addressed, and which verb it is. Pure.

Decides nothing about who may command, and shows people no sentence: what is wrong comes out as facts.
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

_VERBS = {verb.value: verb for verb in Verb} | {"yes": Verb.CONFIRM}
_VISIBLE = re.compile(rf"[^\s\0{UNSEEN}]")
# A name in bold or italics is still one; a link to it was padded with spaces.
_BEFORE_NAME = rf"[ *_{UNSEEN}]*"
_AFTER_NAME = rf"[:,.!]*(?: *[*_]+)?[:,.!{UNSEEN}]*(?=\s|$)"


def parse(
    text: str, *, origin: Origin, bot: Handle, threads: Collection[str]
) -> Command | ParseFailure | None:
    """Read the one command of a text, or why it is none; None where the text is not addressed to the bot.

    The first plain line that begins with the bot's name counts, and no other. In a reply to the bot
    that names it nowhere so, and in every message, it is the first plain line. `threads` are known names.
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
    """Write a mention as clients do, `[@bot@host](https://host/u/bot)`, as plain words of the same length."""
    name, host = re.escape(bot.name), re.escape(bot.host)
    link = rf"\[(@{name}(?:@{host})?)\]\(https?://[^\s/()\[\]]+/u/{name}(?:@{host})?\)"
    return re.sub(link, lambda found: found[1].ljust(len(found[0])), text, flags=re.IGNORECASE | re.ASCII)


def _after_name(plain: str, bot: Handle) -> int | None:
    """Find the end of the bot's name at the beginning of a line.

    The server sees no mention in `@bot@host: repost` (lemmy-api 2.10). In the bot's own threads it arrives
    all the same, as a reply.
    """
    pattern = rf"^{_BEFORE_NAME}{_name(bot)}{_AFTER_NAME}"
    match = re.search(pattern, plain, re.MULTILINE | re.IGNORECASE | re.ASCII)
    return match.end() if match else None


def _first_words(plain: str, bot: Handle) -> int | None:
    """Find the beginning of the first line with words on it, after the bot's name if that is there."""
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
    """Read a text from its verb on. `plain` is the same text with all hidden that is not plain words."""
    first = next(words(plain.partition("\n")[0]), None)
    verb = _VERBS.get(first.value) if first else None
    if first is None or verb is None:
        word = first.value if first else ""
        return ParseFailure(
            reason=ParseFailureReason.UNKNOWN_VERB, word=show_word(word), near=nearest_word(word, _VERBS)
        )
    rest, line = text[first.end :], plain[first.end :].partition("\n")[0]
    match verb:
        case Verb.HELP:  # whatever is said with it
            return Command(verb=verb)
        case Verb.NOTE:
            return read_note(rest, line, threads)
        case Verb.PREAMBLE if origin is not Origin.MESSAGE:
            return ParseFailure(reason=ParseFailureReason.ONLY_BY_MESSAGE, verb=verb)
        case Verb.PREAMBLE:
            return read_preamble(rest, line, threads)
        case _:
            return read_arguments(verb, line, threads)


def _is_talk(read: Command | ParseFailure) -> bool:
    """Tell whether a reply is likely meant for people: its first word is like no verb."""
    return isinstance(read, ParseFailure) and read.reason is ParseFailureReason.UNKNOWN_VERB and not read.near
