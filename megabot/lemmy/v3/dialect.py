"""API v3 of Lemmy 0.19, sent through plemmy.

A request uses plemmy's own method if that accepts the form, else plemmy's request handlers.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import distribution
from threading import Lock
from types import ModuleType
from typing import Any

import requests
from typing_extensions import override

from megabot.errors import ForumError
from megabot.forum.models import Feature, OwnContent, Person, Post, PostDraft, Site
from megabot.lemmy.calls import Calls, Dialect, Method, Operation
from megabot.lemmy.forms import SHOW_EVERYTHING, Form, edited_post, new_post
from megabot.lemmy.http import LemmySession
from megabot.lemmy.json_fields import JsonObject, done, token, version
from megabot.lemmy.paging import LAST_PAGE, PAGE, Page, is_last, iter_numbered_pages, newest_first
from megabot.lemmy.responses import Call, SiteAnswer, UnknownCall, decode
from megabot.lemmy.v3 import parse
from megabot.lemmy.v3.inbox import list_new, list_sent

_LATER = re.compile(r"[1-9][0-9]*\.")
_MODELS = ("plemmy.objects", "plemmy.views", "plemmy.responses")
_IMPORTING = Lock()
# Calls that are missing here go through the handlers, because plemmy 0.4.8 lacks a field (thumbnail,
# show_read, post_id of the mod log), sends one that 0.19 refuses (`unread_only=none`, recorded: 083), or
# lacks the method. So does the sign-in, after which plemmy would make its own session.
_PLEMMY = {
    (Method.GET, "comment"): "get_comment",
    (Method.GET, "community"): "get_community",
    (Method.GET, "post"): "get_post",
    (Method.GET, "resolve_object"): "resolve_object",
    (Method.GET, "site"): "get_site",
    (Method.GET, "user"): "get_person_details",
    (Method.GET, "user/unread_count"): "get_unread_count",
    (Method.POST, "comment"): "create_comment",
    (Method.POST, "comment/distinguish"): "distinguish_comment",
    (Method.POST, "community/follow"): "follow_community",
    (Method.POST, "post/feature"): "feature_post",
    (Method.POST, "post/lock"): "lock_post",
    (Method.POST, "private_message"): "create_private_message",
    (Method.PUT, "comment"): "edit_comment",
    (Method.PUT, "user/save_user_settings"): "save_user_settings",
    (Method.UPLOAD, "pictrs/image"): "upload_image",  # not under /api/v3/
}


def _site(answer: JsonObject) -> SiteAnswer:
    """Return what the server says about itself; raise `UnknownCall` for 1.0, which is wrong over v3."""
    answered = parse.site(answer)
    if _LATER.match(answered.site.version):  # lemmy-api 3; a self-built server can say "unknown version"
        raise UnknownCall(f"The server runs Lemmy {answered.site.version}, which needs API v4.")
    return answered


def _proven(answer: JsonObject) -> SiteAnswer:
    answered = _site(answer)
    answered.authenticated()
    return answered


class DialectV3(Dialect):
    """The operations of API v3 that megabot needs."""

    probe = Operation.get("user/validate_auth", done)
    sign_in = Operation.post("user/login", token, Call.SIGN_IN)
    sign_out = Operation.post("user/logout", done)

    site = Operation.get("site", _site)
    show_everything = Operation.put("user/save_user_settings", done, **SHOW_EVERYTHING)
    unread = Operation.get("user/unread_count", parse.unread)
    community = Operation.get("community", parse.community)
    follow = Operation.post("community/follow", done)
    # 0.19 lists pinned posts first under any sort, 1.0 not under new (lemmy-api 2.2). Sorted by hot, so that
    # right after an upgrade it does not seem that nothing is pinned.
    posts = Operation.get(
        "post/list",
        parse.page_reader(parse.posts),
        type_="All",
        sort="Hot",
        # Own posts are marked as read when they are created (lemmy-api 2.6).
        show_read="true",
        show_nsfw="true",
        limit=PAGE,
    )
    # Without a sort, 0.19 lists by Hot (lemmy-api 2.6).
    posts_by = Operation.get("user", parse.page_reader(parse.posts), sort="New", limit=PAGE)
    post = Operation.get("post", parse.written_post)
    resolve = Operation.get("resolve_object", parse.found_post)
    pin_events = (
        Operation.get("modlog", parse.page_reader(parse.pin_events), type_="ModFeaturePost", limit=PAGE),
    )
    feature = Operation.post("post/feature", parse.written_post)
    lock = Operation.post("post/lock", parse.written_post)
    lock_takes_reason = False
    comment = Operation.post("comment", parse.written_comment, Call.NEW_COMMENT)
    comment_by_id = Operation.get("comment", parse.written_comment)
    edit_comment = Operation.put("comment", parse.written_comment)
    distinguish = Operation.post("comment/distinguish", parse.written_comment)
    mark_all_read = Operation.post("user/mark_all_as_read", done)
    # 0.19 sends the person's posts along, which are not needed here.
    person = Operation.get("user", parse.found_person, limit=1)
    message = Operation.post("private_message", done)

    iter_pages = staticmethod(iter_numbered_pages)
    inbox = staticmethod(list_new)
    messages_to = staticmethod(list_sent)

    _account = Operation.get("site", _proven)
    _own_content = Operation.get("user", parse.own_content, sort="New", limit=PAGE)
    _create_post = Operation.post("post", parse.written_post, Call.NEW_POST)
    _edit_post = Operation.put("post", parse.written_post)
    _upload = Operation(Method.UPLOAD, "pictrs/image", parse.uploaded_name, Call.CHANGE)

    def __init__(self, session: LemmySession) -> None:
        self._session = session
        self._requests = PlemmyRequests(session)

    @override
    def send(self, operation: Operation[object], form: Form) -> requests.Response:
        return self._requests.send(operation, form)

    @override
    def is_spoken(self) -> bool:
        # It is spoken if the server has no API v4. If the server does not answer, assume that it has none.
        try:
            response = self._session.get(f"{self._session.address}/api/v4/site")
            decode(response.status_code, response.content, call=Call.READ, parse=version)
        except ForumError:
            return True
        return False

    @override
    def feature_type(self, kind: Feature) -> str:
        return kind.value.capitalize()

    @override
    def removals(self, author: Person) -> Operation[Page[Post | None]]:
        removed = parse.page_reader(lambda answer: parse.removed_posts(answer, author))
        return Operation.get("modlog", removed, type_="ModRemovePost", limit=PAGE)

    @override
    def account(self, calls: Calls, site: Callable[[], Site]) -> SiteAnswer:
        return calls.signed_in(self._account)

    @override
    def own_content(self, calls: Calls, author: int, since: datetime | None) -> OwnContent:
        pages: list[OwnContent] = []
        for number in range(1, LAST_PAGE + 1):
            page = calls.signed_in(self._own_content, person_id=author, page=number)
            pages.append(page)
            # One page number serves both lists, so the shorter one ends earlier.
            if is_last(page.posts, since) and is_last(page.comments, since):
                break
        return OwnContent(
            author=author,
            posts=newest_first(post for page in pages for post in page.posts),
            comments=newest_first(comment for page in pages for comment in page.comments),
        )

    @override
    def create_post(self, calls: Calls, community_id: int, draft: PostDraft, key: str) -> Post:
        return calls.signed_in(self._create_post, **new_post(community_id, draft))

    @override
    def edit_post(self, calls: Calls, post_id: int, draft: PostDraft) -> Post:
        return calls.signed_in(self._edit_post, **edited_post(post_id, draft))

    @override
    def upload(self, calls: Calls, image: tuple[str, bytes], site: Callable[[], Site]) -> str:
        # pict-rs answers with a file name, not an address (lemmy-api 1.22).
        file = calls.signed_in(self._upload, file=image)
        return f"{site().actor.rstrip('/')}/pictrs/image/{file}"


class PlemmyRequests:
    """Send the requests of one session."""

    def __init__(self, session: LemmySession) -> None:
        plemmy, handlers = plemmy_modules()
        self._api: Any = plemmy.LemmyHttp(session.address)
        self._api._session = session  # noqa: SLF001 - plemmy 0.4.8, pinned, offers no other way in
        self._handlers: Any = handlers
        self._session = session

    def send(self, operation: Operation[object], form: Form) -> requests.Response:
        form = operation.fixed | form
        response: requests.Response
        if method := _PLEMMY.get((operation.method, operation.path)):
            response = getattr(self._api, method)(**form)
            return response
        url = f"{self._session.address}/api/v3/{operation.path}"
        if operation.method is Method.GET:
            response = self._handlers.get_handler(self._session, url, params=form)
        else:
            put = operation.method is Method.PUT
            write = self._handlers.put_handler if put else self._handlers.post_handler
            response = write(self._session, url, form)
        return response


def plemmy_modules() -> tuple[ModuleType, ModuleType]:
    """Return plemmy and its request handlers, imported late because that takes a tenth of a second.

    plemmy 0.4.8 asks `pkg_resources` for its own version, which setuptools no longer has and plemmy never
    declared. During the import, a stand-in in `sys.modules` answers from the metadata. Its models of the
    server's answers have empty stand-ins: they take a megabyte, and megabot parses answers itself.
    """
    version_source = ModuleType("pkg_resources")
    vars(version_source)["get_distribution"] = distribution
    # One of many accounts at a time, because all threads share `sys.modules`.
    with _IMPORTING, _standing_in(version_source, *map(ModuleType, _MODELS)):
        return importlib.import_module("plemmy"), importlib.import_module("plemmy.utils")


@contextmanager
def _standing_in(*modules: ModuleType) -> Iterator[None]:
    """Let imports find these modules, and afterwards the ones that were there before."""
    names = [module.__name__ for module in modules]
    originals = {name: sys.modules[name] for name in names if name in sys.modules}
    sys.modules.update(zip(names, modules, strict=True))
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update(originals)
