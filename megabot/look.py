"""The look: what the server and the ledger say about a thread, gathered into one value. Writes nothing there.

Everything that a pass reads is shared between its threads: the account's own posts are listed once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from megabot import living
from megabot.amending import held
from megabot.core import calendar, federation
from megabot.core.calendar import Edition
from megabot.core.doubles import kept_first
from megabot.core.posts import Account, Comment, OwnContent, Place, Post
from megabot.core.seen import Case, HomePin, Order, OrderKind, Own, Seen
from megabot.core.threads import Thread
from megabot.core.upkeep import KINDS, is_pinned, pin_is_over
from megabot.places import has_strayed, keep_place
from megabot.ports import Ports
from megabot.series import marked, read_series

BORN = "born"
_SLACK = timedelta(days=2)


@dataclass(slots=True, kw_only=True)
class Ground:
    """What the threads of one pass share.

    `proof` says that an answer came that strangers cannot get; `account` is that answer where it was the
    account itself. `beyond` are the communities in which own posts are pinned that the listing is too short
    for.
    """

    threads: tuple[Thread, ...]
    content: OwnContent
    proof: bool = False
    account: Account | None = None
    created: set[int] = field(default_factory=set)
    beyond: set[int] = field(default_factory=set)

    @property
    def bot_id(self) -> int:
        """The account's own person id."""
        return self.content.author

    def fold_comment(self, comment: Comment) -> None:
        """Take the answer to a comment as a look at it."""
        rest = tuple(known for known in self.content.comments if known.id != comment.id)
        self.content = replace(self.content, comments=(comment, *rest))

    def hiding(self, *, nsfw: bool) -> tuple[str, ...]:
        """Name the account's settings that can hide a thread's posts from it; some hide only marked ones."""
        hides = self.account.hides if self.account else ()
        return tuple(name for name in hides if name != "show_nsfw" or nsfw)

    def ask_account(self, ports: Ports) -> Account:
        """Read the account, unless this pass did: a proof."""
        if self.account is None:
            self.account, self.proof = ports.forum.account(), True
        return self.account

    def fold(self, post: Post) -> None:
        """Take the answer to a write as a look at that post."""
        rest = tuple(known for known in self.content.posts if known.id != post.id)
        posts = sorted((post, *rest), key=lambda one: one.published, reverse=True)
        self.content = replace(self.content, posts=tuple(posts))


def survey(
    ports: Ports, threads: tuple[Thread, ...], *, proof: bool, account: Account | None = None
) -> Ground:
    """List the account's own posts, as far back as any of the threads needs.

    `account` is what was just read of it, if it was: a proof, and it spares looking places up.
    """
    content = ports.forum.own_content(since=_since(ports, threads, ports.clock.now()))
    if account is None:
        return Ground(threads=threads, content=content, proof=proof)
    wanted = {thread.community or ports.community for thread in threads}
    for place in account.moderates:
        if place.local and place.name in wanted:
            keep_place(ports, place.name, place)
    return Ground(threads=threads, content=content, proof=True, account=account)


def resurvey(ports: Ports, ground: Ground) -> None:
    """Look again after writes: what stands now is what the server shows, not what it answered."""
    ground.content = ports.forum.own_content(since=_since(ports, ground.threads, ports.clock.now()))
    for community_id in ground.beyond:
        _fold_pinned(ports, ground, community_id)


def observe(
    ports: Ports, thread: Thread, ground: Ground, place: Place, *, order: Order | None, now: datetime
) -> Seen:
    """Put together what is known of one thread, with no request where the listing holds all it must hold."""
    hides = ground.hiding(nsfw=thread.nsfw or place.nsfw)
    series = read_series(ports, thread.name, ground.content)
    posts, vouched = series.posts, series.vouched
    trusted = (ground.account is not None and not hides) if vouched is None else vouched
    due = calendar.due(thread.name, thread.schedule, now)
    if order is not None and order.kind is OrderKind.REPOST and posts:
        due = calendar.by_key(thread.name, thread.schedule, posts[0].key) or due
    if order is not None and order.kind is OrderKind.POST and order.edition:
        due = calendar.by_key(thread.name, thread.schedule, order.edition)
    return Seen(
        due=due,
        known_since=_known_since(ports, thread, ground, place, posts, now),
        posts=posts,
        records=ports.ledger.posts(thread.name),
        intents=ports.ledger.intents(thread.name),
        comments=ground.content.comments,
        created=frozenset(ground.created),
        hides=hides,
        bot_id=ground.bot_id,
        proven=ground.proof and trusted,
        skew=_skew(ports, now),
        place_id=place.id,
        moderates=_moderates(ports, ground, posts, place),
        strayed=has_strayed(ports, thread, place, posts),
        held=held(ports, thread, due.key) if due else (),
        born=_birth(ports),
        adopting=None if order is None or not order.post_id else ports.forum.post(order.post_id),
        home=_home(place, posts),
        home_answer=federation.read(ports.ledger.recall(_home_key(thread))),
    )


