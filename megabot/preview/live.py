"""Opens the live page and keeps it until its reader has seen enough."""

import threading
from collections.abc import Callable, Hashable
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from megabot.errors import ConfigError, SourceBroken
from megabot.ports import OfflinePorts
from megabot.preview.file_watcher import Follower, fingerprint
from megabot.preview.live_server import LiveServer, MainThreadQueue, Site
from megabot.preview.live_view import SLOTS, View, ViewRequest, view
from megabot.preview.preview import Standing
from megabot.schedule import calendar
from megabot.schedule.editions import upcoming_or_last


def view_query(ports: OfflinePorts, thread: str | None, key: str | None) -> str:
    """Give the query for a thread and an edition of it. Raises `ConfigError` for one that is not ahead."""
    if thread is None and key is None:
        return ""
    try:
        threads = ports.source.threads(ports.source.snapshot())
    except SourceBroken:
        return ""  # the page says so, and follows
    found = [one for one in threads if thread in (None, one.name)]
    if not found:
        raise ConfigError(f"there is no thread {thread}; there is: {', '.join(one.name for one in threads)}")
    now = ports.clock.now()
    coming = list(islice(calendar.upcoming_editions(found[0].name, found[0].schedule, now), SLOTS))
    keys = [edition.key for edition in coming or [upcoming_or_last(found[0], now)]]
    if key is not None and key not in keys:
        raise ConfigError(f"{found[0].name}: {key} is not among the next {SLOTS} editions, from {keys[0]} on")
    return "?" + urlencode({"thread": found[0].name, "slot": keys.index(key) if key else 0})


def serve(
    ports: OfflinePorts, *, folder: Path | None, compare: Standing, show: Callable[[str], None]
) -> None:
    """Serve the page until Ctrl-C; `show` gets its address, `folder` is followed, None for nothing."""
    ports.source.refresh()
    look: Callable[[], Hashable] = (lambda: None) if folder is None else (lambda: fingerprint(folder))
    turns, follower = MainThreadQueue(), Follower(look)

    def picture(seen: View, path: str) -> bytes | None:
        return turns.take(lambda: ports.source.picture(seen.snapshot, path))

    def looked(wished: ViewRequest) -> View:
        return turns.take(lambda: view(ports, wished, compare=compare))

    server = LiveServer(Site(looked, picture, follower))
    follower.start()
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    try:
        show(server.url)
        turns.serve(until=lambda: False)
    except KeyboardInterrupt:
        pass
    finally:
        follower.close()
        server.shutdown()
        server.server_close()
