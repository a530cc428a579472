"""Title images and thumbnails that are files of the source: uploaded once, known by their address after.

A server may have no image service. The thread goes up without the image then, and the log says why.
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


def with_known_urls(ports: Ports, snapshot: Snapshot, text: Rendered, *, standing: bool = False) -> Rendered:
    """Put in the addresses of files that were uploaded before, and leave the others.

    For a standing post a file whose upload failed counts as none: the post went up without it.
    """

    def address(file: str) -> str:
        fact = ports.ledger.get_fact(_key(snapshot, file))
        return fact or ("" if standing and fact is not None else file)

    return _put(text, address)


def with_uploaded_images(ports: Ports, snapshot: Snapshot, text: Rendered) -> Rendered:
    """Put in addresses of the server for all files of the source, uploading what is not there yet."""
    return _put(text, lambda file: _upload(ports, snapshot, file))


def _put(text: Rendered, address: Callable[[str], str]) -> Rendered:
    url, thumbnail = (address(one) if _is_file(one) else one for one in (text.url, text.thumbnail))
    return replace(text, url=url, thumbnail=thumbnail)


def _upload(ports: Ports, snapshot: Snapshot, file: str) -> str:
    key = _key(snapshot, file)
    before = ports.ledger.get_fact(key)
    if before:
        return before
    content = ports.source.picture(snapshot, file)
    address = ""
    if content is None:
        log.warning("%s", sentences.no_picture(file))
    else:
        try:
            address = ports.forum.upload(file.rpartition("/")[2], content)
        except ForumError as error:
            log.warning("%s", sentences.upload_failed(file, error))
    if before is None or address:
        ports.ledger.set_fact(key, address)
    return address


def _key(snapshot: Snapshot, file: str) -> str:
    return f"image:{file}:{snapshot.pictures.get(file, '')}"


def _is_file(where: str) -> bool:
    return bool(where) and "://" not in where
