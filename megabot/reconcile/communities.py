"""The community of a thread: looked up by name once, then known by id, because names can be taken over."""

from dataclasses import replace

from megabot.errors import ConfigError, NotFound
from megabot.forum.models import CommunityRef
from megabot.i18n import sentences
from megabot.ledger.state import ThreadState
from megabot.ports import Ports
from megabot.reconcile.thread_posts import ThreadPosts
from megabot.source.model import Thread


def find_community(ports: Ports, thread: Thread, *, reread: bool = False) -> CommunityRef:
    """Return a thread's community: from the server if it is new or `reread`, otherwise from the ledger.

    Raises `ConfigError` if neither the thread nor the settings name one, `NotFound` if it does not exist.
    """
    name = thread.community or ports.community
    if not name:
        raise ConfigError(sentences.no_community(thread.name))
    return find_community_by_name(ports, name, reread=reread)


def find_community_by_name(ports: Ports, name: str, *, reread: bool = False) -> CommunityRef:
    """Return a community by `name` or `name@host`. Raises `NotFound`."""
    known = ports.ledger.community(name)
    # Not asked again at each slot (decision 3); the number counts, whatever happens to the name (H11).
    if known is not None and not reread:
        return known
    try:
        place = ports.forum.community(name).ref
    except NotFound as error:
        raise NotFound(sentences.no_such_community(name), code=error.code) from error
    remember_community(ports, name, place)
    return place


def remember_community(ports: Ports, name: str, place: CommunityRef) -> None:
    """Record which community a name stands for, if that changed."""
    if ports.ledger.community(name) != place:
        ports.ledger.keep_community(name, place)


def forget_community(ports: Ports, thread: Thread) -> None:
    """Have a thread's community read again, after the server unexpectedly refused something there."""
    ports.ledger.keep_community(thread.community or ports.community, None)


def agree_to_move(ports: Ports, thread: Thread) -> None:
    """Let a running thread move to the community its source names, from its next edition on (decision 17)."""
    place = find_community(ports, thread)
    ports.ledger.change_thread(thread.name, lambda state: replace(state, agreed_community=place.id))


def is_in_wrong_community(state: ThreadState, posts: ThreadPosts, place: CommunityRef) -> bool:
    """Return whether a thread's last post is in another community and nobody has confirmed the move."""
    home = community_of_last_post(posts)
    # Confirmed for one community only: another change may again be a mistake (G01).
    return home not in (None, place.id) and state.agreed_community != place.id


def community_of_last_post(posts: ThreadPosts) -> int | None:
    """Return the id of the community of a thread's last post, None if there is no post."""
    if posts.posts:
        return posts.posts[0].post.community_id
    return posts.records[-1].community_id if posts.records else None
