"""How a call is made: sent, understood, repeated where that is harmless, and signed in for. Knows no API."""

from collections.abc import Callable
from typing import TypeVar

import requests

from megabot.adapters.lemmy_answer import Call, decode
from megabot.adapters.lemmy_fields import Fields
from megabot.adapters.retries import patiently
from megabot.adapters.sign_in import SendSignIn, SignIns
from megabot.errors import NotLemmy, TokenRefused, Unreadable

T = TypeVar("T")

Send = Callable[[], requests.Response]
Parse = Callable[[Fields], T]


class Calls:
    """Makes calls for one account. `probe` proves the token cheaply, `sign_in` gets a new one."""

    def __init__(
        self,
        sign_ins: SignIns,
        *,
        sleep: Callable[[float], None],
        probe: Callable[[], object],
        sign_in: SendSignIn,
    ) -> None:
        self._sign_ins = sign_ins
        self._sleep = sleep
        self._probe = probe
        self._sign_in = sign_in

    def anyone(self, call: Call, send: Send, parse: Parse[T]) -> T:
        """Make a call with whatever token there is."""

        def once() -> T:
            response = send()
            return decode(response.status_code, response.content, call=call, parse=parse)

        return patiently(once, read=call is Call.READ, sleep=self._sleep)

    def signed_in(self, call: Call, send: Send, parse: Parse[T]) -> T:
        """Make a call that only the account may make, with a new token where the old one is dead."""
        if not self._sign_ins.token:
            self.renew(by_hand=False)
        try:
            return self.anyone(call, send, parse)
        except TokenRefused:
            self._revive()
        # A call refused for its token was not made, so that it may be made now.
        return self.anyone(call, send, parse)

    def renew(self, *, by_hand: bool) -> None:
        """Get a new token."""
        self._sign_ins.renew(self._sign_in, by_hand=by_hand)

    def _revive(self) -> None:
        """Get the token right after one refusal, which proves little: a live one was refused under load."""
        if self._sign_ins.reload():
            return
        try:
            self._probe()
        except TokenRefused:
            self.renew(by_hand=False)
        except (Unreadable, NotLemmy) as error:
            raise TokenRefused(
                f"The server refused the token, and whether it is alive could not be told. {error}"
            ) from error
