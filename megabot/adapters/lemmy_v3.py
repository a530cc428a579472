"""A Lemmy 0.19 server as the bot's account sees it: the `Forum` port over API v3, spoken by plemmy.

Each method is one request where all is well. plemmy's methods are used wherever they can say what is meant,
and its request handlers where a parameter is missing (thumbnail, show_read, post_id of the mod log).
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from megabot.adapters import lemmy_forms as forms
from megabot.adapters import lemmy_wire_v3 as wire
from megabot.adapters.lemmy_answer import Call, UnknownCall
from megabot.adapters.lemmy_calls import Calls
from megabot.adapters.lemmy_fields import Fields
from megabot.adapters.lemmy_http import LemmySession
from megabot.adapters.lemmy_pages import PAGE, is_last, newest_first, pages
from megabot.adapters.lemmy_v3_inbox import Inbox
from megabot.adapters.lemmy_v3_requests import RequestsV3
from megabot.adapters.lemmy_wire import done
from megabot.adapters.sign_in import SignIns
from megabot.core.addresses import local_post
from megabot.core.interval import Interval
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
from megabot.ports import Clock

LOG_PAGES = 3
GREETING_KEPT = timedelta(seconds=10)

_LATER = re.compile(r"[1-9][0-9]*\.")
_FEATURES = {Feature.COMMUNITY: "Community", Feature.LOCAL: "Local"}


class LemmyV3:
    """One account on one server of API v3."""

    def __init__(self, session: LemmySession, sign_ins: SignIns, clock: Clock) -> None:
        self._session = session
        self._sign_ins = sign_ins
        self._clock = clock
        self._requests = RequestsV3(session)
        self._api = self._requests.api
        self._calls = Calls(sign_ins, self._requests, sleep=clock.sleep)
        self._inbox = Inbox(self._calls, get=self._requests.get, post=self._requests.post)
        self._site: Site | None = None
        self._greeting: tuple[datetime, Account] | None = None

    def greet(self) -> Site:
        """Ask the server who it is; what it says of the account is kept for an `account` right after."""
        told = self._told(self._calls.anyone(Call.READ, self._api.get_site, wire.site))
        self._greeting = None if told.account is None else (self._clock.now(), told.account)
        return told.site

    def site(self, *, anew: bool = False) -> Site:
        """Read the server's own facts, once unless anew."""
        return self.greet() if anew else self._site or self.greet()

    def account(self) -> Account:
        """Read the own account, which proves that the token lives."""
        account = self._just_greeted() or self._calls.read(self._api.get_site, self._proven)
        self._sign_ins.remember(account.person)
        return account

    def show_everything(self) -> None:
        """Change the account's settings so that no list hides its own posts."""
        self._calls.write(
            lambda: self._api.save_user_settings(
                show_nsfw=True,
                show_read_posts=True,
                show_bot_accounts=True,
                bot_account=True,
                discussion_languages=[],
            ),
            done,
        )

    def unread(self) -> Unread:
        """Count what waits in the inbox."""
        return self._calls.read(self._api.get_unread_count, wire.unread)

    def community(self, name: str) -> Community:
        """Find a community by name."""
        return self._calls.read(lambda: self._api.get_community(name=name), wire.community)

    def follow(self, community_id: int) -> None:
        """Follow a community."""
        self._calls.write(lambda: self._api.follow_community(community_id, True), done)

    def own_content(self, *, since: datetime | None) -> OwnContent:
        """List own posts and comments, newest first, in pages until one is older than `since`."""
        author = self._me().id
        found = list(
            pages(
                lambda number: self._own_page(author, number),
                ends=lambda page: is_last(page.posts, since) and is_last(page.comments, since),
            )
        )
        return OwnContent(
            author=author,
            posts=newest_first(post for page in found for post in page.posts),
            comments=newest_first(comment for page in found for comment in page.comments),
        )

    def own_removed(self, community_id: int) -> tuple[Post, ...]:
        """List own posts that the mod log says were removed at some time, as they are now."""
        author = self._me()
        found = pages(
            lambda number: self._removals(community_id, author, number),
            ends=lambda page: page[1] < PAGE,
            most=LOG_PAGES,
        )
        return newest_first(post for posts, _ in found for post in posts)

    def pinned(self, community_id: int) -> tuple[Post, ...]:
        """List what is pinned: 0.19 puts it before everything else, under any sort (lemmy-api 2.2).

        Sorted by hot, so that a server which was upgraded a moment ago does not answer that nothing is.
        """
        found = pages(
            lambda number: self._community_page(community_id, number),
            ends=lambda page: not (page[PAGE - 1 :] and page[-1].featured_community),
        )
        return newest_first(post for page in found for post in page if post.featured_community)

    def post(self, post_id: int) -> Post:
        """Read one post."""
        return self._calls.read(lambda: self._api.get_post(id=post_id), wire.written_post)

    def post_at(self, url: str) -> Post:
        """Find the post at an address: by its id where it is this server's, else as the server does."""
        hosts = (self._session.address, self._me().actor)
        number = local_post(url, hosts=[urlsplit(one).netloc for one in hosts])
        if number is not None:
            return self.post(number)
        return self._calls.read(lambda: self._requests.get("resolve_object", {"q": url}), wire.found_post)

    def posts_by(self, username: str, community_id: int) -> tuple[Post, ...]:
        """List a person's newest posts in a community."""
        found = self._calls.read(
            lambda: self._api.get_person_details(
                username=username, community_id=community_id, sort="New", limit=PAGE
            ),
            wire.posts,
        )
        return newest_first(found)

    def pin_events(self, *, community_id: int, post_id: int) -> tuple[PinEvent, ...]:
        """Read who pinned and unpinned one post."""
        query = {"type_": "ModFeaturePost", "community_id": community_id, "post_id": post_id, "limit": PAGE}
        return self._calls.read(lambda: self._requests.get("modlog", query), wire.pin_events)

    def create_post(self, community_id: int, draft: PostDraft) -> Post:
        """Create a post."""
        form = forms.new_post(community_id, draft)
        return self._calls.write(lambda: self._requests.post("post", form), wire.written_post, Call.NEW_POST)

    def edit_post(self, post_id: int, draft: PostDraft) -> Post:
        """Make a post the draft."""
        form = forms.edited_post(post_id, draft)
        return self._calls.write(lambda: self._requests.put("post", form), wire.written_post)

    def feature(self, post_id: int, *, featured: bool, kind: Feature) -> Post:
        """Pin or unpin."""
        return self._calls.write(
            lambda: self._api.feature_post(_FEATURES[kind], featured, post_id), wire.written_post
        )

    def lock(self, post_id: int, *, locked: bool, reason: str = "") -> Post:
        """Lock or unlock."""
        return self._calls.write(lambda: self._api.lock_post(locked, post_id), wire.written_post)

    def comment(self, post_id: int, content: str, *, parent_id: int = 0) -> Comment:
        """Write a top-level comment, or an answer to one: that takes what it answers out of the inbox."""
        return self._calls.write(
            lambda: self._api.create_comment(content, post_id, parent_id=parent_id or None),
            wire.written_comment,
            Call.NEW_COMMENT,
        )

    def comment_by_id(self, comment_id: int) -> Comment:
        """Read one comment."""
        return self._calls.read(lambda: self._api.get_comment(comment_id), wire.written_comment)

    def edit_comment(self, comment_id: int, content: str) -> Comment:
        """Make an own comment say something else."""
        form: dict[str, object] = {"comment_id": comment_id, "content": content}
        return self._calls.write(lambda: self._requests.put("comment", form), wire.written_comment)

    def distinguish(self, comment_id: int, *, distinguished: bool) -> Comment:
        """Mark an own comment as a moderator's word."""
        return self._calls.write(
            lambda: self._api.distinguish_comment(comment_id, distinguished), wire.written_comment
        )

    def inbox(self, above: Watermark) -> Listing:
        """List what is new in the inbox."""
        return self._inbox.new(above, self._clock.now(), self._me().id)

    def mark_all_read(self) -> None:
        """Take everything out of what is counted."""
        self._inbox.mark_all_read()

    def person(self, name: str) -> Person:
        """Find a person by name."""
        return self._calls.read(
            lambda: self._api.get_person_details(username=name, limit=1), wire.found_person
        )

    def message(self, person_id: int, content: str) -> None:
        """Send a private message."""
        self._calls.write(lambda: self._api.create_private_message(content, person_id), done)

    def messages_to(self, person_id: int) -> tuple[str, ...]:
        """List what was sent to a person last."""
        return self._inbox.sent_to(person_id)

    def upload(self, name: str, content: bytes) -> str:
        """Upload an image to the server's pict-rs; its address is the server's own name's."""
        file = self._calls.write(lambda: self._requests.upload(name, content), wire.uploaded)
        return f"{self.site().actor.rstrip('/')}/pictrs/image/{file}"

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

    def _just_greeted(self) -> Account | None:
        greeting, self._greeting = self._greeting, None
        if greeting is None or self._clock.now() not in Interval.after(greeting[0], GREETING_KEPT):
            return None
        return greeting[1]

    def _proven(self, answer: Fields) -> Account:
        return self._told(wire.site(answer)).proven()

    def _told(self, told: wire.SiteAnswer) -> wire.SiteAnswer:
        """Take what the server says of itself, unless it is a 1.0: over v3 that lies (lemmy-api 3)."""
        if _LATER.match(told.site.version):  # one that was built by hand can say "unknown version"
            raise UnknownCall(f"The server runs Lemmy {told.site.version}, which is to be spoken to over v4.")
        self._site = told.site
        return told

    def _own_page(self, author: int, number: int) -> OwnContent:
        return self._calls.read(
            lambda: self._api.get_person_details(person_id=author, sort="New", limit=PAGE, page=number),
            wire.own_content,
        )

    def _removals(self, community_id: int, author: Person, number: int) -> tuple[tuple[Post, ...], int]:
        return self._calls.read(
            lambda: self._api.get_modlog(
                "ModRemovePost", community_id, limit=PAGE, other_person_id=author.id, page=number
            ),
            lambda answer: wire.removed_posts(answer, author),
        )

    def _community_page(self, community_id: int, number: int) -> tuple[Post, ...]:
        query = {"community_id": community_id, "type_": "All", "sort": "Hot", "limit": PAGE, "page": number}
        shown = {"show_read": "true", "show_nsfw": "true"}
        return self._calls.read(lambda: self._requests.get("post/list", query | shown), wire.posts)
