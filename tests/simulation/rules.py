"""The judge of a year: the promises, asked of everything that was ever done on the server."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from megabot.forum.marker import ADOPTED, LINK, UNDONE, comment_marker, post_marker
from megabot.forum.models import Post
from megabot.forum.notices import answered_by
from megabot.schedule import calendar
from megabot.schedule.calendar import Calendar, Edition
from megabot.source.model import Thread
from tests.simulation.server import Deed, What
from tests.simulation.year import Year

TOLERANCE = timedelta(hours=1)  # of a clock that is wrong
SOON = timedelta(minutes=3)  # after its slot: the ticks of a year are up to a minute late
BEFORE = timedelta(hours=1)
ENOUGH = timedelta(hours=2)  # without anything in the way, for what is due to be posted


def violations(year: Year) -> Iterator[str]:
    """Name every promise that a year broke."""
    yield from year.record.broken
    yield from never_twice(year)
    yield from right_edition(year)
    yield from never_bare(year)
    yield from hands_off(year)
    yield from a_persons_unpin_stays(year)
    yield from told_once(year)
    yield from never_missed(year)
    yield from never_late(year)
    yield from pins_converge(year)
    yield from answered_well(year)


def created(year: Year) -> Iterator[tuple[Deed, str, str, int]]:
    """Every post that the bot ever made: thread, key and copy by its marker."""
    for deed in year.server.deeds:
        if deed.what is What.CREATE and deed.by == year.bot.id:
            marker = post_marker(deed.post.body)
            assert marker is not None
            yield deed, marker.thread, marker.key, marker.copy


def adopted(year: Year) -> dict[int, tuple[str, str]]:
    """Every post that was adopted: thread and key."""
    found = {}
    for deed in year.server.deeds:
        mark = comment_marker(deed.text) if deed.what is What.COMMENT and deed.by == year.bot.id else None
        if mark is not None and mark.purpose == ADOPTED:
            found[deed.post.id] = (mark.thread, mark.key)
    return found


def series(year: Year) -> dict[int, tuple[str, str]]:
    """Every post that ever carried an edition: thread and key."""
    return {deed.post.id: (thread, key) for deed, thread, key, _ in created(year)} | adopted(year)


def withdrawn(year: Year) -> set[int]:
    """Every copy that was taken back."""
    deeds = [deed for deed in year.server.deeds if deed.what is What.COMMENT and deed.by == year.bot.id]
    marks = [(deed.post.id, comment_marker(deed.text)) for deed in deeds]
    return {post for post, mark in marks if mark is not None and mark.purpose == UNDONE}


def answered_well(year: Year) -> Iterator[str]:
    """Strangers get silence; nobody gets the same answer twice, but from a ledger that was put back."""
    mail = year.server.mail
    letters = [letter for letter in mail.letters if letter.by.id == year.bot.id]
    comments = [
        message for message in mail.said.values() if message.by.id == year.bot.id and message.parent_id
    ]
    if any(letter.to == year.reader.id for letter in letters):
        yield "a stranger got a message"
    if any(mail.said[message.parent_id].by.id == year.reader.id for message in comments):
        yield "a stranger was answered"
    restored = year.counts["event a_backup_is_put_back"] + year.counts["event the_ledger_is_lost"]
    for key, times in Counter(answers(year)).items():
        if times > 1 and not restored:
            yield f"{key} was answered {times} times"


def answers(year: Year) -> list[str]:
    """What the bot answered, by the keys of the notices."""
    mail = year.server.mail
    texts = [letter.text for letter in mail.letters if letter.by.id == year.bot.id]
    texts += [message.comment.content for message in mail.said.values() if message.by.id == year.bot.id]
    return [key for key in map(answered_by, texts) if key]


def never_twice(year: Year) -> Iterator[str]:
    """Promise 1: one post an edition, and one a copy that somebody ordered."""
    made = Counter((thread, key, copy) for _, thread, key, copy in created(year))
    for (thread, key, copy), times in made.items():
        if times > 1 and f"{thread}/{key}" not in year.excused:
            yield f"{thread}/{key}#{copy} was posted {times} times"
    for thread in ("news", "group"):
        copies = sum(times for (name, _, copy), times in made.items() if name == thread and copy > 1)
        orders = year.ordered[f"repost {thread}"] + year.ordered[f"post {thread}"]
        if copies > orders:
            yield f"{copies} copies of {thread} for {orders} orders"


def right_edition(year: Year) -> Iterator[str]:
    """Promise 3: key, number and moment come from the calendar."""
    threads = {thread.name: thread for thread in year.pages.all}
    for deed, name, key, _ in created(year):
        edition = Calendar(name, threads[name].schedule).edition(key)
        if edition is None:
            yield f"{name}/{key} is in no calendar"
        elif deed.post.title != f"{name.capitalize()} {edition.number}":
            yield f"{name}/{key} is called {deed.post.title!r}"
        elif edition.slot > deed.at + TOLERANCE and not _is_early(year, deed, edition):
            yield f"{name}/{key} was posted at {deed.at}, before its slot"


def _is_early(year: Year, deed: Deed, edition: Edition) -> bool:
    """Somebody asked for the next edition after the slot before it, and before it was posted."""
    thread = next(one for one in year.pages.all if one.name == edition.thread)
    before = next(thread.calendar.earlier(edition), None)
    since = before.slot if before else edition.slot - timedelta(weeks=1)
    return any(since - TOLERANCE <= at <= deed.at for at in year.early)


def never_bare(year: Year) -> Iterator[str]:
    """Promise 4: the bot never takes the last pin of a thread away."""
    known = series(year)
    for deed in year.server.deeds:
        if deed.what is not What.UNFEATURE or deed.by != year.bot.id:
            continue
        thread = known.get(deed.post.id, ("", ""))[0]
        bare = not any(known.get(other, ("", ""))[0] == thread for other in deed.pinned)
        if bare and not any(_is_over(year, thread, post, deed.at) for post in _current(year, thread, deed)):
            yield f"{deed.at}: unpinned {deed.post.url} and left no {thread} pinned"


def _current(year: Year, thread: str, deed: Deed) -> Iterator[Post]:
    """Give the post of a deed, and the one that is current again if that is a copy which was undone."""
    yield deed.post
    known, gone = series(year), withdrawn(year)
    if deed.post.id in gone:
        posts = (one for one in year.server.posts.values() if one.id not in gone and one.published < deed.at)
        left = [post for post in posts if known.get(post.id, ("", ""))[0] == thread]
        yield from sorted(left, key=lambda post: post.published)[-1:]


def _is_over(year: Year, thread: str, post: Post, now: datetime) -> bool:
    """The thread's front matter has its posts unpinned after a time, and that is over."""
    spans = [one.unpin_after for one in year.pages.all if one.name == thread and one.unpin_after]
    return any(now >= post.published + span - TOLERANCE for span in spans)


