"""Federation between sandboxes: what users write on one server arrives on the others.

Posts, comments, moderators' actions and private messages travel. A server sends its own users' activities to
the community's own server. If that accepts them, it passes them on to every server that accepts the
community's activities, including the first one. Votes, purges and site bans do not travel.

A community created on 0.19 has no featured_url and no moderators_url, so its server refuses pins and
appointments from other servers with `CouldntFindCommunity`, and nobody is notified. Seen on two real servers
of 0.19.20 (lemmy-api 2.2); 1.0 sets both addresses, and its migration adds them to older communities.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from lemmy_sandbox.records import Comment, Community, ModAction, ModKind, Person, Post, PrivateMessage
from lemmy_sandbox.rules import inbox, notifications
from lemmy_sandbox.rules.posts import takes_activities
from lemmy_sandbox.rules.text_rules import find_mentions
from lemmy_sandbox.world import World

_OF_COLLECTIONS = {ModKind.FEATURE_POST, ModKind.ADD_COMMUNITY}
_TRAVEL = {ModKind.REMOVE_POST, ModKind.LOCK_POST, ModKind.REMOVE_COMMENT, *_OF_COLLECTIONS}

_T = TypeVar("_T", Post, Comment, ModAction, PrivateMessage)
Deliver = Callable[[World], None]
"""Applies to one server what happened on another."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An activity that the community's own server refused, with its error."""

    host: str
    error: str
    what: str


