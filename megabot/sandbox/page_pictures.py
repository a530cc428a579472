"""Title images and thumbnails on the sandbox's pages, shown where lemmy-ui 0.19 shows them to a visitor."""

import re
from html import escape

from megabot.sandbox.records import Post
from megabot.sandbox.world import World

# lemmy-ui's is-image.ts: a picture is told by the end of a name somewhere in its address.
_PICTURE = re.compile(r"https?://[^\"']*\.(?:jpg|jpeg|gif|png|svg|webp)")
_THUMBNAIL_SIZE = 256


def thumbnail(world: World, post: Post, link: str) -> str:
    """Show the thumbnail of a post that has an address; on a text post the client shows none."""
    if post.url is None or post.thumbnail_url is None:
        return ""
    is_veiled = post.nsfw or world.community_of(post).nsfw
    kind = "thumbnail veiled" if is_veiled else "thumbnail"
    image = _image(world, post.thumbnail_url, post.alt_text, f' width="{_THUMBNAIL_SIZE}" loading="lazy"')
    return f'<a class="{kind}" href="{escape(link)}" rel="noopener nofollow">{image}</a>'


def title_image(world: World, post: Post) -> str:
    """Show the picture that a post is about, with its description; the client unfolds it by a script."""
    if post.url is None or not _PICTURE.search(post.url):
        return ""
    image = _image(world, post.url, post.alt_text, "")
    return f'<p class="title-image"><a href="{on_this_host(world, post.url)}">{image}</a></p>'


def on_this_host(world: World, url: str) -> str:
    """Write an address for a page: the sandbox is reached at another address than its name."""
    own = f"{world.origin}/"
    return escape("/" + url.removeprefix(own) if url.startswith(own) else url)


def _image(world: World, url: str, description: str | None, more: str) -> str:
    words = escape(description or "")
    return f'<img src="{on_this_host(world, url)}" alt="{words}" title="{words}"{more}>'
