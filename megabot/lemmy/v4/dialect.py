"""API v4 of Lemmy 1.0."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, assert_never

import requests
from typing_extensions import override

from megabot.errors import ForumError, NotFound
from megabot.forum.models import Comment, Feature, OwnContent, Person, Post, PostDraft, Site, Tag
from megabot.forum.tags import choose_tags
from megabot.lemmy import error_codes as codes
from megabot.lemmy.calls import Calls, Dialect, Method, Operation
from megabot.lemmy.forms import SHOW_EVERYTHING_V4, Form, edited_post, new_post
from megabot.lemmy.http import LemmySession
from megabot.lemmy.json_fields import JsonObject, done, token
from megabot.lemmy.paging import PAGE, Page, iter_cursor_pages, newest_first
from megabot.lemmy.responses import Call, NotReadBack, SiteAnswer
from megabot.lemmy.v4 import parse
from megabot.lemmy.v4.inbox import list_new, list_sent

_CREATIONS = {Call.NEW_POST, Call.NEW_COMMENT}


def _site(answer: JsonObject) -> SiteAnswer:
    return SiteAnswer(parse.site(answer))


class DialectV4(Dialect):
    """The operations of API v4 that megabot needs.

    `new_key` makes the idempotency keys of posts and comments that come without one.
    """

    probe = Operation.get("account/validate_auth", done)
    # Without `stay_logged_in` the token expires after a week (lemmy-api 2.1).
    sign_in = Operation.post("account/auth/login", token, Call.SIGN_IN, stay_logged_in=True)
    sign_out = Operation.post("account/auth/logout", done)

    site = Operation.get("site", _site)
    show_everything = Operation.put("account/settings/save", done, **SHOW_EVERYTHING_V4)
    unread = Operation.get("account/unread_counts", parse.unread)
    community = Operation.get("community", parse.community)
    follow = Operation.post("community/follow", done)
    posts = Operation.get(
        "post/list",
        parse.list_reader(parse.post),
        type_="all",
        sort="hot",  # under new and old, 1.0 does not list pinned posts first (lemmy-api 2.2)
        # Otherwise the default of the account or the site hides older posts (lemmy-api 2.6).
        time_range_seconds=0,
        # Unlike the defaults, these hide nothing; they apply to own posts, too (lemmy-api 2.6).
        show_hidden="true",
        show_read="true",
        show_nsfw="true",
        hide_posts_with_media="false",
        mark_as_read="false",
        limit=PAGE,
    )
    posts_by = Operation.get("person/content", parse.list_reader(parse.own_item), type_="posts", limit=PAGE)
    post = Operation.get("post", parse.written_post)
    resolve = Operation.get("resolve_object", parse.found_post)
    pin_events = tuple(
        Operation.get("modlog", parse.list_reader(parse.pin_event), type_=kind, limit=PAGE)
        for kind in parse.PIN_KINDS
    )
    feature = Operation.post("post/feature", parse.written_post)
    lock = Operation.post("post/lock", parse.written_post)
    lock_takes_reason = True
    comment = Operation.post("comment", parse.written_comment, Call.NEW_COMMENT)
    comment_by_id = Operation.get("comment", parse.written_comment)
    edit_comment = Operation.put("comment", parse.written_comment)
    distinguish = Operation.post("comment/distinguish", parse.written_comment)
    mark_all_read = Operation.post("account/notification/mark_as_read/all", done)
    person = Operation.get("person", parse.found_person)
    message = Operation.post("private_message", done)

    iter_pages = staticmethod(iter_cursor_pages)
    inbox = staticmethod(list_new)
    messages_to = staticmethod(list_sent)

    _own_content = Operation.get("person/content", parse.list_reader(parse.own_item), type_="all", limit=PAGE)
    _create_post = Operation.post("post", parse.written_post, Call.NEW_POST)
    _edit_post = Operation.put("post", parse.written_post)
    _post_and_tags = Operation.get("post", parse.post_and_tags)
    _upload = Operation(Method.UPLOAD, "image", parse.uploaded_url, Call.CHANGE)

    def __init__(self, session: LemmySession, *, new_key: Callable[[], str]) -> None:
        self._session = session
        self._new_key = new_key

    @override
    def send(self, operation: Operation[object], form: Form) -> requests.Response:
        url, form = f"{self._session.address}/api/v4/{operation.path}", operation.fixed | form
        match operation.method:
            case Method.GET:
                return self._session.get(url, params={name: str(value) for name, value in form.items()})
            case Method.POST if operation.call in _CREATIONS:
                # A proxy in between can send the request twice; with a key the server accepts it only once.
                # A second megabot of the account sends the same key, unless the caller gave none. A known key
                # is answered with 422 and no body (recorded: 054).
                key = operation.key or self._new_key()
                return self._session.post(url, json=form, headers={"Idempotency-Key": key})
            case Method.POST:
                return self._session.post(url, json=form)
            case Method.PUT:
                return self._session.put(url, json=form)
            case Method.UPLOAD:
                files: Any = form
                return self._session.post(url, files=files)
            case _:
                assert_never(operation.method)

    @override
    def is_spoken(self) -> bool:
        # No need to ask: a server without API v4 does not know its calls.
        return True

    @override
    def feature_type(self, kind: Feature) -> str:
        return kind.value

    @override
    def removals(self, author: Person) -> Operation[Page[Post | None]]:
        removed = parse.list_reader(partial(parse.removed_post, author=author))
        # `show_bulk` includes removals that came with a ban of the account.
        return Operation.get("modlog", removed, type_="mod_remove_post", show_bulk="true", limit=PAGE)

    @override
    def account(self, calls: Calls, site: Callable[[], Site]) -> SiteAnswer:
        server_site = site()
        account = Operation.get("account", partial(parse.account, languages=server_site.languages))
        return SiteAnswer(server_site, calls.signed_in(account))

    @override
    def own_content(self, calls: Calls, author: int, since: datetime | None) -> OwnContent:
        # No setting of the account hides anything in this list, and removed posts are included (lemmy-api
        # 2.6).
        items: list[Post | Comment] = []
        for page in calls.iter_pages(self._own_content, person_id=author):
            items += page
            if since is not None and page and page[-1].published < since:
                break
        return OwnContent(
            author=author,
            posts=newest_first(item for item in items if isinstance(item, Post)),
            comments=newest_first(item for item in items if isinstance(item, Comment)),
            whole=True,
        )

    @override
    def create_post(self, calls: Calls, community_id: int, draft: PostDraft, key: str) -> Post:
        tags: Iterable[Tag] = ()
        if draft.tags:
            community = calls.signed_in(self.community, id=community_id)
            # The server refuses a foreign tag only after it has inserted the post: see
            # docs/reference/lemmy-operations.md.
            tags = choose_tags(draft.tags, community.tags or ())
        try:
            operation = self._create_post.with_key(key)
            return calls.signed_in(operation, **new_post(community_id, draft, tags))
        except NotReadBack as error:
            if self._is_missing(calls, community_id):  # then the post was not created either
                raise NotFound(codes.REFUSALS[codes.NOT_FOUND], code=codes.NOT_FOUND) from error
            raise

    @override
    def edit_post(self, calls: Calls, post_id: int, draft: PostDraft) -> Post:
        tags: set[Tag] = set()
        if draft.tags:  # keep the tags that other people set
            current, offered = calls.signed_in(self._post_and_tags, id=post_id)
            # The server refuses a tag that the community does not offer.
            tags = {*(current.tags or ()), *choose_tags(draft.tags, offered)} & {*offered}
        return calls.signed_in(self._edit_post, **edited_post(post_id, draft, tags))

    @override
    def upload(self, calls: Calls, image: tuple[str, bytes], site: Callable[[], Site]) -> str:
        return calls.signed_in(self._upload, **{"images[]": image})  # the field name that pict-rs expects

    def _is_missing(self, calls: Calls, community_id: int) -> bool:
        try:
            calls.signed_in(self.community, id=community_id)
        except NotFound:
            return True
        except ForumError:
            pass
        return False
