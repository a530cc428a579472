"""What the recorded servers said of a site or an account and nothing in the sandbox changes."""

import json
from functools import cache
from importlib.resources import files

from lemmy_sandbox.calls.fields import Json


def fixed_fields(name: str) -> Json:
    """Return the fields of that name; the file is read at the first call."""
    return _all()[name]


@cache
def _all() -> dict[str, Json]:
    read: dict[str, Json] = json.loads(files(__package__).joinpath("fixed_fields.json").read_text("utf-8"))
    return read
