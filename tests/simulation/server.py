"""A server in memory, of either generation: what it keeps, what it logs, what it lets whom do.

`Server` is the truth, `AccountForum` is how one account sees it (the port `Forum`), `FakeHand` a person's
hands. Held to the contract suite of the port. Everything that was ever done is kept in `deeds`, and how often
a generation's own ways showed in `ways`.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.errors import ForumError, NotFound, OutcomeUnknown, RateLimited, Refused
from megabot.forum.models import Comment, Community, Feature, Person, PinEvent, Post, PostDraft
from megabot.forum.notices import Origin
from tests.simulation.mail import Mail, Said, mentioned
from tests.simulation.notifications import Notifications
from tests.simulation.rates import Limit, Rates

HOST = "https://lemmy.example"
KEYS_SWEPT_EVERY = timedelta(minutes=2)


class Generation(StrEnum):
    """Which Lemmy it is, by the version that it names."""

    V0_19 = "0.19.20"
    V1_0 = "1.0.0-beta.1"


class What(StrEnum):
    """What can be done on a server, as far as anybody asks later."""

    CREATE = "create"
    EDIT = "edit"
    FEATURE = "feature"
    UNFEATURE = "unfeature"
    LOCK = "lock"
    COMMENT = "comment"
    MESSAGE = "message"
    REMOVE = "remove"
    RESTORE = "restore"
    DELETE = "delete"
    PURGE = "purge"


TOLD = (What.LOCK, What.REMOVE, What.RESTORE)
"""Of what is done to their posts, this is what 1.0 tells people (lemmy-api 2.10)."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did to a post: at a true time, and which posts were pinned then."""

    what: What
    by: int
    post: Post
    at: datetime
    pinned: frozenset[int]
    text: str = ""


