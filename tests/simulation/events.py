"""What happens in a year: drawn once, in the order of its slots, from the seed's chance."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from megabot.forum.models import Person, Post
from megabot.reconcile.orders import OrderKind
from megabot.schedule.calendar import Edition
from tests.simulation.faults import BROKEN_THREAD
from tests.simulation.year import BROKEN, Event, Year

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def draw(year: Year) -> None:
    """Put a year's events into its queue."""
    start = year.clock.at
    late = DAY * year.random.uniform(3, 9) if year.random.random() < LATE_START else HOUR
    year.at(start + late, Year.start)
    for thread in year.pages.all:
        for edition in year.slots(thread):
            year.at(edition.slot + timedelta(seconds=year.random.randrange(60)), slot)
            year.at(edition.slot + timedelta(minutes=20), look)
    editions = year.slots(year.pages.all[0])
    if year.upgrades:
        edition = editions[year.random.randrange(8, 44) % len(editions)]
        year.at(edition.slot - SECOND, named(an_upgrade_at_the_slot))
    for edition in editions:
        _draw_week(year, edition)


def _draw_week(year: Year, edition: Edition) -> None:
    for likely, event in WEEKLY:
        if year.random.random() < likely:
            year.at(_some_moment(year, edition), named(event))
    for likely, event in (AT_THE_SLOT, a_storm_at_the_slot), (SHARED, others_use_up_the_limits):
        if year.random.random() < likely:
            year.at(edition.slot - SECOND, named(event))
    if year.random.random() < BY_HAND:
        early = timedelta(hours=year.random.uniform(0.5, 20))
        year.at(edition.slot - early, named(a_thread_by_hand))
    year.at(edition.slot + 3 * DAY, lambda year: year.keep_backup())


def named(event: Event, name: str = "") -> Event:
    """Count an event when it happens."""

    def happen(year: Year) -> None:
        year.counts[f"event {name or event.__name__}"] += 1
        event(year)

    return happen


def _some_moment(year: Year, edition: Edition) -> datetime:
    """Half of what happens, happens around a slot."""
    if year.random.random() < 0.5:
        return edition.slot + timedelta(minutes=year.random.uniform(-90, 90))
    return edition.slot + timedelta(hours=year.random.uniform(-24, 140))


def slot(year: Year) -> None:
    """A slot has come: the service ticks."""


def look(year: Year) -> None:
    """Some time later the service looks again."""


# -- people's hands


def a_moderator_unpins(year: Year) -> None:
    """By hand, whatever stands."""
    _with_standing(year, lambda post: year.hand(year.modlin).feature(post.id, featured=False))


def a_moderator_pins_an_old_thread(year: Year) -> None:
    """One of the bot's that is not the newest."""
    old = sorted(post.id for post in _own(year))[:-1]
    if old:
        year.hand(year.kim).feature(year.random.choice(old[-3:]))


def a_moderator_pins_something_else(year: Year) -> None:
    """A post of a reader's."""
    post = year.hand(year.reader).create_post(year.home, "Rules of the house")
    year.hand(year.modlin).feature(post)


def a_moderator_removes(year: Year) -> None:
    """The standing thread; one time in four the ledger is lost as well, in another a storm blows."""
    _with_standing(year, lambda post: year.hand(year.modlin).remove(post.id))
    chance = year.random.random()
    if chance < 0.25:
        if chance < 0.15 and year.server.is_new:
            named(the_bot_is_demoted)(year)  # then 1.0 does not show what was removed
        named(the_ledger_is_lost)(year)
    elif chance < 0.5:
        named(a_storm_blows)(year)


def a_moderator_restores(year: Year) -> None:
    """What was removed last."""
    removed = [post for post in year.server.posts.values() if post.removed]
    if removed:
        year.hand(year.kim).remove(removed[-1].id, removed=False)


def the_bots_account_deletes(year: Year) -> None:
    """Somebody signs in as the bot and deletes the thread."""
    _with_standing(year, lambda post: year.hand(year.bot).delete(post.id))


