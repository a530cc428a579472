"""What a form sends (multipart/form-data, RFC 7578), cut at its boundaries; knows no field by name."""

from email.message import Message
from typing import NamedTuple

_LINE = b"\r\n"
_SMALLEST = 2  # one field and the end


class Part(NamedTuple):
    """One field of a form, a file or a text."""

    name: str
    content: bytes


class NotAForm(ValueError):
    """The body is no form, or ends before it is one."""


def parts(content_type: str, body: bytes) -> list[Part]:
    """Give the fields of a form in their order."""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/form-data" or not boundary:
        raise NotAForm
    pieces = (_LINE + body).split(_LINE + b"--" + boundary.encode())[1:]  # before the first is a preamble
    if len(pieces) < _SMALLEST or not pieces[-1].startswith(b"--"):
        raise NotAForm
    return [_part(piece.removeprefix(_LINE)) for piece in pieces[:-1]]


def _part(piece: bytes) -> Part:
    headers, blank, content = piece.partition(_LINE + _LINE)
    lines = headers.decode("utf-8", "replace").split("\r\n")
    fields = dict(line.partition(": ")[::2] for line in lines)
    disposition = next((value for name, value in fields.items() if name.lower() == "content-disposition"), "")
    head = Message()
    head["Content-Disposition"] = disposition
    name = head.get_param("name", header="content-disposition")
    if not blank or not isinstance(name, str):
        raise NotAForm
    return Part(name, content)
