"""The image service, pict-rs 0.5: what it accepts, stores and refuses. Stores bytes as sent, scales nothing.

The format of an image is read from its head; nothing is decoded. AVIF, JPEG XL and video, which pict-rs
accepts too, do not count as images here.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from lemmy_sandbox.records import ImageService, Picture
from lemmy_sandbox.rules.refusal import ImageRefusal, Refusal
from lemmy_sandbox.world import World

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAME_HEADERS = frozenset(range(0xFFC0, 0xFFD0)) - {0xFFC4, 0xFFC8, 0xFFCC}
_WEBP_ANIMATED = 0b10
_14_BITS = 0x3FFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """An image's kind, by pict-rs' name for it, and its size in pixels."""

    kind: str
    width: int
    height: int
    is_animation: bool = False

    @property
    def content_type(self) -> str:
        return f"image/{self.kind}"


class _Limit(NamedTuple):
    side: int
    area: int


# From pict-rs' defaults.toml, media.image and media.animation.
_STILL, _ANIMATION = _Limit(10_000, 40_000_000), _Limit(1_920, 2_073_600)


_OLD_PATH, _NEW_PATH = "/pictrs/image/", "/api/v4/image/"


def address(world: World, file: str) -> str:
    """Return the address of a stored image."""
    return f"{world.origin}{_NEW_PATH if world.is_lemmy_1 else _OLD_PATH}{file}"


def file_at(world: World, path: str) -> str | None:
    """Return the file name in an image's path, None for any other path; old paths still work on 1.0."""
    prefixes = (_OLD_PATH, _NEW_PATH) if world.is_lemmy_1 else (_OLD_PATH,)
    return next((path.removeprefix(start) for start in prefixes if path.startswith(start)), None)


def picture_at(world: World, url: str) -> Picture | None:
    """Return the image at an address if it is one of the server's own."""
    home = world.origin
    file = file_at(world, url.removeprefix(home)) if url.startswith(home) else None
    return world.pictures.get(file or "")


def check_enabled(world: World) -> None:
    """Refuse every text with Markdown if pict-rs is missing from the settings (lemmy-api 2.8)."""
    if world.images is ImageService.OFF:
        raise Refusal("unknown", message="images_disabled")


def check_reached(world: World, path: str) -> None:
    """Refuse a request to pict-rs in Lemmy's words if pict-rs is down or missing from the settings."""
    check_enabled(world)
    if world.images is ImageService.DOWN:
        raise Refusal("unknown", message=f"error sending request for url (http://pictrs:8080/{path})")


def store(world: World, content: bytes) -> Picture:
    """Store an image under a new name; two uploads of one image are two pictures."""
    check_reached(world, "image")
    image_format = _checked(content)
    number = world.new_id("picture")
    picture = Picture(
        file=f"{_uuid(world, f'file/{number}')}.{image_format.kind}",
        delete_token=_uuid(world, f"token/{number}"),
        content=content,
        content_type=image_format.content_type,
        width=image_format.width,
        height=image_format.height,
        created=world.now(),
    )
    world.pictures[picture.file] = picture
    return picture


def find_served(world: World, file: str) -> Picture | None:
    """Return the image with this name, None if there is none."""
    check_reached(world, f"image/original/{file}")
    return world.pictures.get(file)


def _checked(content: bytes) -> Format:
    if not content:
        raise ImageRefusal("Uploaded file is empty")
    image_format = detect_format(content)
    if image_format is None:
        # Not a client error for pict-rs, because its own command failed (src/ffmpeg.rs, is_client_error).
        raise ImageRefusal("ffprobe Failed with exit status: 1", status=500)
    limit = _ANIMATION if image_format.is_animation else _STILL
    if image_format.width > limit.side:
        raise ImageRefusal("Too wide")
    if image_format.height > limit.side:
        raise ImageRefusal("Too tall")
    if image_format.width * image_format.height > limit.area:
        raise ImageRefusal("Too many pixels")
    return image_format


def _uuid(world: World, name: str) -> str:
    """Return a name that looks random but is counted, so that two runs of a test are equal."""
    return str(uuid5(NAMESPACE_URL, world.address("picture", name)))


def detect_format(content: bytes) -> Format | None:
    """Return the format of an image; None for anything else or an incomplete head."""
    try:
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack_from("<HH", content, 6)
            # For pict-rs, every GIF is an animation.
            return Format(kind="gif", width=width, height=height, is_animation=True)
        if content.startswith(_JPEG):
            return _jpeg(content)
        return _webp(content) if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None
    except struct.error:
        return None


def _png(content: bytes) -> Format:
    width, height = struct.unpack_from(">II", content, 16)
    is_animation = b"acTL" in content.partition(b"IDAT")[0]
    return Format(
        kind="apng" if is_animation else "png", width=width, height=height, is_animation=is_animation
    )


def _jpeg(content: bytes) -> Format:
    """Go from segment to segment to the one with the size."""
    place = 2
    while True:
        marker, length = struct.unpack_from(">HH", content, place)
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return Format(kind="jpeg", width=width, height=height)
        place += 2 + length


def _webp(content: bytes) -> Format | None:
    kind = content[12:16]
    if kind == b"VP8X":
        flags, width, low, high = struct.unpack_from("<B3x3sHB", content, 20)
        return Format(
            kind="webp",
            width=int.from_bytes(width, "little") + 1,
            height=low + (high << 16) + 1,
            is_animation=bool(flags & _WEBP_ANIMATED),
        )
    if kind == b"VP8L":
        (size,) = struct.unpack_from("<I", content, 21)
        return Format(kind="webp", width=(size & _14_BITS) + 1, height=(size >> 14 & _14_BITS) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return Format(kind="webp", width=width & _14_BITS, height=height & _14_BITS)
    return None
