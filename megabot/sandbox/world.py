"""The whole state of the sandbox and how to find things in it; holds no rule and no wire name."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from megabot.sandbox.generation import Generation
from megabot.sandbox.limits import Buckets, Windows
from megabot.sandbox.records import (
    Comment,
    Community,
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

_T = TypeVar("_T")

# The first person and the first community of the recorded servers have id 2.
_FIRST_ID = {"person": 2, "community": 2}


class World:
    """Everything one server knows. The clock is the caller's, so that tests can move it."""

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
        self.counted: dict[tuple[str, int], dict[str, object]] = {}  # for the answer in the making
        self.tokens: dict[str, SignIn] = {}
        self.images = ImageService.RUNNING
        self.pictures: dict[str, Picture] = {}
        self.elsewhere: dict[str, RemotePage] = {}
        self.forget_what_is_in_memory()
        now = clock()
        self.site = Site(name="Sandbox", published=now, updated=now)
        self._last_ids: Counter[str] = Counter()

    def forget_what_is_in_memory(self) -> None:
        """Lose what the server does not keep in its database: counted calls, keys that were used."""
        self.buckets = Buckets()
        self.windows = Windows()
        self.once_keys: dict[tuple[int, str], datetime] = {}  # Idempotency-Key by person, since when

    @property
    def is_lemmy_1(self) -> bool:
        """Tell whether the server is a 1.0."""
        return self.generation is Generation.LEMMY_1

    def now(self) -> datetime:
        """Read the clock that the sandbox was given."""
        return self.clock()

    def new_id(self, kind: str) -> int:
        """Count on within a kind; ids are never used again, as in the database."""
        self._last_ids[kind] += 1
        return self._last_ids[kind] + _FIRST_ID.get(kind, 1) - 1

    def count_from(self, kind: str, number: int) -> None:
        """Go on counting within a kind behind this number."""
        self._last_ids[kind] = number

    def last_id(self, kind: str) -> int:
        """Give the number that was counted last within a kind."""
        return self._last_ids[kind]

    @property
    def origin(self) -> str:
        """Return what addresses of this server begin with; without a name of its own it has no TLS."""
        scheme = "http" if self.hostname.startswith("127.0.0.1:") else "https"
        return f"{scheme}://{self.hostname}"

    def address(self, kind: str, name: object) -> str:
        """Give the address that the thing has on the network, under the server's own name."""
        return f"{self.origin}/{kind}/{name}"

    def person_named(self, name: str) -> Person | None:
        """Find an account; the case does not count."""
        return _first(person for person in self.people.values() if person.name.lower() == name.lower())

    def community_named(self, name: str) -> Community | None:
        """Find a community, also one that is removed or deleted; the case does not count."""
        return _first(found for found in self.communities.values() if found.name.lower() == name.lower())

    def community_of(self, post: Post) -> Community:
        """Give the community that a post is in."""
        return self.communities[post.community_id]

    def owner_of(self, token: str | None) -> Person | None:
        """Give whose token it is; one that is not known or has expired is nobody's."""
        found = self.tokens.get(token or "")
        if found is None or (found.expires is not None and found.expires <= self.now()):
            return None
        return self.people.get(found.person_id)

    def visible_comments(self, post: Post) -> Iterator[Comment]:
        """Give the comments that count: neither removed nor deleted."""
        return (comment for comment in self.comments_of[post.id] if not comment.is_gone)

    def log(self, kind: ModKind, moderator: Person, **facts: object) -> ModAction:
        """Write a row of the modlog and give it; the facts are those of ModAction."""
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


def _first(found: Iterable[_T]) -> _T | None:
    return next(iter(found), None)
