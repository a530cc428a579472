"""How requests of API v3 are sent: by plemmy's own methods if they take the form, else by its handlers.

Knows how a form travels, not what an answer means.
"""

import importlib
import sys
from importlib.metadata import distribution
from types import ModuleType
from typing import Any

import requests

from megabot.lemmy.calls import Method, Operation
from megabot.lemmy.forms import Form
from megabot.lemmy.http import LemmySession

# Not here, so sent by the handlers, are calls for which plemmy 0.4.8 lacks a field (thumbnail, show_read,
# post_id of the mod log), sends one that 0.19 refuses (`unread_only=none`, recorded: 083), or lacks a method,
# and the sign-in, after which it would make a session of its own.
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
    (Method.UPLOAD, "pictrs/image"): "upload_image",  # beside the API
}


class PlemmyRequests:
    """The requests of one session."""

    def __init__(self, session: LemmySession) -> None:
        plemmy, handlers = plemmy_modules()
        self._api: Any = plemmy.LemmyHttp(session.address)
        self._api._session = session  # noqa: SLF001 - plemmy 0.4.8, pinned, offers no other way in
        self._handlers: Any = handlers
        self._session = session

    def send(self, operation: Operation[object], form: Form) -> requests.Response:
        """Send one request."""
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
    """Return plemmy and its request handlers, imported late because that costs a tenth of a second.

    plemmy 0.4.8 asks `pkg_resources` for its own version; setuptools no longer has that and was never
    declared. A stand-in lies in `sys.modules` for the time of the import and answers from the metadata.
    """
    missing = object()
    before: object = sys.modules.get("pkg_resources", missing)
    stand_in = ModuleType("pkg_resources")
    vars(stand_in)["get_distribution"] = distribution
    sys.modules["pkg_resources"] = stand_in
    try:
        return importlib.import_module("plemmy"), importlib.import_module("plemmy.utils")
    finally:
        if isinstance(before, ModuleType):
            sys.modules["pkg_resources"] = before
        else:
            del sys.modules["pkg_resources"]
