"""Decide who may command the bot, by actor ids just read from the server, never by names. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from megabot.commands.model import CONFIRMED, Verb
from megabot.forum.models import Community, Person
from megabot.forum.notices import Notice, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandScope:
    """A community with its threads, and the actor ids of those who may command them."""

    community_id: int
    threads: tuple[str, ...]
    commanders: frozenset[str]


def command_scope(community: Community, threads: Iterable[str], admins: Iterable[Person]) -> CommandScope:
    """Let a community's moderators command its threads, and `admins` (none unless a setting allows them)."""
    commanders = frozenset(person.actor for person in (*community.moderators, *admins))
    return CommandScope(community_id=community.id, threads=tuple(threads), commanders=commanders)


def threads_to_command(notice: Notice, scopes: Iterable[CommandScope], bot: Person) -> tuple[str, ...]:
    """Return the threads that the author of a notice may command from where it was written.

    A comment can command the threads of its own community (C10), a message those of every community that
    its author moderates. Bots cannot command, and neither can this one: its replies could look like commands
    (C13).
    """
    author = notice.author
    if author.bot or author.id == bot.id or author.actor == bot.actor:
        return ()
    return tuple(
        thread
        for scope in scopes
        # A name or a display name can be that of someone else (C01, C02).
        if author.actor in scope.commanders
        and (notice.origin is Origin.MESSAGE or notice.community_id == scope.community_id)
        for thread in scope.threads
    )


def threads_to_order(
    actor: str, named: Iterable[str], scopes: Iterable[CommandScope], bot: Person
) -> tuple[str, ...]:
    """Return those of the named threads that an account may command now by the page for moderators."""
    may = {thread for scope in scopes if actor in scope.commanders for thread in scope.threads}
    return tuple(name for name in named if name in may and actor != bot.actor)


def needs_confirmation(verb: Verb, notice: Notice, bot: Person) -> bool:
    """Return whether a command must be confirmed in public: a server can forge its users' messages (C11)."""
    elsewhere = _host(notice.author.actor) != _host(bot.actor)
    # A forged message that only asks does no harm: the reply goes to the real account.
    return notice.origin is Origin.MESSAGE and elsewhere and verb in CONFIRMED


def _host(actor: str) -> str:
    return urlsplit(actor).netloc.lower()
