"""Two servers that federate: what arrives on the other one, and what a 0.19 refuses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lemmy_sandbox import Sandbox, User
from lemmy_sandbox.federation import Network, Refused
from lemmy_sandbox.records import Post
from lemmy_sandbox.user_client import Json
from tests.sandbox.refusals import refusal

BOTH = [(home, own) for home in ("v3", "v4") for own in ("v3", "v4")]
ON_BOTH = pytest.mark.parametrize("two", BOTH, indirect=True)


@dataclass
class Two:
    """The community's server `alpha` and the server `beta` of a person who follows it there."""

    alpha: Sandbox
    beta: Sandbox
    network: Network
    community_id: int
    now: list[datetime]

    @property
    def away(self) -> User:
        return self.beta.user("robin")

    def pass_(self, **span: float) -> None:
        self.now[0] += timedelta(**span)

    def at_alpha(self, post_id: int) -> Post:
        """Give a post of beta's as alpha has it; raise where it has not."""
        self.alpha.user().get("site")  # what is due arrives with the next request
        found = self.alpha.world.post_at(f"https://beta.example/post/{post_id}")
        assert found is not None
        return found

    def appoint(self) -> None:
        with self.alpha.lock:
            robin = self.alpha.world.person_called("robin@beta.example", fetches=True)
        assert robin is not None
        self.alpha.user("modlin").add_mod(self.alpha.community("news").id, robin.id)


@pytest.fixture
def two(request: pytest.FixtureRequest) -> Iterator[Two]:
    home, own = getattr(request, "param", ("v4", "v4"))
    now = [datetime(2026, 11, 16, 12, tzinfo=UTC)]
    alpha = Sandbox(lambda: now[0], "alpha.example", api=home)
    beta = Sandbox(lambda: now[0], "beta.example", api=own)
    with alpha, beta:
        for name in ("modlin", "reader"):
            alpha.add_person(name)
        alpha.add_community("news", moderators=["modlin"])
        beta.add_person("robin")
        alpha.user("reader").create_post(alpha.community("news").id, "From before")
        network = alpha.federate(beta)
        made = Two(alpha, beta, network, 0, now)
        view = made.away.get("community", name="news@alpha.example")["community_view"]
        made.community_id = view["community"]["id"]
        made.away.post("community/follow", community_id=made.community_id, follow=True)
        yield made
        assert alpha.crashes + beta.crashes == []


def row(view: Json) -> Json:
    return dict(view["post"])


@ON_BOTH
def test_a_community_of_another_server_is_found_by_its_handle_with_its_posts(two: Two) -> None:
    view = two.away.get("community", name="news@alpha.example")

    shown = view["community_view"]["community"]
    assert (shown["local"], shown.get("ap_id") or shown["actor_id"]) == (
        False,
        "https://alpha.example/c/news",
    )
    assert [one["moderator"]["name"] for one in view["moderators"]] == ["modlin"]
    assert [post.ap_id for post in two.beta.world.posts.values()] == ["https://alpha.example/post/1"]


@ON_BOTH
def test_strangers_make_a_server_fetch_nothing(two: Two) -> None:
    two.alpha.add_community("birds")

    code = refusal(two.beta.user().get, "community", name="birds@alpha.example")

    assert code.startswith("404")


@ON_BOTH
def test_a_post_arrives_and_so_does_its_edit(two: Two) -> None:
    post = two.away.create_post(two.community_id, "Hello", "one")

    two.away.edit_post(post, body="two")

    shown = two.at_alpha(post)
    assert (shown.name, shown.body) == ("Hello", "two")
    address = f"https://beta.example/post/{post}"
    assert row(two.away.read_post(post))["ap_id"] == address
    found = two.alpha.user().get("resolve_object", q=address)["post"]
    assert found.get("post", found)["ap_id"] == address


@ON_BOTH
def test_comments_arrive_both_ways_and_tell_whom_they_answer(two: Two) -> None:
    post = two.away.create_post(two.community_id, "Hello")

    there = two.alpha.user("reader").comment(two.at_alpha(post).id, "hi @robin@beta.example")
    waiting = len(two.beta.world.mentions) + len(two.beta.world.notifications)
    (comment,) = two.beta.world.comments.values()
    two.away.comment(post, "hello yourself", parent_id=comment.id)

    assert waiting == 1
    (own, answer) = two.alpha.world.comments.values()
    assert (own.id, answer.parent_id, answer.content) == (there, there, "hello yourself")