@dataclass
class Network:
    """Servers that federate. Activities take `delay`; the pairs of hosts in `cut` cannot reach each other."""

    worlds: Sequence[World]
    delay: timedelta = timedelta()
    cut: set[frozenset[str]] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)
    _known: dict[tuple[str, str, int], object] = field(default_factory=dict)
    _on_the_way: list[tuple[datetime, World, Deliver]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Connect the servers, and treat everything that already exists as delivered."""
        for world in self.worlds:
            world.abroad = self
            for _ in self._news(world):
                pass

    # -- called by a server

    def person(self, world: World, ap_id: str) -> Person | None:
        """Fetch a user into a world."""
        home = self._home_of(ap_id, world)
        person = home.person_at(ap_id) if home else None
        return None if person is None or home is None else _person(world, home, person)

    def community(self, world: World, ap_id: str) -> Community | None:
        """Fetch a community into a world, with its moderators, its newest posts and what is pinned."""
        home = self._home_of(ap_id, world)
        original = home.community_at(ap_id) if home else None
        if home is None or original is None:
            return None
        copy = replace(
            original,
            id=world.new_id("community"),
            ap_id=ap_id,
            # Checked only on the community's own server.
            has_collections=True,
            moderators=[_person(world, home, home.people[number]).id for number in original.moderators],
            moderating_since={},
            followers={},
            banned={},
        )
        copy.moderating_since = dict.fromkeys(copy.moderators, world.now())
        world.communities[copy.id] = copy
        for post in list(home.posts_in(original)):
            _take_post(world, home, replace(post)).featured_community = post.featured_community
        self._learn(world)
        return copy

    # -- called by the sandboxes

    def settle(self) -> None:
        """Send everything new, and deliver what is due."""
        for world in self.worlds:
            for target, deliver in list(self._news(world)):
                self._send(world, target, deliver)
        while due := [parcel for parcel in self._on_the_way if parcel[0] <= parcel[1].now()]:
            for parcel in due:
                self._on_the_way.remove(parcel)
                _, world, deliver = parcel
                deliver(world)
                self._learn(world)

    def _send(self, source: World, target: World, deliver: Deliver) -> None:
        if frozenset({source.hostname, target.hostname}) not in self.cut:
            self._on_the_way.append((source.now() + self.delay, target, deliver))

    def _news(self, world: World) -> Iterator[tuple[World, Deliver]]:
        """Yield everything new on a server since the last call, with the servers to send it to."""
        for post in list(world.posts.values()):
            if self._is_news(world, "post", post.id, _post_state(post)):
                yield from self._routes(world, world.community_of(post), _delivery(_take_post, world, post))
        for comment in list(world.comments.values()):
            if self._is_news(world, "comment", comment.id, _comment_state(comment)):
                community = world.community_of(world.posts[comment.post_id])
                yield from self._routes(world, community, _delivery(_take_comment, world, comment))
        for row in list(world.modlog):
            if row.kind in _TRAVEL and self._is_news(world, row.kind.value, row.id, "written"):
                place = world.communities[row.community_id or 0]
                yield from self._routes(world, place, _delivery(_take_action, world, row), row.kind)
        for message in list(world.messages.values()):
            yield from self._mail(world, message)

    def _mail(self, world: World, message: PrivateMessage) -> Iterator[tuple[World, Deliver]]:
        address = world.people[message.recipient_id].ap_id
        if address is None or not self._is_news(world, "message", message.id, message.content):
            return
        home = self._home_of(address, world)
        if home is not None:
            yield home, _delivery(_take_message, world, message)

    def _is_news(self, world: World, kind: str, number: int, state: object) -> bool:
        key = (world.hostname, kind, number)
        if self._known.get(key) == state:
            return False
        self._known[key] = state
        return True

    def _learn(self, world: World) -> None:
        """Treat what a server has just received as known, so that it does not send it again."""
        for _ in self._news(world):
            pass

    def _routes(
        self, world: World, community: Community, deliver: Deliver, kind: ModKind | None = None
    ) -> Iterator[tuple[World, Deliver]]:
        """Yield the community's own server, or if this is it, every server that accepts its activities."""
        if community.ap_id is None:
            ap_id = world.address("c", community.name)
            yield from self._announced(world, ap_id, deliver)
            return
        home = self._home_of(community.ap_id, world)
        if home is not None:
            yield home, lambda there: self._arrives_at_home(there, community.ap_id or "", deliver, kind)

    def _announced(self, home: World, ap_id: str, deliver: Deliver) -> Iterator[tuple[World, Deliver]]:
        for world in self.worlds:
            copy = None if world is home else world.community_at(ap_id)
            if copy is not None and takes_activities(world, copy):
                yield world, deliver

    def _arrives_at_home(self, home: World, ap_id: str, deliver: Deliver, kind: ModKind | None) -> None:
        community = home.community_at(ap_id)
        if community is None or community.is_gone:
            return
        # The refusal is not reported to the server that sent the pin (lemmy-api 2.2).
        if kind in _OF_COLLECTIONS and not community.has_collections:
            self.refused.append(Refused(home.hostname, "CouldntFindCommunity", kind.value))
            return
        deliver(home)
        for target, passed_on in self._announced(home, ap_id, deliver):
            self._send(home, target, passed_on)

    def _home_of(self, ap_id: str, world: World) -> World | None:
        homes = (home for home in self.worlds if ap_id.startswith(f"https://{home.hostname}/"))
        home = next(homes, None)
        reached = home is not None and frozenset({world.hostname, home.hostname}) not in self.cut
        return home if reached else None


def _post_state(post: Post) -> tuple[object, ...]:
    return (post.name, post.url, post.body, post.nsfw, post.deleted, post.updated)


def _comment_state(comment: Comment) -> tuple[object, ...]:
    return (comment.content, comment.deleted, comment.distinguished, comment.updated)


def _delivery(take: Callable[[World, World, _T], object], source: World, thing: _T) -> Deliver:
    """Return a function that copies a thing to another server, in the state at the time of sending."""
    as_sent = replace(thing)

    def deliver(world: World) -> None:
        take(world, source, as_sent)

    return deliver


def _person(world: World, source: World, person: Person) -> Person:
    """Return the copy on this server of a user from another one; create it if needed."""
    ap_id = source.ap_id(person)
    copy = world.person_at(ap_id)
    if copy is None:
        copy = Person(
            id=world.new_id("person"),
            account_id=0,
            name=person.name,
            password="",
            published=person.published,
            bot_account=person.bot_account,
            ap_id=ap_id,
        )
        world.people[copy.id] = copy
    return copy


def _take_post(world: World, source: World, post: Post) -> Post:
    """Create or update the copy of a post. The server's own post coming back is no longer pending."""
    ap_id = source.ap_id(post)
    copy = world.post_at(ap_id)
    if copy is None:
        there = source.communities[post.community_id]
        community = world.community_at(source.ap_id(there))
        if community is None:
            raise LookupError(there.name)
        copy = replace(
            post,
            id=world.new_id("post"),
            creator_id=_person(world, source, source.people[post.creator_id]).id,
            community_id=community.id,
            ap_id=ap_id,
            featured_community=False,
            featured_local=False,
            federation_pending=False,
            tags=[],
            votes={},
            voted_at={},
            read_by={},
            comments_seen={},
        )
        world.posts[copy.id] = copy
        notifications.notify_of_post(world, copy)
    # The server's own post has come back from the community's server (decision 19).
    elif copy.ap_id is None:
        copy.federation_pending = False
    else:
        for name in ("name", "url", "body", "alt_text", "thumbnail_url", "nsfw", "deleted", "updated"):
            setattr(copy, name, getattr(post, name))
    return copy


def _take_comment(world: World, source: World, comment: Comment) -> None:
    """Create or update the copy of a comment, and notify the local users whom it mentions or replies to."""
    ap_id = source.ap_id(comment)
    copy, post = world.comment_at(ap_id), _same_post(world, source, comment.post_id)
    if copy is not None and copy.ap_id is None:
        copy.federation_pending = False
        return
    if post is None:
        return
    author = _person(world, source, source.people[comment.creator_id])
    if copy is None:
        number = world.new_id("comment")
        parent = _same_comment(world, source, comment.parent_id)
        copy = replace(
            comment,
            id=number,
            creator_id=author.id,
            post_id=post.id,
            path=(*(parent.path if parent else ()), number),
            ap_id=ap_id,
            federation_pending=False,
            votes={},
            voted_at={},
        )
        world.comments[number] = copy
        world.comments_of[post.id].append(copy)
    else:
        for name in ("content", "deleted", "distinguished", "updated"):
            setattr(copy, name, getattr(comment, name))
    if world.is_lemmy_1:
        notifications.notify_of_comment(world, copy)
    else:
        inbox.notify_of_comment(world, copy, author, find_mentions(copy.content, world.hostname))


def _take_action(world: World, source: World, row: ModAction) -> None:
    """Apply a moderator's action from another server and log it; one that comes back is already applied."""
    moderator = _person(world, source, source.people[row.mod_person_id])
    if moderator.ap_id is None:
        return  # done here
    there = source.communities[row.community_id or 0]
    community = world.community_at(source.ap_id(there))
    post = _same_post(world, source, row.post_id)
    comment = _same_comment(world, source, row.comment_id)
    if community is None:
        return
    other = source.people.get(row.other_person_id or 0)
    target = _person(world, source, other) if other else None
    if row.kind is ModKind.ADD_COMMUNITY and target is not None:
        community.moderators = [number for number in community.moderators if number != target.id]
        if not row.turned_on:  # in an appointment's row, true means removed from the moderators
            community.moderators.append(target.id)
            community.moderating_since[target.id] = world.now()
    elif row.kind is ModKind.REMOVE_COMMENT and comment is not None:
        comment.removed = row.turned_on
    elif post is not None:
        _change_post(post, row)
    world.log(
        row.kind,
        moderator,
        turned_on=row.turned_on,
        community_id=community.id,
        post_id=post.id if post else None,
        comment_id=comment.id if comment else None,
        other_person_id=target.id if target else None,
        reason=row.reason,
    )


def _change_post(post: Post, row: ModAction) -> None:
    name = {ModKind.FEATURE_POST: "featured_community", ModKind.LOCK_POST: "locked"}.get(row.kind, "removed")
    setattr(post, name, row.turned_on)


def _take_message(world: World, source: World, message: PrivateMessage) -> None:
    recipient = _person(world, source, source.people[message.recipient_id])
    copy = PrivateMessage(
        id=world.new_id("message"),
        creator_id=_person(world, source, source.people[message.creator_id]).id,
        recipient_id=recipient.id,
        content=message.content,
        published=message.published,
        ap_id=source.address("private_message", message.id),
    )
    world.messages[copy.id] = copy
    notifications.notify_of_message(world, copy)


def _same_post(world: World, source: World, number: int | None) -> Post | None:
    post = source.posts.get(number or 0)
    return None if post is None else world.post_at(source.ap_id(post))


def _same_comment(world: World, source: World, number: int | None) -> Comment | None:
    comment = source.comments.get(number or 0)
    if comment is None:
        return None
    return world.comment_at(source.ap_id(comment))
