"""How a call is made: sent, understood, repeated where that is harmless, and signed in for.

What the two APIs spell differently is in a `Dialect`: an operation is a method, a path, what every form has,
and a parser. Where they take other steps, the dialect has a method.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
    """How a form travels: in the address, as JSON, or as files."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    UPLOAD = "UPLOAD"


@dataclass(frozen=True, slots=True)
class Operation(Generic[T_co]):
    """One request of an API. `path` is the part behind `/api/v3/` or `/api/v4/`; `fixed` is in every form."""

    method: Method
    path: str
    parse: Callable[[JsonObject], T_co]
    call: Call
    fixed: Form = field(default_factory=dict)

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
    """One of Lemmy's APIs. The fields of a form that are not fixed are `LemmyClient`'s to give."""

    probe: Operation[object]
    """Whether the token is alive."""
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
    """The kinds of pins that the mod log keeps apart."""
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
        """Send one request, whatever it means."""

    def is_spoken(self) -> bool:
        """Return whether this is still the server's own API; asked before a new token is used."""

    def feature_type(self, kind: Feature) -> str:
        """Return what the API calls a kind of pin."""

    def removals(self, author: Person) -> Operation[Page[Post | None]]:
        """Make the operation that reads the log of removed posts; None for another author's."""

    def account(self, calls: "Calls", site: Callable[[], Site]) -> SiteAnswer:
        """Read the bot's own account, which proves that the token is alive."""

    def own_content(self, calls: "Calls", author: int, since: datetime | None) -> OwnContent:
        """List what the account wrote, as `Forum.own_content` says."""

    def create_post(self, calls: "Calls", community_id: int, draft: PostDraft) -> Post:
        """Create a post, with those of its tags that the community has."""

    def edit_post(self, calls: "Calls", post_id: int, draft: PostDraft) -> Post:
        """Make a post the draft."""

    def inbox(self, calls: "Calls", above: Watermark, now: datetime, me: Callable[[], Person]) -> Listing:
        """List what is new in the inbox, as `Forum.inbox` says."""

    def messages_to(self, calls: "Calls", person_id: int) -> tuple[str, ...]:
        """List what the account wrote to a person: among the newest messages between the two."""

    def upload(self, calls: "Calls", image: tuple[str, bytes], site: Callable[[], Site]) -> str:
        """Upload an image, its name and content, and return its address."""


class Calls:
    """Makes calls for one account over one API."""

    def __init__(self, sign_ins: SignIns, dialect: Dialect, *, sleep: Callable[[float], None]) -> None:
        self.dialect = dialect
        self._sign_ins = sign_ins
        self._sleep = sleep

    def anyone(self, operation: Operation[T], /, **form: object) -> T:
        """Make a call with whatever token there is."""
        return with_retries(
            lambda: self._once(operation, form), read=operation.call is Call.READ, sleep=self._sleep
        )

    def signed_in(self, operation: Operation[T], /, **form: object) -> T:
        """Make a call that only the account may make, with a new token where the old one is dead."""
        if not self._sign_ins.token:
            self.sign_in(by_hand=False)
        try:
            return self.anyone(operation, **form)
        except TokenRefused:
            self._revive()
        # A call refused for its token was not made, so that it may be made now.
        return self.anyone(operation, **form)

    def iter_pages(
        self, operation: Operation[Page[T]], /, *, most: int = LAST_PAGE, **form: object
    ) -> Iterator[tuple[T, ...]]:
        """Go through a list that the account reads, a call for each page, `most` pages at most."""
        return self.dialect.iter_pages(
            lambda page: self.signed_in(operation, **form, **page),
            most=most,
        )

    def sign_in(self, *, by_hand: bool) -> None:
        """Get a new token."""
        self._sign_ins.renew(self._send_sign_in, by_hand=by_hand)

    def sign_out(self) -> None:
        """Give the token back and forget it; one that the server does not take is only forgotten."""
        if self._sign_ins.token:
            with contextlib.suppress(TokenRefused):
                self.anyone(self.dialect.sign_out)
        self._sign_ins.prune()

    def _once(self, operation: Operation[T], form: Form) -> T:
        response = self.dialect.send(operation, form)
        return decode(response.status_code, response.content, call=operation.call, parse=operation.parse)

    def _revive(self) -> None:
        """Get the token right after one refusal, which proves little: a live one was refused under load."""
        if self._sign_ins.reload():
            self._stay()
            return
        try:
            self.anyone(self.dialect.probe)
        except TokenRefused:
            self._sign_ins.renew(self._send_sign_in, by_hand=False)
        except UnknownCall:
            raise
        except (Unreadable, NotLemmy) as error:
            raise TokenRefused(
                f"The server refused the token, and whether it is alive could not be told. {error}"
            ) from error

    def _stay(self) -> None:
        """Leave an API that is answered out of courtesy only.

        An upgrade to 1.0 kills tokens, and sign-ins over v3 still work there (lemmy-api 3).
        """
        if not self.dialect.is_spoken():
            raise UnknownCall("The server was upgraded and speaks another API now; nothing was sent.")

    def _send_sign_in(self, credentials: Credentials, code: str) -> str:
        self._stay()
        form: Form = {"username_or_email": credentials.username, "password": credentials.password}
        return self._once(self.dialect.sign_in, form | ({"totp_2fa_token": code} if code else {}))
