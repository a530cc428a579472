"""Messages over a pipe, each preceded by its length."""

from typing import IO

_LENGTH = 8


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Read one message, None at the end of the stream."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: IO[bytes], body: bytes) -> None:
    stream.write(len(body).to_bytes(_LENGTH, "big") + body)
    stream.flush()
