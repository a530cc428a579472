"""The recordings of real servers, and exchanges spread out so that they can be compared."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "recordings"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_REPEATED = re.compile(r"<(\d+) times (.)>")

Facts = dict[str, object]


@dataclass(frozen=True)
class Recording:
    """One exchange, in the order of its number."""

    number: int
    name: str
    request: dict[str, Any]
    response: dict[str, Any]

    @property
    def body(self) -> bytes | None:
        """Give the body as it was sent, with what was cut put back."""
        body = self.request.get("body")
        if body is None or isinstance(body, str):
            return None if body is None else body.encode()
        return _expanded(json.dumps(body, ensure_ascii=False)).encode()

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.response.get("headers", {}))

    @property
    def facts(self) -> Facts:
        """Give what was answered, a fact a path."""
        return facts(self.response["status"], self.headers, self.response.get("json"))


def recordings(version: str = "0.19.20") -> list[Recording]:
    """Read all exchanges with a version in their order."""
    files = sorted((FOLDER / f"lemmy-{version}").glob("*.json"))
    return [_recording(int(file.name[:3]), json.loads(file.read_text("utf-8"))) for file in files]


def facts(status: int, headers: Mapping[str, str], answer: object) -> Facts:
    """Spread an exchange out, one fact a path."""
    named = {f"headers.{name}": text for name, text in headers.items()}
    return {"status": status, **named, **_leaves("json", answer)}


def with_order_of_moments(spread: Facts) -> Facts:
    """Replace moments, which no replay can repeat, by their order within the exchange."""
    found = {p: text for p, text in spread.items() if isinstance(text, str) and _TIME.fullmatch(text)}
    order = sorted({datetime.fromisoformat(text) for text in found.values()})
    ranks = {path: f"moment {order.index(datetime.fromisoformat(text))}" for path, text in found.items()}
    return {**spread, **ranks}


def _leaves(path: str, value: object) -> Facts:
    """Give the members of an answer by their paths; an empty list or object is a member itself."""
    if isinstance(value, str):
        return {path: _expanded(value)}
    if not isinstance(value, dict | list) or not value:
        return {path: value}
    found: Facts = {}
    for name, member in value.items() if isinstance(value, dict) else enumerate(value):
        found |= _leaves(f"{path}.{name}", member)
    return found


def _recording(number: int, raw: dict[str, Any]) -> Recording:
    return Recording(number, raw["name"], raw["request"], raw["response"])


def _expanded(text: str) -> str:
    return _REPEATED.sub(lambda match: int(match.group(1)) * match.group(2), text)
