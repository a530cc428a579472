"""The forum port's stand-in for servers that may not be asked."""

from megabot.forum.home_server import HomePin, Software
from megabot.forum.port import NoHomeServers

COMMUNITY, POST = "https://other.example/c/news", "https://lemmy.example/post/1"


def test_where_no_other_server_may_be_asked_its_pin_is_unknown_and_the_reason_names_it() -> None:
    reading = NoHomeServers().pin(COMMUNITY, POST)

    assert reading.pin is HomePin.UNREADABLE
    assert COMMUNITY in reading.trouble
    assert NoHomeServers().software(COMMUNITY) == Software()