@pytest.mark.parametrize("two", [pair for pair in BOTH if pair[0] == "v4"], indirect=True)
def test_a_pin_arrives_at_a_1_0_and_so_does_its_end(two: Two) -> None:
    two.appoint()
    post = two.away.create_post(two.community_id, "Hello")

    two.away.feature(post)
    pinned = two.at_alpha(post).featured_community
    two.away.feature(post, featured=False)

    assert (pinned, two.at_alpha(post).featured_community) == (True, False)
    assert two.network.refused == []


@pytest.mark.parametrize("two", [pair for pair in BOTH if pair[0] == "v3"], indirect=True)
def test_a_pin_does_not_arrive_at_a_0_19_and_nobody_is_told(two: Two) -> None:
    two.appoint()
    post = two.away.create_post(two.community_id, "Hello")

    two.away.feature(post)

    assert not two.at_alpha(post).featured_community
    assert row(two.away.read_post(post))["featured_community"]
    assert two.network.refused == [Refused("alpha.example", "CouldntFindCommunity", "ModFeaturePost")]


@pytest.mark.parametrize("two", [("v3", "v4")], indirect=True)
def test_an_upgrade_gives_a_community_of_0_19_the_addresses_that_pins_need(two: Two) -> None:
    two.appoint()
    post = two.away.create_post(two.community_id, "Hello")
    two.alpha.upgrade()

    two.away.feature(post)

    assert two.at_alpha(post).featured_community


@ON_BOTH
def test_a_pin_from_the_communitys_own_server_arrives_with_its_line_in_the_mod_log(two: Two) -> None:
    post = two.away.create_post(two.community_id, "Hello")

    two.alpha.user("modlin").feature(two.at_alpha(post).id)

    assert row(two.away.read_post(post))["featured_community"]
    (line,) = [one for one in two.beta.world.modlog if one.post_id == post]
    assert two.beta.world.people[line.mod_person_id].ap_id == "https://alpha.example/u/modlin"


@ON_BOTH
def test_removals_and_locks_by_the_communitys_moderators_arrive(two: Two) -> None:
    post = two.away.create_post(two.community_id, "Hello")
    moderator = two.alpha.user("modlin")

    moderator.lock(two.at_alpha(post).id)
    moderator.remove(two.at_alpha(post).id)

    kept = two.beta.world.posts[post]
    assert (kept.locked, kept.removed) == (True, True)


@ON_BOTH
def test_a_message_to_somebody_on_another_server_arrives_there(two: Two) -> None:
    with two.alpha.lock:
        robin = two.alpha.world.person_called("robin@beta.example", fetches=True)
    assert robin is not None

    two.alpha.user("modlin").message(robin.id, "hello")

    assert [one.content for one in two.beta.world.messages.values()] == ["hello"]


@pytest.mark.parametrize("two", [("v3", "v4"), ("v4", "v4")], indirect=True)
def test_on_a_1_0_a_post_waits_until_the_communitys_server_sends_it_back(two: Two) -> None:
    two.network.delay = timedelta(minutes=5)
    post = two.away.create_post(two.community_id, "Hello")

    first = row(two.away.read_post(post))["federation_pending"]
    two.pass_(minutes=5)
    sent = row(two.away.read_post(post))["federation_pending"]
    two.pass_(minutes=5)

    assert (first, sent) == (True, True)
    assert not row(two.away.read_post(post))["federation_pending"]


@pytest.mark.parametrize("two", [("v4", "v4")], indirect=True)
def test_what_waits_is_shown_to_its_author_alone(two: Two) -> None:
    two.beta.add_person("kim")
    two.network.cut.add(frozenset({"alpha.example", "beta.example"}))
    two.away.create_post(two.community_id, "Hello")

    def titles(hand: User) -> list[str]:
        found = hand.get("post/list", community_id=two.community_id)["items"]
        return [one["post"]["name"] for one in found]

    assert titles(two.away) == ["Hello", "From before"]
    assert titles(two.beta.user("kim")) == ["From before"]


@pytest.mark.parametrize(("two", "arrives"), [(("v4", "v3"), False), (("v4", "v4"), True)], indirect=["two"])
def test_without_a_follower_a_0_19_takes_nothing_and_a_1_0_what_is_in_reach_of_its_own_posts(
    two: Two, *, arrives: bool
) -> None:
    two.away.post("community/follow", community_id=two.community_id, follow=False)
    post = two.away.create_post(two.community_id, "Hello")

    two.alpha.user("reader").comment(two.at_alpha(post).id, "hi")
    two.away.read_post(post)

    assert bool(two.beta.world.comments) is arrives


@ON_BOTH
def test_between_servers_that_are_cut_off_nothing_travels(two: Two) -> None:
    two.network.cut.add(frozenset({"alpha.example", "beta.example"}))

    two.away.create_post(two.community_id, "Hello")

    assert [post.name for post in two.alpha.world.posts.values()] == ["From before"]