def _home(place: Place, posts: tuple[Own, ...]) -> str:
    """Return the actor id of the thread's community if that, and the current post, is on another server."""
    current = next((own for own in posts if own.post.open), None)
    moved = current is not None and current.post.community_id != place.id
    return "" if place.local or moved else place.actor


def ask_home_server(
    ports: Ports, thread: Thread, seen: Seen, ground: Ground, away: dict[str, federation.Reading]
) -> None:
    """Ask the community's own server whether it shows the current post as pinned, and keep the answer.

    Once it does, the older posts are unpinned: what is pinned is read for that, because some may have waited
    for weeks. `away` has the servers that gave no answer in this pass: they are not asked again in it.
    """
    standing, host = seen.standing, federation.host(seen.home)
    if standing is None:
        return
    reading = away.get(host) or ports.home_servers.pin(seen.home, standing.post.url)
    software = federation.Software()
    if reading.pin is HomePin.UNREADABLE:
        away[host] = reading
    elif reading.pin is HomePin.PINNED:
        _fold_pinned(ports, ground, standing.post.community_id)
    else:
        software = ports.home_servers.software(seen.home)
    answer = federation.answered(seen, standing, reading, software, ports.clock.now())
    ports.ledger.remember(_home_key(thread), federation.written(answer))


def _home_key(thread: Thread) -> str:
    return f"home:{thread.name}"


def with_what_is_kept(ports: Ports, thread: Thread, seen: Seen, now: datetime) -> Seen:
    """Give a look with what the ledger knows by now, and what is to be around the standing post."""
    standing, ledger = seen.standing, ports.ledger
    seen = replace(seen, intents=ledger.intents(thread.name), records=ledger.posts(thread.name))
    if standing is None:
        return seen
    note = living.note_of(ledger, thread.name)
    ends = note.until if note is not None and note.stands(standing.key, now) else None
    around = living.around(ledger, ports.language, thread, standing.key, now)
    return replace(seen, living=around.digest, wake=ends)


def look_deeper(ports: Ports, case: Case, ground: Ground, place: Place) -> Seen:
    """Read what costs more: removals and pinned posts, and the account where the listing proves nothing."""
    seen = case.seen
    proven, hides = seen.proven, seen.hides
    if not proven:
        ground.ask_account(ports)
        hides = ground.hiding(nsfw=case.thread.nsfw or place.nsfw)
        proven = not hides
    homes = {place.id, *(own.post.community_id for own in seen.posts[:1])}
    removals = [post for home in sorted(homes) for post in _removals(ports, ground, home)]
    removed = marked(tuple(removals), case.thread.name, ground.bot_id)
    known = {own.id for own in seen.posts}
    posts = kept_first((*seen.posts, *(own for own in removed if own.id not in known)))
    pinned = _fold_pinned(ports, ground, place.id)
    return replace(
        seen,
        posts=posts,
        hand_made=tuple(post for post in pinned if _is_by_hand(post, seen, case.thread)),
        hidden=tuple(_hidden(ports, ground, removals, {own.id for own in posts}, homes)),
        hides=hides,
        proven=proven,
        deep=True,
    )


def _removals(ports: Ports, ground: Ground, home: int) -> tuple[Post, ...]:
    """Read which own posts of a community were removed: by asking, unless the listing shows them whole."""
    content = ground.content
    hidden = any(post.removed and not post.body for post in content.posts if post.community_id == home)
    return ports.forum.own_removed(home) if hidden or not content.whole else ()


def _hidden(
    ports: Ports, ground: Ground, removals: list[Post], known: set[int], homes: set[int]
) -> Iterator[Post]:
    """Find own removed posts whose text nothing shows, and of which no thread's ledger knows."""
    found = [post for post in ground.content.posts if post.removed and not post.body]
    known |= {post.id for post in removals if post.body}
    for name in ports.ledger.threads() if found else ():
        known |= {record.post_id for record in ports.ledger.posts(name)}
    return (post for post in found if post.community_id in homes and post.id not in known)


def _fold_pinned(ports: Ports, ground: Ground, community_id: int) -> tuple[Post, ...]:
    """Read what is pinned; an own old post may be, further back than the listing, after a restoral."""
    pinned = ports.forum.pinned(community_id)
    listed = {post.id for post in ground.content.posts}
    for post in pinned:
        if post.creator.id == ground.bot_id and post.id not in listed:
            ground.beyond.add(community_id)
            ground.fold(post)
    return pinned


