"""The recordings of a real 0.19.20 server, and how their answers are compared with ours."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "wire"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_REPEATED = re.compile(r"<(\d+) times (.)>")


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


def recordings() -> list[Recording]:
    """Read all exchanges in their order."""
    files = sorted((FOLDER / "lemmy-0.19.20").glob("*.json"))
    return [_recording(int(file.name[:3]), json.loads(file.read_text("utf-8"))) for file in files]


def comparable(value: object) -> object:
    """Replace what no replay can repeat: moments, tokens and keys. All else is compared as it is."""
    if isinstance(value, dict):
        return {key: _stand_in(key) or comparable(member) for key, member in value.items()}
    if isinstance(value, list):
        return [comparable(member) for member in value]
    if isinstance(value, str):
        return "a time" if _TIME.fullmatch(value) else _expanded(value)
    return value


def shape(value: object) -> object:
    """Give the keys and types of an answer, element by element."""
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value]
    return type(value).__name__


def _recording(number: int, raw: dict[str, Any]) -> Recording:
    return Recording(number, raw["name"], raw["request"], raw["response"])


def _stand_in(key: str) -> str | None:
    return f"a {key}" if key in {"jwt", "public_key"} else None


def _expanded(text: str) -> str:
    return _REPEATED.sub(lambda match: int(match.group(1)) * match.group(2), text)
