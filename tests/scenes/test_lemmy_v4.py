"""What is API v4's own on the wire: keys of creations, tokens that stay, answers that break."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from megabot.clock import new_key
from megabot.errors import NotFound, OutcomeUnknown, RateLimited, TokenRefused
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
STARTING = answer(b'{"error":"Lemmy is currently starting"}', status="503 Service Unavailable")
REFUSED = answer(b'{"error":"incorrect_login"}', status="401 Unauthorized")
DEAD = answer(b'{"error":"not_logged_in"}', status="400 Bad Request")
TOKEN = answer(b'{"jwt":"canary-new-token"}')
HTML = answer(b"<html>", status="502 Bad Gateway")

Play = Callable[..., tuple[RawServer, Forum]]


def recorded(name: str) -> bytes:
    """Spell out what a real server answered."""
    (path,) = (FOLDER / "lemmy-1.0.0-beta.1").glob(f"[0-9]*-{name}.json")
    response = json.loads(path.read_text("utf-8"))["response"]
    body = json.dumps(response["json"]) if "json" in response else response["text"]
    return answer(body.encode(), status=f"{response['status']} As recorded")


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """Make raw servers with a forum on each that has a token and knows who it is; keys are numbers."""
    with ExitStack() as stack:

        def play(*scripts: bytes) -> tuple[RawServer, Forum]:
            server = stack.enter_context(RawServer(*scripts))
            clock, file, keys = FakeClock(), TokenFile(tmp_path / "token.json"), count(1)
            file.write(StoredToken(instance=server.url, username="megabot", token="canary-token", person=BOT))
            credentials = Credentials(username="megabot", password=PASSWORD)
            sign_ins = SignIns(credentials=credentials, instance=server.url, file=file, clock=clock)
            session = LemmySession(server.url, token=lambda: sign_ins.token, limits=LIMITS)
            stack.callback(session.close)
            forum, _ = open_forum(
                session, sign_ins, clock, kind=ApiKind.V4, new_key=lambda: f"{next(keys):032x}"
            )
            return server, forum

        yield play


def keys_of(server: RawServer) -> list[str]:
    """Give the keys that the requests had, "" for one without."""
    heads = [request.partition(b"\r\n\r\n")[0].decode() for request in server.requests]
    return [head.partition("Idempotency-Key: ")[2].partition("\r\n")[0] for head in heads]


def test_what_is_created_has_a_key_and_what_is_changed_has_none(play: Play) -> None:
    answers = [
        recorded(name) for name in ("post-create-minimal", "comment-create", "post-feature", "post-edit")
    ]
    server, forum = play(*answers)

    forum.create_post(2, DRAFT)
    forum.comment(1, "x")
    forum.feature(1, featured=True, kind=Feature.COMMUNITY)
    forum.edit_post(1, DRAFT)

    assert keys_of(server) == [f"{1:032x}", f"{2:032x}", "", ""]


def test_a_given_key_is_sent_and_kept_when_the_request_is_sent_again(play: Play) -> None:
    """What is sent again did not reach the server's keys: it was starting, or the token was not valid."""
    alive = answer(b'{"success":true}')
    post, comment = recorded("post-create-minimal"), recorded("comment-create")
    server, forum = play(STARTING, post, DEAD, alive, comment)

    forum.create_post(2, DRAFT, key="a" * 32)
    forum.comment(1, "x", key="b" * 32)

    assert keys_of(server) == ["a" * 32, "a" * 32, "b" * 32, "", "b" * 32]


def test_a_random_key_is_another_one_when_the_request_is_sent_again(play: Play) -> None:
    server, forum = play(STARTING, recorded("post-create-minimal"))

    forum.create_post(2, DRAFT)

    assert keys_of(server) == [f"{1:032x}", f"{2:032x}"]


def test_a_key_is_as_long_as_the_server_looks_and_never_the_same() -> None:
    keys = {new_key() for _ in range(100)}

    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize("name", ["post-create-idempotent-again", "post-create-idempotent-after-failure"])
def test_a_key_that_the_server_knows_leaves_the_outcome_unknown_and_is_sent_once(
    play: Play, name: str
) -> None:
    server, forum = play(recorded(name))

    with pytest.raises(OutcomeUnknown, match="already received the same new post, perhaps from another"):
        forum.create_post(2, DRAFT)

    assert len(server.requests) == 1


def test_a_post_into_a_community_that_is_not_there_was_certainly_not_made(play: Play) -> None:
    server, forum = play(recorded("post-create-no-community"), recorded("community-missing"))

    with pytest.raises(NotFound):
        forum.create_post(2, DRAFT)

    assert len(server.requests) == 2


@pytest.mark.parametrize("community", [[recorded("community-by-name")], [HTML] * 3])
def test_a_post_that_was_not_found_where_its_community_may_be_there_is_unknown(
    play: Play, community: list[bytes]
) -> None:
    """A01: 1.0 reads the new row back, and can fail at that."""
    _, forum = play(recorded("post-create-no-community"), *community)

    with pytest.raises(OutcomeUnknown):
        forum.create_post(2, DRAFT)


def test_a_tag_that_was_taken_away_in_between_is_refused_after_the_post_was_made(play: Play) -> None:
    """A01."""
    refused = answer(b'{"error":"tag_not_in_community"}', status="400 Bad Request")
    _, forum = play(recorded("community-by-name"), refused)

    with pytest.raises(OutcomeUnknown):
        forum.create_post(2, PostDraft(title="Tagged", body="x", tags=("weekly",)))


def test_a_sign_in_asks_for_a_token_that_stays(play: Play) -> None:
    server, forum = play(REFUSED, DEAD, TOKEN, recorded("unread-counts"))

    assert forum.unread().total == 8

    assert b'"stay_logged_in": true' in server.requests[2]
    assert b"Bearer canary-new-token" in server.requests[3]


def test_one_refusal_of_a_live_token_costs_no_sign_in(play: Play) -> None:
    server, forum = play(REFUSED, recorded("validate-auth-ok"), REFUSED)

    with pytest.raises(TokenRefused):
        forum.unread()

    assert len(server.requests) == 3


def test_an_empty_bucket_is_for_the_caller_to_wait_out(play: Play) -> None:
    """A02."""
    server, forum = play(recorded("post-create-limited-3"))

    with pytest.raises(RateLimited) as caught:
        forum.create_post(2, DRAFT)

    assert caught.value.wait == 100
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "broken", [HTML, answer(b'{"post_view":'), answer(b"x", status="504 Gateway Timeout")]
)
def test_a_write_with_a_broken_answer_is_unknown_and_sent_once(play: Play, broken: bytes) -> None:
    server, forum = play(broken, broken)

    with pytest.raises(OutcomeUnknown):
        forum.create_post(2, DRAFT)

    assert len(server.requests) == 1
