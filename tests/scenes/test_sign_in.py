"""The budget of sign-ins over time, with a real token file and a server that is a function."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from megabot.errors import (
    ForumError,
    OutcomeUnknown,
    RateLimited,
    SignInBudgetExhausted,
    SignInRefused,
    TokenRefused,
    Unreachable,
    Unreadable,
)
from megabot.forum.models import Person
from megabot.lemmy.auth.credentials import Credentials
from megabot.lemmy.auth.sign_in import SignIns
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.responses import SignInCollision
from tests.clocks import FakeClock

REFUSED = SignInRefused("No.", code="incorrect_login")
LOST = OutcomeUnknown("The answer was lost.")


class Door:
    """A server's sign-in: gives tokens, or raises what it was told to, in order."""

    def __init__(self, clock: FakeClock) -> None:
        self.knocks: list[str] = []
        self.will: list[Exception | None] = []
        self._clock = clock

    def __call__(self, credentials: Credentials, code: str) -> str:
        self.knocks.append(f"{self._clock.now():%H:%M:%S} {credentials.password} {code}".strip())
        error = self.will.pop(0) if self.will else None
        if error is not None:
            raise error
        return f"token-{len(self.knocks)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Credentials):
    """Credentials that record each fingerprint they are compared with."""

    compared: list[str] = field(default_factory=list)

    @override
    def match(self, fingerprint: str) -> bool:
        self.compared.append(fingerprint)
        return Credentials.match(self, fingerprint)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def door(clock: FakeClock) -> Door:
    return Door(clock)


@pytest.fixture
def make(clock: FakeClock, tmp_path: Path) -> Callable[..., SignIns]:
    def make(
        password: str = "pw", username: str = "megabot", totp_secret: str = "", *, at_terminal: bool = False
    ) -> SignIns:
        credentials = Credentials(
            username=username, password=password, totp_secret=totp_secret, at_terminal=at_terminal
        )
        file = TokenFile(tmp_path / "token.json")
        return SignIns(credentials=credentials, instance="https://lemmy.example", file=file, clock=clock)

    return make


def test_a_token_outlives_the_process(make: Callable[..., SignIns], door: Door) -> None:
    make().renew(door, by_hand=False)

    assert make().token == "token-1"


def test_a_token_works_without_a_password(make: Callable[..., SignIns], door: Door) -> None:
    make().renew(door, by_hand=True)

    assert make(password="").token == "token-1"


def test_without_a_password_the_next_step_is_login(make: Callable[..., SignIns], door: Door) -> None:
    with pytest.raises(TokenRefused, match="megabot login"):
        make(password="").renew(door, by_hand=False)

    assert door.knocks == []


