"""The look: what the server and the ledger say about a thread, gathered into one value. Writes nothing there.

Everything that a pass reads is shared between its threads: the account's own posts are listed once.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from megabot import texts
from megabot.core import calendar
from megabot.core.calendar import Edition
from megabot.core.marker import post_marker
from megabot.core.posts import Account, OwnContent, Place, Post
from megabot.core.records import IntentKind, PostRecord
from megabot.core.seen import Case, Order, OrderKind, Own, Seen
from megabot.core.threads import Thread
from megabot.core.upkeep import KINDS, is_pinned
from megabot.errors import ConfigError, NotFound
from megabot.ports import Ports

_SLACK = timedelta(days=2)
_KNOWN_POSTS = 3  # how many of the newest recorded posts a look must account for


@dataclass(slots=True, kw_only=True)
class Ground:
    """What the threads of one pass share. `proof` says that an answer came that strangers cannot get."""

    content: OwnContent
    proof: bool = False
    hides: tuple[str, ...] = ()
    asked_account: bool = False
    created: set[int] = field(default_factory=set)

    @property
    def bot_id(self) -> int:
        """The account's own person id."""
        return self.content.author

    def hiding(self, *, nsfw: bool) -> tuple[str, ...]:
        """Name the account's settings that can hide a thread's posts from it; some hide only marked ones."""
        return tuple(name for name in self.hides if name != "show_nsfw" or nsfw)

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
        return Ground(content=content, proof=proof)
    wanted = {thread.community or ports.community for thread in threads}
    for place in account.moderates:
        if place.local and place.name in wanted:
            keep_place(ports, place.name, place)
    return Ground(content=content, proof=True, hides=account.hides, asked_account=True)


def resurvey(ports: Ports, threads: tuple[Thread, ...], ground: Ground) -> None:
    """Look again after writes: what stands now is what the server shows, not what it answered."""
    ground.content = ports.forum.own_content(since=_since(ports, threads, ports.clock.now()))


def observe(
    ports: Ports, thread: Thread, ground: Ground, place: Place, *, order: Order | None, now: datetime
) -> Seen:
    """Put together what is known of one thread, with no request where the listing holds all it must hold."""
    records = ports.ledger.posts(thread.name)
    hides = ground.hiding(nsfw=thread.nsfw or place.nsfw)
    posts, vouched = _own_posts(ports, thread, ground, records)
    trusted = (ground.asked_account and not hides) if vouched is None else vouched
    due = calendar.due(thread.name, thread.schedule, now)
    if order is not None and order.kind is OrderKind.REPOST and posts:
        due = calendar.by_key(thread.name, thread.schedule, posts[0].key) or due
    return Seen(
        due=due,
        known_since=_known_since(ports, thread, posts, now),
        posts=posts,
        records=records,
        intents=ports.ledger.intents(thread.name),
        comments=ground.content.comments,
        created=frozenset(ground.created),
        hides=hides,
        bot_id=ground.bot_id,
        proven=ground.proof and trusted,
        skew=_skew(ports, now),
    )


def look_deeper(ports: Ports, case: Case, ground: Ground, place: Place) -> Seen:
    """Read what costs more: removals and pinned posts, and the account where the listing proves nothing."""
    seen = case.seen
    proven, hides = seen.proven, seen.hides
    if not proven:
        account = ports.forum.account()
        ground.proof, ground.hides, ground.asked_account = True, account.hides, True
        hides = ground.hiding(nsfw=case.thread.nsfw or place.nsfw)
        proven = not hides
    removed = _marked(ports.forum.own_removed(place.id), case.thread.name, ground.bot_id)
    known = {own.id for own in seen.posts}
    posts = _newest_first((*seen.posts, *(own for own in removed if own.id not in known)))
    pinned = ports.forum.pinned(place.id)
    return replace(
        seen,
        posts=posts,
        hand_made=tuple(post for post in pinned if _is_by_hand(post, seen, case.thread)),
        hides=hides,
        proven=proven,
        deep=True,
    )


def read_pin_log(ports: Ports, case: Case, place: Place) -> Seen:
    """Ask the mod log who last touched the pins that are not explained by our own doing (decision 20)."""
    events = dict(case.seen.pin_events)
    kind = KINDS[case.thread.pin]
    standing = case.seen.standing
    asked = [own for own in case.seen.older if own.post.featured]
    if standing is not None and not is_pinned(standing.post, kind):
        asked.insert(0, standing)
    for own in asked:
        if own.id not in events:
            found = ports.forum.pin_events(community_id=place.id, post_id=own.id)
            events[own.id] = next((event for event in found if event.kind is kind), None)
    return replace(case.seen, pin_events=events)


def find_place(ports: Ports, thread: Thread) -> Place:
    """Find a thread's community: from the ledger, or from the server where it is not yet known.

    Raises `ConfigError` where neither the thread nor the settings name one, `NotFound` where there is none.
    """
    name = thread.community or ports.community
    if not name:
        raise ConfigError(texts.no_community(thread.name))
    return place_of(ports, name)


