"""A Lemmy 1.0 server as the bot's account sees it: the `Forum` port over API v4.

Each method is one request where all is well, but for the log of pins, which is kept by kind, and tags.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from megabot.adapters import lemmy_codes as codes
from megabot.adapters import lemmy_forms_v4 as forms
from megabot.adapters import lemmy_wire_v4 as wire
from megabot.adapters.lemmy_answer import Call, NotReadBack
from megabot.adapters.lemmy_calls import Calls
from megabot.adapters.lemmy_fields import Fields
from megabot.adapters.lemmy_http import LemmySession
from megabot.adapters.lemmy_pages import PAGE, Listed, following, newest_first
from megabot.adapters.lemmy_v4_inbox import Inbox
from megabot.adapters.lemmy_v4_requests import Form, RequestsV4
from megabot.adapters.lemmy_wire import done
from megabot.adapters.sign_in import SignIns
from megabot.core.addresses import local_post
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
    Tag,
    Unread,
)
from megabot.core.tags import chosen
from megabot.core.watermark import Listing, Watermark
from megabot.errors import ForumError, NotFound
from megabot.ports import Clock

T = TypeVar("T")

LOG_PAGES = 3

_REMOVALS: Form = {"type_": "mod_remove_post", "show_bulk": "true"}  # with an account's ban, too
_PINNED: Form = {
    "type_": "all",
    "sort": "hot",  # by new and old, pinned posts are not put first (lemmy-api 2.2)
    "time_range_seconds": 0,
    "show_hidden": "true",
    "show_read": "true",
    "show_nsfw": "true",
    "hide_posts_with_media": "false",
    "mark_as_read": "false",
}


class LemmyV4:
    """One account on one server of API v4. `site` is what was just read of it, if it was."""

    def __init__(
        self,
        session: LemmySession,
        sign_ins: SignIns,
        clock: Clock,
        *,
        new_key: Callable[[], str],
        site: Site | None = None,
    ) -> None:
        self._session = session
        self._sign_ins = sign_ins
        self._clock = clock
        self._requests = RequestsV4(session, new_key=new_key)
        self._calls = Calls(sign_ins, self._requests, sleep=clock.sleep)
        self._inbox = Inbox(self._calls, self._requests)
        self._site = site

    def site(self, *, anew: bool = False) -> Site:
        """Read the server's own facts, once unless anew."""
        if anew or self._site is None:
            self._site = self._calls.anyone(Call.READ, lambda: self._requests.get("site"), wire.site)
        return self._site

    def account(self) -> Account:
        """Read the own account, which proves that the token lives."""
        languages = self.site().languages
        account = self._calls.read(
            lambda: self._requests.get("account"), lambda answer: wire.account(answer, languages)
        )
        self._sign_ins.remember(account.person)
        return account

    def show_everything(self) -> None:
        """Change the account's settings so that no list hides its own posts."""
        self._calls.write(lambda: self._requests.put("account/settings/save", forms.SHOW_EVERYTHING), done)

    def unread(self) -> Unread:
        """Count what waits in the inbox."""
        return self._calls.read(lambda: self._requests.get("account/unread_counts"), wire.unread)

    def community(self, name: str) -> Community:
        """Find a community by name."""
        return self._calls.read(lambda: self._requests.get("community", {"name": name}), wire.community)

    def follow(self, community_id: int) -> None:
        """Follow a community."""
        form: Form = {"community_id": community_id, "follow": True}
        self._calls.write(lambda: self._requests.post("community/follow", form), done)

    def own_content(self, *, since: datetime | None) -> OwnContent:
        """List own posts and comments, newest first, in pages until one is older than `since`.

        No setting of the account hides any of them here, and what was removed is there too (lemmy-api 2.6).
        """
        author = self._me().id
        query: Form = {"person_id": author, "type_": "all"}
        found = list(
            following(
                lambda after: self._list("person/content", query, wire.written, after),
                ends=lambda page: since is not None and page[-1].published < since,
            )
        )
        return OwnContent(
            author=author,
            posts=newest_first(one for one in found if isinstance(one, Post)),
            comments=newest_first(one for one in found if isinstance(one, Comment)),
            whole=True,
        )

    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        """List own posts that the mod log says were removed at some time, as they are now, bodies and all."""
        author = self._me()
        query = _REMOVALS | {"community_id": community_id, "other_person_id": author.id}
        found = following(
            lambda after: self._list("modlog", query, lambda entry: wire.removed_post(entry, author), after),
            most=LOG_PAGES,
        )
        return newest_first(post for post in found if post is not None)

    def pinned(self, community_id: int) -> tuple[Post, ...]:
        """List what is pinned."""
        query = _PINNED | {"community_id": community_id}
        found = following(
            lambda after: self._list("post/list", query, wire.post, after),
            ends=lambda page: not page[-1].featured_community,
        )
        return newest_first(post for post in found if post.featured_community)

    def post(self, post_id: int) -> Post:
        """Read one post."""
        return self._calls.read(lambda: self._requests.get("post", {"id": post_id}), wire.written_post)

    def post_at(self, url: str) -> Post:
        """Find the post at an address: by its id where it is this server's, else as the server does."""
        hosts = (self._session.address, self._me().actor)
        number = local_post(url, hosts=[urlsplit(one).netloc for one in hosts])
        if number is not None:
            return self.post(number)
        return self._calls.read(lambda: self._requests.get("resolve_object", {"q": url}), wire.found_post)

    def posts_by(self, username: str, community_id: int) -> tuple[Post, ...]:
        """List a person's newest posts in a community."""
        query: Form = {"username": username, "community_id": community_id, "type_": "posts"}
        found = self._list("person/content", query, wire.written).items
        return newest_first(one for one in found if isinstance(one, Post))

    def pin_events(self, *, community_id: int, post_id: int) -> tuple[PinEvent, ...]:
        """Read who pinned and unpinned one post: with the community said, or else no name is told."""
        where: Form = {"community_id": community_id, "post_id": post_id}
        found = [
            event
            for kind in wire.PIN_KINDS
            for event in self._list("modlog", where | {"type_": kind}, wire.pin_event).items
        ]
        return tuple(sorted(found, key=lambda event: event.when, reverse=True))

    def create_post(self, community_id: int, draft: PostDraft) -> Post:
        """Create a post, with those of its tags that the community has just now."""
        tags = chosen(draft.tags, self._tags_of(community_id)) if draft.tags else ()
        form = forms.new_post(community_id, draft, tags)
        try:
            return self._calls.write(
                lambda: self._requests.create("post", form), wire.written_post, Call.NEW_POST
            )
        except NotReadBack as error:
            if self._is_missing(lambda: self._tags_of(community_id)):
                raise NotFound(codes.REFUSALS[codes.NOT_FOUND], code=codes.NOT_FOUND) from error
            raise

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        """Make a post the draft; tags that people put on it stay."""
        tags: Iterable[Tag] = ()
        if draft.tags:
            standing, offered = self._calls.read(
                lambda: self._requests.get("post", {"id": post_id}), wire.post_and_tags
            )
            tags = {*(standing.tags or ()), *chosen(draft.tags, offered)} & {*offered}
        form = forms.edited_post(post_id, draft, tags)
        return self._calls.write(lambda: self._requests.put("post", form), wire.written_post)

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        """Pin or unpin."""
        form: Form = {"post_id": post_id, "featured": featured, "feature_type": kind.value}
        return self._calls.write(lambda: self._requests.post("post/feature", form), wire.written_post)

    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        """Lock or unlock, with the reason in the mod log."""
        form: Form = {"post_id": post_id, "locked": locked, "reason": reason}
        return self._calls.write(lambda: self._requests.post("post/lock", form), wire.written_post)

    def comment(self, post_id: int, content: str, *, parent_id: int = 0) -> Comment:
        """Write a top-level comment, or an answer to one: that takes what it answers out of the inbox."""
        form: Form = {"post_id": post_id, "content": content}
        form |= {"parent_id": parent_id} if parent_id else {}
        return self._calls.write(
            lambda: self._requests.create("comment", form), wire.written_comment, Call.NEW_COMMENT
        )

    def comment_by_id(self, comment_id: int) -> Comment:
        """Read one comment."""
        return self._calls.read(
            lambda: self._requests.get("comment", {"id": comment_id}), wire.written_comment
        )

    def edit_comment(self, comment_id: int, content: str) -> Comment:
        """Make an own comment say something else."""
        form: Form = {"comment_id": comment_id, "content": content}
        return self._calls.write(lambda: self._requests.put("comment", form), wire.written_comment)

    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        """Mark an own comment as a moderator's word."""
        form: Form = {"comment_id": comment_id, "distinguished": distinguished}
        return self._calls.write(
            lambda: self._requests.post("comment/distinguish", form), wire.written_comment
        )

    def inbox(self, above: Watermark) -> Listing:
        """List what is new in the inbox."""
        return self._inbox.new(above, self._clock.now())

    def mark_all_read(self) -> None:
        """Take everything out of what is counted."""
        self._inbox.mark_all_read()

    def person(self, name: str) -> Person:
        """Find a person by name."""
        return self._calls.read(lambda: self._requests.get("person", {"username": name}), wire.found_person)

    def message(self, person_id: int, content: str) -> None:
        """Send a private message."""
        form: Form = {"recipient_id": person_id, "content": content}
        self._calls.write(lambda: self._requests.post("private_message", form), done)

    def messages_to(self, person_id: int) -> tuple[str, ...]:
        """List what was sent to a person last."""
        return self._inbox.sent_to(person_id)

    def upload(self, name: str, content: bytes) -> str:
        """Upload an image."""
        return self._calls.write(lambda: self._requests.upload(name, content), wire.uploaded)

    def server_time(self) -> datetime | None:
        """Give the `Date` of the newest answer."""
        return self._session.server_time

    def sign_in(self) -> None:
        """Sign in afresh, as a person wants it."""
        self._calls.sign_in(by_hand=True)

    def sign_out(self) -> None:
        """Give the token back and forget it."""
        self._calls.sign_out()

    def _me(self) -> Person:
        return self._sign_ins.person or self.account().person

    def _is_missing(self, read: Callable[[], object]) -> bool:
        """Tell whether the place of a new post is not there: then no post is, either."""
        try:
            read()
        except NotFound:
            return True
        except ForumError:
            return False
        return False

    def _tags_of(self, community_id: int) -> tuple[Tag, ...]:
        found = self._calls.read(
            lambda: self._requests.get("community", {"id": community_id}), wire.community
        )
        return found.tags or ()

    def _list(self, path: str, query: Form, read: Callable[[Fields], T], after: str = "") -> Listed[T]:
        wanted = query | {"limit": PAGE} | ({"page_cursor": after} if after else {})
        return self._calls.read(lambda: self._requests.get(path, wanted), wire.listed(read))
