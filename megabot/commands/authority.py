"""Who may command the bot: told by actor ids as just read from the server, never by names. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from megabot.commands.model import ACTING, Verb
from megabot.forum.models import Person
from megabot.forum.notices import Notice, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandScope:
    """A community that threads live in, and the actor ids of those who may command them."""

    community_id: int
    threads: tuple[str, ...]
    commanders: frozenset[str]


def threads_to_command(notice: Notice, scopes: Iterable[CommandScope], bot: Person) -> tuple[str, ...]:
    """Name the threads that the author of a notice may command from where it was written, none for strangers.

    A comment commands the threads of its own community (C10), a message those of all that its author
    moderates. Bots command nothing, this one neither: answers would be taken for commands (C13).
    """
    author = notice.author
    if author.bot or author.id == bot.id or author.actor == bot.actor:
        return ()
    return tuple(
        thread
        for scope in scopes
        if author.actor in scope.commanders
        and (notice.origin is Origin.MESSAGE or notice.community_id == scope.community_id)
        for thread in scope.threads
    )


def needs_confirmation(verb: Verb, notice: Notice, bot: Person) -> bool:
    """Tell whether an order has to be repeated in public: a server can forge its people's messages (C11)."""
    elsewhere = _host(notice.author.actor) != _host(bot.actor)
    return notice.origin is Origin.MESSAGE and elsewhere and verb in ACTING


def _host(actor: str) -> str:
    return urlsplit(actor).netloc.lower()
