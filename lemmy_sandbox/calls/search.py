"""Find things by address or by words, for v3 and v4."""

import re

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Comment, Post
from lemmy_sandbox.rules import rights
from lemmy_sandbox.rules.post_list import Page
from lemmy_sandbox.rules.refusal import Refusal, not_found_by_name

_ADDRESS = re.compile(r"/(post|comment|c|u)/([^/?#]+)")
_HANDLE = re.compile(r"[!@]?([^@/]+)@([^@/]+)")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def resolve(call: Call) -> Json:
    """GET /resolve_object of v3: find a thing of this server by its exact address.

    It works without signing in; then the real server looks no further either (0.19, resolve_object.rs). What
    it would fetch from other servers for signed-in callers is missing here.
    """
    kind, view = find_or_refuse(call)
    return {kind: view}


def find_or_refuse(call: Call) -> tuple[str, Json]:
    """Return the kind and the view of the thing at an address; refuse if there is none."""
    address = call.fields.text("q")
    call.check_may_read()
    result = find(call, address)
    if result is not None:
        return result
    if call.world.is_lemmy_1:
        raise Refusal("resolve_object_failed", message=_what_failed(address))
    raise Refusal("couldnt_find_object")


def find(call: Call, address: str) -> tuple[str, Json] | None:
    """Return the kind and the view of the thing at an address, if this server shows it to the caller."""
    match = _ADDRESS.fullmatch(call.world.here(address))
    if match is None:
        return None
    kind, name = match.groups()
    if kind in {"c", "u"}:
        return _community(call, name) if kind == "c" else _person(call, name)
    if not _NUMBER.fullmatch(name):
        return None
    return _post(call, int(name)) if kind == "post" else _comment(call, int(name))


def communities(call: Call, words: str, page: Page) -> list[Json]:
    """Return the communities with the words in their name or title."""
    matches = [
        community
        for community in call.world.communities.values()
        if words.lower() in f"{community.name}\n{community.title}".lower()
        and rights.can_see_community(call.caller, community)
    ]
    return [call.views.community_view(call.world, community, call.caller) for community in page.of(matches)]


def people(call: Call, words: str, page: Page) -> list[Json]:
    """Return the people with the words in their name."""
    matches = [person for person in call.world.people.values() if words.lower() in person.name.lower()]
    return [call.views.person_view(call.world, person, call.caller) for person in page.of(matches)]


def _post(call: Call, number: int) -> tuple[str, Json] | None:
    post = call.world.posts.get(number)
    is_shown = rights.can_open if call.world.is_lemmy_1 else rights.can_find
    if post is None or not is_shown(call.world, call.caller, post):
        return None
    _check_not_gone(call, post)
    return "post", call.views.post_view(call.world, post, call.caller)


def _comment(call: Call, number: int) -> tuple[str, Json] | None:
    comment = call.world.comments.get(number)
    if comment is None:
        return None
    community = call.world.community_of(call.world.posts[comment.post_id])
    if call.caller is None and community.visibility != "Public":
        return None
    _check_not_gone(call, comment)
    return "comment", call.views.comment_view(call.world, comment, call.caller)


def _community(call: Call, name: str) -> tuple[str, Json] | None:
    community = call.world.community_named(name)
    if community is None or community.name != name or not rights.can_see_community(call.caller, community):
        return None
    if community.is_gone and not call.world.is_lemmy_1:
        return None
    return "community", call.views.community_view(call.world, community, call.caller)


def _person(call: Call, name: str) -> tuple[str, Json] | None:
    person = call.world.person_named(name)
    if person is None or person.name != name:
        return None
    return "person", call.views.person_view(call.world, person, call.caller)


def _check_not_gone(call: Call, thing: Post | Comment) -> None:
    """Refuse a removed or deleted thing as 0.19 does: another status than for one that never existed."""
    if thing.is_gone and not call.world.is_lemmy_1:
        raise not_found_by_name("couldnt_find_object")


def _what_failed(address: str) -> str:
    handle = _HANDLE.fullmatch(address)
    if handle is not None:
        name, host = handle.groups()
        address = f"http://{host}/.well-known/webfinger?resource=acct:{name}@{host}"
    elif "://" not in address:
        return "Failed to resolve actor via webfinger"
    return f"error sending request for url ({address})"
