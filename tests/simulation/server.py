"""A server in memory, as 0.19 behaves: what it hides, what it logs, what it lets whom do.

`Server` is the truth, `AccountForum` is how one account sees it (the port `Forum`), `FakeHand` a person's
hands. Held to the contract suite of the port. Everything that was ever done is kept in `deeds`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from megabot.core.notices import Notice
from megabot.core.posts import (
    Account,
    Comment,
    Community,
    Feature,
    OwnContent,
    Person,
    PinEvent,
    Post,
    PostDraft,
    Site,
    Unread,
)
from megabot.errors import NotFound, NotLemmy, Refused, TokenRefused
from tests.simulation.mail import Mail, Said, mentioned

HOST = "https://lemmy.example"
LANGUAGES = {"und": 0, "en": 37}
PAGE = 50


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
    """The truth. `now` is the server's own time."""

    now: Callable[[], datetime]
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
    _ids: int = 0
    _later: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)

    def add_person(self, name: str, *, bot: bool = False, admin: bool = False) -> Person:
        """Make an account."""
        made = Person(id=len(self.people) + 1, name=name, actor=f"{HOST}/u/{name}", bot=bot, admin=admin)
        self.people[name] = made
        return made

    def add_community(self, name: str, moderators: list[str]) -> Community:
        """Make a community, its moderators in their order."""
        made = Community(
            id=len(self.communities) + 1,
            name=name,
            title=name.capitalize(),
            actor=f"{HOST}/c/{name}",
            local=True,
            moderators=tuple(self.people[one] for one in moderators),
        )
        self.communities[name] = made
        return made

    def appoint(self, community: str, person: Person, *, appointed: bool = True) -> None:
        """Make somebody a moderator, or one no more."""
        place = self.communities[community]
        others = tuple(one for one in place.moderators if one.id != person.id)
        moderators = (*others, person) if appointed else others
        self.communities[community] = replace(place, moderators=moderators)

    def settle(self) -> None:
        """Let happen by now what a slow request of before left for later."""
        due = [deed for at, deed in self._later if at <= self.now()]
        self._later = [(at, deed) for at, deed in self._later if at > self.now()]
        for deed in due:
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
        return replace(
            post, creator_is_moderator=self.moderates(post.creator, post.community_id), comments=count
        )

    def change(self, what: What, by: Person, post_id: int, text: str = "", **fields: object) -> Post:
        """Change a post, and remember who did."""
        made = replace(self.shown(post_id), **fields)  # type: ignore[arg-type]
        self.posts[post_id] = made
        self.note(what, by, made, text)
        return self.shown(post_id)

    def note(self, what: What, by: Person, post: Post, text: str = "") -> None:
        """Remember a deed."""
        pinned = frozenset(one.id for one in self.posts.values() if one.featured_community and one.open)
        self.deeds.append(Deed(what, by.id, post, self.now(), pinned, text))

    def change_comment(self, comment_id: int, **fields: object) -> None:
        """Change a comment."""
        said = self.mail.said[comment_id]
        self.tell(replace(said, comment=replace(said.comment, **fields)))  # type: ignore[arg-type]

    def tell(self, said: Said) -> None:
        """Keep a comment and tell those whom it names or answers; they may have been told before."""
        names = mentioned(said.comment.content, HOST.removeprefix("https://"))
        poster = self.posts[said.comment.post_id].creator
        answered = self.mail.said[said.parent_id].by if said.parent_id else poster
        named = [person for person in self.people.values() if person.name in names]
        self.mail.tell(said, named=named, answered=answered, at=self.now())

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


