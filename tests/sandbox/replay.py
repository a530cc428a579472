"""Plays recorded requests against a sandbox, with the set-up that the recordings leave out."""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from lemmy_sandbox import Sandbox, User
from lemmy_sandbox.rules.accounts import totp_code
from tests.sandbox.clocks import StandingClock
from tests.sandbox.recordings import Recording

SECRET = "JBSWY3DPEHPK3PXP"
_DEAD = "dead.token.here"
_LOGIN = b'{"username_or_email": "megabot", "password": "correct horse"}'


@dataclass(frozen=True)
class Outcome:
    """What the sandbox answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.text) if self.text else None


@dataclass
class Stage:
    """A sandbox with the people of the recordings, the tokens that they hold, and what happens in between."""

    sandbox: Sandbox
    clock: StandingClock
    setups: "Mapping[int, Setup]"
    tokens: dict[str, str] = field(default_factory=dict)

    def hand(self, name: str) -> User:
        if name not in self.tokens:
            self.tokens[name] = self.sandbox.token_of(name)
        hand = self.sandbox.user(name)
        hand.token = self.tokens[name]
        return hand

    def play(self, recording: Recording) -> Outcome:
        self.clock.advance(seconds=1)
        self.setups.get(recording.number, _nothing)(self)
        request = recording.request
        if recording.name == "login-twice-in-one-second":
            self._send("POST", request["path"], None, _LOGIN)
            return self._send("POST", request["path"], None, _LOGIN)
        path = request["path"] + (f"?{urlencode(request['query'])}" if request.get("query") else "")
        body = recording.body
        if recording.name == "login-outsider":
            body = json.dumps(request["body"] | {"totp_2fa_token": totp_code(SECRET, self.clock())}).encode()
        headers = request.get("headers", {})
        return self._send(request["method"], path, self._token(request["as"]), body, headers)

    def _token(self, name: str | None) -> str | None:
        if name == "<given token>":
            return _DEAD
        return self.hand(name).token if name else None

    def _send(
        self,
        method: str,
        path: str,
        token: str | None,
        body: bytes | None,
        more: Mapping[str, str] | None = None,
    ) -> Outcome:
        connection = http.client.HTTPConnection(self.sandbox.url.removeprefix("http://"), timeout=30)
        headers = {**(more or {}), **({"Content-Type": "application/json"} if body is not None else {})}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Outcome(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


Setup = Callable[[Stage], None]


def _nothing(stage: Stage) -> None:
    pass


def settings(**values: bool) -> Setup:
    """Change settings of the bot's account."""

    def change(stage: Stage) -> None:
        stage.hand("megabot").save_settings(**values)

    return change


def site(**values: object) -> Setup:
    """Change settings of the site."""

    def change(stage: Stage) -> None:
        stage.hand("admin").put("site", **values)

    return change


def people(stage: Stage, name: str, *, first: Callable[[], object] | None = None) -> None:
    """Let everybody sign up, a second apart; what is `first` comes after the admin."""
    sandbox = stage.sandbox
    sandbox.world.site.name = name
    for sign_up in (
        lambda: sandbox.add_person("admin", admin=True),
        first or (lambda: None),
        lambda: sandbox.add_person("megabot", bot=True),
        lambda: sandbox.add_person("modlin"),
        lambda: sandbox.add_person("reader"),
        lambda: sandbox.add_person("outsider", totp_secret=SECRET),
        lambda: sandbox.add_community("news", "News", ["modlin"]),
        lambda: sandbox.add_community("books", "Reading group", ["modlin"]),
    ):
        sign_up()
        stage.clock.advance(seconds=1)
