"""What the service has done beside its passes, by processes of its own: each chore is asked at every tick."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime

from megabot.adapters.own_process import OwnProcess
from megabot.app import App
from megabot.link_watch import LinkWatch
from megabot.ports import Ports
from megabot.site_watch import SiteWatch

Chore = Callable[[datetime], None]


@contextmanager
def link_watch(app: App, options: Mapping[str, object], ports: Ports | None = None) -> Iterator[Chore]:
    """Give the chore of looking at the links once a week; it does nothing unless it is set."""
    if app.settings.check_links == "off":
        yield lambda _: None
        return
    words = [*_before_the_verb(options), "check", "--links", "--json"]
    with closing(LinkWatch(ports or app.ports, lambda: OwnProcess(words))) as watch:
        yield watch.attend


@contextmanager
def site_watch(app: App, options: Mapping[str, object], ports: Ports) -> Iterator[Chore]:
    """Give the chore of keeping the site up to date; it does nothing unless that has a folder."""
    if app.settings.site_dir is None:
        yield lambda _: None
        return
    words = [*_before_the_verb(options), "site", "--json"]
    ledger = app.settings.state_dir / "ledger.db"
    watch = SiteWatch(ports, start=lambda: OwnProcess(words), stamp=lambda: ledger.stat().st_mtime_ns)
    with closing(watch):
        yield watch.attend


@contextmanager
def all_chores(app: App, options: Mapping[str, object], ports: Ports) -> Iterator[Mapping[str, Chore]]:
    """Give all of them by name. They act through `ports`."""
    with link_watch(app, options, ports) as look_at_links, site_watch(app, options, ports) as keep_site:
        yield {"links": look_at_links, "site": keep_site}


def _before_the_verb(options: Mapping[str, object]) -> list[str]:
    """Give the options by which another process finds the same settings."""
    named = {"--env": options.get("env_file"), "--bot": options.get("bot")}
    return [word for option, value in named.items() if value for word in (option, str(value))]
