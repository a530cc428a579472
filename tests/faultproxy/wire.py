"""Requests and answers as values, and how answers are spelled in HTTP/1.1. No I/O."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import assert_never

from tests.faultproxy.faults import Forged, GzipBomb, Html, Huge, Redirect, Refusal, Silent

Headers = tuple[tuple[str, str], ...]

_JSON = ("Content-Type", "application/json")
_HTML = ("Content-Type", "text/html")
_PIECE = 1 << 16
_MIB = 1 << 20
_OF_ONE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it was read."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """Give the target without its query."""
        return self.target.partition("?")[0]

    def without(self, name: str) -> "Request":
        """Give the request without one header."""
        kept = tuple(header for header in self.headers if header[0].lower() != name)
        return replace(self, headers=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with all of its body."""

    status: int
    headers: Headers
    body: bytes = b""


def spelled(answer: Answer, *, keep: bool = False, length: int | None = None) -> bytes:
    """Spell an answer out; `keep` the connection after it, `length` is what is said of the body's."""
    given = [header for header in answer.headers if header[0].lower() not in _OF_ONE_HOP]
    own = [
        ("Content-Length", str(len(answer.body) if length is None else length)),
        ("Connection", "keep-alive" if keep else "close"),
    ]
    lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in (*given, *own)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


def halved(answer: Answer, *, length_matches: bool) -> bytes:
    """Spell half of an answer out."""
    half = replace(answer, body=answer.body[: len(answer.body) // 2])
    return spelled(half, length=None if length_matches else len(answer.body))


def forge(answer: Forged) -> Iterator[bytes]:
    """Spell out, piece by piece, an answer that no upstream gave."""
    match answer:
        case Html(status):
            page = f"<html><title>{status} {_phrase(status)}</title></html>"
            yield spelled(Answer(status=status, headers=(_HTML,), body=page.encode()))
        case Refusal():
            yield spelled(_refusal(answer))
        case Silent(status):
            yield spelled(Answer(status=status, headers=()))
        case Redirect(to, status):
            yield spelled(Answer(status=status, headers=(("Location", to),)))
        case Huge(size):
            yield spelled(Answer(status=HTTPStatus.OK, headers=(_JSON,)), length=size)
            yield from _repeated(b" " * _PIECE, size // _PIECE)
        case GzipBomb(size):
            member = gzip.compress(bytes(_MIB))  # members one after another are one gzip file
            packed = (_JSON, ("Content-Encoding", "gzip"))
            count = size // _MIB
            yield spelled(Answer(status=HTTPStatus.OK, headers=packed), length=len(member) * count)
            yield from _repeated(member, count)
        case _:
            assert_never(answer)


def _refusal(answer: Refusal) -> Answer:
    told = {"error": answer.error, "cause": answer.cause, "message": answer.message}
    body = json.dumps({name: text for name, text in told.items() if text}).encode()
    return Answer(status=answer.status, headers=(_JSON,), body=body)


def _repeated(piece: bytes, count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield piece


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
