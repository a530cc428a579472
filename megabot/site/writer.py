"""The site, from the ledger into its folder. Must not talk to a server, and posts nothing."""

from collections.abc import Mapping
from pathlib import Path

from megabot.errors import SourceBroken, SourceMissing
from megabot.ports import OfflinePorts
from megabot.site import build
from megabot.site.entries import gather
from megabot.site.output import WriteResult, write
from megabot.source.usable import usable_threads


def publish(ports: OfflinePorts, folder: Path, *, address: str) -> WriteResult:
    """Bring the folder up to date with what the ledger keeps. Raises `NeedsPerson` where that cannot be."""
    site = build.Site(entries=gather(ports.ledger), address=address, langs=_languages(ports))
    return write(folder, build.files(site))


def _languages(ports: OfflinePorts) -> Mapping[str, str]:
    """Give the threads' languages, for those that the source still has."""
    try:
        threads = usable_threads(ports.source, ports.source.snapshot()).threads
    except (SourceBroken, SourceMissing):
        return {}
    return {thread.name: thread.language or thread.locale.replace("_", "-") for thread in threads}
