"""What the service has done beside its passes, by processes of its own: each chore is asked at every tick."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime

from megabot.adapters.own_process import OwnProcess
from megabot.app import App
from megabot.link_watch import LinkWatch

Chore = Callable[[datetime], None]


@contextmanager
def link_watch(app: App, options: Mapping[str, object]) -> Iterator[Chore]:
    """Give the chore of looking at the links once a week; it does nothing unless it is set."""
    if app.settings.check_links == "off":
        yield lambda _: None
        return
    words = [*_before_the_verb(options), "check", "--links", "--json"]
    with closing(LinkWatch(app.ports, lambda: OwnProcess(words))) as watch:
        yield watch.attend


def _before_the_verb(options: Mapping[str, object]) -> list[str]:
    """Give the options by which another process finds the same settings."""
    named = {"--env": options.get("env_file"), "--bot": options.get("bot")}
    return [word for option, value in named.items() if value for word in (option, str(value))]