def hands_off(year: Year) -> Iterator[str]:
    """Nothing is done to posts that are not the bot's, but for those that it adopted."""
    known, kept = series(year), adopted(year)
    for deed in year.server.deeds:
        if deed.by == year.bot.id and deed.what is not What.CREATE and deed.post.id not in known:
            yield f"{deed.at}: {deed.what} of {deed.post.url}, which is not the bot's"
        if deed.by == year.bot.id and deed.what is What.EDIT and deed.post.id in kept:
            yield f"{deed.at}: edited {deed.post.url}, which was adopted"


def a_persons_unpin_stays(year: Year) -> Iterator[str]:
    """Promise 4: what a person unpinned, the bot does not pin again."""
    unpinned: set[int] = set()
    for deed in year.server.deeds:
        person = deed.by != year.bot.id
        if person and deed.what is What.UNFEATURE:
            unpinned.add(deed.post.id)
        elif person and deed.what is What.FEATURE:
            unpinned.discard(deed.post.id)
        elif deed.what is What.FEATURE and deed.post.id in unpinned:
            yield f"{deed.at}: pinned {deed.post.url}, which a person had unpinned"


def told_once(year: Year) -> Iterator[str]:
    """The old thread is told once of each new one."""
    marks = (
        comment_marker(deed.text)
        for deed in year.server.deeds
        if deed.what is What.COMMENT and deed.by == year.bot.id
    )
    told = Counter(mark for mark in marks if mark is not None and mark.purpose == LINK)
    yield from (f"{mark} was said {times} times" for mark, times in told.items() if times > 1)


def never_missed(year: Year) -> Iterator[str]:
    """Promise 2: an edition is posted if nothing was in the way for two hours within its grace."""
    known = set(series(year).values()) | year.record.refused
    for thread in year.pages.all:
        for edition in _editions(year, thread):
            if (thread.name, edition.key) in known or not _had_its_time(year, thread, edition):
                continue
            if not _made_by_hand(year, thread, edition):
                yield f"{edition.id} was missed"


