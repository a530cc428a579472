"""What is API v3's own: the token's life, detection, plemmy, and answers that break."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from megabot.errors import (
    NotLemmy,
    OutcomeUnknown,
    RateLimited,
    ServerStarting,
    SignInBudgetExhausted,
    TokenRefused,
    Unreachable,
    Unreadable,
)
from megabot.forum.models import Feature, Person, PostDraft
from megabot.forum.port import Forum
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.auth.token_store import StoredToken
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.http import LemmySession
from tests.clocks import FakeClock
from tests.contract.stage import LIMITS, PASSWORD, HttpStage, sandbox_stage, signing_in
from tests.raw_server import RawServer, answer

BOT = Person(id=3, name="megabot", actor="https://lemmy.example/u/megabot")
DRAFT = PostDraft(title="Weekly thread", body="An essay.")
REFUSED = answer(b'{"error":"incorrect_login"}', status="401 Unauthorized")
DEAD = answer(b'{"error":"not_logged_in"}', status="400 Bad Request")
STARTING = answer(b'{"error":"Lemmy is currently starting"}', status="503 Service Unavailable")
UNREAD = answer(b'{"replies":1,"mentions":2,"private_messages":3}')
YES = answer(b'{"success":true}')
GONE = answer(b"", status="404 Not Found")
HTML = answer(b"<html>canary page</html>")
TOKEN = answer(b'{"jwt":"canary-new-token"}')


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HttpStage]:
    with sandbox_stage(tmp_path) as set_stage:
        yield set_stage


Play = Callable[..., tuple[RawServer, Forum]]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """Make raw servers with a forum on each that already has a token and knows who it is."""
    with ExitStack() as stack:

        def play(
            *scripts: bytes, password: str = PASSWORD, kind: ApiKind | None = ApiKind.V3
        ) -> tuple[RawServer, Forum]:
            server = stack.enter_context(RawServer(*scripts))
            clock, file = FakeClock(), TokenFile(tmp_path / "token.json")
            file.write(StoredToken(instance=server.url, username="megabot", token="canary-token", person=BOT))
            credentials = Credentials(username="megabot", password=password)
            sign_ins = SignIns(credentials=credentials, instance=server.url, file=file, clock=clock)
            session = LemmySession(server.url, token=lambda: sign_ins.token, limits=LIMITS)
            stack.callback(session.close)
            return server, open_forum(session, sign_ins, clock, kind=kind)[0]

        yield play


def asked(server: RawServer) -> list[str]:
    """Name the calls that a raw server got."""
    return [request.split(b" HTTP")[0].decode().partition("?")[0] for request in server.requests]


# The token's life


def test_the_first_call_signs_in_and_later_ones_use_the_token(stage: HttpStage) -> None:
    stage.forum.unread()
    stage.forum.unread()

    signed_in = ["GET /api/v4/site", "POST user/login"]
    assert stage.calls() == [*signed_in, "GET user/unread_count", "GET user/unread_count"]


def test_a_new_process_uses_the_stored_token(stage: HttpStage, tmp_path: Path) -> None:
    stage.forum.account()
    stage.calls()
    sign_ins = signing_in(stage.sandbox, tmp_path, stage.clock, password="")

    with closing(LemmySession(stage.sandbox.url, token=lambda: sign_ins.token)) as session:
        forum, _ = open_forum(session, sign_ins, stage.clock, kind=ApiKind.V3)
        forum.own_content(since=None)

    assert stage.calls() == ["GET user"]


def test_a_dead_token_is_probed_once_and_costs_one_sign_in(stage: HttpStage) -> None:
    stage.forum.unread()
    stage.clock.advance(hours=2)
    stage.sandbox.revoke_tokens("megabot")
    stage.calls()

    stage.forum.create_post(stage.news, DRAFT)

    calls = ["POST post", "GET user/validate_auth", "GET /api/v4/site", "POST user/login", "POST post"]
    assert stage.calls() == calls
    assert len(stage.forum.own_content(since=None).posts) == 1


def test_an_account_read_with_a_dead_token_is_no_proof(stage: HttpStage) -> None:
    stage.forum.account()
    stage.clock.advance(hours=2)
    stage.sandbox.revoke_tokens("megabot")
    stage.calls()

    assert stage.forum.account().person.name == "megabot"
    revived = ["GET user/validate_auth", "GET /api/v4/site", "POST user/login"]
    assert stage.calls() == ["GET site", *revived, "GET site"]


def test_a_token_that_dies_again_too_soon_waits(stage: HttpStage) -> None:
    stage.forum.unread()
    stage.sandbox.revoke_tokens("megabot")

    with pytest.raises(SignInBudgetExhausted) as caught:
        stage.forum.create_post(stage.news, DRAFT)

    assert caught.value.at - stage.clock.now() == timedelta(minutes=25)
    assert stage.sandbox.world.posts == {}


def test_a_token_of_login_in_another_process_is_taken_over(stage: HttpStage, tmp_path: Path) -> None:
    stage.forum.unread()
    stage.sandbox.revoke_tokens("megabot")
    stage.clock.advance(minutes=1)
    signing_in(stage.sandbox, tmp_path, stage.clock).renew(
        lambda *_: stage.hand("megabot").token or "", by_hand=True
    )
    stage.calls()

    stage.forum.unread()

    assert stage.calls() == ["GET user/unread_count", "GET /api/v4/site", "GET user/unread_count"]


def test_one_wrong_refusal_costs_no_sign_in(play: Play) -> None:
    server, forum = play(REFUSED, YES, UNREAD)

    assert forum.unread().total == 6

    prefix = "GET /api/v3/user"
    assert asked(server) == [f"{prefix}/unread_count", f"{prefix}/validate_auth", f"{prefix}/unread_count"]


def test_two_refusals_of_a_live_token_are_given_up(play: Play) -> None:
    server, forum = play(REFUSED, YES, REFUSED)

    with pytest.raises(TokenRefused):
        forum.unread()

    assert len(server.requests) == 3


def test_a_dead_token_without_a_password_says_login(play: Play) -> None:
    _, forum = play(REFUSED, DEAD, password="")

    with pytest.raises(TokenRefused, match="megabot login"):
        forum.unread()


def test_a_write_whose_token_could_not_be_probed_was_not_made(play: Play) -> None:
    _, forum = play(REFUSED, HTML, HTML, HTML)

    with pytest.raises(TokenRefused, match="whether it is still valid is not known"):
        forum.create_post(2, DRAFT)


def test_a_write_whose_sign_in_was_lost_was_not_made(play: Play) -> None:
    _, forum = play(REFUSED, DEAD, GONE, HTML)

    with pytest.raises(Unreachable, match="nothing else was sent"):
        forum.create_post(2, DRAFT)


def test_signing_out_with_a_dead_token_forgets_it(play: Play, tmp_path: Path) -> None:
    server, forum = play(REFUSED)

    forum.sign_out()

    assert TokenFile(tmp_path / "token.json").read(instance=server.url, username="megabot").token == ""


def test_signing_out_without_a_token_asks_nobody(stage: HttpStage) -> None:
    stage.forum.sign_out()

    assert stage.calls() == []


# What breaks between a call and its answer


@pytest.mark.parametrize("broken", [HTML, answer(b'{"post_view":'), answer(b"x", status="502 Bad Gateway")])
def test_a_write_with_a_broken_answer_is_unknown_and_sent_once(play: Play, broken: bytes) -> None:
    server, forum = play(broken, broken)

    with pytest.raises(OutcomeUnknown) as caught:
        forum.create_post(2, DRAFT)

    assert asked(server) == ["POST /api/v3/post"]
    assert "canary" not in str(caught.value)


def test_an_error_after_the_insert_is_unknown(play: Play) -> None:
    """A01."""
    liked = answer(b'{"error":"couldnt_like_post"}', status="400 Bad Request")

    _, forum = play(liked)

    with pytest.raises(OutcomeUnknown):
        forum.create_post(2, DRAFT)


def test_a_read_with_a_broken_answer_is_made_again(play: Play) -> None:
    """N07."""
    _, forum = play(HTML, STARTING, UNREAD)

    assert forum.unread().total == 6


def test_a_read_is_given_up_after_three_attempts(play: Play) -> None:
    server, forum = play(HTML, HTML, HTML, UNREAD)

    with pytest.raises(Unreadable):
        forum.unread()

    assert len(server.requests) == 3


def test_a_starting_server_gets_a_write_twice(play: Play) -> None:
    _, forum = play(STARTING, STARTING)

    with pytest.raises(ServerStarting):
        forum.create_post(2, DRAFT)


def test_an_empty_bucket_of_posts_is_for_the_caller_to_wait_out(stage: HttpStage) -> None:
    stage.sandbox.use_usual_limits()
    for _ in range(6):
        stage.forum.create_post(stage.news, DRAFT)

    with pytest.raises(RateLimited) as caught:
        stage.forum.create_post(stage.news, DRAFT)
    stage.clock.advance(seconds=caught.value.wait)

    assert stage.forum.create_post(stage.news, DRAFT).id


def test_a_server_that_became_a_1_0_says_so(play: Play) -> None:
    _, forum = play(GONE)

    with pytest.raises(NotLemmy, match="it may have been upgraded"):
        forum.feature(1, featured=True, kind=Feature.COMMUNITY)


# Detection


def test_an_unknown_api_is_found_with_two_requests_and_the_account_costs_none(
    stage: HttpStage, tmp_path: Path
) -> None:
    stage.forum.account()
    stage.calls()
    sign_ins = signing_in(stage.sandbox, tmp_path, stage.clock)

    with closing(LemmySession(stage.sandbox.url, token=lambda: sign_ins.token)) as session:
        forum, kind = open_forum(session, sign_ins, stage.clock)
        account, _ = forum.account(), forum.site()

    assert (kind, account.person.name) == (ApiKind.V3, "megabot")
    assert stage.calls() == ["GET /api/v4/site", "GET site"]


def test_a_greeting_of_long_ago_proves_nothing(tmp_path: Path) -> None:
    with sandbox_stage(tmp_path, kind=None) as stage:
        stage.forum.sign_in()
        stage.forum.site()
        stage.clock.advance(seconds=11)
        stage.calls()

        stage.forum.account()

        assert stage.calls() == ["GET site"]


def test_a_known_api_is_not_looked_for(stage: HttpStage) -> None:
    assert stage.calls() == []


@pytest.mark.parametrize(
    "answers",
    [
        [HTML],
        [YES],
        [GONE, GONE],
        [GONE, YES, YES, YES],
        [answer(b"<html>", status="404 Not Found")] * 4,
    ],
)
def test_what_is_not_a_lemmy_is_told(play: Play, answers: list[bytes]) -> None:
    with pytest.raises(NotLemmy, match=r"127\.0\.0\.1 does not answer like a Lemmy server"):
        play(*answers, kind=None)


def test_a_lemmy_that_is_ill_is_not_taken_for_another_thing(play: Play) -> None:
    ill = answer(b"<html>", status="502 Bad Gateway")

    with pytest.raises(Unreadable):
        play(ill, ill, ill, kind=None)


# plemmy


WITHOUT_SETUPTOOLS = """
import sys
sys.modules["setuptools"] = None
from megabot.lemmy.v3.dialect import plemmy_modules
plemmy, handlers = plemmy_modules()
print(plemmy.__version__, "pkg_resources" in sys.modules)
"""


def test_plemmy_is_imported_where_pkg_resources_is_missing() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "error", "-c", WITHOUT_SETUPTOOLS]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)

    assert done.stdout.split() == ["0.4.8", "False"]


WITHOUT_MODELS = """
import sys
from megabot.lemmy.v3.dialect import plemmy_modules
plemmy_modules()
print("plemmy.objects" in sys.modules)
from plemmy.objects import Post
print(Post.__module__)
"""


def test_models_of_plemmy_are_not_imported_with_it_but_can_be() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "error", "-c", WITHOUT_MODELS]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)

    assert done.stdout.split() == ["False", "plemmy.objects"]


def test_a_pkg_resources_that_is_there_is_left_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import ModuleType

    from megabot.lemmy.v3.dialect import plemmy_modules

    theirs = ModuleType("pkg_resources")
    monkeypatch.setitem(sys.modules, "pkg_resources", theirs)

    plemmy_modules()

    assert sys.modules["pkg_resources"] is theirs


# Secrets


def test_no_secret_is_in_a_log_or_an_error(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    broken = answer(b"canary-answer", status="502 Bad Gateway")

    server, forum = play(REFUSED, DEAD, GONE, TOKEN, broken)

    with pytest.raises(OutcomeUnknown) as caught:
        forum.create_post(2, DRAFT)

    chain: list[str] = []
    error: BaseException | None = caught.value
    while error is not None:
        chain.append(f"{error!r} {error}")
        error = error.__cause__ or error.__context__
    assert b"canary-password" in server.requests[3]
    assert "canary" not in caplog.text + "".join(chain) + repr(forum)
