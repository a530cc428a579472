"""People's texts and addresses as this site keeps them: the rules of `text_rules` and its settings."""

from megabot.sandbox import pictures
from megabot.sandbox.text_rules import stored_text, stored_url, with_own_images
from megabot.sandbox.world import World


def kept_text(world: World, text: str) -> str:
    """Give a text with Markdown in it as it is kept; without image service in its settings 0.19 keeps none.

    1.0 has images from elsewhere fetched through itself.
    """
    kept = stored_text(text, slurs=world.site.slur_filter_regex, blocked=world.site.blocked_urls)
    if world.is_lemmy_1:
        return with_own_images(kept, world.origin)
    pictures.check_enabled(world)
    return kept


def kept_url(world: World, url: str) -> str:
    """Give a post's address as it is kept."""
    return stored_url(url, world.site.blocked_urls)


def kept_thumbnail(url: str) -> str:
    """Give a thumbnail's address as it is kept; the site's blocklist is not asked."""
    return stored_url(url, [])
