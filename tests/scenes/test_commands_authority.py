"""Who is obeyed, and how often: the cases C of docs/faults.md, as scenes on the sandbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from megabot.errors import Refused, Unreachable
from megabot.forum.models import Comment, Community
from megabot.forum.port import Forum
from megabot.ledger.records import CommandState
from megabot.service.service import Service
from tests.scenario import BOT, ON_BOTH, answers, at_work, letters, say, tick, write
from tests.world import World


@pytest.fixture
def service(world: World) -> Service:
    world.sandbox.add_person("stranger")
    world.sandbox.add_community("birds", "Birds", moderators=["stranger"])
    return at_work(world)


class NoCommunities:
    """A forum that finds everything but communities."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum
        self.asked = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands in for any method of the port
        return getattr(self._forum, name)

    def community(self, name: str) -> Community:
        self.asked += 1
        raise Unreachable(f"no way to {name}")


class Mute:
    """A forum that takes no answer."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  as above
        return getattr(self._forum, name)

    def comment(self, post_id: int, content: str, *, parent_id: int = 0, key: str = "") -> Comment:
        if parent_id:
            raise Refused(f"no answers in {post_id}", code="locked")
        return self._forum.comment(post_id, content, key=key)


def obeyed(world: World) -> bool:
    """Whether somebody's `repost yes` was carried out."""
    return len(world.posts()) > 1


@ON_BOTH
def test_a_stranger_is_not_obeyed_and_not_answered(world: World, service: Service) -> None:
    say(world, service, f"{BOT} repost yes", by="stranger")

    assert not obeyed(world)
    assert answers(world) == letters(world, "stranger") == []
    assert world.ports().forum.unread().total == 0


@ON_BOTH
def test_a_strangers_message_is_not_obeyed_and_not_answered(world: World, service: Service) -> None:
    write(world, service, "repost yes", by="stranger")

    assert not obeyed(world)
    assert letters(world, "stranger") == []


def test_a_display_name_gives_no_rights(world: World, service: Service) -> None:
    """C02."""
    world.hand("stranger").save_settings(display_name="modlin")

    say(world, service, f"{BOT} repost yes", by="stranger")

    assert not obeyed(world)


@ON_BOTH
def test_who_was_a_moderator_a_minute_ago_is_not_obeyed(world: World, service: Service) -> None:
    """C03."""
    say(world, service, f"{BOT} status")
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("modlin").id, added=False)

    say(world, service, f"{BOT} repost yes")

    assert not obeyed(world)


def test_while_nobody_knows_who_moderates_a_command_waits(world: World, service: Service) -> None:
    """C04: the list is read for each command, and no older one is trusted."""
    say(world, service, f"{BOT} status")
    ports = world.ports()
    ports.forum.account()
    forum = NoCommunities(ports.forum)
    blind = Service(replace(ports, forum=forum), tick=timedelta(seconds=30), notify=lambda _: None)
    say(world, blind, f"{BOT} repost yes")
    assert forum.asked
    assert not obeyed(world)

    tick(world, service)

    assert obeyed(world)


@pytest.mark.parametrize(
    "text",
    [
        f"> {BOT} repost yes",
        f"`{BOT} repost yes`",
        f"```\n{BOT} repost yes\n```",
        f"::: spoiler what they wrote\n{BOT} repost yes\n:::",
        f"They said:\n\n> {BOT} repost yes\n\nNo.",
    ],
)
def test_what_a_moderator_only_quotes_is_not_obeyed(world: World, service: Service, text: str) -> None:
    """C05, C06."""
    say(world, service, text)

    assert not obeyed(world)


@ON_BOTH
def test_a_comment_that_becomes_a_command_by_an_edit_is_none(world: World, service: Service) -> None:
    """C07."""
    comment = say(world, service, f"I asked {BOT} for it")

    world.hand("modlin").edit_comment(comment, f"{BOT} repost yes")
    tick(world, service)

    assert not obeyed(world)


@ON_BOTH
def test_a_comment_that_was_deleted_and_restored_is_obeyed_once(world: World, service: Service) -> None:
    """C07."""
    comment = say(world, service, f"{BOT} repost yes")
    world.clock.at += timedelta(hours=1)

    for deleted in (True, False):
        world.hand("modlin").delete_comment(comment, deleted=deleted)
        tick(world, service)

    assert len(world.posts()) == 2


@ON_BOTH
def test_a_command_that_is_saved_again_is_obeyed_once(world: World, service: Service) -> None:
    """C07, C08: 1.0 tells of each edit anew."""
    comment = say(world, service, f"{BOT} repost yes")
    world.clock.at += timedelta(hours=1)

    for words in ("repost yes", "repost yes Thank you!", "hold"):
        world.hand("modlin").edit_comment(comment, f"{BOT} {words}")
        tick(world, service)

    assert len(world.posts()) == 2
    assert len([one for one in world.comments(1) if "answer:" in one]) == 1
    assert [command.verb for command in world.ports().ledger.commands(5)] == ["repost"]


