"""How a call is made: sent, understood, repeated where that is harmless, and signed in for. Knows no API."""

import contextlib
from collections.abc import Callable
from typing import Protocol, TypeVar

import requests

from megabot.adapters.credentials import Credentials
from megabot.adapters.lemmy_answer import Call, UnknownCall, decode
from megabot.adapters.lemmy_fields import Fields
from megabot.adapters.lemmy_wire import done, token
from megabot.adapters.retries import patiently
from megabot.adapters.sign_in import SignIns
from megabot.errors import NotLemmy, TokenRefused, Unreadable

T = TypeVar("T")

Send = Callable[[], requests.Response]
Parse = Callable[[Fields], T]


class Speech(Protocol):
    """How one API spells what concerns the token. Each call is one request, sent and not understood."""

    def probe(self) -> requests.Response:
        """Ask whether the token is alive."""

    def sign_in(self, credentials: Credentials, code: str) -> requests.Response:
        """Ask for a token."""

    def sign_out(self) -> requests.Response:
        """Give the token back."""

    def is_spoken(self) -> bool:
        """Tell whether the server still speaks this API alone: asked before a new token is used."""


class Calls:
    """Makes calls for one account."""

    def __init__(self, sign_ins: SignIns, speech: Speech, *, sleep: Callable[[float], None]) -> None:
        self._sign_ins = sign_ins
        self._speech = speech
        self._sleep = sleep

    def anyone(self, call: Call, send: Send, parse: Parse[T]) -> T:
        """Make a call with whatever token there is."""

        def once() -> T:
            response = send()
            return decode(response.status_code, response.content, call=call, parse=parse)

        return patiently(once, read=call is Call.READ, sleep=self._sleep)

    def signed_in(self, call: Call, send: Send, parse: Parse[T]) -> T:
        """Make a call that only the account may make, with a new token where the old one is dead."""
        if not self._sign_ins.token:
            self.sign_in(by_hand=False)
        try:
            return self.anyone(call, send, parse)
        except TokenRefused:
            self._revive()
        # A call refused for its token was not made, so that it may be made now.
        return self.anyone(call, send, parse)

    def read(self, send: Send, parse: Parse[T]) -> T:
        """Read something that only the account may read, or sees more of."""
        return self.signed_in(Call.READ, send, parse)

    def write(self, send: Send, parse: Parse[T], call: Call = Call.CHANGE) -> T:
        """Change something."""
        return self.signed_in(call, send, parse)

    def sign_in(self, *, by_hand: bool) -> None:
        """Get a new token."""
        self._sign_ins.renew(self._send_sign_in, by_hand=by_hand)

    def sign_out(self) -> None:
        """Give the token back and forget it; one that the server does not take is only forgotten."""
        if self._sign_ins.token:
            with contextlib.suppress(TokenRefused):
                self.anyone(Call.CHANGE, self._speech.sign_out, done)
        self._sign_ins.forget()

    def _revive(self) -> None:
        """Get the token right after one refusal, which proves little: a live one was refused under load."""
        if self._sign_ins.reload():
            self._stay()
            return
        try:
            self.anyone(Call.READ, self._speech.probe, done)
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
        if not self._speech.is_spoken():
            raise UnknownCall("The server was upgraded and speaks another API now; nothing was sent.")

    def _send_sign_in(self, credentials: Credentials, code: str) -> str:
        self._stay()
        response = self._speech.sign_in(credentials, code)
        return decode(response.status_code, response.content, call=Call.SIGN_IN, parse=token)
