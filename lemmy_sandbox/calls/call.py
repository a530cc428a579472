"""One call of an API: who makes it with which fields, and how that API shows what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple, Protocol

from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.records import Comment, Community, Person, Post, PrivateMessage
from lemmy_sandbox.rules.refusal import NOT_IN_DATABASE, Refusal, not_signed_in
from lemmy_sandbox.rules.rights import check_account
from lemmy_sandbox.world import World

Reader = Person | None


class Views(Protocol):
    """How an API shows things to a reader, and reads a vote: the modules v3_views, v4_views and v3_compat."""

    def post_view(self, world: World, post: Post, reader: Reader) -> Json:
        """Show a post."""

    def comment_view(self, world: World, comment: Comment, reader: Reader) -> Json:
        """Show a comment."""

    def comment_answer(self, world: World, comment: Comment, reader: Reader, told: list[int]) -> Json:
        """Show a comment that was written or changed; `told` are the accounts that were notified."""

    def community_view(self, world: World, community: Community, reader: Reader) -> Json:
        """Show a community."""

    def person_view(self, world: World, person: Person, reader: Reader) -> Json:
        """Show a person."""

    def seat(self, world: World, community: Community, person: Person) -> Json:
        """Show one moderator's seat."""

    def message_view(self, world: World, message: PrivateMessage) -> Json:
        """Show a private message to either side."""

    def site(self, world: World) -> Json:
        """Show the site."""

    def vote(self, fields: Fields) -> int:
        """Read a vote: 1, -1, or 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What answers a call: the state, who calls, with what, and over which API."""

    world: World
    caller: Person | None
    fields: Fields
    token: str | None
    views: Views
    content_type: str = ""
    body: bytes = b""

    def person(self) -> Person:
        """Return the caller, or refuse; a dead token is the same as none."""
        if self.caller is None:
            raise not_signed_in()
        return self.caller

    def check_may_read(self) -> None:
        """Refuse strangers if the whole server is private."""
        if self.caller is None and self.world.site.private_instance:
            raise Refusal("instance_is_private")

    def check_signed_in(self) -> Person:
        """Return the caller; for strangers the server has another code here."""
        if self.caller is None:
            raise Refusal("not_logged_in")
        check_account(self.caller)
        return self.caller

    def reason(self) -> str | None:
        """Read a moderator's reason, which 1.0 wants and 0.19 takes."""
        return self.fields.text("reason") if self.world.is_lemmy_1 else self.fields.text_or_none("reason")

    def community_called(self, name: str, code: str = "unknown") -> Community:
        """Find a community by `name` or `name@host`; a signed-in caller makes the server ask that host."""
        found = self.world.community_called(name, fetches=self.caller is not None)
        if found is None:
            raise self._unknown_name(name, code)
        return found

    def person_called(self, name: str, code: str = "unknown") -> Person:
        """Find a person likewise."""
        found = self.world.person_called(name, fetches=self.caller is not None)
        if found is None:
            raise self._unknown_name(name, code)
        return found

    def _unknown_name(self, name: str, code: str) -> Refusal:
        """Refuse a name that nobody has: another host that was asked fails in another way than a look-up."""
        host = name.partition("@")[2]
        if not self.world.is_lemmy_1:
            return Refusal(code, status=400 if host and self.caller else 404)
        if host in {"", self.world.hostname} or self.caller is None:
            return Refusal("not_found", cause=NOT_IN_DATABASE)
        url = f"http://{host}/.well-known/webfinger?resource=acct:{name}"
        return Refusal("unknown", message=f"error sending request for url ({url})")

    def community_id(self) -> int | None:
        name = self.fields.text_or_none("community_name")
        return self.fields.number_or_none("community_id") if name is None else self.community_called(name).id

    def moderators(self, community: Community) -> list[Json]:
        """Show who moderates a community, the senior first."""
        people = (self.world.people[number] for number in community.moderators)
        return [self.views.seat(self.world, community, person) for person in people]

    def seats_of(self, person: Person) -> list[Json]:
        """Show what a person moderates."""
        moderated = self.world.moderated_by(person)
        return [self.views.seat(self.world, community, person) for community in moderated]


class Route(NamedTuple):
    """What answers a call and with which status, the limits that it counts for, and if it reads JSON."""

    answer: Callable[[Call], Json]
    buckets: tuple[str, ...] = ("message",)
    reads_body: bool = True
    status: int = HTTPStatus.OK


class Endpoint(NamedTuple):
    """A route with the views of the API that it is part of."""

    route: Route
    views: Views


def endpoints(routes: Mapping[str, Route], path: str, views: Views) -> dict[str, Endpoint]:
    """Put the routes of an API under a path, to be shown by its views."""
    return {name.replace(" /", f" {path}/"): Endpoint(route, views) for name, route in routes.items()}
