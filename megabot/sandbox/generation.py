"""Which Lemmy the sandbox is. What differs between the two is asked for by this value, where it differs."""

from enum import Enum


class Generation(Enum):
    """A generation of the server, by the API that it has in full."""

    LEMMY_0 = "v3"
    LEMMY_1 = "v4"  # with a stump of v3 beside it

    @property
    def version(self) -> str:
        """Give the version that the recorded server of this generation had."""
        return {"v3": "0.19.20", "v4": "1.0.0-beta.1"}[self.value]
