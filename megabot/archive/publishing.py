"""The site, from the ledger into its folder. Must not talk to a server, and posts nothing."""

from collections.abc import Mapping
from pathlib import Path

from megabot.archive import build
from megabot.archive.entries import gather
from megabot.archive.folder import Written, write
from megabot.errors import SourceBroken, SourceMissing
from megabot.ports import Desk
from megabot.sources import usable_threads


def publish(desk: Desk, folder: Path, *, address: str) -> Written:
    """Bring the folder up to date with what the ledger keeps. Raises `NeedsPerson` where that cannot be."""
    site = build.Site(entries=gather(desk.ledger), address=address, langs=_languages(desk))
    return write(folder, build.files(site))


def _languages(desk: Desk) -> Mapping[str, str]:
    """Give the threads' languages, for those that the source still has."""
    try:
        threads = usable_threads(desk.source, desk.source.snapshot()).threads
    except (SourceBroken, SourceMissing):
        return {}
    return {thread.name: thread.language or thread.locale.replace("_", "-") for thread in threads}
