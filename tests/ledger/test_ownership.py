"""Which account a ledger belongs to: compared by name and host, inferred for a ledger that does not say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.ledger.ownership import Claim, Owner, compare, infer, is_same
from megabot.ledger.records import PostRecord
from tests.fakes import MONDAY_NOON

OWNER = Owner(name="megabot", host="lemmy.example", address="127.0.0.1:8536")
POST = PostRecord(
    post_id=1,
    thread="news",
    edition="2026-W47",
    number=1,
    slot=MONDAY_NOON,
    community_id=3,
    url="https://lemmy.example/post/1",
    title="News",
)


@pytest.mark.parametrize(
    ("name", "instance", "claim"),
    [
        ("megabot", "http://127.0.0.1:8536", Claim.OWN),
        ("MegaBot", "https://lemmy.example", Claim.OWN),
        ("megabot", "https://other.example", Claim.MOVED),
        ("newsbot", "https://lemmy.example", Claim.FOREIGN),
        ("newsbot", "https://other.example", Claim.FOREIGN),
        ("", "https://other.example", Claim.OWN),
        ("megabot", "", Claim.OWN),
    ],
)
def test_settings_are_compared_by_name_and_host(name: str, instance: str, claim: Claim) -> None:
    assert compare(OWNER, name=name, instance=instance) is claim


@pytest.mark.parametrize(
    ("owner", "same"),
    [
        (OWNER, True),
        (replace(OWNER, name=""), True),
        (replace(OWNER, host=""), True),
        (replace(OWNER, name="newsbot"), False),
        (replace(OWNER, host="other.example"), False),
    ],
)
def test_the_account_that_the_server_names_decides(owner: Owner, same: bool) -> None:  # noqa: FBT001
    assert is_same(owner, name="megabot", host="lemmy.example") is same


def test_an_older_ledger_is_its_newest_own_posts_servers() -> None:
    adopted = replace(
        POST, adopted=True, url="https://far.example/post/9", slot=MONDAY_NOON + timedelta(days=7)
    )
    before = replace(POST, url="https://old.example/post/3", slot=MONDAY_NOON - timedelta(days=7))

    owner = infer([before, POST, adopted], None)

    assert owner == Owner(name="", host="lemmy.example", address="lemmy.example")


def test_the_token_beside_an_older_ledger_names_its_account() -> None:
    signed_in = Owner(name="megabot", host="", address="127.0.0.1:8536")

    assert infer([POST], signed_in) == OWNER
    assert infer([], signed_in) == signed_in
    assert infer([], None) is None
