"""Implement the `Forum` port over either of Lemmy's APIs.

A server can be upgraded, or restored from a backup, between any two requests. It then does not know the call
and has not carried it out, so the client switches to the other API and makes the call once more.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from typing_extensions import override

from megabot.clock import Clock, new_key
from megabot.errors import ForumError
from megabot.forum.addresses import local_post
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
    Site,
    Unread,
)
from megabot.forum.notices import Listing, Watermark
from megabot.forum.port import Forum
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.calls import Dialect
from megabot.lemmy.detect import ApiFactory, ApiKind, SpokenApi
from megabot.lemmy.http import LemmySession
from megabot.lemmy.paging import newest_first
from megabot.lemmy.responses import SiteAnswer, UnknownCall
from megabot.schedule.interval import Interval

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("megabot")

LOG_PAGES = 3
GREETING_KEPT = timedelta(seconds=10)


def open_forum(
    session: LemmySession,
    sign_ins: SignIns,
    clock: Clock,
    *,
    kind: ApiKind | None = None,
    on_kind: Callable[[ApiKind], None] = lambda _: None,
    new_key: Callable[[], str] = new_key,
) -> tuple[Forum, ApiKind]:
    """Return the forum and its API. Detecting the API takes one or two requests unless `kind` is given.

    `on_kind` is called when the server later turns out to speak the other API.
    """
    apis = ApiFactory(session=session, sign_ins=sign_ins, clock=clock, new_key=new_key)
    spoken = apis.detect() if kind is None else apis.known(kind)
    return LemmyClient(apis, spoken, on_kind=on_kind), spoken.kind


def _over_either_api(
    method: Callable[Concatenate["LemmyClient", P], T],
) -> Callable[Concatenate["LemmyClient", P], T]:
    """Run a method, and once more over the other API if the server has switched to it."""

    @wraps(method)
    def run(self: "LemmyClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except UnknownCall as error:
            self._change_api(error)
        return method(self, *args, **kwargs)

    return run


class LemmyClient(Forum):
    """One account on one server. docs/reference/lemmy-operations.md lists the requests of each method."""

    def __init__(self, apis: ApiFactory, spoken: SpokenApi, *, on_kind: Callable[[ApiKind], None]) -> None:
        self._apis = apis
        self._on_kind = on_kind
        self._site: Site | None = None
        self._greeting: tuple[datetime, Account] | None = None
        self._speak(spoken)

    @override
    @_over_either_api
    def site(self, *, anew: bool = False) -> Site:
        return self._greet() if anew else self._known_site()

    @override
    @_over_either_api
    def account(self) -> Account:
        return self._read_account()

    @override
    @_over_either_api
    def show_everything(self) -> None:
        self._calls.signed_in(self._api.show_everything)

    @override
    @_over_either_api
    def unread(self) -> Unread:
        return self._calls.signed_in(self._api.unread)

    @override
    @_over_either_api
    def community(self, name: str) -> Community:
        return self._calls.signed_in(self._api.community, name=name)

    @override
    @_over_either_api
    def follow(self, community_id: int) -> None:
        self._calls.signed_in(self._api.follow, community_id=community_id, follow=True)

    @override
    @_over_either_api
    def own_content(self, *, since: datetime | None) -> OwnContent:
        return self._api.own_content(self._calls, self._me().id, since)

    @override
    @_over_either_api
    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        author = self._me()
        pages = self._calls.iter_pages(
            self._api.removals(author),
            most=LOG_PAGES,
            community_id=community_id,
            other_person_id=author.id,
        )
        return newest_first(post for page in pages for post in page if post is not None)

    @override
    @_over_either_api
    def pinned(self, community_id: int) -> tuple[Post, ...]:
        # Neither API can list pinned posts only, but both can list them first (lemmy-api 2.2), so read as
        # many pages as have them (faults.md A17).
        posts: list[Post] = []
        for page in self._calls.iter_pages(self._api.posts, community_id=community_id):
            posts += [post for post in page if post.featured_community]
            if not (page and page[-1].featured_community):
                break
        return newest_first(posts)

    @override
    @_over_either_api
    def post(self, post_id: int) -> Post:
        return self._calls.signed_in(self._api.post, id=post_id)

    @override
    @_over_either_api
    def post_at(self, url: str) -> Post:
        # The server's own name may differ from the address used to reach it.
        own_addresses = (self._apis.session.address, self._me().actor)
        number = local_post(url, hosts=[urlsplit(address).netloc for address in own_addresses])
        if number is not None:
            return self._calls.signed_in(self._api.post, id=number)
        return self._calls.signed_in(self._api.resolve, q=url)

    @override
    @_over_either_api
    def posts_by(self, username: str, community_id: int) -> tuple[Post, ...]:
        page = self._calls.signed_in(self._api.posts_by, username=username, community_id=community_id)
        return newest_first(item for item in page.items if isinstance(item, Post))

    @override
    @_over_either_api
    def pin_events(self, *, community_id: int, post_id: int) -> tuple[PinEvent, ...]:
        # Without the community, v4 does not say who pinned (lemmy-api 2.2).
        pages = [
            self._calls.signed_in(operation, community_id=community_id, post_id=post_id)
            for operation in self._api.pin_events
        ]
        events = [event for page in pages for event in page.items]
        return tuple(sorted(events, key=lambda event: event.when, reverse=True))

    @override
    @_over_either_api
    def create_post(self, community_id: int, draft: PostDraft, *, key: str = "") -> Post:
        return self._api.create_post(self._calls, community_id, draft, key)

    @override
    @_over_either_api
    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        return self._api.edit_post(self._calls, post_id, draft)

    @override
    @_over_either_api
    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        feature_type = self._api.feature_type(kind)
        return self._calls.signed_in(
            self._api.feature, post_id=post_id, featured=featured, feature_type=feature_type
        )

    @override
    @_over_either_api
    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        # v4 requires a reason, v3 has no such field (lemmy-api 1.10).
        more = {"reason": reason} if self._api.lock_takes_reason else {}
        return self._calls.signed_in(self._api.lock, post_id=post_id, locked=locked, **more)

    @override
    @_over_either_api
    def comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        # On both APIs, a reply marks the comment it answers as read (lemmy-api 2.10).
        parent = {"parent_id": parent_id} if parent_id else {}
        operation = self._api.comment.with_key(key)
        return self._calls.signed_in(operation, post_id=post_id, content=content, **parent)

    @override
    @_over_either_api
    def comment_by_id(self, comment_id: int) -> Comment:
        return self._calls.signed_in(self._api.comment_by_id, id=comment_id)

    @override
    @_over_either_api
    def edit_comment(self, comment_id: int, content: str) -> Comment:
        return self._calls.signed_in(self._api.edit_comment, comment_id=comment_id, content=content)

    @override
    @_over_either_api
    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        return self._calls.signed_in(
            self._api.distinguish, comment_id=comment_id, distinguished=distinguished
        )

    @override
    @_over_either_api
    def inbox(self, above: Watermark) -> Listing:
        return self._api.inbox(self._calls, above, self._apis.clock.now(), self._me)

    @override
    @_over_either_api
    def mark_all_read(self) -> None:
        self._calls.signed_in(self._api.mark_all_read)

    @override
    @_over_either_api
    def person(self, name: str) -> Person:
        return self._calls.signed_in(self._api.person, username=name)

    @override
    @_over_either_api
    def message(self, person_id: int, content: str) -> None:
        self._calls.signed_in(self._api.message, content=content, recipient_id=person_id)

    @override
    @_over_either_api
    def messages_to(self, person_id: int) -> tuple[str, ...]:
        return self._api.messages_to(self._calls, person_id)

    @override
    @_over_either_api
    def upload(self, name: str, content: bytes) -> str:
        return self._api.upload(self._calls, (name, content), self._known_site)

    @override
    def server_time(self) -> datetime | None:
        return self._apis.session.server_time

    @override
    @_over_either_api
    def sign_in(self) -> None:
        self._calls.sign_in(by_hand=True)

    @override
    @_over_either_api
    def sign_out(self) -> None:
        self._calls.sign_out()

    def _change_api(self, error: UnknownCall) -> None:
        """Switch to the other API, or raise `error` if the server still speaks the present one."""
        try:
            spoken = self._apis.detect()
        except ForumError as trouble:
            raise error from trouble
        if spoken.kind is self._kind:
            raise error
        kind_before = self._kind
        self._speak(spoken)
        log.warning(
            "%s now speaks API %s instead of %s",
            self._known_site().actor,
            spoken.kind.value,
            kind_before.value,
        )
        self._on_kind(spoken.kind)

    def _speak(self, spoken: SpokenApi) -> None:
        self._kind = spoken.kind
        self._calls = spoken.calls
        self._site = self._greeting = None
        if spoken.answer is not None:
            self._note(spoken.answer)

    @property
    def _api(self) -> Dialect:
        return self._calls.dialect

    def _greet(self) -> Site:
        answer = self._calls.anyone(self._api.site)
        self._note(answer)
        return answer.site

    def _note(self, answer: SiteAnswer) -> None:
        """Remember the answer. v3 describes the account, too, which saves `account` a request right after."""
        self._site = answer.site
        self._greeting = None if answer.account is None else (self._apis.clock.now(), answer.account)

    def _known_site(self) -> Site:
        return self._site or self._greet()

    def _me(self) -> Person:
        return self._apis.sign_ins.person or self._read_account().person

    def _read_account(self) -> Account:

        greeting, self._greeting = self._greeting, None
        if greeting is not None and self._apis.clock.now() in Interval.after(greeting[0], GREETING_KEPT):
            account = greeting[1]
        else:
            answer = self._api.account(self._calls, self._known_site)
            self._site = answer.site
            account = answer.authenticated()
        self._apis.sign_ins.set_fact(account.person)
        return account
