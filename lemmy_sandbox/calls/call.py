"""One call of an API: the caller, the fields, and the views that show the result."""

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
    """How an API shows things to a reader, and parses a vote: `v3.views`, `v4.views` and `v4.v3_compat`."""

    def post_view(self, world: World, post: Post, reader: Reader) -> Json:
        """Return a post's view."""

    def comment_view(self, world: World, comment: Comment, reader: Reader) -> Json:
        """Return a comment's view."""

    def comment_answer(self, world: World, comment: Comment, reader: Reader, told: list[int]) -> Json:
        """Return the view of a comment that was written or changed; `told` are the accounts it notified."""

    def community_view(self, world: World, community: Community, reader: Reader) -> Json:
        """Return a community's view."""

    def person_view(self, world: World, person: Person, reader: Reader) -> Json:
        """Return a user's view."""

    def seat(self, world: World, community: Community, person: Person) -> Json:
        """Return the view of a moderator of a community."""

    def message_view(self, world: World, message: PrivateMessage) -> Json:
        """Return a private message's view, for sender and recipient."""

    def site(self, world: World) -> Json:
        """Return the site's view."""

    def vote(self, fields: Fields) -> int:
        """Parse a vote: 1, -1, or 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The context of a call: the state, the caller, the fields, and the API's views."""

    world: World
    caller: Person | None
    fields: Fields
    token: str | None
    views: Views
    content_type: str = ""
    body: bytes = b""

    def person(self) -> Person:
        """Return the caller. Refuses a call without a token or with a dead one."""
        if self.caller is None:
            raise not_signed_in()
        return self.caller

    def check_may_read(self) -> None:
        """Refuse anonymous callers if the whole server is private."""
        if self.caller is None and self.world.site.private_instance:
            raise Refusal("instance_is_private")

    def check_signed_in(self) -> Person:
        """Return the caller; anonymous callers get another error code here than in `person`."""
        if self.caller is None:
            raise Refusal("not_logged_in")
        check_account(self.caller)
        return self.caller

    def reason(self) -> str | None:
        """Return a moderator's reason, which 1.0 requires and 0.19 accepts."""
        return self.fields.text("reason") if self.world.is_lemmy_1 else self.fields.text_or_none("reason")

    def community_called(self, name: str, code: str = "unknown") -> Community:
        """Return a community by `name` or `name@host`; for a signed-in caller the server asks that host."""
        community = self.world.community_called(name, fetches=self.caller is not None)
        if community is None:
            raise self._unknown_name(name, code)
        return community

    def person_called(self, name: str, code: str = "unknown") -> Person:
        """Return a user by `name` or `name@host`; for a signed-in caller the server asks that host."""
        person = self.world.person_called(name, fetches=self.caller is not None)
        if person is None:
            raise self._unknown_name(name, code)
        return person

    def _unknown_name(self, name: str, code: str) -> Refusal:
        """Return the refusal of an unknown name; it differs if another host was asked."""
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
        """Return a community's moderators, the most senior first."""
        people = (self.world.people[number] for number in community.moderators)
        return [self.views.seat(self.world, community, person) for person in people]

    def seats_of(self, person: Person) -> list[Json]:
        """Return the communities that a user moderates."""
        moderated = self.world.moderated_by(person)
        return [self.views.seat(self.world, community, person) for community in moderated]


class Route(NamedTuple):
    """The function that answers a call, its rate limits, whether it reads a JSON body, and its status."""

    answer: Callable[[Call], Json]
    buckets: tuple[str, ...] = ("message",)
    reads_body: bool = True
    status: int = HTTPStatus.OK


class Endpoint(NamedTuple):
    """A route with the views of its API."""

    route: Route
    views: Views


def endpoints(routes: Mapping[str, Route], path: str, views: Views) -> dict[str, Endpoint]:
    """Return the routes of an API under a path, each with the API's views."""
    return {name.replace(" /", f" {path}/"): Endpoint(route, views) for name, route in routes.items()}
