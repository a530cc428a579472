"""The demo's judge must see what a broken bot leaves: a judge that passes everything proves nothing."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

import pytest

from lemmy_sandbox import Sandbox
from megabot.demo import judge

EDITIONS = ["news/2026-W45", "news/2026-W46"]


class Bot:
    """The bot's hands, played by the test: each step of a handover can be left out or done wrongly."""

    def __init__(self, sandbox: Sandbox, community_id: int) -> None:
        self.hand = sandbox.user("megabot")
        self.community_id = community_id
        self.posts: list[int] = []

    def post(self, edition: str, *, link: bool = True) -> int:
        before = f"Last: https://lemmy.example/post/{self.posts[-1]}" if self.posts and link else "Nothing."
        body = f"{before}\n\n[//]: # (megabot:v1:{edition})"
        self.posts.append(self.hand.create_post(self.community_id, edition, body=body))
        return self.posts[-1]

    def tell(self, old: int, new: int) -> None:
        self.hand.comment(old, f"The new thread: https://lemmy.example/post/{new}")


@pytest.fixture(params=["v3", "v4"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(lambda: datetime(2026, 11, 9, 12, 0, tzinfo=UTC), api=request.param) as sandbox:
        for name in ("modlin", "megabot"):
            sandbox.add_person(name, bot=name == "megabot")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot"])
        yield sandbox


@pytest.fixture
def bot(sandbox: Sandbox) -> Bot:
    return Bot(sandbox, sandbox.community("news").id)


def faults(sandbox: Sandbox, unpinned: Collection[int] = ()) -> list[str]:
    return judge.verdict(
        sandbox.url, community="news", bot="megabot", editions=EDITIONS, unpinned_by_people=unpinned
    )


def test_a_right_handover_is_passed(sandbox: Sandbox, bot: Bot) -> None:
    old = bot.post(EDITIONS[0])
    bot.hand.feature(old)
    new = bot.post(EDITIONS[1])
    bot.hand.feature(new)
    bot.tell(old, new)
    bot.hand.feature(old, featured=False)

    assert faults(sandbox) == []


def test_unpinning_first_is_seen(sandbox: Sandbox, bot: Bot) -> None:
    old = bot.post(EDITIONS[0])
    bot.hand.feature(old)
    new = bot.post(EDITIONS[1])
    bot.hand.feature(old, featured=False)
    bot.hand.feature(new)
    bot.tell(old, new)

    assert faults(sandbox) == [f"the bot left no thread pinned when it unpinned post {old}"]


def test_a_thread_that_a_person_unpinned_is_no_fault_of_the_bots(sandbox: Sandbox, bot: Bot) -> None:
    old = bot.post(EDITIONS[0])
    bot.hand.feature(old)
    sandbox.user("modlin").feature(old, featured=False)
    new = bot.post(EDITIONS[1])
    bot.hand.feature(new)
    bot.tell(old, new)

    assert faults(sandbox, unpinned=[old]) == []


def test_posting_twice_is_seen(sandbox: Sandbox, bot: Bot) -> None:
    old = bot.post(EDITIONS[0])
    new = bot.post(EDITIONS[1])
    bot.tell(old, new)
    again = bot.post(EDITIONS[1], link=False)
    bot.hand.feature(again)

    assert f"{EDITIONS[1]}#1 was posted more than once" in faults(sandbox)


def test_a_missing_link_is_seen(sandbox: Sandbox, bot: Bot) -> None:
    old = bot.post(EDITIONS[0])
    new = bot.post(EDITIONS[1], link=False)
    bot.hand.feature(new)
    bot.tell(old, new)

    assert faults(sandbox) == [f"{EDITIONS[1]}#1 does not link {EDITIONS[0]}"]


def test_an_old_thread_that_does_not_tell_of_the_new_one_is_seen(sandbox: Sandbox, bot: Bot) -> None:
    bot.post(EDITIONS[0])
    bot.hand.feature(bot.post(EDITIONS[1]))

    assert faults(sandbox) == [f"{EDITIONS[0]}#1 has no comment that links the next thread"]


def test_two_pinned_posts_are_seen(sandbox: Sandbox, bot: Bot) -> None:
    old, new = bot.post(EDITIONS[0]), bot.post(EDITIONS[1])
    bot.tell(old, new)
    for post in (old, new):
        bot.hand.feature(post)

    assert faults(sandbox) == ["2 of the bot's posts are pinned instead of one"]


def test_a_missing_edition_is_seen(sandbox: Sandbox, bot: Bot) -> None:
    bot.hand.feature(bot.post(EDITIONS[0]))

    assert faults(sandbox) == [f"{EDITIONS[1]} is missing"]


def test_the_newest_not_being_the_pinned_one_is_seen(sandbox: Sandbox, bot: Bot) -> None:
    old, new = bot.post(EDITIONS[0]), bot.post(EDITIONS[1])
    bot.tell(old, new)
    bot.hand.feature(old)

    assert faults(sandbox) == [f"{EDITIONS[0]} is pinned but is not the newest"]


def adopted(sandbox: Sandbox, bot: Bot, edition: str) -> int:
    """A moderator's own thread that the bot's comment says it adopted."""
    post = sandbox.user("modlin").create_post(bot.community_id, edition)
    bot.hand.comment(post, f"Kept.\n\n[//]: # (megabot:v1:{edition}:adopted)")
    bot.posts.append(post)
    return post


def test_an_adopted_thread_is_an_edition_that_need_link_nothing(sandbox: Sandbox, bot: Bot) -> None:
    old = bot.post(EDITIONS[0])
    new = adopted(sandbox, bot, EDITIONS[1])
    bot.hand.feature(new)
    bot.tell(old, new)

    assert faults(sandbox) == []


def test_a_thread_after_an_adopted_one_has_to_link_it(sandbox: Sandbox, bot: Bot) -> None:
    old = adopted(sandbox, bot, EDITIONS[0])
    new = bot.post(EDITIONS[1], link=False)
    bot.hand.feature(new)
    bot.tell(old, new)

    assert faults(sandbox) == [f"{EDITIONS[1]}#1 does not link {EDITIONS[0]}"]


def test_a_thread_that_does_not_link_its_companion_is_seen(sandbox: Sandbox, bot: Bot) -> None:
    books = Bot(sandbox, sandbox.add_community("books", "Books", moderators=["megabot"]).id)
    bot.post(EDITIONS[0])
    books.hand, books.posts = bot.hand, bot.posts[:]
    books.post("group/2026-W45")

    assert judge.unpaired(sandbox.url, communities=("news", "books"), bot="megabot") == [
        f"{EDITIONS[0]} does not link group/2026-W45"
    ]
