"""Picture uploads: parse a form (multipart/form-data, RFC 7578), answer like pict-rs or 1.0."""

from email.message import Message
from typing import NamedTuple

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import time
from lemmy_sandbox.records import ImageService, Picture
from lemmy_sandbox.rules import pictures
from lemmy_sandbox.rules.refusal import ImageRefusal, Refusal

_FIELD = "images[]"
_LINE = b"\r\n"
_SMALLEST = 2  # one field and the final boundary


class Part(NamedTuple):
    """One field of a form: a file or a text."""

    name: str
    content: bytes


class NotAForm(ValueError):
    """The body is not a form, or it is incomplete."""


def upload(call: Call) -> Json:
    """POST /pictrs/image of 0.19. Lemmy passes the body on unread, so pict-rs reports what is wrong."""
    call.person()
    pictures.check_reached(call.world, "image")
    stored = [pictures.store(call.world, content) for content in _files(call)]
    return {"files": [_view(picture) for picture in stored], "msg": "ok"}


def upload_v4(call: Call) -> Json:
    """POST /image: names the last file of several; pict-rs' refusal becomes the error's message here."""
    call.person()
    if call.world.images is ImageService.OFF:
        raise Refusal("unknown", message="images_disabled")
    if call.world.images is ImageService.DOWN:
        raise Refusal("pictrs_invalid_image_upload", message="HTTP request to pict-rs failed")
    try:
        stored = [pictures.store(call.world, content) for content in _files(call)]
    except ImageRefusal as refusal:
        raise Refusal("pictrs_invalid_image_upload", message=refusal.message) from refusal
    return {"image_url": pictures.address(call.world, stored[-1].file), "filename": stored[-1].file}


def parse_form(content_type: str, body: bytes) -> list[Part]:
    """Return the fields of a form in order. Raises NotAForm."""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/form-data" or not boundary:
        raise NotAForm
    pieces = (_LINE + body).split(_LINE + b"--" + boundary.encode())[1:]  # the first piece is a preamble
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


def _files(call: Call) -> list[bytes]:
    try:
        fields = parse_form(call.content_type, call.body)
    except NotAForm as error:
        raise ImageRefusal("Error in multipart creation") from error
    files = [field.content for field in fields if field.name == _FIELD]
    if not files:
        raise ImageRefusal("No files present in upload")
    return files


def _view(picture: Picture) -> Json:
    return {
        "file": picture.file,
        "delete_token": picture.delete_token,
        "details": {
            "width": picture.width,
            "height": picture.height,
            "content_type": picture.content_type,
            "created_at": time(picture.created),
        },
    }