def never_late(year: Year) -> Iterator[str]:
    """What is due is posted at its slot, whatever becomes of the inbox, if nothing else was in the way."""
    threads = {thread.name: thread for thread in year.pages.all}
    due = {edition.id: edition for thread in year.pages.all for edition in _editions(year, thread)}
    for deed, name, key, copy in created(year):
        edition = due.get(f"{name}/{key}")
        if edition is None or copy > 1 or deed.at - edition.slot <= SOON:
            continue
        free = _was_calm(year, edition.slot - BEFORE, deed.at) and not any(
            edition.slot - BEFORE <= at <= deed.at for at in year.record.hindered
        )
        if free and not _made_by_hand(year, threads[name], edition):
            yield f"{edition.id} was posted {deed.at - edition.slot} late"


def _was_calm(year: Year, start: datetime, end: datetime) -> bool:
    spans = zip(year.calm, [*year.calm[1:], (year.clock.at, False)], strict=True)
    return any(calm and since <= start and end <= until for (since, calm), (until, _) in spans)


def _editions(year: Year, thread: Thread) -> Iterator[Edition]:
    """The editions of the year, but those whose schedule the bot could not know before them."""
    began = next((moment for moment, calm in year.calm if calm), year.clock.at)
    known = max(began, year.known_since.get(thread.name, began))
    first, last = known + timedelta(hours=2), year.last_slot
    coming = thread.calendar.upcoming(first)
    return takewhile(lambda edition: edition.slot <= last, coming)


def _had_its_time(year: Year, thread: Thread, edition: Edition) -> bool:
    ends = min(
        calendar.grace_ends(thread.schedule, edition),
        next(thread.calendar.upcoming(edition.slot)).slot,
        _overtaken_at(year, thread, edition),
        year.clock.at,
    )
    spans = zip(year.calm, [*year.calm[1:], (year.clock.at, False)], strict=True)
    for (start, calm), (end, _) in spans:
        if calm and min(end, ends) - max(start, edition.slot) >= ENOUGH:
            return True
    return False


def _overtaken_at(year: Year, thread: Thread, edition: Edition) -> datetime:
    """Return when a moderator had the next edition posted early: this one never follows it. Else the end."""
    following = next(thread.calendar.upcoming(edition.slot)).key
    moments = (deed.at for deed, *posted, _ in created(year) if posted == [thread.name, following])
    return min(moments, default=year.clock.at)


def _made_by_hand(year: Year, thread: Thread, edition: Edition) -> bool:
    """A moderator's own thread, pinned at some time, stands between the bot and this edition."""
    return thread.name == "news" and any(
        deed.what is What.CREATE
        and deed.by == year.modlin.id
        and edition.slot - timedelta(days=8) < deed.at < calendar.grace_ends(thread.schedule, edition)
        for deed in year.server.deeds
    )


def pins_converge(year: Year) -> Iterator[str]:
    """Promise 4, at the end of all trouble: the standing post is pinned, and no other but by a person.

    One that a person restored comes back pinned, and stays so until the next edition. One that is not on
    the community's own server yet waits for its pin.
    """
    by_person = _touched_by_people(year)
    known, taken_back = series(year), withdrawn(year)
    for name in ("news", "group"):
        posts = [
            year.server.posts[one] for one in known if known[one][0] == name and one in year.server.posts
        ]
        standing = (post for post in posts if post.open and post.id not in taken_back)
        open_ = sorted(standing, key=lambda post: (post.published, post.id))
        pinned = [post for post in open_ if post.featured_community]
        waits = open_ and (open_[-1].federation_pending or open_[-1].id in by_person)
        over = bool(open_) and _is_over(year, name, open_[-1], year.clock.at)
        if open_ and not open_[-1].featured_community and not (waits or over):
            yield f"{open_[-1].url} of {name} stands and is not pinned"
        for post in pinned:
            beside = post is not open_[-1] and post.id not in by_person and open_[-1].featured_community
            if beside and not _restored_since(year, post.id, open_[-1].published):
                yield f"{post.url} of {name} is pinned beside {open_[-1].url}"


def _restored_since(year: Year, post_id: int, moment: datetime) -> bool:
    deeds = (deed for deed in year.server.deeds if deed.post.id == post_id and deed.at > moment)
    return any(deed.what is What.RESTORE and deed.by != year.bot.id for deed in deeds)


def _touched_by_people(year: Year) -> set[int]:
    pins = (What.FEATURE, What.UNFEATURE)
    return {deed.post.id for deed in year.server.deeds if deed.what in pins and deed.by != year.bot.id}
