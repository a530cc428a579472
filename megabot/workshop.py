"""Composition for the verbs of contributors: links, previews that follow, posts read as a stranger.

Beside `app` the only module that names concrete adapters; what it gives needs no account.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime

from megabot.adapters.link_asker import LinkAsker
from megabot.adapters.link_cache import LinkCache
from megabot.adapters.own_process import OwnProcess
from megabot.adapters.public_posts import PublicPosts
from megabot.adapters.warm_renderer import WarmRenderer
from megabot.app import App
from megabot.core.links import Verdict
from megabot.core.public_posts import PublicPost
from megabot.link_watch import LinkWatch
from megabot.ports import Desk


def link_asker() -> Callable[[str], Verdict]:
    """Give what finds out whether a link is alive."""
    return LinkAsker().ask


def link_cache(app: App) -> LinkCache:
    """Give what was found out about links lately."""
    return LinkCache(app.state_folder / "links.json")


@contextmanager
def link_watch(app: App, options: Mapping[str, object]) -> Iterator[Callable[[datetime], None]]:
    """Give the service's chore of looking at the links once a week; it does nothing unless it is set."""
    if app.settings.check_links == "off":
        yield lambda _: None
        return
    env_file = options.get("env_file")
    words = [*(["--env", str(env_file)] if env_file else []), "check", "--links", "--json"]
    with closing(LinkWatch(app.ports, lambda: OwnProcess(words))) as watch:
        yield watch.attend


@contextmanager
def warm_desk(app: App) -> Iterator[Desk]:
    """Give the desk with a renderer that stays warm, for a preview that follows the files."""
    with closing(WarmRenderer()) as renderer:
        yield replace(app.desk, renderer=renderer)


@contextmanager
def public_posts(instance: str) -> Iterator[PublicPosts]:
    """Read a server's posts as a stranger does."""
    with closing(PublicPosts(instance)) as posts:
        yield posts


def newest_posts(app: App, community: str) -> tuple[PublicPost, ...]:
    """List a community's newest posts as a stranger sees them; none where no server is set."""
    if not app.settings.instance:
        return ()
    with public_posts(app.settings.instance) as posts:
        return posts.newest(community)


@contextmanager
def public_pages(app: App, community: str, *, by: str) -> Iterator[Iterator[tuple[PublicPost, ...]]]:
    """Read all posts of a community, or of one author in it, as a stranger does, page by page."""
    with public_posts(app.settings.instance) as posts:
        yield posts.all(community, by=by)
