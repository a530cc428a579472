"""Where a thread lives: a community's name made a place, remembered by id. A name can be taken over."""

import json
from dataclasses import asdict

from megabot.errors import ConfigError, NotFound
from megabot.forum.models import CommunityRef
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.reconcile.observation import ThreadPost
from megabot.source.model import Thread


def find_community(ports: Ports, thread: Thread, *, anew: bool = False) -> CommunityRef:
    """Find a thread's community: from the ledger, or from the server where it is not known or asked `anew`.

    Raises `ConfigError` where neither the thread nor the settings name one, `NotFound` where there is none.
    """
    name = thread.community or ports.community
    if not name:
        raise ConfigError(sentences.no_community(thread.name))
    return find_community_by_name(ports, name, anew=anew)


def find_community_by_name(ports: Ports, name: str, *, anew: bool = False) -> CommunityRef:
    """Find a community by `name` or `name@host`; raise `NotFound` where there is none."""
    fact = ports.ledger.get_fact(f"community:{name}")
    if fact and not anew:
        return CommunityRef(**json.loads(fact))
    try:
        place = ports.forum.community(name).ref
    except NotFound as error:
        raise NotFound(sentences.no_such_community(name), code=error.code) from error
    remember_community(ports, name, place)
    return place


def remember_community(ports: Ports, name: str, place: CommunityRef) -> None:
    """Remember where a name leads, where that is new."""
    fact = json.dumps(asdict(place))
    if ports.ledger.get_fact(f"community:{name}") != fact:
        ports.ledger.set_fact(f"community:{name}", fact)


def forget_community(ports: Ports, thread: Thread) -> None:
    """Have a thread's community read again: something was refused there that should not have been."""
    ports.ledger.set_fact(f"community:{thread.community or ports.community}", "")


def agree_to_move(ports: Ports, thread: Thread) -> None:
    """Let a running thread go where the source says now, from its next edition on (decision 17)."""
    ports.ledger.set_fact(f"move:{thread.name}", str(find_community(ports, thread).id))


def is_in_wrong_community(
    ports: Ports, thread: Thread, place: CommunityRef, posts: tuple[ThreadPost, ...]
) -> bool:
    """Tell whether a thread's last post is in another community, and nobody agreed to the move."""
    home = community_of_last_post(ports, thread, posts)
    return home not in (None, place.id) and ports.ledger.get_fact(f"move:{thread.name}") != str(place.id)


def community_of_last_post(ports: Ports, thread: Thread, posts: tuple[ThreadPost, ...]) -> int | None:
    """Give the community of a thread's last post, None where there is no post."""
    if posts:
        return posts[0].post.community_id
    records = ports.ledger.posts(thread.name)
    return records[-1].community_id if records else None
