"""The answers of a community's own server: whether a post is pinned there, and what it runs. No I/O."""

import re
from dataclasses import dataclass
from enum import StrEnum


class HomePin(StrEnum):
    """How a community's own server shows a post that the bot pinned from another server."""

    PINNED = "pinned"
    NOT_PINNED = "not_pinned"
    NO_POST = "no_post"
    UNREADABLE = "unreadable"


_VERSION = re.compile(r"(\d+)\.")


@dataclass(frozen=True, slots=True)
class Reading:
    """A post on the community's own server. `trouble` is the reason if it could not be read."""

    pin: HomePin
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a server runs, from its nodeinfo; both are empty if that could not be read."""

    name: str = ""
    version: str = ""

    @property
    def refuses_pins(self) -> bool:
        """Whether pins from other servers never arrive there, as on 0.19 (lemmy-api 2.2)."""
        major = _VERSION.match(self.version)
        return self.name == "lemmy" and major is not None and int(major[1]) < 1
