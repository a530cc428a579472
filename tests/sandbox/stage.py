"""A community and its people, whatever the version."""

from collections.abc import Iterator
from contextlib import contextmanager

from lemmy_sandbox import Sandbox


@contextmanager
def staged(sandbox: Sandbox) -> Iterator[Sandbox]:
    """Run a sandbox with everybody there; at the end it must have had all calls and no bug."""
    with sandbox as running:
        running.add_person("admin", admin=True)
        running.add_person("megabot", bot=True)
        running.add_person("modlin")
        running.add_person("reader")
        running.add_community("news", "News", ["modlin", "megabot"])
        yield running
        assert running.unknown_requests == []
        assert running.crashes == []
