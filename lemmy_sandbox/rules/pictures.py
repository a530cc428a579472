"""The image service, pict-rs 0.5: what it takes, keeps and refuses. Keeps bytes as sent, scales nothing."""

from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from lemmy_sandbox.records import ImageService, Picture
from lemmy_sandbox.rules import picture_format
from lemmy_sandbox.rules.picture_format import Format
from lemmy_sandbox.rules.refusal import ImageRefusal, Refusal
from lemmy_sandbox.world import World


class _Limit(NamedTuple):
    side: int
    area: int


# defaults.toml of pict-rs, media.image and media.animation.
_STILL, _ANIMATION = _Limit(10_000, 40_000_000), _Limit(1_920, 2_073_600)


_OLD_PATH, _NEW_PATH = "/pictrs/image/", "/api/v4/image/"


def address(world: World, file: str) -> str:
    """Return the address of an image that is kept."""
    return f"{world.origin}{_NEW_PATH if world.is_lemmy_1 else _OLD_PATH}{file}"


def file_at(world: World, path: str) -> str | None:
    """Return the name of the image that a path is of; old addresses go on, none if it is no image's."""
    known = (_OLD_PATH, _NEW_PATH) if world.is_lemmy_1 else (_OLD_PATH,)
    return next((path.removeprefix(start) for start in known if path.startswith(start)), None)


def picture_at(world: World, url: str) -> Picture | None:
    """Return the image of that address if it is one of the server's own."""
    home = world.origin
    file = file_at(world, url.removeprefix(home)) if url.startswith(home) else None
    return world.pictures.get(file or "")


def check_enabled(world: World) -> None:
    """Refuse what Lemmy refuses without pict-rs in its settings: every text with Markdown in it."""
    if world.images is ImageService.OFF:
        raise Refusal("unknown", message="images_disabled")


def check_reached(world: World, path: str) -> None:
    """Refuse in Lemmy's words what pict-rs never gets, because it is down or not in the settings."""
    check_enabled(world)
    if world.images is ImageService.DOWN:
        raise Refusal("unknown", message=f"error sending request for url (http://pictrs:8080/{path})")


def store(world: World, content: bytes) -> Picture:
    """Take an image in, under a name that no other has; two uploads of one image are two."""
    check_reached(world, "image")
    found = _checked(content)
    number = world.new_id("picture")
    picture = Picture(
        file=f"{_uuid(world, f'file/{number}')}.{found.kind}",
        delete_token=_uuid(world, f"token/{number}"),
        content=content,
        content_type=found.content_type,
        width=found.width,
        height=found.height,
        created=world.now(),
    )
    world.pictures[picture.file] = picture
    return picture


def find_served(world: World, file: str) -> Picture | None:
    """Return the image of that name, none if there is no such."""
    check_reached(world, f"image/original/{file}")
    return world.pictures.get(file)


def _checked(content: bytes) -> Format:
    if not content:
        raise ImageRefusal("Uploaded file is empty")
    found = picture_format.detect_format(content)
    if found is None:
        # No client's error for pict-rs: a command of its own failed (src/ffmpeg.rs, is_client_error).
        raise ImageRefusal("ffprobe Failed with exit status: 1", status=500)
    limit = _ANIMATION if found.is_animation else _STILL
    if found.width > limit.side:
        raise ImageRefusal("Too wide")
    if found.height > limit.side:
        raise ImageRefusal("Too tall")
    if found.width * found.height > limit.area:
        raise ImageRefusal("Too many pixels")
    return found


def _uuid(world: World, name: str) -> str:
    """Make a name like a random one; counted, so that two runs of a test are alike."""
    return str(uuid5(NAMESPACE_URL, world.address("picture", name)))
