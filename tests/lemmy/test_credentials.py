"""Two-factor codes and the fingerprint of credentials."""

from datetime import UTC, datetime

import pytest

from megabot.errors import ConfigError
from megabot.lemmy.auth.credentials import Credentials

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LINK = f"otpauth://totp/lemmy.example:megabot?secret={SEED}&algorithm=SHA1&issuer=lemmy.example"


def with_seed(seed: str) -> Credentials:
    return Credentials(username="megabot", password="canary-password", totp_secret=seed)


@pytest.mark.parametrize("seed", [SEED, SEED.lower(), "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", LINK])
def test_a_secret_and_its_link_give_the_same_code(seed: str) -> None:
    assert with_seed(seed).code(NOW) == with_seed(SEED).code(NOW)
    assert len(with_seed(seed).code(NOW)) == 6


def test_the_code_is_the_one_of_rfc_6238() -> None:
    seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert with_seed(seed).code(datetime.fromtimestamp(1111111109, UTC)) == "081804"


def test_a_code_that_a_person_typed_wins() -> None:
    typed = Credentials(username="megabot", totp_secret=SEED, typed_code="123456")

    assert typed.code(NOW) == "123456"
    assert "123456" not in repr(typed)


def test_without_a_secret_there_is_no_code() -> None:
    assert with_seed("").code(NOW) == ""


@pytest.mark.parametrize(
    "seed",
    [
        "canary!",
        "canary1",
        "otpauth://totp/canary",
        "https://canary.example",
        f"otpauth://hotp/x?secret={SEED}",
    ],
)
def test_what_is_no_secret_is_refused_and_not_repeated(seed: str) -> None:
    with pytest.raises(ConfigError, match="MEGABOT_TOTP_SECRET") as caught:
        with_seed(seed).code(NOW)

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_secrets_are_not_shown() -> None:
    shown = repr(with_seed(SEED))

    assert "canary" not in shown
    assert SEED not in shown


def test_the_same_credentials_are_known_again() -> None:
    fingerprint = with_seed(SEED).fingerprint()

    assert with_seed(SEED).match(fingerprint)
    assert not with_seed("").match(fingerprint)


def test_a_fingerprint_is_salted_and_holds_no_secret() -> None:
    one, other = with_seed(SEED).fingerprint(), with_seed(SEED).fingerprint()

    assert one != other
    assert "canary" not in one


@pytest.mark.parametrize("garbled", ["", ":", "xyz:00", "00"])
def test_a_garbled_fingerprint_matches_nothing(garbled: str) -> None:
    assert not with_seed(SEED).match(garbled)
