"""Whether a link leads to a post or comment of a Lemmy server, and what its API says of it. No I/O.

The page of a removed post answers 200; only the API tells (lemmy-api 1.6). Any server is asked so that has
such a path: what is no Lemmy gives no answer that is understood here.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from megabot.lemmy.link_verdict import Outcome, Verdict

_PATH = re.compile(r"/(post|comment)/(\d{1,18})(?:/\d+)?/?")
_GONE = {"couldnt_find_post", "couldnt_find_comment", "not_found"}


def questions(address: str) -> tuple[str, ...]:
    """Give the addresses to ask about a post or comment, one for each API; none for any other link."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ()
    match = _PATH.fullmatch(parts.path)
    if match is None:
        return ()
    root = f"{parts.scheme}://{parts.netloc}/api"
    return tuple(f"{root}/{version}/{match[1]}?id={match[2]}" for version in ("v3", "v4"))


def verdict(body: bytes) -> Verdict | None:
    """Read an API's answer; None where it is none of Lemmy's, or of the other version's."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    if not isinstance(answer, dict):
        return None
    if answer.get("error") in _GONE:
        return Verdict(Outcome.DEAD, "Lemmy has no such post or comment")
    for kind in ("post", "comment"):
        view: Any = answer.get(f"{kind}_view")
        if isinstance(view, dict) and isinstance(view.get(kind), dict):
            return _of(kind, view[kind])
    return None


def _of(kind: str, shown: dict[str, Any]) -> Verdict:
    for how in ("removed", "deleted"):
        if shown.get(how) is True:
            return Verdict(Outcome.DEAD, f"the {kind} was {how}")
    return Verdict(Outcome.ALIVE)
