"""How requests of API v3 are sent: by plemmy where it can say what is meant, else by its request handlers.

Knows paths and forms, not what an answer means. Part of `lemmy_v3`.
"""

from typing import Any

import requests

from megabot.adapters import lemmy_wire as wire
from megabot.adapters.credentials import Credentials
from megabot.adapters.lemmy_answer import Call, decode
from megabot.adapters.lemmy_http import LemmySession
from megabot.adapters.plemmy_import import plemmy_modules
from megabot.errors import ForumError

Form = dict[str, object]


class RequestsV3:
    """The requests of one session. `api` is plemmy's own object for them."""

    def __init__(self, session: LemmySession) -> None:
        plemmy, handlers = plemmy_modules()
        self.api: Any = plemmy.LemmyHttp(session.address)
        self.api._session = session  # noqa: SLF001 - plemmy 0.4.8, pinned, offers no other way in
        self._handlers = handlers
        self._session = session

    def get(self, path: str, query: Form) -> requests.Response:
        """Read; the path is the part behind /api/v3/."""
        response: requests.Response = self._handlers.get_handler(self._session, self._at(path), params=query)
        return response

    def post(self, path: str, form: Form) -> requests.Response:
        """Write by POST."""
        response: requests.Response = self._handlers.post_handler(self._session, self._at(path), form)
        return response

    def put(self, path: str, form: Form) -> requests.Response:
        """Write by PUT."""
        response: requests.Response = self._handlers.put_handler(self._session, self._at(path), form)
        return response

    def upload(self, name: str, content: bytes) -> requests.Response:
        """Send an image to the server's pict-rs, which stands beside the API."""
        image = {"images[]": (name, content)}
        return self._session.post(f"{self._session.address}/pictrs/image", files=image)

    def probe(self) -> requests.Response:
        """Ask whether the token is alive."""
        return self.get("user/validate_auth", {})

    def sign_in(self, credentials: Credentials, code: str) -> requests.Response:
        """Ask for a token."""
        form: Form = {"username_or_email": credentials.username, "password": credentials.password}
        return self.post("user/login", form | ({"totp_2fa_token": code} if code else {}))

    def sign_out(self) -> requests.Response:
        """Give the token back."""
        return self.post("user/logout", {})

    def is_spoken(self) -> bool:
        """Tell whether the server has no API v4. One that does not say is taken to have none."""
        try:
            response = self._session.get(f"{self._session.address}/api/v4/site")
            decode(response.status_code, response.content, call=Call.READ, parse=wire.version)
        except ForumError:
            return True
        return False

    def _at(self, path: str) -> str:
        return f"{self._session.address}/api/v3/{path}"
