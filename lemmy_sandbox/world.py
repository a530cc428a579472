"""The state of the sandbox and look-ups in it. No rules, no API names."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from lemmy_sandbox.records import (
    Addressed,
    Comment,
    Community,
    Generation,
    ImageService,
    ModAction,
    ModKind,
    Notice,
    Notification,
    Person,
    Picture,
    Post,
    PrivateMessage,
    RemotePage,
    SignIn,
    Site,
    Tag,
)
from lemmy_sandbox.rules.limits import Buckets, Windows

_T = TypeVar("_T")
_A = TypeVar("_A", Person, Community, Post, Comment)

# The first person and the first community of the recorded servers have id 2.
_FIRST_ID = {"person": 2, "community": 2}
# How the address of a thing on this server is built: its kind, and the field that names it.
_ADDRESSES: dict[type, tuple[str, str]] = {
    Person: ("u", "name"),
    Community: ("c", "name"),
    Post: ("post", "id"),
    Comment: ("comment", "id"),
    PrivateMessage: ("private_message", "id"),
}


class Abroad(Protocol):
    """Fetches people and communities from other servers."""

    def person(self, world: "World", ap_id: str) -> Person | None:
        """Copy a user into a world; None if no server has them."""

    def community(self, world: "World", ap_id: str) -> Community | None:
        """Copy a community into a world; None if no server has it."""


class World:
    """The state of one server. The clock belongs to the caller, so that tests can move it."""

    def __init__(
        self, clock: Callable[[], datetime], hostname: str, generation: Generation = Generation.LEMMY_0
    ) -> None:
        self.generation = generation
        self.clock = clock
        self.hostname = hostname
        self.people: dict[int, Person] = {}
        self.communities: dict[int, Community] = {}
        self.posts: dict[int, Post] = {}
        self.comments: dict[int, Comment] = {}
        self.comments_of: defaultdict[int, list[Comment]] = defaultdict(list)
        self.messages: dict[int, PrivateMessage] = {}
        self.mentions: dict[int, Notice] = {}
        self.replies: dict[int, Notice] = {}
        self.notifications: dict[int, Notification] = {}
        self.tags: dict[int, Tag] = {}
        self.modlog: list[ModAction] = []
        self.counted: dict[tuple[str, int], dict[str, object]] = {}  # for the current response
        self.tokens: dict[str, SignIn] = {}
        self.images = ImageService.RUNNING
        self.pictures: dict[str, Picture] = {}
        self.elsewhere: dict[str, RemotePage] = {}
        self.abroad: Abroad | None = None  # None: there are no other servers
        self.forget_what_is_in_memory()
        now = clock()
        self.site = Site(name="Sandbox", published=now, updated=now)
        self._last_ids: Counter[str] = Counter()

    def forget_what_is_in_memory(self) -> None:
        """Reset what a server does not store in its database: call counts and idempotency keys."""
        self.buckets = Buckets()
        self.windows = Windows()
        self.once_keys: dict[tuple[int, str], datetime] = {}  # person and Idempotency-Key, since when

    @property
    def is_lemmy_1(self) -> bool:
        """Whether the server runs 1.0."""
        return self.generation is Generation.LEMMY_1

    def now(self) -> datetime:
        return self.clock()

    def new_id(self, kind: str) -> int:
        """Return the next id of a kind; ids are never reused, as in the database."""
        self._last_ids[kind] += 1
        return self._last_ids[kind] + _FIRST_ID.get(kind, 1) - 1

    def count_from(self, kind: str, number: int) -> None:
        """Continue the ids of a kind after this number."""
        self._last_ids[kind] = number

    def last_id(self, kind: str) -> int:
        """Return the last id of a kind."""
        return self._last_ids[kind]

    @property
    def origin(self) -> str:
        """The start of this server's addresses; http if its name is a loopback address."""
        scheme = "http" if self.hostname.startswith("127.0.0.1:") else "https"
        return f"{scheme}://{self.hostname}"

    def address(self, kind: str, name: object) -> str:
        """Return the address of a thing under the server's own name."""
        return f"{self.origin}/{kind}/{name}"

    def person_named(self, name: str) -> Person | None:
        """Return an account on this server by name, in any letter case."""
        return _first(person for person in self.people.values() if _is_called(person, name))

    def community_named(self, name: str) -> Community | None:
        """Return a community on this server by name, in any letter case, even if removed or deleted."""
        return _first(row for row in self.communities.values() if _is_called(row, name))

    def person_called(self, handle: str, *, fetches: bool) -> Person | None:
        """Return a user by `name` or `name@host`; `fetches`: ask the other server if they are unknown."""
        name, _, host = handle.partition("@")
        if host in {"", self.hostname}:
            return self.person_named(name)
        ap_id = f"https://{host}/u/{name}"
        person = self.person_at(ap_id)
        return self.abroad.person(self, ap_id) if person is None and fetches and self.abroad else person

    def community_called(self, handle: str, *, fetches: bool) -> Community | None:
        """Return a community by `name` or `name@host`; `fetches`: ask the other server if it is unknown."""
        name, _, host = handle.partition("@")
        if host in {"", self.hostname}:
            return self.community_named(name)
        ap_id = f"https://{host}/c/{name}"
        community = self.community_at(ap_id)
        return (
            self.abroad.community(self, ap_id) if community is None and fetches and self.abroad else community
        )

    def ap_id(self, thing: Addressed) -> str:
        """Return the address of a thing, which is the same on every server."""
        kind, name = _ADDRESSES[type(thing)]
        return thing.ap_id or self.address(kind, getattr(thing, name))

    def person_at(self, ap_id: str) -> Person | None:
        return self._at(self.people.values(), ap_id)

    def community_at(self, ap_id: str) -> Community | None:
        return self._at(self.communities.values(), ap_id)

    def post_at(self, ap_id: str) -> Post | None:
        return self._at(self.posts.values(), ap_id)

    def comment_at(self, ap_id: str) -> Comment | None:
        return self._at(self.comments.values(), ap_id)

    def _at(self, things: Iterable[_A], ap_id: str) -> _A | None:
        return _first(thing for thing in things if self.ap_id(thing) == ap_id)

    def here(self, ap_id: str) -> str:
        """Return the path of a thing on this server; the address itself if it is not here."""
        post, comment = self.post_at(ap_id), self.comment_at(ap_id)
        if post is not None or comment is not None:
            return f"/post/{post.id}" if post else f"/comment/{comment.id if comment else 0}"
        return ap_id.removeprefix(self.origin)

    def community_of(self, post: Post) -> Community:
        return self.communities[post.community_id]

    def followed_by(self, person: Person) -> Iterator[Community]:
        """Return the communities that a user follows, except removed and deleted ones."""
        shown = (community for community in self.communities.values() if not community.is_gone)
        return (community for community in shown if person.id in community.followers)

    def moderated_by(self, person: Person) -> Iterator[Community]:
        """Return the communities that a user moderates, except removed and deleted ones."""
        shown = (community for community in self.communities.values() if not community.is_gone)
        return (community for community in shown if person.id in community.moderators)

    def posts_in(self, community: Community) -> Iterator[Post]:
        """Return the posts of a community, including removed and deleted ones."""
        return (post for post in self.posts.values() if post.community_id == community.id)

    def owner_of(self, token: str | None) -> Person | None:
        """Return the owner of a token; None if it is unknown or expired."""
        sign_in = self.tokens.get(token or "")
        if sign_in is None or (sign_in.expires is not None and sign_in.expires <= self.now()):
            return None
        return self.people.get(sign_in.person_id)

    def visible_comments(self, post: Post) -> Iterator[Comment]:
        """Return the comments that are neither removed nor deleted."""
        return (comment for comment in self.comments_of[post.id] if not comment.is_gone)

    def log(self, kind: ModKind, moderator: Person, **facts: object) -> ModAction:
        """Add a row to the modlog and return it; `facts` are fields of ModAction."""
        row = ModAction(
            id=self.new_id(kind.value),
            serial=self.new_id("modlog"),
            kind=kind,
            mod_person_id=moderator.id,
            when=self.now(),
            **facts,  # type: ignore[arg-type]
        )
        self.modlog.append(row)
        return row


class _Named(Protocol):
    name: str
    ap_id: str | None


def _is_called(row: _Named, name: str) -> bool:
    return row.ap_id is None and row.name.lower() == name.lower()


def _first(items: Iterable[_T]) -> _T | None:
    return next(iter(items), None)