def test_the_two_factor_code_goes_along(make: Callable[..., SignIns], door: Door) -> None:
    make(totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").renew(door, by_hand=False)

    assert len(door.knocks[0].split()) == 3


def test_a_second_sign_in_waits_25_minutes(
    make: Callable[..., SignIns], door: Door, clock: FakeClock
) -> None:
    make().renew(door, by_hand=False)
    with pytest.raises(SignInBudgetExhausted, match="12:25 UTC") as caught:
        make().renew(door, by_hand=False)

    clock.advance(minutes=25)
    make().renew(door, by_hand=False)

    assert caught.value.at == clock.now()
    assert make().token == "token-2"


def test_a_crash_loop_stays_within_two_an_hour(
    make: Callable[..., SignIns], door: Door, clock: FakeClock
) -> None:
    door.will = [KeyError("killed") for _ in range(9)]

    for _ in range(9):
        with pytest.raises((KeyError, SignInBudgetExhausted)):
            make().renew(door, by_hand=False)
        clock.advance(minutes=1)

    assert len(door.knocks) == 2


@pytest.mark.parametrize("lost", [LOST, Unreadable("HTML.")])
def test_a_lost_answer_counts_and_the_waiting_call_was_certainly_not_sent(
    make: Callable[..., SignIns], door: Door, lost: ForumError, clock: FakeClock
) -> None:
    door.will = [lost, lost]
    for _ in range(2):
        with pytest.raises(Unreachable, match="nothing else was sent"):
            make().renew(door, by_hand=False)

    with pytest.raises(SignInBudgetExhausted):
        make().renew(door, by_hand=False)
    assert clock.slept == [2.0]


def test_a_server_that_was_not_reached_costs_nothing(make: Callable[..., SignIns], door: Door) -> None:
    door.will = [Unreachable("No.") for _ in range(5)]
    for _ in range(5):
        with pytest.raises(Unreachable):
            make().renew(door, by_hand=False)

    make().renew(door, by_hand=False)

    assert make().token == "token-6"


def test_an_empty_bucket_is_left_alone_for_an_hour_and_the_token_stays(
    make: Callable[..., SignIns], door: Door, clock: FakeClock
) -> None:
    make().renew(door, by_hand=False)
    clock.advance(minutes=30)
    door.will = [RateLimited("Full.", wait=3600)]

    with pytest.raises(SignInBudgetExhausted) as caught:
        make().renew(door, by_hand=False)

    assert caught.value.at == clock.now() + timedelta(hours=1)
    assert make().token == "token-1"


def test_refused_credentials_are_not_tried_again(
    make: Callable[..., SignIns], door: Door, clock: FakeClock
) -> None:
    door.will = [REFUSED]
    with pytest.raises(SignInRefused):
        make().renew(door, by_hand=False)

    clock.advance(days=30)
    with pytest.raises(SignInRefused, match="credentials were already rejected"):
        make().renew(door, by_hand=False)

    assert len(door.knocks) == 1


def test_a_service_compares_refused_credentials_once_because_the_hash_is_slow(
    door: Door, clock: FakeClock, tmp_path: Path
) -> None:
    credentials = Counted(username="megabot", password="pw")
    file = TokenFile(tmp_path / "token.json")
    signs = SignIns(credentials=credentials, instance="https://lemmy.example", file=file, clock=clock)
    door.will = [REFUSED]
    for _ in range(4):
        with pytest.raises(SignInRefused):
            signs.renew(door, by_hand=False)
        clock.advance(minutes=1)

    assert (len(door.knocks), len(credentials.compared)) == (1, 1)


def test_changed_credentials_are_tried_at_once(make: Callable[..., SignIns], door: Door) -> None:
    door.will = [REFUSED]
    with pytest.raises(SignInRefused):
        make("wrong").renew(door, by_hand=False)

    make("right").renew(door, by_hand=False)

    assert make().token == "token-2"


def test_changed_credentials_are_tried_three_times_an_hour(make: Callable[..., SignIns], door: Door) -> None:
    door.will = [REFUSED] * 9
    for number in range(4):
        with pytest.raises(SignInRefused):
            make(f"wrong {number}").renew(door, by_hand=False)

    with pytest.raises(SignInBudgetExhausted):
        make("wrong again").renew(door, by_hand=False)


def test_a_person_may_try_refused_credentials_again(make: Callable[..., SignIns], door: Door) -> None:
    door.will = [REFUSED]
    with pytest.raises(SignInRefused):
        make().renew(door, by_hand=False)

    make().renew(door, by_hand=True)

    assert make().token == "token-2"


def test_a_success_clears_what_was_refused(
    make: Callable[..., SignIns], door: Door, clock: FakeClock
) -> None:
    door.will = [REFUSED]
    with pytest.raises(SignInRefused):
        make().renew(door, by_hand=False)
    make().renew(door, by_hand=True)
    clock.advance(hours=2)

    make().renew(door, by_hand=False)

    assert make().token == "token-3"


def test_a_login_without_a_terminal_may_try_three_times_an_hour(
    make: Callable[..., SignIns], door: Door
) -> None:
    for _ in range(3):
        make().renew(door, by_hand=True)

    with pytest.raises(SignInBudgetExhausted, match="run `megabot login` on a terminal"):
        make().renew(door, by_hand=True)


def test_a_person_at_a_terminal_may_go_on_until_the_password_is_right(
    make: Callable[..., SignIns], door: Door
) -> None:
    door.will = [REFUSED] * 5
    for number in range(5):
        with pytest.raises(SignInRefused):
            make(f"wrong {number}", at_terminal=True).renew(door, by_hand=True)

    make("right", at_terminal=True).renew(door, by_hand=True)

    assert make().token == "token-6"


def test_a_person_is_told_how_long_the_servers_own_limit_lasts_and_may_try_again(
    make: Callable[..., SignIns], door: Door, clock: FakeClock
) -> None:
    door.will = [RateLimited("Full.", wait=3600)]
    with pytest.raises(SignInBudgetExhausted, match="in a few minutes, 2026-11-16 13:00 UTC at the latest"):
        make(at_terminal=True).renew(door, by_hand=True)

    clock.advance(minutes=6)
    make(at_terminal=True).renew(door, by_hand=True)

    assert make().token == "token-2"


def test_a_persons_mistakes_do_not_let_the_service_sign_in_more_often(
    make: Callable[..., SignIns], door: Door
) -> None:
    door.will = [REFUSED] * 5
    for _ in range(5):
        with pytest.raises(SignInRefused):
            make("wrong", at_terminal=True).renew(door, by_hand=True)
    make("right", at_terminal=True).renew(door, by_hand=True)

    with pytest.raises(SignInBudgetExhausted):
        make("right").renew(door, by_hand=False)


def test_sign_ins_that_collide_are_made_two_seconds_apart(
    make: Callable[..., SignIns], door: Door, clock: FakeClock
) -> None:
    door.will = [SignInCollision("Twice.")]

    make().renew(door, by_hand=False)

    assert clock.slept == [2.0]
    assert door.knocks == ["12:00:00 pw", "12:00:02 pw"]


def test_a_collision_is_not_repeated_for_ever(make: Callable[..., SignIns], door: Door) -> None:
    door.will = [SignInCollision("Twice.")] * 5

    with pytest.raises(Unreadable):
        make().renew(door, by_hand=False)

    assert len(door.knocks) == 2


def test_a_token_that_somebody_else_put_there_is_found(make: Callable[..., SignIns], door: Door) -> None:
    service, login = make(), make()
    service.renew(door, by_hand=False)
    assert not service.reload()

    login.renew(door, by_hand=True)

    assert service.reload()
    assert service.token == "token-2"


def test_who_the_account_is_is_kept(make: Callable[..., SignIns], door: Door) -> None:
    person = Person(id=3, name="megabot", actor="https://lemmy.example/u/megabot", bot=True)
    before = make().person

    make().set_fact(person)

    assert (before, make().person) == (None, person)


def test_forgetting_the_token_keeps_the_budget(make: Callable[..., SignIns], door: Door) -> None:
    make().renew(door, by_hand=False)

    make().prune()

    assert make().token == ""
    with pytest.raises(SignInBudgetExhausted):
        make().renew(door, by_hand=False)


def test_no_secret_is_written_but_the_token(make: Callable[..., SignIns], door: Door, tmp_path: Path) -> None:
    door.will = [REFUSED]
    with pytest.raises(SignInRefused):
        make("canary-password", totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").renew(door, by_hand=False)

    text = (tmp_path / "token.json").read_text()
    assert "canary" not in text
    assert "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" not in text
