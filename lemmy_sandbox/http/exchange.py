"""Turn one HTTP request into one response, without a socket: find the caller and the call, and answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import unquote

from lemmy_sandbox import pages
from lemmy_sandbox.calls.call import Call, Endpoint, Route
from lemmy_sandbox.calls.fields import Fields, Json, from_body, from_query
from lemmy_sandbox.records import Person
from lemmy_sandbox.rules import pictures
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v3 import routes
from lemmy_sandbox.v4 import refusals
from lemmy_sandbox.v4 import routes as v4_routes
from lemmy_sandbox.world import World

_JSON_LIMIT = 2_000_000  # actix's default, in bytes
_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
_JSON_TYPE = "application/json"
# Clients ask for these to find out what the server is, so their absence is not a mistake.
_PROBES = frozenset({"GET /api/v4/site", "GET /favicon.ico"})
_CACHE_AGES = {"/.well-known/nodeinfo": 259200, "/nodeinfo/2.0.json": 3600, "/nodeinfo/2.1": 3600}
_KEY_HEADER = "idempotency-key"
_LONGEST_KEY = 32  # bytes; longer keys are ignored, such as a UUID with dashes (lemmy-api 2.3)
_KEYS_SWEPT_EVERY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request. Header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = "127.0.0.1"

    @property
    def token(self) -> str | None:
        """The token that was sent, valid or not."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        if kind == "Bearer":
            return value.strip()
        cookies = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return next((value for name, _, value in cookies if name == "jwt"), None)

    @property
    def client(self) -> str:
        """The address that rate limits use: the one named by a proxy, else the peer's."""
        for part in self.headers.get("forwarded", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name.lower() == "for" and value:
                return value
        return self.headers.get("x-forwarded-for", "").partition(",")[0].strip() or self.peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_unknown: bool = False  # no such path or method


def caller_of(world: World, request: Request) -> Person | None:
    """Return the caller; an invalid token makes the caller anonymous, without an error (lemmy-api 2.1)."""
    return world.owner_of(request.token)


def answer(world: World, request: Request) -> Answer:
    endpoint = _endpoints(world).get(f"{request.method} {request.path}")
    if _key_is_used(world, caller_of(world, request), request.method, request.headers):
        # A known key gets 422 with an empty body (recorded: 054).
        return Answer(status=HTTPStatus.UNPROCESSABLE_ENTITY, headers={"cache-control": "private"})
    if endpoint is not None:
        return _called(world, request, endpoint)
    file = pictures.file_at(world, unquote(request.path)) if request.method == "GET" else None
    if file is not None:
        return _picture(world, request, file)
    page = pages.page(world, unquote(request.path)) if request.method == "GET" else None
    if page is not None:
        headers = {"content-type": "text/html; charset=utf-8"}
        return Answer(status=page.status, headers=headers, body=page.html.encode())
    is_unknown = not _is_expected(world, f"{request.method} {request.path}")
    return Answer(status=HTTPStatus.NOT_FOUND, headers=_headers(request), is_unknown=is_unknown)


def _endpoints(world: World) -> Mapping[str, Endpoint]:
    return v4_routes.ENDPOINTS if world.is_lemmy_1 else routes.ENDPOINTS


def _is_expected(world: World, name: str) -> bool:
    """Return whether a missing call is not a mistake: a probe, or a call that the upgrade removed."""
    return name in _PROBES or (world.is_lemmy_1 and name in routes.ENDPOINTS)


def _called(world: World, request: Request, endpoint: Endpoint) -> Answer:
    world.counted.clear()
    route = endpoint.route
    try:
        # Checked before the fields are read, so invalid calls count, too.
        _check_limit(world, request, route)
        call = Call(
            world=world,
            caller=caller_of(world, request),
            fields=_fields(request, route),
            token=request.token,
            views=endpoint.views,
            content_type=request.headers.get("content-type", ""),
            body=request.body,
        )
        return _json(request, route.status, route.answer(call))
    except Refusal as refusal:
        return _refused(world, request, refusal)


def _refused(world: World, request: Request, refusal: Refusal) -> Answer:
    if world.is_lemmy_1:
        return _json(request, *refusals.translate(refusal))
    return _json(request, refusal.status, refusal.values)


def _picture(world: World, request: Request, file: str) -> Answer:
    """Return an image, without a sign-in, always with the same bytes: size and format are ignored."""
    try:
        picture = pictures.find_served(world, file)
    except Refusal as refusal:
        return _refused(world, request, refusal)
    if picture is None:
        return Answer(status=HTTPStatus.NOT_FOUND, headers=_headers(request))
    headers = {
        "content-type": picture.content_type,
        "cache-control": "public, max-age=604800, immutable",
        "last-modified": format_datetime(picture.created, usegmt=True),
    }
    return Answer(status=HTTPStatus.OK, headers=headers, body=picture.content)


def _check_limit(world: World, request: Request, route: Route) -> None:
    limiter = world.windows if world.is_lemmy_1 else world.buckets
    for kind in route.buckets:
        limit = world.site.limits[kind]
        if not limiter.take(client=request.client, kind=kind, limit=limit, now=world.now()):
            raise Refusal("rate_limit_error")


def _fields(request: Request, route: Route) -> Fields:
    if request.method == "GET" or not route.reads_body:
        return from_query(request.query)
    # Lemmy answers 413 only for this (lemmy-api 0).
    if len(request.body) > _JSON_LIMIT:
        raise Refusal("unknown", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON_TYPE:
        raise Refusal("unknown", message="Content type error")
    return from_body(request.body)


def _json(request: Request, status: int, values: Json) -> Answer:
    headers = {"content-type": _JSON_TYPE, **_headers(request)}
    headers["vary"] = f"accept-encoding, {_VARY}"
    return Answer(status=status, headers=headers, body=json.dumps(values, ensure_ascii=False).encode())


def _headers(request: Request) -> dict[str, str]:
    """Return the cache headers: a minute for anonymous callers, none with a token."""
    age = _CACHE_AGES.get(request.path, 60)
    public = request.token is None or request.path in _CACHE_AGES
    return {"cache-control": f"public, max-age={age}" if public else "private", "vary": _VARY}


def _key_is_used(world: World, person: Person | None, method: str, headers: Mapping[str, str]) -> bool:
    """Record a request's key and return whether this person used it in the last two to four minutes."""
    key = headers.get(_KEY_HEADER)
    if key is None or person is None or not world.is_lemmy_1:
        return False
    key = key if key.isascii() else ""  # 1.0 reads any other key as an empty one
    if len(key) > _LONGEST_KEY or method not in {"POST", "PUT"}:
        return False
    recorded = world.once_keys.get((person.id, key))
    if recorded is not None and not _key_is_swept(recorded, world.now()):
        return True
    # The key is recorded before the call, so a failed call uses it up, too (recorded: 056).
    world.once_keys[person.id, key] = world.now()
    return False


def _key_is_swept(recorded: datetime, now: datetime) -> bool:
    """Return whether the last sweep, one every two minutes, has removed the key: it was two minutes old."""
    last_sweep = now - timedelta(seconds=now.timestamp() % _KEYS_SWEPT_EVERY.total_seconds())
    return last_sweep - recorded >= _KEYS_SWEPT_EVERY
