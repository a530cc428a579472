"""Faults between the bot and a server, seen from both ends: the typed error here, what was done there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox, User
from megabot.errors import NotLemmy, OutcomeUnknown, RateLimited, TokenRefused, Unreachable, Unreadable
from megabot.forum.models import Feature, Post, PostDraft
from megabot.forum.port import Forum
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.auth.token_store import StoredToken
from megabot.lemmy.client import open_forum
from megabot.lemmy.detect import ApiKind
from megabot.lemmy.http import LemmySession, Limits
from tests.clocks import FakeClock
from tests.faultproxy import (
    RATE_LIMITED_V3,
    RATE_LIMITED_V4,
    UNAUTHORIZED_V3,
    UNAUTHORIZED_V4,
    Afterwards,
    CutBefore,
    Delay,
    DelayThenPassOn,
    Drip,
    Fault,
    FaultProxy,
    GzipBomb,
    Html,
    Huge,
    Instead,
    LoseAnswer,
    Redirect,
    Refusal,
    Refuse,
    Rule,
    Silent,
    Truncated,
)
from tests.raw_server import RawServer, answer

USUAL = Limits(connect=5, read=5, write=5, size=1_000_000)
QUICK = Limits(connect=5, read=0.2, write=0.2)
A_LOT = 32_000_000  # what is under way when a client hangs up: the buffers of both ends
DRAFT = PostDraft(title="Weekly thread", body="An essay.")
POST, UNREAD, PROBE = "/api/v3/post", "/api/v3/user/unread_count", "/api/v3/user/validate_auth"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The bot's forum, a proxy before a sandbox, and a community there."""

    forum: Forum
    proxy: FaultProxy
    sandbox: Sandbox
    news: int

    def post(self) -> Post:
        return self.forum.create_post(self.news, DRAFT)

    def posts(self) -> int:
        return len(User(self.sandbox.url).get("post/list", community_id=self.news)["posts"])

    def paths(self) -> list[str]:
        return [seen.path for seen in self.proxy.log]


@contextmanager
def scene(folder: Path, *rules: Rule, limits: Limits = USUAL, api: ApiKind = ApiKind.V3) -> Iterator[Scene]:
    clock, file = FakeClock(), TokenFile(folder / "token.json")
    with Sandbox(clock, api=api.value) as sandbox, FaultProxy(sandbox.url, rules) as proxy:
        sandbox.add_person("megabot", bot=True)
        news = sandbox.add_community("news", "News", ["megabot"]).id
        file.write(StoredToken(instance=proxy.url, username="megabot", token=sandbox.token_of("megabot")))
        credentials = Credentials(username="megabot", password="correct horse")
        sign_ins = SignIns(credentials=credentials, instance=proxy.url, file=file, clock=clock)
        with closing(LemmySession(proxy.url, token=lambda: sign_ins.token, limits=limits)) as session:
            forum, _ = open_forum(session, sign_ins, clock, kind=api)
            yield Scene(forum=forum, proxy=proxy, sandbox=sandbox, news=news)
        assert sandbox.unknown_requests == []
        assert sandbox.crashes == []


def always(fault: Fault) -> Rule:
    return Rule(fault=fault, times=None)


# A write, and whether it was done

NOT_DONE: dict[str, Fault] = {
    "cut before": CutBefore(),
    "a page, 502": Instead(Html(502)),
    "a page, 503": Instead(Html(503)),
    "a page, 504": Instead(Html(504)),
    "a page, 200": Instead(Html(200)),
    "huge": Instead(Huge()),
    "gzip bomb": Instead(GzipBomb()),
    "nothing but 422": Instead(Silent(422)),
}
DONE: dict[str, Fault] = {
    "answer lost": LoseAnswer(),
    "a page afterwards, 502": Afterwards(Html(502)),
    "a page afterwards, 503": Afterwards(Html(503)),
    "a page afterwards, 504": Afterwards(Html(504)),
    "a page afterwards, 200": Afterwards(Html(200)),
    "a failure after the insert": Afterwards(Refusal(400, "couldnt_like_post")),
    "huge afterwards": Afterwards(Huge()),
    "nothing but 422 afterwards": Afterwards(Silent(422)),
    "half of it": Truncated(length_matches=True),
    "half, the length of the whole": Truncated(length_matches=False),
}
SLOW: dict[str, Fault] = {
    "held": Delay(60),
    "held, then passed on": DelayThenPassOn(60),
    "dripping": Drip(0.01),
}


@pytest.mark.parametrize("api", ApiKind)
@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_post_that_never_got_there_is_of_unknown_outcome(fault: str, api: ApiKind, tmp_path: Path) -> None:
    """N03, N06."""
    with scene(tmp_path, always(NOT_DONE[fault]), api=api) as ours:
        with pytest.raises(OutcomeUnknown):
            ours.post()

        assert ours.posts() == 0
        assert [seen.reached for seen in ours.proxy.log] == [False]


@pytest.mark.parametrize("api", ApiKind)
@pytest.mark.parametrize("fault", DONE)
def test_a_post_that_was_made_is_of_unknown_outcome_and_not_made_again(
    fault: str, api: ApiKind, tmp_path: Path
) -> None:
    """N02, N05, N07, A01."""
    with scene(tmp_path, always(DONE[fault]), api=api) as ours:
        with pytest.raises(OutcomeUnknown):
            ours.post()

        assert ours.posts() == 1
        assert [seen.reached for seen in ours.proxy.log] == [True]