@dataclass
class Server:
    """The truth. `now` is the server's own time.

    `rates` limits the bot's address, if anything does; `travel` is how long a post takes to another server.
    """

    now: Callable[[], datetime]
    generation: Generation = Generation.V0_19
    rates: Rates | None = None
    travel: Callable[[], timedelta] = timedelta
    ways: Counter[str] = field(default_factory=Counter)
    people: dict[str, Person] = field(default_factory=dict)
    communities: dict[str, Community] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    pins: list[PinEvent] = field(default_factory=list)
    removals: list[int] = field(default_factory=list)
    mail: Mail = field(default_factory=Mail)
    images: list[bytes] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    has_images: bool = True
    _counted: Counter[int] = field(default_factory=Counter)
    _keys: dict[tuple[int, str], datetime] = field(default_factory=dict)
    _ids: int = 0
    _later: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep what waits for people as this generation does."""
        if self.is_new:
            self.mail = Notifications()

    def add_person(self, name: str, *, bot: bool = False, admin: bool = False) -> Person:
        """Make an account."""
        person = Person(id=len(self.people) + 1, name=name, actor=f"{HOST}/u/{name}", bot=bot, admin=admin)
        self.people[name] = person
        return person

    def add_community(self, name: str, moderators: list[str], *, local: bool = True) -> Community:
        """Make a community, its moderators in their order; one that is not local lives on another server."""
        community = Community(
            id=len(self.communities) + 1,
            name=name,
            title=name.capitalize(),
            actor=f"{HOST}/c/{name}",
            local=local,
            moderators=tuple(self.people[one] for one in moderators),
        )
        self.communities[name] = community
        return community

    @property
    def is_new(self) -> bool:
        """Whether it is a Lemmy 1.0."""
        return self.generation is Generation.V1_0

    def upgrade(self) -> None:
        """Become a 1.0, once: everything is kept but what was in its memory."""
        self.generation = Generation.V1_0
        self.mail = Notifications.upgraded(self.mail)
        self.rates = Rates() if self.rates else None

    def spend(self, limit: Callable[[Rates], Limit]) -> None:
        """Count a call against a limit; raise `RateLimited` where that is reached."""
        if self.rates is None:
            return
        wait = limit(self.rates).take(self.now(), windows=self.is_new)
        if wait:
            self.ways["a window was over-full" if self.is_new else "a bucket was empty"] += 1
            raise RateLimited("too many of these", wait=wait.total_seconds())

    def use_key(self, person: Person, key: str) -> None:
        """Keep an idempotency key; 1.0 answers one that it knows with nothing (lemmy-api 2.3)."""
        if not self.is_new:
            return
        swept = self.now() - timedelta(seconds=self.now().timestamp() % KEYS_SWEPT_EVERY.total_seconds())
        known = self._keys.get((person.id, key))
        if known is not None and swept - known < KEYS_SWEPT_EVERY:
            self.ways["a key was known"] += 1
            raise OutcomeUnknown("The server knows the key already.")
        self._keys[person.id, key] = self.now()

    def appoint(self, community: str, person: Person, *, appointed: bool = True) -> None:
        """Make somebody a moderator, or one no more."""
        place = self.communities[community]
        others = tuple(one for one in place.moderators if one.id != person.id)
        moderators = (*others, person) if appointed else others
        self.communities[community] = replace(place, moderators=moderators)

    def resolve_intent(self) -> None:
        """Let happen by now what a slow request of before left for later."""
        due = [deed for at, deed in self._later if at <= self.now()]
        self._later = [(at, deed) for at, deed in self._later if at > self.now()]
        for deed in due:
            with suppress(ForumError):  # refused by now; the one who asked has long given up
                deed()

    def later(self, wait: timedelta, deed: Callable[[], object]) -> None:
        """Do something after the one who asked has given up."""
        self._later.append((self.now() + wait, deed))

    def next_id(self) -> int:
        """Number things as they come."""
        self._ids += 1
        return self._ids

    def shown(self, post_id: int) -> Post:
        """Give a post as it is now; raise `NotFound` where it is not (any more)."""
        post = self.posts.get(post_id)
        if post is None:
            raise NotFound("no such post", code="couldnt_find_post")
        count = self._counted.get(post_id, 0)
        moderator = self.moderates(post.creator, post.community_id)
        if (post.comments, post.creator_is_moderator) != (count, moderator):
            post = self.posts[post_id] = replace(post, creator_is_moderator=moderator, comments=count)
        return post

    def change(self, what: What, by: Person, post_id: int, text: str = "", **fields: object) -> Post:
        """Change a post, and remember who did."""
        post = replace(self.shown(post_id), **fields)  # type: ignore[arg-type]
        self.posts[post_id] = post
        self.note(what, by, post, text)
        if what in TOLD and isinstance(self.mail, Notifications):
            self.mail.notify(post.creator.id, Origin.SERVER, 0, self.now())  # its own lock, too
        return self.shown(post_id)

    def note(self, what: What, by: Person, post: Post, text: str = "") -> None:
        """Remember a deed."""
        pinned = frozenset(one.id for one in self.posts.values() if one.featured_community and is_seen(one))
        self.deeds.append(Deed(what, by.id, post, self.now(), pinned, text))

    def change_comment(self, comment_id: int, **fields: object) -> None:
        """Change a comment."""
        message = self.mail.said[comment_id]
        changed = replace(message, comment=replace(message.comment, **fields))  # type: ignore[arg-type]
        if "content" in fields:
            self.tell(changed)
        else:
            self.mail.said[comment_id] = changed

    def tell(self, message: Said) -> None:
        """Keep a comment and tell those whom it names or answers: 1.0 does at each edit (lemmy-api 2.10)."""
        names = mentioned(message.comment.content, HOST.removeprefix("https://"))
        poster = self.posts[message.comment.post_id].creator
        answered = self.mail.said[message.parent_id].by if message.parent_id else poster
        named = [person for person in self.people.values() if person.name in names]
        if self.is_new:
            self.ways["told again of an edit"] += message.comment.id in self.mail.said
            self.ways["a mention came as a reply"] += any(one.id == answered.id for one in named)
        self.mail.tell(message, named=named, answered=answered, at=self.now())

    def count_comment(self, post_id: int) -> None:
        """Keep how many comments a post has."""
        self._counted[post_id] += 1

    def moderates(self, person: Person, community_id: int) -> bool:
        """Whether somebody moderates a community."""
        place = self.place(community_id)
        return any(one.id == person.id for one in place.moderators)

    def place(self, community_id: int) -> Community:
        """Give a community by its id."""
        return next(one for one in self.communities.values() if one.id == community_id)


def create(server: Server, by: Person, community_id: int, draft: PostDraft) -> Post:
    """Make a post."""
    title = draft.title.strip()
    if not 3 <= len(title) <= 200 or "\n" in title:
        raise Refused("a bad title", code="invalid_post_title")
    number = server.next_id()
    travels = server.is_new and not server.place(community_id).local
    server.posts[number] = Post(
        id=number,
        title=title,
        body=draft.body,
        url=f"{HOST}/post/{number}",
        creator=by,
        community_id=community_id,
        published=server.now(),
        federation_pending=travels,
        link=draft.link,
        thumbnail=draft.thumbnail,
        alt_text=draft.alt_text,
    )
    server.note(What.CREATE, by, server.posts[number])
    if travels:
        server.ways["a post was on its way"] += 1
        server.later(server.travel(), lambda: arrive(server, number))
    return server.shown(number)


def arrive(server: Server, post_id: int) -> None:
    """Be taken over by the community's own server."""
    server.posts[post_id] = replace(server.shown(post_id), federation_pending=False)


def is_seen(post: Post) -> bool:
    """Whether readers see a post."""
    return post.open and not post.federation_pending


def feature(server: Server, by: Person, post_id: int, *, featured: bool, kind: Feature) -> Post:
    """Pin or unpin; each call is a line in the mod log, whatever it changes."""
    post = server.shown(post_id)
    if kind is Feature.LOCAL and not by.admin:
        raise Refused("Only an admin of the server can pin to the front page.", code="not_an_admin")
    if not (by.admin or server.moderates(by, post.community_id)):
        raise Refused("not a moderator", code="not_a_mod_or_admin")
    server.pins.append(PinEvent(post_id=post_id, featured=featured, kind=kind, when=server.now(), by=by.id))
    what = What.FEATURE if featured else What.UNFEATURE
    if kind is Feature.LOCAL:
        return server.change(what, by, post_id, featured_local=featured)
    return server.change(what, by, post_id, featured_community=featured)


def comment(server: Server, by: Person, post_id: int, content: str, *, parent_id: int = 0) -> Comment:
    """Comment on a post, or answer a comment; one whose parent is not there stands at the top level."""
    post = server.shown(post_id)
    number = server.next_id()
    comment = Comment(
        id=number,
        post_id=post_id,
        content=content,
        url=f"{HOST}/comment/{number}",
        published=server.now(),
        creator=by,
        parent_id=parent_id if parent_id in server.mail.said else 0,
    )
    parent = comment.parent_id
    server.tell(Said(by=by, comment=comment, community_id=post.community_id, parent_id=parent))
    server.mail.mark_answered(by.id, parent)
    server.count_comment(post_id)
    server.note(What.COMMENT, by, post, content)
    return comment
