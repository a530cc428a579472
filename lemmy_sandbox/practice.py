"""A server to practise on: a community with a moderator, a reader, an admin and a bot account."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from lemmy_sandbox.records import Generation
from lemmy_sandbox.sandbox import Sandbox

PASSWORD = "correct horse"  # noqa: S105  of accounts in memory
COMMUNITY = "news"
PORT = 8536


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def practice_server(
    api: Generation | str = Generation.LEMMY_0,
    port: int = 0,
    *,
    bot: str = "bot",
    clock: Callable[[], datetime] = _now,
) -> Iterator[Sandbox]:
    """Run a server whose name is its address, so that browsers can follow its links.

    Raises OSError if the port cannot be used; 0 picks any free port.
    """
    with Sandbox(clock, hostname="", port=port, api=api) as sandbox:
        for name in ("admin", "modlin", "reader", bot):
            sandbox.add_person(name, PASSWORD, admin=name == "admin", bot=name == bot)
        sandbox.add_community(COMMUNITY, "News", moderators=["modlin", bot])
        yield sandbox


def introduction(sandbox: Sandbox, *, bot: str = "bot") -> list[str]:
    """Return lines that say where the server is and which accounts exist."""
    return [
        f"A mini Lemmy {sandbox.api.version} runs at {sandbox.url}, in memory. Press Ctrl-C to stop it.",
        f"Open its community: {sandbox.url}/c/{COMMUNITY}",
        f"Accounts: admin, modlin (moderator), reader, {bot} (the bot); password: {PASSWORD}",
    ]