@ON_BOTH
def test_a_command_that_is_a_mention_and_a_reply_is_obeyed_once(world: World, service: Service) -> None:
    """C08: an answer to a comment of the bot's that names it."""
    say(world, service, f"{BOT} status")
    own = max(int(one["id"]) for one in world.hand("reader").comments_by("megabot"))

    world.hand("modlin").comment(1, f"{BOT} repost yes", parent_id=own)
    tick(world, service)
    world.clock.at += timedelta(hours=1)
    tick(world, service)

    assert len(world.posts()) == 2


def test_a_command_marked_as_unread_again_is_obeyed_once(world: World, service: Service) -> None:
    """C08."""
    write(world, service, "repost yes")
    world.clock.at += timedelta(hours=1)
    world.hand("megabot").post("private_message/mark_as_read", private_message_id=1, read=False)

    tick(world, service)

    assert len(world.posts()) == 2


@pytest.mark.parametrize("way", ["comment", "message"])
def test_a_restored_ledger_does_not_obey_again_what_was_answered(
    world: World, service: Service, way: str
) -> None:
    """C08: the answer itself tells of it."""
    backup = (world.state / "ledger.db").read_bytes()
    if way == "comment":
        comment = say(world, service, f"{BOT} repost yes")
        mention = world.hand("megabot").get("user/mention", sort="New")["mentions"][0]
        assert mention["comment"]["id"] == comment
        number = mention["person_mention"]["id"]
        world.hand("megabot").post("user/mention/mark_as_read", person_mention_id=number, read=False)
    else:
        number = write(world, service, "repost yes")
        world.hand("megabot").post("private_message/mark_as_read", private_message_id=number, read=False)
    world.close()
    (world.state / "ledger.db").write_bytes(backup)
    world.clock.at += timedelta(hours=1)

    world.service().tick()

    assert len(world.posts()) == 2


@ON_BOTH
@pytest.mark.parametrize(("words", "hours"), [("repots", 1), (f"repots {BOT}", 72), ("status", 72)])
@pytest.mark.parametrize("way", [say, write])
def test_a_restored_ledger_does_not_answer_again(
    world: World, service: Service, words: str, hours: int, way: Callable[..., int]
) -> None:
    """C08: it lists all that came after the backup once more."""
    backup = (world.state / "ledger.db").read_bytes()
    way(world, service, f"{BOT} {words}")
    given = answers(world) + letters(world)
    world.close()
    (world.state / "ledger.db").write_bytes(backup)
    world.clock.at += timedelta(hours=hours)

    world.service().tick()

    assert answers(world) + letters(world) == given != []


@pytest.mark.parametrize(("words", "posts", "pinned"), [("repost yes", 2, [2]), ("undo", 3, [2])])
def test_a_restored_ledger_does_not_obey_again_what_was_never_answered(
    world: World, service: Service, words: str, posts: int, pinned: list[int]
) -> None:
    """C08: what is newer than the order was done on it."""
    if words == "undo":
        for _ in range(2):
            say(world, service, f"{BOT} repost yes")
            world.clock.at += timedelta(minutes=11)
    backup = (world.state / "ledger.db").read_bytes()
    ports = world.ports()
    ports.forum.account()
    mute = Service(replace(ports, forum=Mute(ports.forum)), tick=timedelta(seconds=30), notify=lambda _: None)
    say(world, mute, f"{BOT} {words}")
    assert (len(world.posts()), world.pinned()) == (posts, pinned)
    mention = world.hand("megabot").get("user/mention", sort="New")["mentions"][0]["person_mention"]
    world.hand("megabot").post("user/mention/mark_as_read", person_mention_id=mention["id"], read=False)
    world.close()
    (world.state / "ledger.db").write_bytes(backup)
    world.clock.at += timedelta(hours=1)

    world.service().tick()

    assert (len(world.posts()), world.pinned()) == (posts, pinned)


def test_with_the_ledger_lost_what_waits_is_not_obeyed(world: World, service: Service) -> None:
    world.hand("modlin").comment(1, f"{BOT} repost yes")
    (world.state / "ledger.db").unlink()

    world.service().tick()

    assert not obeyed(world)


def test_what_was_said_after_the_first_post_and_before_the_first_start_of_the_service_is_obeyed(
    world: World,
) -> None:
    world.post()
    world.clock.at += timedelta(hours=1)
    world.hand("modlin").comment(1, f"{BOT} repost yes")
    world.clock.at += timedelta(hours=1)

    world.service().tick()

    assert obeyed(world)


def test_two_moderators_who_want_the_same_at_once_get_one_copy_and_two_answers(
    world: World, service: Service
) -> None:
    """C09."""
    world.sandbox.add_person("robin")
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("robin").id)
    world.hand("robin").comment(1, f"{BOT} repost yes")

    say(world, service, f"{BOT} repost yes")

    assert len(world.posts()) == 2
    assert answers(world) == ["news/2026-W48: https://lemmy.example/post/2 (pinned)"] * 2


