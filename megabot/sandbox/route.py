"""What the exchange has to know of a call, whatever the API."""

from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from megabot.sandbox.fields import Ask, Json


class Route(NamedTuple):
    """What answers a call and with which status, the limits that it counts for, and if it reads JSON."""

    call: Callable[[Ask], Json]
    buckets: tuple[str, ...] = ("message",)
    reads_body: bool = True
    status: int = HTTPStatus.OK
