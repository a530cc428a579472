"""A real server as a stage: a bot and a community of its own for each test, wiped afterwards.

Named by MEGABOT_LIVE_URL, MEGABOT_LIVE_ADMIN and MEGABOT_LIVE_PASSWORD; without the first there is none, and
none in parallel runs, whose processes would put each other's settings back.
"""

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lemmy_sandbox import User, UserV4
from lemmy_sandbox.user_client import ApiError, Json
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.http import LemmySession
from tests.contract.stage import PIXEL, Stage

OTHERS = ("modlin", "reader")
PASSWORD = "correct-horse-battery"
A_MOMENT = 0.15  # 1.0 tells of comments and messages a moment after it has answered
CACHED = 1.5  # seconds for which a server may not have heard of new settings
PLENTY = 99999
BUCKETS = ("message", "post", "register", "image", "comment", "search")


@dataclass
class RealClock:
    """The time of day. Moving it waits a moment."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def advance(self, **_units: float) -> None:
        self.sleep(A_MOMENT)


@dataclass(frozen=True)
class Slow:
    """A person's hands, after each of whose deeds a moment passes."""

    hand: User

    def __getattr__(self, name: str) -> Callable[..., Any]:
        deed = getattr(self.hand, name)

        def slowly(*args: object, **options: object) -> object:
            done = deed(*args, **options)
            threading.Event().wait(A_MOMENT)
            return done

        return slowly


@dataclass
class LiveServer:
    """A server, and an admin's hands there."""

    url: str
    admin: User
    kind: ApiKind
    images: bool = False
    _site: Json = field(default_factory=dict)
    _hands: dict[str, User] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _books: int = 0

    @contextmanager
    def opened(self) -> Iterator["LiveServer"]:
        """Let people register and do much in little time, and put the settings back in the end."""
        with ExitStack() as stack:
            self._site = self.admin.get("site")
            before = _settings(self._site["site_view"])
            stack.callback(self.admin.put, "site", **before)
            self.admin.put("site", **(before | _generous(before)))
            threading.Event().wait(CACHED)
            self.images = self._takes_images()
            mark = _mark()
            self._names = {name: f"{mark}{name}" for name in (*OTHERS, "books")} | {"admin": self.admin.name}
            self._hands = {name: self._register(stack, self._names[name]) for name in OTHERS}
            self._books = self._community(stack, self._hands["modlin"], self._names["books"])
            self._hands["admin"] = self.admin
            yield self

    @contextmanager
    def stage(self, folder: Path) -> Iterator[Stage]:
        """Set the stage with a fresh bot in a fresh community. Signing up is what costs a server most."""
        mark = _mark()
        with ExitStack() as stack:
            bot = self._register(stack, f"{mark}megabot")
            hands = self._hands | {"megabot": bot}
            news = self._community(stack, hands["modlin"], f"{mark}news")
            hands["modlin"].add_mod(news, _id(bot))
            bot.save_settings(bot_account=True)
            threading.Event().wait(A_MOMENT)
            self._empty_inbox(bot)
            ids = {name: _id(hand) for name, hand in hands.items()}
            names = self._names | {"megabot": bot.name, "news": f"{mark}news"}
            session, sign_ins = self._session(folder, bot.name)
            stack.callback(session.close)
            forum, _ = open_forum(session, sign_ins, RealClock(), kind=self.kind)
            yield Stage(
                forum=forum,
                clock=RealClock(),
                news=news,
                books=self._books,
                hand=lambda name: Slow(hands[name]),
                person=lambda name: ids[name],
                called=lambda name: names[name],
                address=self._address(),
                version=self._site["version"],
                slack=timedelta(minutes=2),
                takes_images=self.images,
            )

    def _address(self) -> str:
        site = self._site["site_view"]["site"]
        return str(site.get("ap_id") or site["actor_id"])

    def _hand(self, name: str, token: str | None = None) -> User:
        return type(self.admin)(self.url, name, PASSWORD, token)

    def _register(self, stack: ExitStack, name: str) -> User:
        path = "account/auth/register" if self.kind is ApiKind.V4 else "user/register"
        form = {"username": name, "password": PASSWORD, "password_verify": PASSWORD, "show_nsfw": True}
        hand = self._hand(name, str(self._hand("").post(path, **form)["jwt"]))
        stack.callback(self._purge, "person", person_id=_id(hand))
        return hand

    def _community(self, stack: ExitStack, hand: User, name: str) -> int:
        made = hand.post("community", name=name, title=name.capitalize())
        number = int(made["community_view"]["community"]["id"])
        stack.callback(self._purge, "community", community_id=number)
        return number

    def _empty_inbox(self, bot: User) -> None:
        """1.0 tells somebody of a moderator's seat."""
        v4 = self.kind is ApiKind.V4
        bot.post("account/notification/mark_as_read/all" if v4 else "user/mark_all_as_read")

    def _session(self, folder: Path, name: str) -> tuple[LemmySession, SignIns]:
        sign_ins = SignIns(
            credentials=Credentials(username=name, password=PASSWORD),
            instance=self.url,
            file=TokenFile(folder / "token.json"),
            clock=RealClock(),
        )
        return LemmySession(self.url, token=lambda: sign_ins.token), sign_ins

    def _purge(self, what: str, **which: int) -> None:
        with contextlib.suppress(ApiError):
            self.admin.post(f"admin/purge/{what}", reason="a test is over", **which)

    def _takes_images(self) -> bool:
        try:
            self.admin.upload(PIXEL)
        except (ApiError, ValueError, KeyError, TypeError):
            return False
        return True


def live_server(environ: Mapping[str, str]) -> LiveServer | None:
    """Find the server that the environment names."""
    url = environ.get("MEGABOT_LIVE_URL", "").rstrip("/")
    if not url or "PYTEST_XDIST_WORKER" in environ:
        return None
    name, password = environ["MEGABOT_LIVE_ADMIN"], environ["MEGABOT_LIVE_PASSWORD"]
    try:
        UserV4(url).get("site")
    except ApiError:
        return LiveServer(url, User(url, name, password), ApiKind.V3)
    return LiveServer(url, UserV4(url, name, password), ApiKind.V4)


def _mark() -> str:
    """Make the beginning of names that nobody has."""
    return f"mb{secrets.token_hex(3)}"


def _id(hand: User) -> int:
    return int(hand.me()["person"]["id"])


def _settings(view: Json) -> Json:
    """Read the settings that the tests change, as they are written."""
    about, limits = view["local_site"], view["local_site_rate_limit"]
    names = {
        "registration_mode",
        "captcha_enabled",
        "require_email_verification",
        "email_verification_required",
        "community_creation_admin_only",
    }
    found = {name: about[name] for name in names & about.keys()}
    ends = ("", "_per_second", "_max_requests", "_interval_seconds")
    for key in (f"{bucket}{end}" for bucket in BUCKETS for end in ends):
        found |= {f"rate_limit_{key}": limits[key]} if key in limits else {}
    return found


def _generous(before: Json) -> Json:
    """Give the settings with which a test can do what it has to."""
    limits = {
        name: PLENTY
        for name in before
        if name.startswith("rate_limit_") and not name.endswith(("_per_second", "_interval_seconds"))
    }
    switches = {name: False for name, value in before.items() if isinstance(value, bool)}
    mode = str(before["registration_mode"])
    return limits | switches | {"registration_mode": "open" if mode.islower() else "Open"}
