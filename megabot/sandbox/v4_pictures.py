"""POST /api/v4/image: a form in, the address of what was kept out."""

from megabot.sandbox import form_data, pictures
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.form_data import NotAForm
from megabot.sandbox.records import ImageService
from megabot.sandbox.refusal import ImageRefusal, Refusal

_FIELD = "images[]"


def upload(ask: Ask) -> Json:
    """POST /image: of several files the last one is named; what pict-rs refuses is a message of it here."""
    ask.person()
    if ask.world.images is ImageService.OFF:
        raise Refusal("unknown", message="images_disabled")
    if ask.world.images is ImageService.DOWN:
        raise Refusal("pictrs_invalid_image_upload", message="HTTP request to pict-rs failed")
    try:
        kept = [pictures.keep(ask.world, content) for content in _files(ask)]
    except ImageRefusal as refusal:
        raise Refusal("pictrs_invalid_image_upload", message=refusal.message) from refusal
    return {"image_url": pictures.address(ask.world, kept[-1].file), "filename": kept[-1].file}


def _files(ask: Ask) -> list[bytes]:
    try:
        parts = form_data.parts(ask.content_type, ask.body)
    except NotAForm as error:
        raise ImageRefusal("Error in multipart creation") from error
    files = [part.content for part in parts if part.name == _FIELD]
    if not files:
        raise ImageRefusal("No files present in upload")
    return files