def an_admin_purges(year: Year) -> None:
    """Without a trace; with the ledger lost, this post is excused (decision 7)."""

    def purge(post: Post) -> None:
        year.excused.add(post.body.rpartition("megabot:v1:")[2].split()[0].rstrip(")").partition("#")[0])
        year.hand(year.kim).purge(post.id)

    _with_standing(year, purge)


def a_moderator_locks(year: Year) -> None:
    """Or unlocks."""
    _with_standing(year, lambda post: year.hand(year.modlin).lock(post.id, locked=not post.locked))


def a_thread_by_hand(year: Year) -> None:
    """A moderator posts the week's thread before the bot does; adopted, left or taken down later."""
    number = 1 + max((_number(post.title) for post in _own(year)), default=1)
    hand = year.hand(year.modlin)
    post = hand.create_post(year.home, f"News {number}")
    hand.feature(post)
    chance = year.random.random()
    later = timedelta(hours=year.random.uniform(21, 40))
    if chance < 0.4:
        year.after(later, named(lambda one: one.adopt(f"https://lemmy.example/post/{post}"), "adopt"))
    elif chance < 0.7:
        year.after(later, lambda _: hand.feature(post, featured=False))


def the_bot_is_demoted(year: Year) -> None:
    """And appointed again some days later."""
    year.server.appoint("news", year.bot, appointed=False)
    back = timedelta(days=year.random.uniform(0.1, 9))
    year.after(back, lambda one: one.server.appoint("news", one.bot))


# -- the host, the network, the source


def the_host_is_down(year: Year) -> None:
    """For minutes or for weeks."""
    year.stop(for_=timedelta(hours=year.random.choice([0.1, 2, 30, 100, 24 * 16])))


def a_storm_blows(year: Year) -> None:
    """Calls fail for some hours."""
    year.storm.strength = year.random.choice([0.02, 0.1, 0.3, 0.9])
    year.after(timedelta(hours=year.random.uniform(0.1, 30)), calm)


def a_storm_at_the_slot(year: Year) -> None:
    """Half of all calls, or of all writes, fail for some minutes, just when it matters."""
    year.storm.strength, year.storm.writes_only = 0.5, year.random.random() < 0.5
    year.after(timedelta(minutes=year.random.uniform(0.5, 30)), calm)


def an_upgrade_at_the_slot(year: Year) -> None:
    """0.19 becomes 1.0 between any two requests of a handover; somebody signs in again, if need be."""
    if year.server.is_new:
        return
    year.storm.upgrade_in = year.random.randrange(1, 16)
    year.after(timedelta(minutes=year.random.uniform(21, 90)), _sign_in_after_the_upgrade)


def _sign_in_after_the_upgrade(year: Year) -> None:
    if year.storm.upgrade_in:  # the bot was down and asked nothing yet
        year.after(HOUR, _sign_in_after_the_upgrade)
    else:
        year.forum.sign_in()


def others_use_up_the_limits(year: Year) -> None:
    """Whoever shares the bot's address posts and comments as often as it is allowed, just when it matters."""
    rates = year.server.rates
    for limit in (rates.post, rates.comment) if rates else ():
        limit.drain(year.server.now(), windows=year.server.is_new)


def calm(year: Year) -> None:
    """The storm is over."""
    year.storm.strength, year.storm.writes_only = 0, False


def the_ledger_is_lost(year: Year) -> None:
    """The state folder is gone."""
    year.lose_ledger()


def a_backup_is_put_back(year: Year) -> None:
    """Of last week."""
    year.restore_ledger()


def the_token_dies(year: Year) -> None:
    """And somebody signs in again."""
    year.forum.alive = False
    year.after(timedelta(hours=year.random.uniform(0.1, 30)), lambda one: one.forum.sign_in())


def a_setting_hides_posts(year: Year) -> None:
    """And somebody flips it back."""
    year.forum.hides = frozenset({"show_bot_accounts"})
    back = timedelta(hours=year.random.uniform(0.1, 30))
    year.after(back, lambda one: one.forum.show_everything() if one.forum.alive else None)
    year.after(back + 2 * DAY, lambda one: one.forum.__setattr__("hiding_settings", frozenset()))