@dataclass
class AccountForum:
    """How one account sees a server. `alive` says whether its token is, `hides` names settings that hide."""

    server: Server
    me: Person
    alive: bool = True
    hides: frozenset[str] = frozenset()
    _heard: datetime | None = None

    def site(self, *, anew: bool = False) -> Site:
        """Tell of the server."""
        self._hear()
        admins = tuple(one for one in self.server.people.values() if one.admin)
        return Site(
            actor=f"{HOST}/", name="Sandbox", version="0.19.20", languages=dict(LANGUAGES), admins=admins
        )

    def account(self) -> Account:
        """Tell of the account."""
        self._sign()
        places = [one for one in self.server.communities.values() if self.server.moderates(self.me, one.id)]
        mine = [post for post in self.server.posts.values() if post.creator.id == self.me.id]
        languages = (0, 37) if "discussion_languages" in self.hides else ()
        return Account(
            person=self.me,
            moderates=tuple(one.place for one in places),
            post_count=len(mine),
            hides=tuple(sorted(self.hides)),
            languages=languages,
        )

    def show_everything(self) -> None:
        """Stop hiding."""
        self._sign()
        self.hides = frozenset()

    def unread(self) -> Unread:
        """Count what waits for the account."""
        self._sign()
        return self.server.mail.count(self.me.id)

    def community(self, name: str) -> Community:
        """Find a community."""
        self._sign()
        if name not in self.server.communities:
            raise NotFound("no such community", code="couldnt_find_community")
        return self.server.communities[name]

    def own_content(self, *, since: datetime | None) -> OwnContent:
        """List own content: 0.19 hides what was removed, and all of it where the settings hide bots.

        A dead token is not told of: the list is a stranger's then (decision 1).
        """
        self._hear()
        hidden = self.alive and "show_bot_accounts" in self.hides
        found = [] if hidden else self._listed(lambda post: post.creator.id == self.me.id, since)
        mine = (said.comment for said in self.server.mail.said.values() if said.by.id == self.me.id)
        said = [
            comment
            for comment in mine
            if not comment.removed and (since is None or comment.published >= since)
        ]
        return OwnContent(author=self.me.id, posts=newest(found), comments=tuple(reversed(said)))

    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        """List what the mod log says was removed at some time."""
        self._sign()
        ids = dict.fromkeys(reversed(self.server.removals))
        shown = [self.server.shown(one) for one in ids if one in self.server.posts]
        return newest(
            [post for post in shown if (post.creator.id, post.community_id) == (self.me.id, community_id)]
        )

    def pinned(self, community_id: int) -> tuple[Post, ...]:
        """List what is pinned."""
        self._hear()
        return newest(
            self._listed(lambda post: post.community_id == community_id and post.featured_community)
        )

    def post(self, post_id: int) -> Post:
        """Read a post."""
        self._hear()
        return self.server.shown(post_id)

    def post_at(self, url: str) -> Post:
        """Read the post at an address."""
        self._sign()
        if not url.startswith(f"{HOST}/post/"):
            raise NotFound("nothing there", code="couldnt_find_object")
        return self.post(int(url.rpartition("/")[2]))

    def posts_by(self, username: str, community_id: int) -> tuple[Post, ...]:
        """List somebody's posts."""
        self._hear()
        author = self.person(username)
        return newest(
            self._listed(lambda post: (post.creator.id, post.community_id) == (author.id, community_id))
        )

    def person(self, name: str) -> Person:
        """Find somebody."""
        self._hear()
        local = name.removesuffix("@lemmy.example")
        if local not in self.server.people:
            raise NotFound("nobody", code="couldnt_find_person")
        return self.server.people[local]

    def pin_events(self, *, community_id: int, post_id: int) -> tuple[PinEvent, ...]:
        """Read the mod log."""
        self._hear()
        return tuple(reversed([event for event in self.server.pins if event.post_id == post_id]))

    def create_post(self, community_id: int, draft: PostDraft) -> Post:
        """Make a post."""
        self._sign()
        return create(self.server, self.me, community_id, draft)

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        """Make a post another one."""
        self._sign()
        if self.server.shown(post_id).creator.id != self.me.id:
            raise Refused("not yours", code="no_post_edit_allowed")
        return self.server.change(
            What.EDIT,
            self.me,
            post_id,
            title=draft.title,
            body=draft.body,
            link=draft.link,
            thumbnail=draft.thumbnail,
            alt_text=draft.alt_text,
        )

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        """Pin or unpin."""
        self._sign()
        return feature(self.server, self.me, post_id, featured=featured, kind=kind)

    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        """Lock or unlock."""
        self._sign()
        return self.server.change(What.LOCK, self.me, post_id, locked=locked)

    def comment(self, post_id: int, content: str, *, parent_id: int = 0) -> Comment:
        """Comment."""
        self._sign()
        return comment(self.server, self.me, post_id, content, parent_id=parent_id)

    def comment_by_id(self, comment_id: int) -> Comment:
        """Read a comment."""
        self._hear()
        said = self.server.mail.said.get(comment_id)
        if said is None:
            raise NotFound("no such comment", code="couldnt_find_comment")
        return said.comment

    def edit_comment(self, comment_id: int, content: str) -> Comment:
        """Change an own comment."""
        return self._change_comment(comment_id, content=content)

    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        """Mark an own comment, as a moderator."""
        said = self.server.mail.said.get(comment_id)
        if said is not None and not self.server.moderates(self.me, said.community_id):
            raise Refused("no moderator", code="not_a_mod_or_admin")
        return self._change_comment(comment_id, distinguished=distinguished)

    def _change_comment(self, comment_id: int, **changed: object) -> Comment:
        self._sign()
        if self.comment_by_id(comment_id).creator != self.me:
            raise Refused("not yours", code="no_comment_edit_allowed")
        self.server.change_comment(comment_id, **changed)
        return self.comment_by_id(comment_id)

    def inbox(self) -> tuple[Notice, ...]:
        """List what waits."""
        self._sign()
        return self.server.mail.waiting(self.me.id)

    def mark_read(self, notice: Notice) -> None:
        """Take something out of what waits."""
        self._sign()
        self.server.mail.mark(self.me.id, notice)

    def message(self, person_id: int, content: str) -> None:
        """Write to somebody."""
        self._sign()
        self.server.mail.send(self.me, person_id, content, self.server.now())

    def messages_to(self, person_id: int) -> tuple[str, ...]:
        """Tell what was written to somebody, newest first."""
        self._sign()
        letters = [one for one in self.server.mail.letters if (one.by.id, one.to) == (self.me.id, person_id)]
        return tuple(letter.text for letter in reversed(letters))[:PAGE]

    def upload(self, name: str, content: bytes) -> str:
        """Take a picture."""
        self._sign()
        if not self.server.has_images:
            raise NotLemmy("no image service")
        self.server.images.append(content)
        return f"{HOST}/pictrs/image/{len(self.server.images)}-{name}"

    def server_time(self) -> datetime | None:
        """Give the time of the newest answer."""
        return self._heard

    def sign_in(self) -> None:
        """Get a new token."""
        self.alive = True

    def sign_out(self) -> None:
        """Give the token back."""
        self.alive = False

    def _listed(self, wanted: Callable[[Post], bool], since: datetime | None = None) -> list[Post]:
        """What a list shows: nothing removed to anybody, nothing deleted to strangers."""
        return [
            self.server.shown(post.id)
            for post in self.server.posts.values()
            if wanted(post)
            and not post.removed
            and (self.alive or not post.deleted)
            and (since is None or post.published >= since)
        ]

    def _hear(self) -> None:
        self.server.settle()
        self._heard = self.server.now()

    def _sign(self) -> None:
        self._hear()
        if not self.alive:
            raise TokenRefused("The server does not take the stored token.")


