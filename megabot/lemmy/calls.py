"""Make API calls: send, parse, retry if that is harmless, and sign in if needed.

A `Dialect` holds what differs between the two APIs: an operation is a method, a path, the form fields that
are always sent, and a parser. A dialect has a method where the APIs take different steps.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Generic, Protocol, TypeVar

import requests

from megabot.errors import NotLemmy, TokenRefused, Unreadable
from megabot.forum.models import (
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
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.forms import Form
from megabot.lemmy.json_fields import JsonObject
from megabot.lemmy.paging import LAST_PAGE, Page, PageIterator
from megabot.lemmy.responses import Call, SiteAnswer, UnknownCall, decode
from megabot.lemmy.retry import with_retries

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Method(Enum):
    """How the form is sent: as a query string, as JSON, or as files."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    UPLOAD = "UPLOAD"


@dataclass(frozen=True, slots=True)
class Operation(Generic[T_co]):
    """One request of an API. `path` follows `/api/v3/` or `/api/v4/`; `fixed` is sent in every form.

    `key` is the idempotency key of a post or comment, "" for a random one; v3 has none.
    """

    method: Method
    path: str
    parse: Callable[[JsonObject], T_co]
    call: Call
    fixed: Form = field(default_factory=dict)
    key: str = ""

    def with_key(self, key: str) -> "Operation[T_co]":
        return replace(self, key=key)

    @staticmethod
    def get(path: str, parse: Callable[[JsonObject], T], **fixed: object) -> "Operation[T]":
        return Operation(Method.GET, path, parse, Call.READ, fixed)

    @staticmethod
    def post(
        path: str, parse: Callable[[JsonObject], T], call: Call = Call.CHANGE, **fixed: object
    ) -> "Operation[T]":
        return Operation(Method.POST, path, parse, call, fixed)

    @staticmethod
    def put(path: str, parse: Callable[[JsonObject], T], **fixed: object) -> "Operation[T]":
        return Operation(Method.PUT, path, parse, Call.CHANGE, fixed)


class Dialect(Protocol):
    """One of Lemmy's APIs. `LemmyClient` gives the form fields that are not fixed."""

    probe: Operation[object]
    """Proves that the token is alive."""
    sign_in: Operation[str]
    sign_out: Operation[object]

    site: Operation[SiteAnswer]
    show_everything: Operation[object]
    unread: Operation[Unread]
    community: Operation[Community]
    follow: Operation[object]
    posts: Operation[Page[Post]]
    """The posts of a community, pinned ones first."""
    posts_by: Operation[Page[Post | Comment]]
    post: Operation[Post]
    resolve: Operation[Post]
    pin_events: tuple[Operation[Page[PinEvent]], ...]
    """One for each kind of pin that the mod log lists separately."""
    feature: Operation[Post]
    lock: Operation[Post]
    lock_takes_reason: bool
    comment: Operation[Comment]
    comment_by_id: Operation[Comment]
    edit_comment: Operation[Comment]
    distinguish: Operation[Comment]
    mark_all_read: Operation[object]
    person: Operation[Person]
    message: Operation[object]

    iter_pages: PageIterator

    def send(self, operation: Operation[object], form: Form) -> requests.Response:
        """Send one request and return the response, whatever its status."""

    def is_spoken(self) -> bool:
        """Return whether this is still the server's own API; checked before a new token is used."""

    def feature_type(self, kind: Feature) -> str:
        """Return the API's name for a kind of pin."""

    def removals(self, author: Person) -> Operation[Page[Post | None]]:
        """Return the operation that reads removed posts from the mod log; None for other authors' posts."""

    def account(self, calls: "Calls", site: Callable[[], Site]) -> SiteAnswer:
        """Read the bot's own account, which proves that the token is alive."""

    def own_content(self, calls: "Calls", author: int, since: datetime | None) -> OwnContent:
        """List the account's posts and comments, as in `Forum.own_content`."""

    def create_post(self, calls: "Calls", community_id: int, draft: PostDraft, key: str) -> Post:
        """Create a post with those of the draft's tags that the community has, as in `Forum.create_post`."""

    def edit_post(self, calls: "Calls", post_id: int, draft: PostDraft) -> Post:
        """Replace a post by the draft."""

    def inbox(self, calls: "Calls", above: Watermark, now: datetime, me: Callable[[], Person]) -> Listing:
        """List new notices, as in `Forum.inbox`."""

    def messages_to(self, calls: "Calls", person_id: int) -> tuple[str, ...]:
        """List the account's messages to a user, among the newest messages between the two."""

    def upload(self, calls: "Calls", image: tuple[str, bytes], site: Callable[[], Site]) -> str:
        """Upload an image, given as name and content, and return its address."""


