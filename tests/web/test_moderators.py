"""Who may see what: the server is asked each time, except while someone types."""

from dataclasses import replace
from datetime import timedelta

import pytest

from megabot.errors import Unreachable
from megabot.web.moderators import Moderators
from tests.builders import NOW
from tests.world import NEWS

KIM, ROBIN = "https://lemmy.example/u/kim", "https://lemmy.example/u/robin"
BIRDS = replace(NEWS, name="birds", community="birds")
HOME = replace(NEWS, name="home", community="")


class Server:
    """Answers who moderates, and counts the questions."""

    def __init__(self) -> None:
        self.mods = {"news": {KIM}, "birds": {ROBIN}}
        self.asked: list[str] = []
        self.away = False

    def read(self, community: str) -> frozenset[str]:
        if self.away:
            raise Unreachable("away")
        self.asked.append(community)
        return frozenset(self.mods.get(community, ()))


def of(moderators: Moderators, actor: str, *, after: float = 0, recent: bool = False) -> tuple[str, ...]:
    now = NOW + timedelta(seconds=after)
    return moderators.threads_of(actor, (NEWS, BIRDS, HOME), community="news", now=now, recent=recent)


def test_a_moderator_has_the_threads_of_their_communities() -> None:
    server = Server()
    moderators = Moderators(server.read)

    assert of(moderators, KIM) == ("news", "home")
    assert of(moderators, ROBIN) == ("birds",)
    assert of(moderators, "https://evil.example/u/kim") == ()


def test_each_community_is_read_once_for_each_request() -> None:
    server = Server()
    of(Moderators(server.read), KIM)

    assert server.asked == ["news", "birds"]


@pytest.mark.parametrize(("after", "allowed"), [(15, ("news", "home")), (16, ()), (-1, ())])
def test_only_while_someone_types_an_answer_of_the_last_15_seconds_will_do(
    after: int, allowed: tuple[str, ...]
) -> None:
    server = Server()
    moderators = Moderators(server.read)
    of(moderators, KIM)
    server.mods["news"] = set()

    assert of(moderators, KIM, after=after, recent=True) == allowed
    assert of(moderators, KIM, after=after) == ()


def test_while_the_server_is_away_nobody_is_a_moderator() -> None:
    server = Server()
    moderators = Moderators(server.read)
    of(moderators, KIM)
    server.away = True

    with pytest.raises(Unreachable):
        of(moderators, KIM, after=1)
