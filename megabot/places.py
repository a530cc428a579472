"""Where a thread lives: a community's name made a place, remembered by id. A name can be taken over."""

import json
from dataclasses import asdict

from megabot import texts
from megabot.core.posts import Place
from megabot.core.seen import ThreadPost
from megabot.core.threads import Thread
from megabot.errors import ConfigError, NotFound
from megabot.ports import Ports


def find_place(ports: Ports, thread: Thread, *, anew: bool = False) -> Place:
    """Find a thread's community: from the ledger, or from the server where it is not known or asked `anew`.

    Raises `ConfigError` where neither the thread nor the settings name one, `NotFound` where there is none.
    """
    name = thread.community or ports.community
    if not name:
        raise ConfigError(texts.no_community(ports.language, thread.name))
    return place_of(ports, name, anew=anew)


def place_of(ports: Ports, name: str, *, anew: bool = False) -> Place:
    """Find a community by `name` or `name@host`; raise `NotFound` where there is none."""
    kept = ports.ledger.get_fact(f"community:{name}")
    if kept and not anew:
        return Place(**json.loads(kept))
    try:
        place = ports.forum.community(name).place
    except NotFound as error:
        raise NotFound(texts.no_such_community(ports.language, name), code=error.code) from error
    keep_place(ports, name, place)
    return place


def keep_place(ports: Ports, name: str, place: Place) -> None:
    """Remember where a name leads, where that is new."""
    kept = json.dumps(asdict(place))
    if ports.ledger.get_fact(f"community:{name}") != kept:
        ports.ledger.set_fact(f"community:{name}", kept)


def forget_place(ports: Ports, thread: Thread) -> None:
    """Have a thread's community read again: something was refused there that should not have been."""
    ports.ledger.set_fact(f"community:{thread.community or ports.community}", "")


def agree_to_move(ports: Ports, thread: Thread) -> None:
    """Let a running thread go where the source says now, from its next edition on (decision 17)."""
    ports.ledger.set_fact(f"move:{thread.name}", str(find_place(ports, thread).id))


def has_strayed(ports: Ports, thread: Thread, place: Place, posts: tuple[ThreadPost, ...]) -> bool:
    """Tell whether a thread's last post is in another community, and nobody agreed to the move."""
    home = home_of(ports, thread, posts)
    return home not in (None, place.id) and ports.ledger.get_fact(f"move:{thread.name}") != str(place.id)


def home_of(ports: Ports, thread: Thread, posts: tuple[ThreadPost, ...]) -> int | None:
    """Give the community of a thread's last post, None where there is no post."""
    if posts:
        return posts[0].post.community_id
    records = ports.ledger.posts(thread.name)
    return records[-1].community_id if records else None
