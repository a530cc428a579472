"""A Lemmy server of either generation: the `Forum` port over the API that it speaks, found out when needed.

A server can be upgraded, or put back, between any two requests. Then it does not know a call, which was not
carried out therefore: the other API is taken, and the call is made once more over that.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from megabot.adapters.lemmy_answer import UnknownCall
from megabot.adapters.lemmy_detect import ApiKind, not_lemmy, site_over_v4
from megabot.adapters.lemmy_http import LemmySession
from megabot.adapters.lemmy_v3 import LemmyV3
from megabot.adapters.lemmy_v4 import LemmyV4
from megabot.adapters.sign_in import SignIns
from megabot.adapters.system import new_key
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
from megabot.core.watermark import Listing, Watermark
from megabot.errors import ForumError, NotLemmy, Refused, Unreadable
from megabot.ports import Clock, Forum

T = TypeVar("T")
log = logging.getLogger("megabot")


def open_forum(
    session: LemmySession,
    sign_ins: SignIns,
    clock: Clock,
    *,
    kind: ApiKind | None = None,
    on_kind: Callable[[ApiKind], None] = lambda _: None,
    new_key: Callable[[], str] = new_key,
) -> tuple[Forum, ApiKind]:
    """Make the forum: no request where the kind is known, else one over v4, or two. The last is a greeting.

    `on_kind` is told when it is found to be another one later.
    """
    speakers = Speakers(session, sign_ins, clock, new_key=new_key)
    speaker, found = speakers.meet() if kind is None else (speakers.speaker(kind), kind)
    return LemmyForum(speakers, speaker, found, on_kind=on_kind), found


class Speakers:
    """Makes the one that speaks an API, for one account on one server."""

    def __init__(
        self, session: LemmySession, sign_ins: SignIns, clock: Clock, *, new_key: Callable[[], str]
    ) -> None:
        self._session = session
        self._sign_ins = sign_ins
        self._clock = clock
        self._new_key = new_key

    def speaker(self, kind: ApiKind, site: Site | None = None) -> LemmyV3 | LemmyV4:
        """Make the one for a known kind."""
        if kind is ApiKind.V3:
            return LemmyV3(self._session, self._sign_ins, self._clock)
        return LemmyV4(self._session, self._sign_ins, self._clock, new_key=self._new_key, site=site)

    def meet(self) -> tuple[LemmyV3 | LemmyV4, ApiKind]:
        """Find out which kind it is. Raises `NotLemmy` where it is neither."""
        site = site_over_v4(self._session, self._clock)
        if site is not None:
            return self.speaker(ApiKind.V4, site), ApiKind.V4
        speaker = LemmyV3(self._session, self._sign_ins, self._clock)
        try:
            speaker.greet()
        except (Unreadable, NotLemmy, Refused) as error:
            raise not_lemmy(self._session, error) from error
        return speaker, ApiKind.V3


class LemmyForum:
    """One account on one server, whichever API it speaks today."""

    def __init__(
        self,
        speakers: Speakers,
        speaker: LemmyV3 | LemmyV4,
        kind: ApiKind,
        *,
        on_kind: Callable[[ApiKind], None],
    ) -> None:
        self._speakers = speakers
        self._speaker = speaker
        self._kind = kind
        self._on_kind = on_kind

    def site(self, *, anew: bool = False) -> Site:
        """Read the server's own facts."""
        return self._ask(lambda api: api.site(anew=anew))

    def account(self) -> Account:
        """Read the own account."""
        return self._ask(lambda api: api.account())

    def show_everything(self) -> None:
        """Change the account's settings so that no list hides its own posts."""
        self._ask(lambda api: api.show_everything())

    def unread(self) -> Unread:
        """Count what waits in the inbox."""
        return self._ask(lambda api: api.unread())

    def community(self, name: str) -> Community:
        """Find a community by name."""
        return self._ask(lambda api: api.community(name))

    def follow(self, community_id: int) -> None:
        """Follow a community."""
        self._ask(lambda api: api.follow(community_id))

    def own_content(self, *, since: datetime | None) -> OwnContent:
        """List own posts and comments."""
        return self._ask(lambda api: api.own_content(since=since))

    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        """List own posts of a community that were removed at some time."""
        return self._ask(lambda api: api.own_removed(community_id))

    def pinned(self, community_id: int) -> tuple[Post, ...]:
        """List what is pinned."""
        return self._ask(lambda api: api.pinned(community_id))

    def post(self, post_id: int) -> Post:
        """Read one post."""
        return self._ask(lambda api: api.post(post_id))

    def post_at(self, url: str) -> Post:
        """Find the post at an address."""
        return self._ask(lambda api: api.post_at(url))

    def posts_by(self, username: str, community_id: int) -> tuple[Post, ...]:
        """List a person's newest posts in a community."""
        return self._ask(lambda api: api.posts_by(username, community_id))

    def pin_events(self, *, community_id: int, post_id: int) -> tuple[PinEvent, ...]:
        """Read who pinned and unpinned one post."""
        return self._ask(lambda api: api.pin_events(community_id=community_id, post_id=post_id))

    def create_post(self, community_id: int, draft: PostDraft) -> Post:
        """Create a post."""
        return self._ask(lambda api: api.create_post(community_id, draft))

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        """Make a post the draft."""
        return self._ask(lambda api: api.edit_post(post_id, draft))

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        """Pin or unpin."""
        return self._ask(lambda api: api.feature(post_id, featured=featured, kind=kind))

    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        """Lock or unlock."""
        return self._ask(lambda api: api.lock(post_id, locked=locked, reason=reason))

    def comment(self, post_id: int, content: str, *, parent_id: int = 0) -> Comment:
        """Write a comment."""
        return self._ask(lambda api: api.comment(post_id, content, parent_id=parent_id))

    def comment_by_id(self, comment_id: int) -> Comment:
        """Read one comment."""
        return self._ask(lambda api: api.comment_by_id(comment_id))

    def edit_comment(self, comment_id: int, content: str) -> Comment:
        """Make an own comment say something else."""
        return self._ask(lambda api: api.edit_comment(comment_id, content))

    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        """Mark an own comment as a moderator's word."""
        return self._ask(lambda api: api.distinguish(comment_id, distinguished=distinguished))

    def inbox(self, above: Watermark) -> Listing:
        """List what is new in the inbox."""
        return self._ask(lambda api: api.inbox(above))

    def mark_all_read(self) -> None:
        """Take everything out of what is counted."""
        self._ask(lambda api: api.mark_all_read())

    def person(self, name: str) -> Person:
        """Find a person by name."""
        return self._ask(lambda api: api.person(name))

    def message(self, person_id: int, content: str) -> None:
        """Send a private message."""
        self._ask(lambda api: api.message(person_id, content))

    def messages_to(self, person_id: int) -> tuple[str, ...]:
        """List what was sent to a person last."""
        return self._ask(lambda api: api.messages_to(person_id))

    def upload(self, name: str, content: bytes) -> str:
        """Upload an image."""
        return self._ask(lambda api: api.upload(name, content))

    def server_time(self) -> datetime | None:
        """Give the `Date` of the newest answer."""
        return self._speaker.server_time()

    def sign_in(self) -> None:
        """Sign in afresh."""
        self._ask(lambda api: api.sign_in())

    def sign_out(self) -> None:
        """Give the token back and forget it."""
        self._ask(lambda api: api.sign_out())

    def _ask(self, call: Callable[[LemmyV3 | LemmyV4], T]) -> T:
        """Make a call, and once more over the other API where the server speaks that by now."""
        try:
            return call(self._speaker)
        except UnknownCall as error:
            self._change(error)
        return call(self._speaker)

    def _change(self, error: UnknownCall) -> None:
        """Take the other API, or say that the call was not made where there is no other."""
        try:
            speaker, kind = self._speakers.meet()
        except ForumError as trouble:
            raise error from trouble
        if kind is self._kind:
            raise error
        log.warning("%s speaks API %s now, %s before", speaker.site().actor, kind.value, self._kind.value)
        self._speaker, self._kind = speaker, kind
        self._on_kind(kind)