def read_pin_log(ports: Ports, case: Case, ground: Ground) -> Seen:
    """Ask the mod log who last touched the pins that are not explained by our own doing (decision 20).

    Before a pin, what else is pinned is read too: only the pass that made the post has seen that.
    """
    events = dict(case.seen.pin_events)
    kind = KINDS[case.thread.pin]
    standing = case.seen.standing
    asked = [own for own in case.seen.older if own.post.featured]
    if standing is not None and pin_is_over(case, standing):
        asked.insert(0, standing)
    elif standing is not None and not is_pinned(standing.post, kind):
        asked.insert(0, standing)
        _fold_pinned(ports, ground, standing.post.community_id)
    if case.seen.adopting is not None and case.ordered(OrderKind.UNADOPT):
        asked.append(Own(post=case.seen.adopting, key=""))
    for own in asked:
        if own.id not in events:
            found = ports.forum.pin_events(community_id=own.post.community_id, post_id=own.id)
            events[own.id] = next((event for event in found if event.kind is kind), None)
    return replace(case.seen, pin_events=events)


def _is_by_hand(post: Post, seen: Seen, thread: Thread) -> bool:
    """A moderator's post, not ours, newer than what stands and than the slot before: this edition's."""
    recorded = any(record.post_id == post.id for record in seen.records)
    if post.creator.id == seen.bot_id or recorded or not (post.creator_is_moderator and post.open):
        return False
    if seen.standing is not None and post.published <= seen.standing.post.published:
        return False
    before = _before(thread, seen.due)
    return before is None or post.published > before.slot


def _before(thread: Thread, edition: Edition | None) -> Edition | None:
    if edition is None:
        return None
    return next(calendar.before(thread.name, thread.schedule, edition), None)


def _known_since(
    ports: Ports, thread: Thread, ground: Ground, place: Place, posts: tuple[Own, ...], now: datetime
) -> datetime:
    """Since when the ledger knows this schedule; with it lost, since the oldest own post, removed or not."""
    fingerprint = calendar.fingerprint(thread.schedule)
    kept = ports.ledger.recall(f"schedule:{thread.name}")
    if kept is not None:
        known, since = kept.split("\n")
        if known == fingerprint:
            return datetime.fromisoformat(since)
        return now
    posts = posts or marked(_removals(ports, ground, place.id), thread.name, ground.bot_id)
    return min((own.post.published for own in posts), default=now)


def keep_schedule(ports: Ports, thread: Thread, seen: Seen, ground: Ground) -> None:
    """Remember since when this schedule is known, where that is new.

    A first run is one only if the account, which then is asked, sees its own posts: else nothing is known.
    """
    key = f"schedule:{thread.name}"
    kept = ports.ledger.recall(key)
    if kept is None and not seen.posts:
        ground.ask_account(ports)
        if ground.hiding(nsfw=True):
            return
    value = f"{calendar.fingerprint(thread.schedule)}\n{seen.known_since.isoformat()}"
    if kept != value:
        ports.ledger.remember(key, value)


def _since(ports: Ports, threads: tuple[Thread, ...], now: datetime) -> datetime | None:
    """How far back the listing must reach: over the edition before, or to the start with no records.

    And over the newest one posted, however long ago: comments in it say whether a copy was taken back.
    """
    earliest = now
    for thread in threads:
        records = ports.ledger.posts(thread.name)
        if not records:
            return None
        earliest = min(earliest, records[-1].slot)
        due = calendar.due(thread.name, thread.schedule, now)
        before = _before(thread, due)
        if due is not None:
            earliest = min(earliest, (before or due).slot)
        earliest = min(earliest, now - (thread.lock_after or timedelta(0)))
    return earliest - _SLACK


def _moderates(ports: Ports, ground: Ground, posts: tuple[Own, ...], place: Place) -> bool:
    """Tell whether the bot may pin in a place: asked only where posts of its own do not tell.

    Only an adopted post needs to know.
    """
    mine = next((own for own in posts if not own.adopted and own.post.community_id == place.id), None)
    if mine is not None:
        return mine.post.creator_is_moderator or mine.post.creator.admin
    if not posts:
        return False
    account = ground.ask_account(ports)
    return account.person.admin or any(one.id == place.id for one in account.moderates)


def _skew(ports: Ports, now: datetime) -> timedelta:
    server = ports.forum.server_time()
    return timedelta(0) if server is None else now - server


def _birth(ports: Ports) -> datetime | None:
    kept = ports.ledger.recall(BORN)
    return datetime.fromisoformat(kept) if kept else None


def keep_birth(ports: Ports) -> None:
    """Remember since when this ledger is kept, by the server's clock: nothing said earlier is obeyed."""
    if ports.ledger.recall(BORN) is None:
        ports.ledger.remember(BORN, (ports.forum.server_time() or ports.clock.now()).isoformat())
