"""What a community's own server shows of a post, and what it runs. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum


class HomePin(StrEnum):
    """What a community's own server shows of a post that the bot pinned from another server."""

    PINNED = "pinned"
    NOT_PINNED = "not_pinned"
    NO_POST = "no_post"
    UNREADABLE = "unreadable"


_VERSION = re.compile(r"(\d+)\.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a community's own server shows of a post; `trouble` says why it could not be read."""

    pin: HomePin
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a server says it runs, by its nodeinfo; both are empty if that could not be read."""

    name: str = ""
    version: str = ""

    @property
    def refuses_pins(self) -> bool:
        """Whether pins from other servers never arrive there."""
        major = _VERSION.match(self.version)
        return self.name == "lemmy" and major is not None and int(major[1]) < 1
