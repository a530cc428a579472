"""Links that sign in once, and sessions."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from megabot.commands import web_access
from megabot.commands.web_access import LINK_VALID, SESSION_VALID, digest, new_link, redeem, session_of
from megabot.ledger.state import WebAccess, WebAccessKind
from tests.fakes import MONDAY_NOON

KIM, ROBIN = "https://lemmy.example/u/kim", "https://b.example/u/robin"
SECOND = timedelta(seconds=1)
Stored = tuple[WebAccess, ...]


def link(token: str = "link", actor: str = KIM, stored: Stored = ()) -> Stored:
    return new_link(stored, token, actor, "Kim", MONDAY_NOON)


def signed_in(token: str = "session", actor: str = KIM, stored: Stored = ()) -> Stored:
    return redeem(link(f"link to {token}", actor, stored), f"link to {token}", token, MONDAY_NOON)[0]


def test_a_link_becomes_a_session_of_the_moderator_who_asked_for_it() -> None:
    left, session = redeem(link(), "link", "session", MONDAY_NOON + LINK_VALID - SECOND)

    assert session == WebAccess(
        digest=digest("session"),
        kind=WebAccessKind.SESSION,
        actor=KIM,
        name="Kim",
        until=MONDAY_NOON + LINK_VALID - SECOND + SESSION_VALID,
    )
    assert left == (session,)


def test_a_link_works_once() -> None:
    left, _ = redeem(link(), "link", "session", MONDAY_NOON)

    assert redeem(left, "link", "another session", MONDAY_NOON) == (left, None)


def test_a_link_works_for_15_minutes() -> None:
    assert redeem(link(), "link", "session", MONDAY_NOON + timedelta(minutes=15)) == ((), None)


def test_a_new_link_replaces_the_earlier_one_of_the_same_moderator_only() -> None:
    stored = link("third", stored=link("second", ROBIN, link("first")))

    assert [one.digest for one in stored] == [digest("second"), digest("third")]


def test_a_session_lasts_8_hours() -> None:
    (session,) = signed_in()

    assert session_of((session,), "session", MONDAY_NOON + timedelta(hours=8) - SECOND) == session
    assert session_of((session,), "session", MONDAY_NOON + timedelta(hours=8)) is None


def test_a_link_is_no_session_and_a_session_no_link() -> None:
    assert session_of(link(), "link", MONDAY_NOON) is None
    assert redeem(signed_in(), "session", "more", MONDAY_NOON)[1] is None


def test_a_digest_is_no_token() -> None:
    assert session_of(signed_in(), digest("session"), MONDAY_NOON) is None
    assert redeem(link(), digest("link"), "session", MONDAY_NOON)[1] is None


def test_no_token_is_stored() -> None:
    stored = signed_in("session-canary", stored=link("link-canary"))

    assert "canary" not in repr(stored)


def test_signing_out_ends_one_session_and_everywhere_all_of_one_moderator() -> None:
    stored = signed_in("phone", stored=signed_in("desk", stored=signed_in("theirs", ROBIN)))
    with_link = link(stored=stored)

    assert [one.digest for one in web_access.sign_out(stored, "phone")] == [digest("theirs"), digest("desk")]
    assert [one.digest for one in web_access.sign_out_everywhere(with_link, KIM)] == [digest("theirs")]


def test_every_sign_in_drops_what_has_expired() -> None:
    stored = link("old", ROBIN, signed_in())
    later = MONDAY_NOON + SESSION_VALID

    assert [one.digest for one in new_link(stored, "new", KIM, "Kim", later)] == [digest("new")]
    assert redeem(stored, "nothing", "session", later) == ((), None)


@given(st.text(), st.text())
def test_only_the_token_itself_opens_the_page(token: str, other: str) -> None:
    _, session = redeem(link(token), other, "session", MONDAY_NOON)

    assert (session is not None) == (token == other)
