"""Recorded fields of a site and an account that nothing in the sandbox changes."""

import json
from functools import cache
from importlib.resources import files

from lemmy_sandbox.calls.fields import Json


def fixed_fields(name: str) -> Json:
    """Return the fields with this name; the file is read on the first call."""
    return _all()[name]


@cache
def _all() -> dict[str, Json]:
    read: dict[str, Json] = json.loads(files(__package__).joinpath("fixed_fields.json").read_text("utf-8"))
    return read