@pytest.mark.parametrize("fault", SLOW)
def test_a_post_that_nobody_waits_for_any_longer_is_made_all_the_same(fault: str, tmp_path: Path) -> None:
    """N04, N11."""
    with scene(tmp_path, always(SLOW[fault]), limits=QUICK) as ours:
        with pytest.raises(OutcomeUnknown, match="timed out"):
            ours.post()
        ours.proxy.release()
        ours.proxy.quiet(read=1)

        assert ours.posts() == 1
        assert ours.paths() == [POST]


def test_a_post_that_is_passed_on_late_is_not_there_when_the_client_gives_up(tmp_path: Path) -> None:
    with scene(tmp_path, always(DelayThenPassOn(60)), limits=QUICK) as ours:
        with pytest.raises(OutcomeUnknown):
            ours.post()

        assert ours.posts() == 0
        assert not any(seen.reached for seen in ours.proxy.log)


def test_a_pin_whose_answer_was_lost_is_there(tmp_path: Path) -> None:
    """N13."""
    with scene(tmp_path, Rule(fault=LoseAnswer(), path="*/feature")) as ours:
        post = ours.post()

        with pytest.raises(OutcomeUnknown):
            ours.forum.feature(post.id, featured=True, kind=Feature.COMMUNITY)

        assert ours.forum.post(post.id).featured_community


@pytest.mark.parametrize("fault", ["huge", "gzip bomb"])
def test_of_a_gigabyte_little_is_read(fault: str, tmp_path: Path) -> None:
    """N12."""
    with scene(tmp_path, Rule(fault=NOT_DONE[fault])) as ours:
        with pytest.raises(OutcomeUnknown, match="too large"):
            ours.post()
        ours.proxy.quiet()

        assert 0 < ours.proxy.log[0].sent < A_LOT


# A refused connection: certainly not done


def test_a_post_that_finds_nobody_listening_was_not_sent(tmp_path: Path) -> None:
    """N01."""
    with scene(tmp_path, Rule(fault=Refuse(), first=2)) as ours:
        ours.forum.unread()
        with pytest.raises(Unreachable, match="connection refused"):
            ours.post()
        assert ours.posts() == 0
        ours.proxy.reopen()
        ours.post()

        assert ours.posts() == 1
        assert ours.paths() == [UNREAD, POST]


def test_a_proxy_may_refuse_from_the_start(tmp_path: Path) -> None:
    with scene(tmp_path, Rule(fault=Refuse())) as ours, pytest.raises(Unreachable):
        ours.forum.unread()


# Other hosts, tokens, limits


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_sent_to_the_host_that_a_redirect_names(status: int, tmp_path: Path) -> None:
    """N10."""
    with RawServer(answer(b"{}")) as elsewhere:
        redirect = Instead(Redirect(f"{elsewhere.url}{POST}", status))
        with scene(tmp_path, always(redirect)) as ours:
            with pytest.raises(OutcomeUnknown, match="redirects to"):
                ours.post()
            with pytest.raises(NotLemmy, match="redirects to"):
                ours.forum.unread()
            assert ours.posts() == 0

    assert elsewhere.connections == 0


@pytest.mark.parametrize("refusal", [UNAUTHORIZED_V3, UNAUTHORIZED_V4])
def test_a_live_token_that_is_refused_once_costs_no_sign_in(refusal: Refusal, tmp_path: Path) -> None:
    """A04."""
    with scene(tmp_path, Rule(fault=Instead(refusal), path="*/post")) as ours:
        ours.post()

        assert ours.posts() == 1
        assert ours.paths() == [POST, PROBE, POST]


def test_a_live_token_that_is_refused_twice_costs_no_sign_in_either(tmp_path: Path) -> None:
    with scene(tmp_path, Rule(fault=Instead(UNAUTHORIZED_V3), path="*/post", times=2)) as ours:
        with pytest.raises(TokenRefused):
            ours.post()

        assert ours.posts() == 0
        assert ours.paths() == [POST, PROBE, POST]


@pytest.mark.parametrize("refusal", [RATE_LIMITED_V3, RATE_LIMITED_V4])
def test_a_rate_limit_is_not_run_against(refusal: Refusal, tmp_path: Path) -> None:
    """A02."""
    with scene(tmp_path, always(Instead(refusal))) as ours:
        with pytest.raises(RateLimited):
            ours.post()

        assert ours.posts() == 0
        assert ours.paths() == [POST]


# A read


@pytest.mark.parametrize("fault", NOT_DONE | DONE)
def test_a_read_that_failed_twice_is_made_again(fault: str, tmp_path: Path) -> None:
    rule = Rule(fault=(NOT_DONE | DONE)[fault], times=2)
    with scene(tmp_path, rule) as ours:
        assert ours.forum.unread().messages == 0

        assert ours.paths() == [UNREAD] * 3


@pytest.mark.parametrize("fault", SLOW)
def test_a_read_that_is_always_late_is_given_up(fault: str, tmp_path: Path) -> None:
    with scene(tmp_path, always(SLOW[fault]), limits=QUICK) as ours:
        with pytest.raises(Unreadable, match="timed out"):
            ours.forum.unread()
        ours.proxy.release()
        ours.proxy.quiet(read=3)

        assert ours.paths() == [UNREAD] * 3