class Calls:
    """Make calls for one account over one API."""

    def __init__(self, sign_ins: SignIns, dialect: Dialect, *, sleep: Callable[[float], None]) -> None:
        self.dialect = dialect
        self._sign_ins = sign_ins
        self._sleep = sleep

    def anyone(self, operation: Operation[T], /, **form: object) -> T:
        """Make a call with the stored token, if any."""
        return with_retries(
            # A write is never retried after an unclear outcome, because servers do not detect duplicates
            # (lemmy-api 2.3).
            lambda: self._once(operation, form),
            read=operation.call is Call.READ,
            sleep=self._sleep,
        )

    def signed_in(self, operation: Operation[T], /, **form: object) -> T:
        """Make a call that needs the account; renew the token if it is dead."""
        if not self._sign_ins.token:
            self.sign_in(by_hand=False)
        try:
            return self.anyone(operation, **form)
        except TokenRefused:
            self._revive()
        # A call that was refused for its token was not carried out, so it may be sent again.
        return self.anyone(operation, **form)

    def iter_pages(
        self, operation: Operation[Page[T]], /, *, most: int = LAST_PAGE, **form: object
    ) -> Iterator[tuple[T, ...]]:
        """Read a list as the account, one call per page, at most `most` pages."""
        return self.dialect.iter_pages(
            lambda page: self.signed_in(operation, **form, **page),
            most=most,
        )

    def sign_in(self, *, by_hand: bool) -> None:
        """Get a new token."""
        self._sign_ins.renew(self._send_sign_in, by_hand=by_hand)

    def sign_out(self) -> None:
        """Revoke the token and forget it; a token that the server rejects is only forgotten."""
        if self._sign_ins.token:
            with contextlib.suppress(TokenRefused):
                self.anyone(self.dialect.sign_out)
        self._sign_ins.prune()

    def _once(self, operation: Operation[T], form: Form) -> T:
        response = self.dialect.send(operation, form)
        return decode(response.status_code, response.content, call=operation.call, parse=operation.parse)

    def _revive(self) -> None:
        """Get a live token after one refusal, which proves little: live tokens are refused under load."""
        # `megabot login` may have stored a new token in the meantime.
        if self._sign_ins.reload():
            self._stay()
            return
        try:
            # A refusal is checked once more before it is believed (faults.md A04).
            self.anyone(self.dialect.probe)
        except TokenRefused:
            self._sign_ins.renew(self._send_sign_in, by_hand=False)
        except UnknownCall:
            raise
        except (Unreadable, NotLemmy) as error:
            raise TokenRefused(
                f"The server refused the token, and whether it is still valid is not known. {error}"
            ) from error

    def _stay(self) -> None:
        """Raise `UnknownCall` if the server was upgraded and only tolerates this API.

        An upgrade to 1.0 kills tokens, and sign-ins over v3 still work there (lemmy-api 3).
        """
        if not self.dialect.is_spoken():
            raise UnknownCall("The server was upgraded and speaks another API now; nothing was sent.")

    def _send_sign_in(self, credentials: Credentials, code: str) -> str:
        self._stay()
        form: Form = {"username_or_email": credentials.username, "password": credentials.password}
        # Not retried, because every attempt counts against the budget (decision 26).
        return self._once(self.dialect.sign_in, form | ({"totp_2fa_token": code} if code else {}))
