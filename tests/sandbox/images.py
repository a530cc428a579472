"""Small images of every kind, as much of them as their size is read from."""

import struct
import zlib


def png(width: int = 3, height: int = 2, *, frames: int = 1) -> bytes:
    """Make a whole one, all black."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    animation = [_chunk(b"acTL", struct.pack(">II", frames, 0))] if frames > 1 else []
    pixels = zlib.compress((b"\0" * (1 + min(width, 64))) * min(height, 64))
    chunks = [_chunk(b"IHDR", header), *animation, _chunk(b"IDAT", pixels), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def gif(width: int = 3, height: int = 2) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b";"


def jpeg(width: int = 3, height: int = 2) -> bytes:
    application = b"\xff\xe0" + struct.pack(">H", 6) + b"JFIF"
    frame = b"\xff\xc2" + struct.pack(">HBHH", 8, 8, height, width)
    return b"\xff\xd8" + application + frame + b"\xff\xd9"


def webp_lossy(width: int = 3, height: int = 2) -> bytes:
    return _webp(b"VP8 " + struct.pack("<I3s3sHH", 10, b"\0\0\0", b"\x9d\x01\x2a", width, height))


def webp_lossless(width: int = 3, height: int = 2) -> bytes:
    return _webp(b"VP8L" + struct.pack("<IBI", 5, 0x2F, (width - 1) | (height - 1) << 14))


def webp_extended(width: int = 3, height: int = 2, *, is_animation: bool = False) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _webp(b"VP8X" + struct.pack("<IB3x", 10, 2 * is_animation) + sides)


def _webp(chunk: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
