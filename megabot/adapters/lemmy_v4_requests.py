"""How requests of API v4 are sent. Knows paths and forms, not what an answer means. Part of `lemmy_v4`."""

from collections.abc import Callable

import requests

from megabot.adapters.credentials import Credentials
from megabot.adapters.lemmy_http import LemmySession

Form = dict[str, object]


class RequestsV4:
    """The requests of one session. `new_key` makes the keys by which a server knows a creation again."""

    def __init__(self, session: LemmySession, *, new_key: Callable[[], str]) -> None:
        self._session = session
        self._new_key = new_key

    def get(self, path: str, query: Form | None = None) -> requests.Response:
        """Read; the path is the part behind /api/v4/."""
        return self._session.get(
            self._at(path), params={key: str(value) for key, value in (query or {}).items()}
        )

    def post(self, path: str, form: Form) -> requests.Response:
        """Write by POST."""
        return self._session.post(self._at(path), json=form)

    def put(self, path: str, form: Form) -> requests.Response:
        """Write by PUT."""
        return self._session.put(self._at(path), json=form)

    def create(self, path: str, form: Form) -> requests.Response:
        """Write something new: what stands in between can send it twice, and the server takes it once.

        Each sending has a key of its own, because one that failed burns its key (recorded: 056), and the
        server refuses what it knows with 422 and nothing else (recorded: 054).
        """
        return self._session.post(self._at(path), json=form, headers={"Idempotency-Key": self._new_key()})

    def upload(self, name: str, content: bytes) -> requests.Response:
        """Send an image, in the field that pict-rs, which gets it, looks for."""
        return self._session.post(self._at("image"), files={"images[]": (name, content)})

    def probe(self) -> requests.Response:
        """Ask whether the token is alive."""
        return self.get("account/validate_auth")

    def sign_in(self, credentials: Credentials, code: str) -> requests.Response:
        """Ask for a token that lives until it is given back: one without the wish dies after a week."""
        form: Form = {
            "username_or_email": credentials.username,
            "password": credentials.password,
            "stay_logged_in": True,
        }
        return self.post("account/auth/login", form | ({"totp_2fa_token": code} if code else {}))

    def sign_out(self) -> requests.Response:
        """Give the token back."""
        return self.post("account/auth/logout", {})

    def is_spoken(self) -> bool:
        """Say yes without asking: a server without this API knows none of its calls."""
        return True

    def _at(self, path: str) -> str:
        return f"{self._session.address}/api/v4/{path}"
