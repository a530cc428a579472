"""What the server finds at a post's link, at every creation and edit: type, thumbnail (0.19, request.rs).

It knows its own images and the pages that a test has added. Titles, descriptions and videos of web pages are
not modelled.
"""

from lemmy_sandbox.records import ImageService, Post, RemotePage
from lemmy_sandbox.rules import pictures
from lemmy_sandbox.rules.refusal import ImageRefusal
from lemmy_sandbox.rules.text_rules import proxy_url
from lemmy_sandbox.world import World

_THUMBNAIL_SIZE = 512
_NOTHING = RemotePage(content_type="")


def refresh(world: World, post: Post, custom_thumbnail: str | None) -> None:
    """Update everything that depends on the link; a custom thumbnail that is not sent again is lost.

    Runs after the insert, so an image that is refused for lack of an image service leaves the post in place.
    """
    page = _found(world, post.url)
    is_image = page.content_type.startswith("image/")
    if is_image and not world.is_lemmy_1:
        pictures.check_enabled(world)
    image = post.url if is_image else page.preview_image
    if is_image and post.url and world.is_lemmy_1:
        post.url = proxy_url(post.url, world.origin)
    # A custom thumbnail is ignored for image posts (lemmy-api 2.8).
    if custom_thumbnail and not is_image:
        post.thumbnail_url = _custom(world, custom_thumbnail)
    else:
        # Every edit without a thumbnail recomputes it, so a text post loses its own (lemmy-api 2.8).
        post.thumbnail_url = _thumbnail(world, image) if image else None
    post.url_content_type = page.content_type or None


def _custom(world: World, thumbnail: str) -> str:
    return proxy_url(thumbnail, world.origin, size=_THUMBNAIL_SIZE) if world.is_lemmy_1 else thumbnail


def _found(world: World, url: str | None) -> RemotePage:
    picture = pictures.picture_at(world, url or "")
    if picture is not None and world.images is ImageService.RUNNING:
        return RemotePage(content_type=picture.content_type, content=picture.content)
    return world.elsewhere.get(url or "", _NOTHING)


def _thumbnail(world: World, image: str) -> str:
    """Copy an image into the image service, unscaled; if that fails, use its own address."""
    if world.images is not ImageService.RUNNING:
        return image
    try:
        copy = pictures.store(world, _found(world, image).content)
    except ImageRefusal:
        return image
    return pictures.address(world, copy.file)