def the_clock_jumps(year: Year) -> None:
    """By minutes, days or a year, and back again."""
    hours = year.random.choice([-200, -30, -0.9, -0.5, 0.5, 0.9, 30, 24 * 8, 24 * 365])
    year.clock.ahead = timedelta(hours=hours)
    year.after(timedelta(hours=year.random.uniform(0.1, 30)), _clock_is_right)


def _clock_is_right(year: Year) -> None:
    year.clock.ahead = timedelta(0)


def the_template_breaks(year: Year) -> None:
    """And is mended."""
    year.press.problem = BROKEN
    year.after(timedelta(hours=year.random.uniform(0.1, 60)), _mended)


def _mended(year: Year) -> None:
    year.press.problem = None


def the_template_changes(year: Year) -> None:
    """A contributor's edit."""
    year.press.words = f"Words of {year.clock.at.isoformat()}"
    year.pages.commit = year.press.words


def the_inbox_hangs(year: Year) -> None:
    """For hours each call about it takes as long as it may, and fails: the threads are none the worse."""

    def hang() -> None:
        year.clock.at += timedelta(seconds=100)

    year.storm.hang = hang
    year.after(timedelta(hours=year.random.uniform(2, 12)), lambda year: setattr(year.storm, "hang", None))


def a_thread_is_broken(year: Year) -> None:
    """A third thread, between the two, has no community, or meets a bug: the others are none the worse."""
    first, *rest = [thread for thread in year.pages.all if thread.name != BROKEN_THREAD]
    community = year.random.choice(["", "news"])
    broken = replace(first, name=BROKEN_THREAD, path="broken.md.j2", community=community, companions=())
    year.pages.all = (first, broken, *rest)
    days = year.random.uniform(1, 20) if not community else 0.5  # what may be a bug is tried again often
    year.after(timedelta(days=days), Year.mend_threads)


def the_source_names_another_community(year: Year) -> None:
    """By a slip, which is mended; if a new series began there meanwhile, somebody has it moved."""
    _settle_in(year, "newsroom")
    year.after(timedelta(hours=year.random.uniform(1, 50)), _the_right_one)


def _the_right_one(year: Year) -> None:
    _settle_in(year, "news")
    standing = year.standing("news")
    if standing is not None and standing.community_id != year.home:
        year.order(OrderKind.POST, "news", move=True)
        year.after(DAY, _the_right_one)  # until it is there


def _settle_in(year: Year, community: str) -> None:
    first, *rest = year.pages.all
    year.pages.all = (replace(first, community=community), *rest)


# -- orders


def somebody_orders_a_copy(year: Year) -> None:
    """At the shell."""
    year.order(OrderKind.REPOST, year.random.choice(["news", "group"]))


def somebody_posts(year: Year) -> None:
    """At the shell, whatever stands."""
    year.order(OrderKind.POST, year.random.choice(["news", "group"]))


def somebody_posts_the_next(year: Year) -> None:
    """At the shell, before its slot; now and then twice."""
    thread = year.random.choice(["news", "group"])
    year.early.append(year.clock.at)
    for _ in range(year.random.choice([1, 1, 2])):
        year.order(OrderKind.POST, thread, early=True)


def a_week_without_a_post(year: Year) -> None:
    """The template is broken from a slot to the next; close to that somebody says `post`, then which."""
    thread = year.pages.all[0]
    following = next(thread.calendar.upcoming(year.clock.at)).slot
    then = next(thread.calendar.upcoming(following)).slot
    year.at(following - SECOND, lambda one: one.press.__setattr__("problem", BROKEN))
    year.at(then - 7 * HOUR, _mended)
    year.at(then - 6 * HOUR, lambda one: one.order(OrderKind.POST, thread.name))
    if year.random.random() < 0.5:
        year.at(then - 5 * HOUR, named(somebody_posts_the_next))


def somebody_refreshes(year: Year) -> None:
    """At the shell."""
    year.order(OrderKind.REFRESH, year.random.choice(["news", "group"]))


LATE_START = 0.2


def a_moderator_commands(year: Year) -> None:
    """By a comment in a thread, or by message; now and then both at once, or two of them the same."""
    words = year.random.choice(COMMANDS)
    for person in (year.modlin, year.kim)[: year.random.choice([1, 1, 2])]:
        _command(year, person, words)


