"""What kind of image some bytes are and how large; reads their head and decodes nothing.

AVIF, JPEG XL and video, which pict-rs takes too, are no images here.
"""

import struct
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAME_HEADERS = frozenset(range(0xFFC0, 0xFFD0)) - {0xFFC4, 0xFFC8, 0xFFCC}
_WEBP_ANIMATED = 0b10
_14_BITS = 0x3FFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """An image's kind, under pict-rs' names, and its size in pixels."""

    kind: str
    width: int
    height: int
    is_animation: bool = False

    @property
    def content_type(self) -> str:
        """Name the kind as HTTP does."""
        return f"image/{self.kind}"


def detect_format(content: bytes) -> Format | None:
    """Tell the format of an image; none for anything else and for a head that is cut off."""
    try:
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack_from("<HH", content, 6)
            return Format(kind="gif", width=width, height=height, is_animation=True)  # always one for pict-rs
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
    """Walk from segment to segment to the one that tells the size."""
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
