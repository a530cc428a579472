"""Title images and thumbnails that are files in the source: uploaded once, then used by their URL.

A server may have no image service. The thread is then posted without the image, and the log says why.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from megabot.errors import ForumError
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.rendering.model import Rendered
from megabot.source.model import Snapshot

log = logging.getLogger("megabot")


def with_known_urls(ports: Ports, snapshot: Snapshot, text: Rendered, *, posted: bool = False) -> Rendered:
    """Replace files that were uploaded before with their URLs, and leave the others.

    `posted`: the text is of a post that exists. A file whose upload failed is then "", as in that post.
    """

    def address(file: str) -> str:
        url = ports.ledger.image_url(file, _digest(snapshot, file))
        return url or ("" if posted and url is not None else file)

    return _put(text, address)


def with_uploaded_images(ports: Ports, snapshot: Snapshot, text: Rendered) -> Rendered:
    """Replace all files of the source with their URLs on the server, uploading new ones."""
    return _put(text, lambda file: _upload(ports, snapshot, file))


def _put(text: Rendered, address: Callable[[str], str]) -> Rendered:
    url, thumbnail = (address(one) if _is_file(one) else one for one in (text.url, text.thumbnail))
    return replace(text, url=url, thumbnail=thumbnail)


def _upload(ports: Ports, snapshot: Snapshot, file: str) -> str:
    # By the digest too, so that a changed file is uploaded again.
    digest = _digest(snapshot, file)
    known_url = ports.ledger.image_url(file, digest)
    if known_url:
        return known_url
    content = ports.source.picture(snapshot, file)
    address = ""
    if content is None:
        log.warning("%s", sentences.no_picture(file))
    else:
        try:
            address = ports.forum.upload(file.rpartition("/")[2], content)
        except ForumError as error:
            log.warning("%s", sentences.upload_failed(file, error))
    if known_url is None or address:  # "" records a failure: see `with_known_urls`
        ports.ledger.keep_image(file, digest, address)
    return address


def _digest(snapshot: Snapshot, file: str) -> str:
    return snapshot.pictures.get(file, "")


def _is_file(where: str) -> bool:
    return bool(where) and "://" not in where
