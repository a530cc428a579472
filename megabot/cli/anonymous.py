"""Builds what commands use without an account: link checks, live previews, posts read anonymously."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from megabot import output_paths, proxy
from megabot.app import App
from megabot.check.link_client import LinkAsker, LinkCache
from megabot.errors import ConfigError
from megabot.forum.public_post import PublicPost
from megabot.lemmy.link_verdict import Verdict
from megabot.lemmy.public_posts import PublicPosts
from megabot.lemmy.public_web import reaches_internet
from megabot.ports import OfflinePorts
from megabot.proxy import Proxy
from megabot.rendering.renderer import WarmRenderer
from megabot.source.titles.date_forms import DateWords


def check_output(path: Path) -> None:
    """Raise `ConfigError` if the output path that the user named is in a state folder."""
    output_paths.check_output(path)


def link_asker(app: App) -> Callable[[str], Verdict]:
    return LinkAsker(proxy=app.settings.proxy_used()).ask


def is_online(app: App) -> bool:
    """Return whether the network works; the bot's own server is tried if one is set."""
    return reaches_internet(app.settings.instance, proxy=app.settings.proxy_used())


def link_cache(app: App) -> LinkCache:
    return LinkCache(app.state_folder / "links.json")


@contextmanager
def warm_ports(app: App) -> Iterator[OfflinePorts]:
    """Yield ports whose renderer keeps its process, for a preview that is rendered on every save."""
    with closing(warm_renderer()) as renderer:
        yield replace(app.offline_ports, renderer=renderer)


def warm_renderer() -> WarmRenderer:
    """Return a renderer that keeps its process; the caller closes it."""
    return WarmRenderer()


@contextmanager
def public_posts(instance: str, *, used: Proxy | None = None) -> Iterator[PublicPosts]:
    """Read a server's posts without an account.

    The proxy is `used`, else MEGABOT_PROXY from the environment: `init` has no settings yet.
    """
    text = os.environ.get("MEGABOT_PROXY", "")
    try:
        through = used or (proxy.parse(text) if text else None)
    except ValueError as error:
        raise ConfigError(f"MEGABOT_PROXY (the environment): {error}") from error
    with closing(PublicPosts(instance, proxy=through)) as posts:
        yield posts


def date_words(code: str) -> DateWords | None:
    """Return the names of months and days in a language. Babel is imported when it is first used."""
    # Imported late: Babel is slow to load, and only `init --from` needs it here.
    from megabot.source.titles.date_words import date_words as of_babel

    return of_babel(code)


def newest_posts(app: App, community: str) -> tuple[PublicPost, ...]:
    """Return a community's newest posts, read anonymously; none if no server is set."""
    if not app.settings.instance:
        return ()
    with public_posts(app.settings.instance, used=app.settings.proxy_used()) as posts:
        return posts.newest(community)


@contextmanager
def public_pages(app: App, community: str, *, by: str) -> Iterator[Iterator[tuple[PublicPost, ...]]]:
    """Read all posts of a community, or those by one author, anonymously and page by page."""
    with public_posts(app.settings.instance, used=app.settings.proxy_used()) as posts:
        yield posts.all(community, by=by)