def create(server: Server, by: Person, community_id: int, draft: PostDraft) -> Post:
    """Make a post."""
    title = draft.title.strip()
    if not 3 <= len(title) <= 200 or "\n" in title:
        raise Refused("a bad title", code="invalid_post_title")
    number = server.next_id()
    server.posts[number] = Post(
        id=number,
        title=title,
        body=draft.body,
        url=f"{HOST}/post/{number}",
        creator=by,
        community_id=community_id,
        published=server.now(),
        link=draft.link,
        thumbnail=draft.thumbnail,
        alt_text=draft.alt_text,
    )
    server.note(What.CREATE, by, server.posts[number])
    return server.shown(number)


def feature(server: Server, by: Person, post_id: int, *, featured: bool, kind: Feature) -> Post:
    """Pin or unpin; each call is a line in the mod log, whatever it changes."""
    post = server.shown(post_id)
    if kind is Feature.LOCAL and not by.admin:
        raise Refused("Only an admin of the server may pin to the front page.", code="not_an_admin")
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
    made = Comment(
        id=number,
        post_id=post_id,
        content=content,
        url=f"{HOST}/comment/{number}",
        published=server.now(),
        creator=by,
        parent_id=parent_id if parent_id in server.mail.said else 0,
    )
    parent = made.parent_id
    server.tell(Said(by=by, comment=made, community_id=post.community_id, parent_id=parent))
    server.mail.mark_answered(by.id, parent)
    server.count_comment(post_id)
    server.note(What.COMMENT, by, post, content)
    return made


def newest(found: list[Post]) -> tuple[Post, ...]:
    """Put posts in order."""
    return tuple(sorted(found, key=lambda post: (post.published, post.id), reverse=True))