def test_a_moderator_of_another_community_is_not_obeyed(world: World, service: Service) -> None:
    """C10: neither in that one, nor here, nor by message."""
    birds = world.sandbox.community("birds").id
    post = world.hand("stranger").create_post(birds, "Birds of the week")

    say(world, service, f"{BOT} repost yes", by="stranger", post=post)
    write(world, service, "repost yes", by="stranger")

    assert not obeyed(world)
    assert letters(world, "stranger") == []


def test_a_command_in_another_community_is_not_obeyed_whoever_writes_it(
    world: World, service: Service
) -> None:
    """C10."""
    post = world.hand("stranger").create_post(world.sandbox.community("birds").id, "Birds of the week")

    say(world, service, f"{BOT} repost yes", post=post)

    assert not obeyed(world)


def test_another_bot_is_not_obeyed_although_it_moderates(world: World, service: Service) -> None:
    """C13."""
    world.sandbox.add_person("robot", bot=True)
    world.hand("admin").add_mod(world.community_id, world.sandbox.person("robot").id)

    say(world, service, f"{BOT} repost yes", by="robot")

    assert not obeyed(world)


def test_the_bots_own_words_are_no_command(world: World, service: Service) -> None:
    """C13: neither in a comment of its own nor in a message to itself."""
    say(world, service, f"{BOT} repost yes", by="megabot")

    assert not obeyed(world)


def test_what_people_write_is_never_echoed_as_markdown(world: World, service: Service) -> None:
    """C15."""
    say(world, service, f"{BOT} [free](https://evil.example) @everyone@lemmy.example")

    assert "](" not in answers(world)[0]
    assert "@everyone" not in answers(world)[0]


def test_an_answer_that_is_refused_does_not_repeat_the_deed(world: World, service: Service) -> None:
    """C16: the thread was locked and the comment deleted meanwhile, so there is no place for an answer."""
    ports = world.ports()
    ports.forum.account()
    mute = Service(replace(ports, forum=Mute(ports.forum)), tick=timedelta(seconds=30), notify=lambda _: None)
    say(world, mute, f"{BOT} repost yes")
    world.clock.at += timedelta(hours=1)

    tick(world, service)

    assert len(world.posts()) == 2
    assert answers(world) == []


def test_a_command_while_the_outcome_of_a_post_is_unknown_makes_no_second_one(
    world: World, service: Service
) -> None:
    """C17."""
    ledger = world.ports().ledger
    publish = next(one for one in ledger.intents("news") if one.new.kind == "publish")
    assert publish.new.edition == "2026-W48"
    world.hand("admin").purge(1)
    ledger.resolve_intent(publish.id, publish.state.SENDING, at=world.clock.now())

    write(world, service, "repost yes")

    assert world.posts() == []


def test_a_message_that_comes_days_late_is_answered_and_not_obeyed(world: World, service: Service) -> None:
    """C18."""
    world.hand("modlin").message(world.sandbox.person("megabot").id, "repost yes")
    world.clock.at += timedelta(days=3)

    service.tick()

    assert not obeyed(world)
    assert any("more than 2 days" in text for text in letters(world))


def test_where_comments_are_scarce_answers_come_by_message(world: World, service: Service) -> None:
    for _ in range(6):
        world.hand("modlin").comment(1, f"{BOT} status")

    tick(world, service)

    assert (len(answers(world)), len(letters(world))) == (4, 2)


def test_a_command_that_a_crash_cut_off_is_carried_out_by_the_next_process(
    world: World, service: Service
) -> None:
    """C16: where it was done already it is found done, and not answered a second time."""
    comment = say(world, service, f"{BOT} repost yes")
    ledger = world.ports().ledger
    record = ledger.command(f"comment:{comment}")
    assert record is not None
    ledger.keep_command(replace(record, state=CommandState.ACTING))
    world.clock.at += timedelta(hours=1)

    world.service().tick()

    assert len(world.posts()) == 2
    assert len(answers(world)) == 1


def let_admins_command(world: World) -> Service:
    return Service(replace(world.ports(), admins=True), tick=timedelta(seconds=30), notify=lambda _: None)


def test_an_admin_of_the_server_is_a_stranger(world: World, service: Service) -> None:
    say(world, service, f"{BOT} repost yes", by="admin")
    write(world, service, "repost yes", by="admin")

    assert not obeyed(world)
    assert letters(world, "admin") == []


@pytest.mark.parametrize("way", [say, write])
def test_where_a_setting_says_so_an_admin_of_the_server_is_obeyed(
    world: World, service: Service, way: Callable[..., int]
) -> None:
    words = f"{BOT} repost yes" if way is say else "repost yes"

    way(world, let_admins_command(world), words, by="admin")

    assert obeyed(world)


def test_who_was_an_admin_a_minute_ago_is_not_obeyed(world: World, service: Service) -> None:
    service = let_admins_command(world)
    say(world, service, f"{BOT} status", by="admin")
    world.sandbox.person("admin").admin = False

    say(world, service, f"{BOT} repost yes", by="admin")

    assert not obeyed(world)