def place_of(ports: Ports, name: str) -> Place:
    """Find a community by `name` or `name@host`; raise `NotFound` where there is none."""
    kept = ports.ledger.recall(f"community:{name}")
    if kept is not None:
        return Place(**json.loads(kept))
    try:
        place = ports.forum.community(name).place
    except NotFound as error:
        raise NotFound(texts.no_such_community(name), code=error.code) from error
    keep_place(ports, name, place)
    return place


def keep_place(ports: Ports, name: str, place: Place) -> None:
    """Remember where a name leads, where that is new."""
    kept = json.dumps(asdict(place))
    if ports.ledger.recall(f"community:{name}") != kept:
        ports.ledger.remember(f"community:{name}", kept)


def _own_posts(
    ports: Ports, thread: Thread, ground: Ground, records: tuple[PostRecord, ...]
) -> tuple[tuple[Own, ...], bool | None]:
    """Give the thread's posts, and whether the listing is to be trusted.

    True where it shows a post that the ledger knows, False where it lacks one of ours that can be opened,
    None where there is nothing to tell by.
    """
    listed = _marked(ground.content.posts, thread.name, ground.bot_id)
    ids = {own.id for own in listed}
    extra: list[Own] = []
    for record in records[-_KNOWN_POSTS:]:
        post = None if record.post_id in ids else _recorded(ports, record, ground.bot_id)
        if post is not None:
            extra.append(Own(post=post, key=record.edition, copy=record.copy, adopted=record.adopted))
    posts = _newest_first((*listed, *extra))
    if any(own.post.open and not own.adopted for own in extra):
        return posts, False
    return posts, True if any(record.post_id in ids for record in records) else None


def _recorded(ports: Ports, record: PostRecord, bot_id: int) -> Post | None:
    """Read a recorded post that the listing lacks; None where it is gone or the id is another's (A23)."""
    try:
        post = ports.forum.post(record.post_id)
    except NotFound:
        return None
    ours = record.adopted or post.creator.id == bot_id
    return post if ours and post.url == record.url else None


def _marked(posts: tuple[Post, ...], thread: str, bot_id: int) -> tuple[Own, ...]:
    own = []
    for post in posts:
        marker = post_marker(post.body)
        if marker is not None and marker.thread == thread and post.creator.id == bot_id:
            own.append(Own(post=post, key=marker.key, copy=marker.copy))
    return tuple(own)


def _newest_first(posts: tuple[Own, ...]) -> tuple[Own, ...]:
    return tuple(sorted(posts, key=lambda own: (own.post.published, own.id), reverse=True))


def _is_by_hand(post: Post, seen: Seen, thread: Thread) -> bool:
    """A moderator's post, not ours, newer than what stands (or than the slot before)."""
    recorded = any(record.post_id == post.id for record in seen.records)
    if post.creator.id == seen.bot_id or recorded or not (post.creator_is_moderator and post.open):
        return False
    if seen.standing is not None:
        return post.published > seen.standing.post.published
    before = _before(thread, seen.due)
    return before is None or post.published > before.slot


def _before(thread: Thread, edition: Edition | None) -> Edition | None:
    if edition is None:
        return None
    return next(calendar.before(thread.name, thread.schedule, edition), None)


def _known_since(ports: Ports, thread: Thread, posts: tuple[Own, ...], now: datetime) -> datetime:
    """Since when the ledger knows this schedule; with the ledger lost, since the oldest own post."""
    fingerprint = calendar.fingerprint(thread.schedule)
    kept = ports.ledger.recall(f"schedule:{thread.name}")
    if kept is not None:
        known, since = kept.split("\n")
        if known == fingerprint:
            return datetime.fromisoformat(since)
    return min((own.post.published for own in posts), default=now) if kept is None else now


def keep_schedule(ports: Ports, thread: Thread, seen: Seen) -> None:
    """Remember since when this schedule is known, where that is new."""
    value = f"{calendar.fingerprint(thread.schedule)}\n{seen.known_since.isoformat()}"
    if ports.ledger.recall(f"schedule:{thread.name}") != value:
        ports.ledger.remember(f"schedule:{thread.name}", value)


def _since(ports: Ports, threads: tuple[Thread, ...], now: datetime) -> datetime | None:
    """How far back the listing must reach: over the edition before, or to the start with no records."""
    earliest = now
    for thread in threads:
        if not ports.ledger.posts(thread.name):
            return None
        due = calendar.due(thread.name, thread.schedule, now)
        before = _before(thread, due)
        if due is not None:
            earliest = min(earliest, (before or due).slot)
    return earliest - _SLACK


def _skew(ports: Ports, now: datetime) -> timedelta:
    server = ports.forum.server_time()
    return timedelta(0) if server is None else now - server


def standing_of(ground: Ground, thread: str) -> Post | None:
    """Give the newest post of a thread that readers can open, from the listing alone."""
    posts = _newest_first(_marked(ground.content.posts, thread, ground.bot_id))
    return next((own.post for own in posts if own.post.open), None)


def has_open_publish(seen: Seen) -> bool:
    """Tell whether a post may exist that no look has shown yet."""
    return any(intent.open and intent.new.kind is IntentKind.PUBLISH for intent in seen.intents)
