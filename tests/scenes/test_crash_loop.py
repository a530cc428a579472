"""Sign-ins over any crash loop: at most two in sixty minutes, counted on disk; a refusal for good stays.

Processes are real where they are killed or started again; where hours pass the clock is the world's.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from lemmy_sandbox.http.exchange import Answer, Request
from megabot.clock import Clock, Stop, SystemClock
from megabot.errors import Busy, SignInRefused
from megabot.forum.port import Forum
from megabot.lemmy import error_codes as codes
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.http import LemmySession
from megabot.service.service import Service
from tests.fakes import FakeClock
from tests.processes import PASSWORD, Machine, ended, machine
from tests.raw_server import RawServer, answer
from tests.world import WEEK, World

LOGIN = "/api/v3/user/login"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOUR = timedelta(hours=1)


# -- processes that are started again and again


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(lambda: datetime.now(UTC)) as sandbox:
        for name in ("modlin", "megabot"):
            sandbox.add_person(name, bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        yield sandbox
        assert sandbox.unknown_requests == []


def logins(sandbox: Sandbox) -> int:
    return sum(request.path == LOGIN for request in sandbox.requests)


def an_hour_passes(host: Machine) -> None:
    """Make the attempts in the token file an hour older than they are."""
    path = host.state / "token/token.json"
    stored = json.loads(path.read_text())
    for attempt in stored["attempts"]:
        attempt["at"] = (datetime.fromisoformat(attempt["at"]) - HOUR).isoformat()
    path.write_text(json.dumps(stored))


def test_a_token_that_the_server_forgets_each_time_is_renewed_once_in_25_minutes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """R13, A03, A05: the server and the password are right, yet nothing holds."""
    host = machine(tmp_path / "host", sandbox.url)
    ends = []
    for _ in range(4):
        ends.append(host.run("post"))
        sandbox.revoke_tokens("megabot")

    assert logins(sandbox) == 1
    assert [end.code for end in ends] == [0, 1, 1, 1]
    assert all("Too many sign-in attempts" in end.err for end in ends[1:])


def test_a_wrong_password_is_tried_once_however_often_the_service_is_started(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """R13, A08: the second line of all later starts says what to do; after hours nothing changes."""
    host = machine(tmp_path / "host", sandbox.url, PASSWORD="wrong")
    ends = []
    for _ in range(3):
        ends.append(host.run("post"))
        an_hour_passes(host)

    assert logins(sandbox) == 1
    assert [end.code for end in ends] == [1, 1, 1]
    assert "Wrong user name or password" in ends[0].err
    assert all("correct them, or run `megabot login`" in end.err for end in ends[1:])


def test_a_password_that_was_put_right_is_tried_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """A08: nobody has to wait for the budget after mending the settings."""
    host = machine(tmp_path / "host", sandbox.url, PASSWORD="wrong")
    host.run("post")

    end = replace(host, settings={}).run("post")

    assert (end.code, logins(sandbox)) == (0, 2), end.err


class Holding(Sandbox):
    """A sandbox that keeps the answer to a sign-in back until the process that asked was killed."""

    def __init__(self) -> None:
        super().__init__(lambda: datetime.now(UTC))
        self.asked = threading.Event()
        self.killed = threading.Event()

    def _respond(self, request: Request) -> Answer:
        if request.path == LOGIN:
            self.asked.set()
            self.killed.wait(30)
        return super()._respond(request)


def test_a_process_killed_while_it_signs_in_does_so_twice_an_hour(tmp_path: Path) -> None:
    """R13: SIGKILL with the answer still out, four times; then an hour goes by."""
    with Holding() as sandbox:
        sandbox.add_person("megabot", bot=True)
        host = machine(tmp_path / "host", sandbox.url)
        signed_in = [kill_at_sign_in(host, sandbox) for _ in range(4)]
        an_hour_passes(host)
        signed_in.append(kill_at_sign_in(host, sandbox))

    assert signed_in == [True, True, False, False, True]


def kill_at_sign_in(host: Machine, sandbox: Holding) -> bool:
    """Start `post` and kill it when it asks to sign in; False where it ends by itself and says why."""
    sandbox.asked.clear()
    sandbox.killed.clear()
    process = host.start("post")
    while process.poll() is None and not sandbox.asked.wait(0.02):
        pass
    process.kill()
    sandbox.killed.set()
    end = ended(process)
    assert sandbox.asked.is_set() or "Too many sign-in attempts" in end.err
    return sandbox.asked.is_set()


# -- many at once


def test_ten_that_need_a_token_at_once_ask_for_one(tmp_path: Path) -> None:
    """R13, A06: they would else empty the bucket of their address, and lose each other's attempts."""
    sent: list[str] = []
    another = threading.Event()

    def send(_: Credentials, __: str) -> str:
        sent.append("sign-in")
        if len(sent) > 1:
            another.set()
        another.wait(0.3)  # a second one would come now
        return "a.token"

    accounts = [signing_in(tmp_path) for _ in range(10)]
    assert {one.token for one in accounts} == {""}
    threads = [
        threading.Thread(target=sign_ins.renew, args=(send,), kwargs={"by_hand": False})
        for sign_ins in accounts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(sent) == 1
    assert [one.token for one in accounts] == ["a.token"] * 10


class QuickClock(SystemClock):
    """The machine's clock, on which nobody waits for long."""

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(min(seconds, 0.01))


def signing_in(state: Path) -> SignIns:
    return SignIns(
        credentials=Credentials(username="megabot", password=PASSWORD),
        instance="https://lemmy.example",
        file=TokenFile(state / "token.json"),
        clock=QuickClock(Stop()),
    )


def test_a_sign_in_of_another_process_that_never_ends_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """R12: the wait is shorter than the unit's watchdog."""
    clock, file = FakeClock(), TokenFile(tmp_path / "token.json")
    with file.alone(clock), pytest.raises(Busy, match="another megabot is signing in"), file.alone(clock):
        pytest.fail("two sign in at once")

    assert sum(clock.slept) < 180 - 75


# -- hours of a service


def times_of_sign_in(world: World, *, hours: int, password: str = PASSWORD) -> list[datetime]:
    """Tick a service that is started anew each hour, with its token dead at every tick; when it signed in."""
    times: list[datetime] = []
    end = world.clock.at + hours * HOUR
    service = a_service(world, password)
    while world.clock.at < end:
        world.sandbox.revoke_tokens("megabot")
        world.sandbox.forget_requests()
        service.tick()
        times += [world.clock.at for request in world.sandbox.requests if request.path == LOGIN]
        world.clock.at += timedelta(minutes=4)
        service = a_service(world, password) if world.clock.at.minute < 4 else service
    return times


def a_service(world: World, password: str) -> Service:
    return Service(world.ports(password=password), tick=timedelta(seconds=30), notify=lambda _: None)


def test_a_token_that_never_lives_is_renewed_at_most_twice_in_any_hour(world: World) -> None:
    """R13, A05: over a day, with a restart each hour."""
    times = times_of_sign_in(world, hours=24)

    assert 20 < len(times) <= 48
    assert all(third - first >= HOUR for first, third in zip(times, times[2:], strict=False))
    assert all(b - a >= timedelta(minutes=25) for a, b in pairwise(times))


def test_a_wrong_password_is_tried_once_however_long_the_service_runs(world: World) -> None:
    """R13, A08."""
    assert len(times_of_sign_in(world, hours=6, password="wrong")) == 1


def test_an_empty_bucket_is_left_alone_for_an_hour_and_the_token_is_kept(world: World) -> None:
    """A03, G08: three failures of others behind the same address emptied it."""
    world.ports().forum.unread()
    token = json.loads((world.state / "token.json").read_text())["token"]
    world.clock.at += HOUR
    world.sandbox.limit("register", 0, 3600)
    times = times_of_sign_in(world, hours=5)

    assert 4 <= len(times) <= 6
    assert all(b - a >= HOUR for a, b in pairwise(times))
    assert json.loads((world.state / "token.json").read_text())["token"] == token


# -- refused for good, each told apart

REFUSALS = {
    "incorrect_login": "Wrong user name or password",
    "missing_totp_token": "uses two-factor sign-in; set MEGABOT_TOTP_SECRET",
    "incorrect_totp_token": "check MEGABOT_TOTP_SECRET and this machine's clock",
    "email_not_verified": "e-mail address is not verified",
    "registration_application_is_pending": "is waiting for an admin's approval",
    "registration_denied": "rejected the account's application",
    "deleted": "The account was deleted",
    "site_ban": "is banned from the server",
}


@contextmanager
def forum(url: str, state: Path, clock: Clock, *, seed: str = "") -> Iterator[Forum]:
    """Make a forum as a new process would have it."""
    credentials = Credentials(username="megabot", password=PASSWORD, totp_secret=seed)
    file = TokenFile(state / "token.json")
    sign_ins = SignIns(credentials=credentials, instance=url, file=file, clock=clock)
    with closing(LemmySession(url, token=lambda: sign_ins.token)) as session:
        yield open_forum(session, sign_ins, clock, kind=ApiKind.V3)[0]


@pytest.mark.parametrize("code", REFUSALS)
def test_what_is_refused_for_good_is_said_in_its_own_words_and_not_tried_again(
    tmp_path: Path, code: str
) -> None:
    """A07, A08."""
    refusal = answer(b'{"error":"%s"}' % code.encode(), status="400 Bad Request")
    with RawServer(*[refusal] * 3) as server:
        for words in (REFUSALS[code], *["credentials were already rejected"] * 3):
            with (
                forum(server.url, tmp_path, FakeClock()) as ours,
                pytest.raises(SignInRefused, match=words),
            ):
                ours.unread()

    assert sum(b"user/login" in request for request in server.requests) == 1


def test_the_words_of_all_refusals_differ() -> None:
    """A08."""
    assert len({codes.SIGN_IN[code] for code in REFUSALS}) == len(REFUSALS)


# -- two factors


@pytest.fixture
def with_two_factors(world: World) -> World:
    world.sandbox.person("megabot").totp_secret = SEED
    return world


def test_an_account_with_two_factors_is_signed_in_with_a_code_of_the_moment(with_two_factors: World) -> None:
    """A07."""
    world = with_two_factors
    with forum(world.sandbox.url, world.state, world.clock, seed=SEED) as ours:
        assert ours.unread().total == 0


@pytest.mark.parametrize("seed", ["", SEED[::-1]])
def test_without_the_right_seed_one_sign_in_is_tried_and_no_more(with_two_factors: World, seed: str) -> None:
    """A07."""
    world = with_two_factors
    for _ in range(6):
        with (
            forum(world.sandbox.url, world.state, world.clock, seed=seed) as ours,
            pytest.raises(SignInRefused),
        ):
            ours.unread()
        world.clock.at += HOUR

    assert logins(world.sandbox) == 1


# -- one refusal of a good token


@pytest.mark.parametrize("path", ["/api/v3/user", "/api/v3/post", "/api/v3/post/feature"])
def test_a_good_token_refused_once_amid_a_handover_costs_no_sign_in_and_no_second_post(
    world: World, path: str
) -> None:
    """A04: it is probed by a cheap read before it is believed to be dead."""
    world.run_pass()
    world.clock.at += WEEK
    world.sandbox.forget_requests()
    refuse_once(world.sandbox, path)

    assert world.run_pass().verified
    assert logins(world.sandbox) == 0
    assert (len(world.posts()), world.pinned()) == (1, [1])


def refuse_once(sandbox: Sandbox, path: str) -> None:
    """Make the server refuse the next request for a path as it does under load (LemmyNet/lemmy#4319)."""
    server = sandbox._server
    assert server is not None
    respond, left = server.respond, [path]

    def doubtful(request: Request) -> Answer:
        if request.path not in left:
            return respond(request)
        left.remove(request.path)
        return Answer(status=401, headers={}, body=b'{"error":"incorrect_login"}')

    server.respond = doubtful