def a_comment_is_put_forward(year: Year) -> None:
    """A moderator answers a reader's comment with that word; now and then the comment is gone soon."""
    post = year.standing(year.random.choice(["news", "group"]))
    if post is None or not post.open:
        return
    remark = year.hand(year.reader).comment(post.id, "The tide tables of 1911.")
    year.hand(year.modlin).comment(post.id, "@megabot@lemmy.example feature", parent_id=remark)

    def delete(year: Year) -> None:
        if remark in year.server.mail.said:
            year.hand(year.reader).delete_comment(remark)

    if year.random.random() < 0.5:
        year.after(timedelta(hours=year.random.uniform(0.1, 60)), named(delete, "a_comment_is_deleted"))


def a_stranger_commands(year: Year) -> None:
    """Who must be neither obeyed nor answered."""
    _command(year, year.reader, year.random.choice(COMMANDS))


def _command(year: Year, person: Person, words: str) -> None:
    post = year.standing(year.random.choice(["news", "group"]))
    if post is None or year.random.random() < 0.3:
        year.hand(person).message(year.bot.id, words)
    else:
        _comment_on(year, person, post, f"@megabot@lemmy.example {words}")
    verb, thread = words.split(maxsplit=1)[0], words.rsplit(maxsplit=1)[-1]
    if person is not year.reader and verb in {"post", "repost"}:
        year.ordered[f"{verb} {thread}"] += 1
    if person is not year.reader and verb == "repost" and year.random.random() < 0.5:
        year.after(
            timedelta(hours=year.random.uniform(0.1, 30)), lambda _: _command(year, person, f"undo {thread}")
        )


def _comment_on(year: Year, person: Person, post: Post, words: str) -> None:
    """Comment; one time in three the same is saved again later, which is no second command (C07)."""
    number = year.hand(person).comment(post.id, words)

    def edit(year: Year) -> None:
        if number in year.server.mail.said:
            year.hand(person).edit_comment(number, f"{words}\n")

    if year.random.random() < 0.33:
        year.after(timedelta(hours=year.random.uniform(0.01, 30)), named(edit, "a_comment_is_edited"))


COMMANDS = [
    *("repost yes news", "repost yes group", "post news", "post group", "undo news", "undo group"),
    *("note news Be kind. for 6h", "unnote news"),
    *("refresh news", "refresh group", "status", "help", "repots news", "Thank you!"),
]
BY_HAND = 0.06
AT_THE_SLOT = 0.15
SHARED = 0.1
WEEKLY: tuple[tuple[float, Event], ...] = (
    (0.12, a_moderator_unpins),
    (0.08, a_moderator_pins_an_old_thread),
    (0.04, a_moderator_pins_something_else),
    (0.08, a_moderator_removes),
    (0.04, a_moderator_restores),
    (0.02, the_bots_account_deletes),
    (0.01, an_admin_purges),
    (0.04, a_moderator_locks),
    (0.03, the_bot_is_demoted),
    (0.12, the_host_is_down),
    (0.30, a_storm_blows),
    (0.03, the_ledger_is_lost),
    (0.03, a_backup_is_put_back),
    (0.05, the_token_dies),
    (0.04, a_setting_hides_posts),
    (0.05, the_clock_jumps),
    (0.06, the_template_breaks),
    (0.20, the_template_changes),
    (0.02, the_source_names_another_community),
    (0.10, the_inbox_hangs),
    (0.05, a_thread_is_broken),
    (0.06, somebody_orders_a_copy),
    (0.06, somebody_posts),
    (0.04, somebody_posts_the_next),
    (0.02, a_week_without_a_post),
    (0.06, somebody_refreshes),
    (0.05, a_comment_is_put_forward),
    (0.15, a_moderator_commands),
    (0.05, a_stranger_commands),
)


def _with_standing(year: Year, deed: Callable[[Post], object]) -> None:
    post = year.standing(year.random.choice(["news", "group"]))
    if post is not None:
        deed(post)


def _own(year: Year) -> Iterator[Post]:
    return (
        post
        for post in year.server.posts.values()
        if post.creator.id == year.bot.id and post.open and "(megabot:v1:news/" in post.body
    )


def _number(title: str) -> int:
    return int(title.rpartition(" ")[2])
