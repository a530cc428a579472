"""POST /pictrs/image and what it serves: a form in, pict-rs' own answer out, as Lemmy passes it on."""

from megabot.sandbox import form_data, pictures
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.form_data import NotAForm
from megabot.sandbox.records import Picture
from megabot.sandbox.refusal import ImageRefusal
from megabot.sandbox.rows import time

_FIELD = "images[]"


def upload(ask: Ask) -> Json:
    """POST /pictrs/image. Lemmy passes the body on unread: what is wrong with it pict-rs says."""
    ask.person()
    pictures.check_reached(ask.world, "image")
    kept = [pictures.keep(ask.world, content) for content in _files(ask)]
    return {"files": [_view(picture) for picture in kept], "msg": "ok"}


def _files(ask: Ask) -> list[bytes]:
    try:
        parts = form_data.parts(ask.content_type, ask.body)
    except NotAForm as error:
        raise ImageRefusal("Error in multipart creation") from error
    files = [part.content for part in parts if part.name == _FIELD]
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
