"""People's texts and addresses as this site keeps them: the rules of `wording` with the site's settings."""

from megabot.sandbox import pictures
from megabot.sandbox.wording import stored_text, stored_url
from megabot.sandbox.world import World


def kept_text(world: World, text: str) -> str:
    """Give a text with Markdown in it as it is kept; without an image service in the settings none is."""
    kept = stored_text(text, slurs=world.site.slur_filter_regex, blocked=world.site.blocked_urls)
    pictures.check_enabled(world)
    return kept


def kept_url(world: World, url: str) -> str:
    """Give a post's address as it is kept."""
    return stored_url(url, world.site.blocked_urls)


def kept_thumbnail(url: str) -> str:
    """Give a thumbnail's address as it is kept; the site's blocklist is not asked."""
    return stored_url(url, [])
