"""A server that is upgraded, or put back, while the bot talks to it; answers as recorded."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from megabot.errors import NotLemmy, OutcomeUnknown, TokenRefused
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
from tests.contract.stage import LIMITS, PASSWORD
from tests.raw_server import RawServer, answer
from tests.sandbox.recordings import FOLDER

BOT = Person(id=4, name="megabot", actor="https://lemmy.example/u/megabot")
DRAFT = PostDraft(title="Weekly thread", body="An essay.")
TOKEN = answer(b'{"jwt":"canary-new-token"}')
REFUSED = answer(b'{"error":"incorrect_login"}', status="401 Unauthorized")
DEAD = answer(b'{"error":"not_logged_in"}', status="400 Bad Request")
GONE = answer(b"", status="404 Not Found")
HTML = answer(b"<html>", status="502 Bad Gateway")


def recorded(name: str, *, version: str = "1.0.0-beta.1") -> bytes:
    """Spell out what a real server answered."""
    (path,) = (FOLDER / f"lemmy-{version}").glob(f"[0-9]*-{name}.json")
    return answer(json.dumps(json.loads(path.read_text("utf-8"))["response"]["json"]).encode())


V4_SITE = recorded("site-anonymous")
V3_SITE = recorded("site-anonymous", version="0.19.20")
COUNTS_OF_A_STUMP = answer(b'{"replies":0,"mentions":0,"private_messages":0}')

Play = Callable[..., tuple[RawServer, Forum, list[ApiKind]]]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """Make raw servers with a forum on each that has a token, and the list of what it changed to."""
    with ExitStack() as stack:

        def play(*scripts: bytes, kind: ApiKind | None = ApiKind.V3, token: str = "canary-token") -> object:
            server = stack.enter_context(RawServer(*scripts))
            clock, file = FakeClock(), TokenFile(tmp_path / "token.json")
            file.write(StoredToken(instance=server.url, username="megabot", token=token, person=BOT))
            credentials = Credentials(username="megabot", password=PASSWORD)
            sign_ins = SignIns(credentials=credentials, instance=server.url, file=file, clock=clock)
            session = LemmySession(server.url, token=lambda: sign_ins.token, limits=LIMITS)
            stack.callback(session.close)
            api_kinds: list[ApiKind] = []
            forum, _ = open_forum(session, sign_ins, clock, kind=kind, on_kind=api_kinds.append)
            return server, forum, api_kinds

        yield play  # type: ignore[misc]


def asked(server: RawServer) -> list[str]:
    """Name the calls that a raw server got."""
    return [request.split(b" HTTP")[0].decode().partition("?")[0] for request in server.requests]


def test_a_1_0_is_found_with_one_request(play: Play) -> None:
    server, forum, _ = play(V4_SITE, recorded("unread-counts"), kind=None)

    assert forum.unread().total == 8
    assert forum.site().version == "1.0.0-beta.1"
    assert asked(server) == ["GET /api/v4/site", "GET /api/v4/account/unread_counts"]


def test_a_call_that_only_0_19_knew_is_made_over_v4_after_the_upgrade(play: Play) -> None:
    """A21."""
    server, forum, api_kinds = play(GONE, V4_SITE, recorded("post-feature"))

    assert forum.feature(1, featured=True, kind=Feature.COMMUNITY).featured_community

    assert asked(server) == ["POST /api/v3/post/feature", "GET /api/v4/site", "POST /api/v4/post/feature"]
    assert api_kinds == [ApiKind.V4]


def test_a_server_that_was_put_back_is_spoken_to_over_v3_again(play: Play) -> None:
    posted = recorded("post-create-minimal", version="0.19.20")

    server, forum, api_kinds = play(GONE, GONE, V3_SITE, posted, kind=ApiKind.V4)

    assert forum.create_post(2, DRAFT).id == 1
    sites = ["GET /api/v4/site", "GET /api/v3/site"]
    assert asked(server) == ["POST /api/v4/post", *sites, "POST /api/v3/post"]
    assert api_kinds == [ApiKind.V3]


def test_a_token_that_died_in_the_upgrade_is_renewed_over_v4(play: Play) -> None:
    """The count of the inbox is still answered over v3, and would be 0 for ever."""
    server, forum, _ = play(REFUSED, GONE, V4_SITE, REFUSED, DEAD, TOKEN, recorded("unread-counts"))

    assert forum.unread().total == 8
    assert asked(server)[:3] == [
        "GET /api/v3/user/unread_count",
        "GET /api/v3/user/validate_auth",
        "GET /api/v4/site",
    ]
    assert asked(server)[-2:] == ["POST /api/v4/account/auth/login", "GET /api/v4/account/unread_counts"]


def test_a_sign_in_over_v3_finds_out_first_that_the_server_was_upgraded(play: Play) -> None:
    server, forum, _ = play(V4_SITE, V4_SITE, TOKEN, recorded("unread-counts"), token="")

    assert forum.unread().total == 8
    assert asked(server)[2] == "POST /api/v4/account/auth/login"


def test_a_post_that_the_upgraded_server_refused_for_its_token_goes_up_once(play: Play) -> None:
    v4 = [V4_SITE, REFUSED, DEAD, TOKEN, recorded("post-create-minimal")]

    server, forum, _ = play(REFUSED, GONE, *v4)

    assert forum.create_post(2, DRAFT).title == "Weekly thread, first"
    assert [call for call in asked(server) if call.endswith("/post")] == [
        "POST /api/v3/post",
        "POST /api/v4/post",
        "POST /api/v4/post",
    ]


def test_an_account_as_a_1_0_tells_it_over_v3_is_not_believed(play: Play) -> None:
    """Over v3 it moderates nothing and is no admin."""
    over_v3 = recorded("v3-site-on-1.0")

    server, forum, api_kinds = play(over_v3, V4_SITE, recorded("account-as-bot"))

    assert forum.account().person.name == "megabot"
    assert asked(server) == ["GET /api/v3/site", "GET /api/v4/site", "GET /api/v4/account"]
    assert api_kinds == [ApiKind.V4]


def test_a_server_that_does_not_know_its_version_is_believed_to_be_what_it_speaks(play: Play) -> None:
    site = V3_SITE.partition(b"\r\n\r\n")[2].replace(b"0.19.20", b"unknown version")

    _, forum, _ = play(GONE, answer(site), kind=None)

    assert forum.site().version == "unknown version"


@pytest.mark.parametrize(
    "answers", [[GONE, GONE, GONE, GONE], [GONE, HTML, HTML, HTML], [GONE, GONE, V3_SITE]]
)
def test_a_write_is_certainly_not_made_where_no_other_api_is_found(play: Play, answers: list[bytes]) -> None:
    _, forum, api_kinds = play(*answers)

    with pytest.raises(NotLemmy, match="it may have been upgraded"):
        forum.lock(1, locked=True)

    assert api_kinds == []


def test_what_was_redirected_is_not_sent_elsewhere(play: Play) -> None:
    moved = answer(b"", status="302 Found", headers="Location: https://elsewhere.example/\r\n")
    server, forum, _ = play(moved)

    with pytest.raises(OutcomeUnknown):
        forum.create_post(2, DRAFT)

    assert asked(server) == ["POST /api/v3/post"]


def test_a_server_that_cannot_say_what_it_is_keeps_the_token(play: Play) -> None:
    _, forum, _ = play(REFUSED, HTML, HTML, HTML, HTML)

    with pytest.raises(TokenRefused, match="whether it is still valid is not known"):
        forum.unread()
