"""How one account sees the server in memory: the port `Forum`, as an adapter of either API gives it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from megabot.errors import NotFound, NotLemmy, Refused, TokenRefused
from megabot.forum.models import (
    Account,
    Comment,
    Community,
    Feature,
    OwnContent,
    Person,
    PinEvent,
    Post,
    PostDraft,
    PostLimit,
    Site,
    Unread,
)
from megabot.forum.notices import Listing, Notice, Watermark, read_until_seen
from tests.simulation.rates import SIZE, SPAN
from tests.simulation.server import HOST, Server, What, comment, create, feature

LANGUAGES = {"und": 0, "en": 37}
PAGE = 50
PLENTY = 99999
"""How many posts a server accepts whose limits are off, as on the recorded ones."""


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
            actor=f"{HOST}/",
            name="Sandbox",
            version=self.server.generation.value,
            languages=dict(LANGUAGES),
            admins=admins,
            post_limit=PostLimit(
                posts=SIZE if self.server.rates else PLENTY,
                seconds=int(SPAN.total_seconds()),
                at_once=self.server.is_new,
            ),
        )

    def account(self) -> Account:
        """Tell of the account."""
        self._sign()
        places = [one for one in self.server.communities.values() if self.server.moderates(self.me, one.id)]
        languages = (0, 37) if "discussion_languages" in self.hides else ()
        return Account(
            person=self.me,
            moderates=tuple(one.ref for one in places),
            hiding_settings=tuple(sorted(self.hides)),
            languages=languages,
        )

    def show_everything(self) -> None:
        """Stop hiding."""
        self._sign()
        self.hides = frozenset()

    def unread(self) -> Unread:
        """Count what waits for the account: 1.0 in one number."""
        self._sign()
        if self.server.is_new:
            return Unread(notices=sum(one.unread for one in self._lists()["notification"]))
        return self.server.mail.count(self.me.id)

    def community(self, name: str) -> Community:
        """Find a community."""
        self._sign()
        if name not in self.server.communities:
            raise NotFound("no such community", code="couldnt_find_community")
        return self.server.communities[name]

    def follow(self, community_id: int) -> None:
        """Follow a community."""
        self._sign()
        place = self.server.place(community_id)
        self.server.communities[place.name] = replace(place, followed=True)

    def own_content(self, *, since: datetime | None) -> OwnContent:
        """List own content, all of it without a text where a dead token makes this a stranger (decision 1).

        0.19 leaves out what was removed, and everything where the settings hide bots; 1.0 has removed posts
        without their text, unless the account moderates there (decision 2).
        """
        self._hear()
        hidden = not self.server.is_new and self.alive and "show_bot_accounts" in self.hides
        posts = [] if hidden else self._own(since)
        mine = (message.comment for message in self.server.mail.said.values() if message.by.id == self.me.id)
        comments = [
            comment
            for comment in mine
            if not comment.removed and (since is None or comment.published >= since)
        ]
        return OwnContent(
            author=self.me.id,
            posts=newest(posts),
            comments=tuple(reversed(comments)),
            whole=self.server.is_new,
        )

    def _own(self, since: datetime | None) -> list[Post]:
        if not self.server.is_new:
            return self._listed(lambda post: post.creator.id == self.me.id, since)
        return [
            self._veiled(self.server.shown(post.id))
            for post in self.server.posts.values()
            if post.creator.id == self.me.id and (since is None or post.published >= since)
        ]

    def _veiled(self, post: Post) -> Post:
        """Take a removed post's text away from who may not read it, as 1.0 does."""
        if not (self.server.is_new and post.removed) or (self.alive and self._moderates(post.community_id)):
            return post
        self.server.ways["a removed post's text was hidden"] += 1
        return replace(post, body="")

    def _moderates(self, community_id: int) -> bool:
        return self.me.admin or self.server.moderates(self.me, community_id)

    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        """List what the mod log says was removed at some time, texts and all: that of the own server."""
        self._sign()
        ids = dict.fromkeys(reversed(self.server.removals))
        if self.server.is_new and not self.server.place(community_id).local:
            return ()
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
        return self._veiled(self.server.shown(post_id))

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
        """Read the mod log: 1.0 names people only to the community's moderators (decision 20)."""
        self._hear()
        events = [event for event in reversed(self.server.pins) if event.post_id == post_id]
        if self.server.is_new and not (self.alive and self._moderates(community_id)):
            events = [replace(event, by=None) for event in events]
        return tuple(events)

    def create_post(self, community_id: int, draft: PostDraft, *, key: str = "") -> Post:
        """Make a post."""
        self._use(key)
        self.server.spend(lambda rates: rates.post)
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

    def comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        """Comment."""
        self._use(key)
        self.server.spend(lambda rates: rates.comment)
        self._sign()
        return comment(self.server, self.me, post_id, content, parent_id=parent_id)

    def comment_by_id(self, comment_id: int) -> Comment:
        """Read a comment."""
        self._hear()
        message = self.server.mail.said.get(comment_id)
        if message is None:
            raise NotFound("no such comment", code="couldnt_find_comment")
        return message.comment

    def edit_comment(self, comment_id: int, content: str) -> Comment:
        """Change an own comment."""
        return self._change_comment(comment_id, content=content)

    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        """Mark an own comment, as a moderator."""
        message = self.server.mail.said.get(comment_id)
        if message is not None and not self.server.moderates(self.me, message.community_id):
            raise Refused("no moderator", code="not_a_mod_or_admin")
        return self._change_comment(comment_id, distinguished=distinguished)

    def _change_comment(self, comment_id: int, **changed: object) -> Comment:
        self._sign()
        if self.comment_by_id(comment_id).creator != self.me:
            raise Refused("not yours", code="no_comment_edit_allowed")
        self.server.change_comment(comment_id, **changed)
        return self.comment_by_id(comment_id)

    def inbox(self, above: Watermark) -> Listing:
        """List what is above a watermark, each content once: on 1.0 as it is after its newest edit."""
        self._sign()
        notices: list[Notice] = []
        newest: dict[str, int] = {}
        for name, listed in self._lists().items():
            pages = [listed[at : at + PAGE] for at in range(0, len(listed), PAGE)]
            new, newest[name] = read_until_seen(above, name, pages)
            notices += new
        return Listing(notices=once(notices), watermark=Watermark(at=self.server.now(), newest=newest))

    def _lists(self) -> dict[str, tuple[Notice, ...]]:
        """Give the lists newest first: on 1.0 without what is gone, and what is in a thread that is."""
        lists = self.server.mail.lists(self.me.id)
        if not self.server.is_new:
            return lists
        return {
            name: tuple(one for one in listed if not one.gone and self._opens(one.post_id))
            for name, listed in lists.items()
        }

    def _opens(self, post_id: int) -> bool:
        return post_id not in self.server.posts or self.server.posts[post_id].open

    def mark_all_read(self) -> None:
        """Take everything out of what is counted."""
        self._sign()
        self.server.mail.mark_all(self.me.id)

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

    def _use(self, key: str) -> None:
        # Before the limits, so that a limited request uses its key up, too; a dead token has no keys.
        if key and self.alive:
            self.server.use_key(self.me, key)

    def _hear(self) -> None:
        self.server.resolve_intent()
        self._heard = self.server.now()

    def _sign(self) -> None:
        self._hear()
        if not self.alive:
            raise TokenRefused("The server does not accept the stored token.")


def once(notices: list[Notice]) -> tuple[Notice, ...]:
    """Make one of what came several times, the newest first: its words now, and the time of the first."""
    found: dict[str, Notice] = {}
    for notice in notices:
        known = found.get(notice.key, notice)
        first = min(known.published, notice.published)
        found[notice.key] = replace(known, published=first, unread=known.unread or notice.unread)
    return tuple(sorted(found.values(), key=lambda one: (one.published, one.content_id)))


def newest(posts: list[Post]) -> tuple[Post, ...]:
    """Put posts in order."""
    return tuple(sorted(posts, key=lambda post: (post.published, post.id), reverse=True))
