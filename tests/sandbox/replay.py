"""Plays the recorded requests against a sandbox, with the set-up that the recordings leave out."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from megabot.sandbox import Hand, Sandbox
from megabot.sandbox.accounts import totp
from tests.sandbox.clocks import StandingClock
from tests.sandbox.recordings import Recording

_SECRET = "JBSWY3DPEHPK3PXP"
_DEAD = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.dead"


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
    """A sandbox with the people of the recordings, and the tokens that they hold."""

    sandbox: Sandbox
    clock: StandingClock
    tokens: dict[str, str] = field(default_factory=dict)

    def hand(self, name: str) -> Hand:
        if name not in self.tokens:
            self.tokens[name] = self.sandbox.token_of(name)
        return Hand(self.sandbox.url, name, token=self.tokens[name])

    def play(self, recording: Recording) -> Outcome:
        self.clock.advance(seconds=1)
        SETUPS.get(recording.number, _nothing)(self)
        if recording.name == "login-twice-in-one-second":
            self._send("POST", "/api/v3/user/login", None, _LOGIN)
            return self._send("POST", "/api/v3/user/login", None, _LOGIN)
        request = recording.request
        path = request["path"] + (f"?{urlencode(request['query'])}" if request.get("query") else "")
        body = recording.body
        if recording.name == "login-outsider":
            body = json.dumps(request["body"] | {"totp_2fa_token": totp(_SECRET, self.clock())}).encode()
        return self._send(request["method"], path, self._token(request["as"]), body)

    def _token(self, name: str | None) -> str | None:
        if name == "<given token>":
            return _DEAD
        return self.hand(name).token if name else None

    def _send(self, method: str, path: str, token: str | None, body: bytes | None) -> Outcome:
        connection = http.client.HTTPConnection(self.sandbox.url.removeprefix("http://"), timeout=30)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Outcome(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


_LOGIN = b'{"username_or_email": "megabot", "password": "correct horse"}'


def _nothing(stage: Stage) -> None:
    pass


def _people(stage: Stage) -> None:
    sandbox = stage.sandbox
    sandbox.world.site.name = "lemmy-019"
    for sign_up in (
        lambda: sandbox.add_person("admin", admin=True),
        lambda: sandbox.add_person("megabot", bot=True),
        lambda: sandbox.add_person("modlin"),
        lambda: sandbox.add_person("reader"),
        lambda: sandbox.add_person("outsider", totp_secret=_SECRET),
        lambda: sandbox.add_community("news", "News", ["modlin"]),
        lambda: sandbox.add_community("books", "Reading group", ["modlin"]),
    ):
        sign_up()
        stage.clock.advance(seconds=1)


def _settings(**settings: bool) -> Callable[[Stage], None]:
    def change(stage: Stage) -> None:
        stage.hand("megabot").save_settings(**settings)

    return change


def _comments(stage: Stage) -> None:
    stage.hand("reader").comment(8, "A good article: https://news.example/a")
    stage.hand("modlin").comment(8, "thank you", parent_id=2)
    stage.hand("modlin").vote_comment(2)


def _edited_comment(stage: Stage) -> None:
    stage.hand("reader").edit_comment(2, "A good article, edited in @megabot@lemmy.example unpin")


def _banned(stage: Stage) -> None:
    stage.hand("modlin").ban(2, 3)


def _unbanned(stage: Stage) -> None:
    stage.hand("modlin").ban(2, 3, ban=False)


def _site(**settings: object) -> Callable[[Stage], None]:
    def change(stage: Stage) -> None:
        stage.hand("admin").put("site", **settings)

    return change


def _without_filter(stage: Stage) -> None:
    """Clear the filter, and post what recording 114 posted, so that later ids and counts are the same."""
    _site(slur_filter_regex="")(stage)
    stage.hand("megabot").create_post(2, "A title with badword in it")


def _other_password(stage: Stage) -> None:
    stage.tokens["megabot"] = stage.sandbox.token_of("megabot")
    _change_password(stage, "correct horse", "battery staple")


def _banned_from_site(stage: Stage) -> None:
    hand = Hand(stage.sandbox.url, "megabot", "battery staple")
    hand.login()
    stage.clock.advance(seconds=1)
    hand.put("user/change_password", **_passwords("battery staple", "correct horse"))
    stage.hand("admin").post("user/ban", person_id=3, ban=True)


def _change_password(stage: Stage, old: str, new: str) -> None:
    stage.clock.advance(seconds=1)
    stage.hand("megabot").put("user/change_password", **_passwords(old, new))
    stage.clock.advance(seconds=1)


def _passwords(old: str, new: str) -> dict[str, str]:
    return {"old_password": old, "new_password": new, "new_password_verify": new}


def _restored(stage: Stage) -> None:
    stage.hand("modlin").remove(8, removed=False)


def _removed_community(stage: Stage) -> None:
    stage.hand("admin").post("community/remove", community_id=3, removed=True)


SETUPS: dict[int, Callable[[Stage], None]] = {
    1: _people,
    62: _settings(show_read_posts=False),
    65: _settings(show_read_posts=True, show_bot_accounts=False),
    66: _settings(show_bot_accounts=True),
    72: _comments,
    78: _edited_comment,
    100: _restored,
    108: _banned,
    111: _unbanned,
    112: _removed_community,
    114: _site(slur_filter_regex="badword"),
    115: _without_filter,
    118: _site(rate_limit_post=2, rate_limit_post_per_second=600),
    122: _site(
        rate_limit_post=99999,
        rate_limit_post_per_second=1,
        rate_limit_register=1,
        rate_limit_register_per_second=3600,
    ),
    126: _site(rate_limit_register=99999, rate_limit_register_per_second=1),
    129: _other_password,
    130: _banned_from_site,
}
