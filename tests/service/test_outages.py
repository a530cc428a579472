"""Since when a service that waits to act has had no database."""

from datetime import timedelta

import pytest

from megabot.service.outages import Seen, outage_since
from tests.builders import NOW

LATER = NOW + timedelta(minutes=20)


def test_an_outage_begins_when_the_database_first_did_not_answer() -> None:
    since = outage_since(None, Seen.DATABASE_AWAY, NOW)

    assert since == NOW
    assert outage_since(since, Seen.DATABASE_AWAY, LATER) == NOW


@pytest.mark.parametrize("seen", [Seen.OTHER_HOST, Seen.SERVING])
def test_it_is_over_for_this_host_when_any_host_can_post(seen: Seen) -> None:
    assert outage_since(NOW, seen, LATER) is None


@pytest.mark.parametrize("seen", [Seen.OTHER_HOST, Seen.SERVING])
def test_no_outage_begins_while_some_host_can_post(seen: Seen) -> None:
    assert outage_since(None, seen, NOW) is None


@pytest.mark.parametrize("between", [Seen.OTHER_HOST, Seen.SERVING])
def test_the_next_outage_counts_from_its_own_beginning(between: Seen) -> None:
    since = None
    for seen, now in ((Seen.DATABASE_AWAY, NOW), (between, NOW), (Seen.DATABASE_AWAY, LATER)):
        since = outage_since(since, seen, now)

    assert since == LATER
