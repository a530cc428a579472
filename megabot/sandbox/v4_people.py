"""The v4 calls about people and what they wrote: fields in, views out."""

from megabot.sandbox import accounts, inbox, v4_rows, v4_views
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.records import Comment, Person, Post
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.v4_fields import community_id_or_none, person_called
from megabot.sandbox.v4_paging import Cut, asked, page, unreadable

_CONTENT_TYPES = ("all", "comments", "posts")


def read(ask: Ask) -> Json:
    """GET /person."""
    person = _wanted(ask)
    return {
        "person_view": v4_views.person_view(ask.world, person, ask.caller),
        "site": v4_rows.site(ask.world),
        "moderates": v4_views.seats_of(ask.world, person),
        "multi_communities_created": [],
    }


def content(ask: Ask) -> Json:
    """GET /person/content: all a person wrote, newest first, what is removed or deleted too, to anyone.

    No setting of the reader's leaves anything out.
    """
    kind = ask.fields.choice_or_none("type_", _CONTENT_TYPES) or "all"
    cut, person, community_id = asked(ask.fields), _wanted(ask), community_id_or_none(ask)
    found = [one for one in _written(ask, person) if _is_asked_for(ask, one, kind, community_id)]
    return page(
        sorted(found, key=_order),
        cut,
        edge=_edge(ask, cut),
        order=_order,
        name=lambda one: f"{'P' if isinstance(one, Post) else 'C'}{one.id}",
        view=lambda one: _view(ask, one),
    )


def ban(ask: Ask) -> Json:
    """POST /admin/ban."""
    person_id, wanted = ask.fields.number("person_id"), ask.fields.flag("ban")
    reason = ask.fields.text("reason")
    person = accounts.ban_from_site(ask.world, ask.person(), person_id, ban=wanted, reason=reason)
    return {"person_view": v4_views.person_view(ask.world, person, ask.caller)}


def block(ask: Ask) -> Json:
    """POST /account/block/person."""
    person_id, wanted = ask.fields.number("person_id"), ask.fields.flag("block")
    target = inbox.block(ask.world, ask.person(), person_id, block=wanted)
    return {"person_view": v4_views.person_view(ask.world, target, ask.caller)}


def _wanted(ask: Ask) -> Person:
    number, name = ask.fields.number_or_none("person_id"), ask.fields.text_or_none("username")
    ask.check_may_read()
    if name is not None:
        return person_called(ask, name)
    if number is None:
        raise Refusal("no_id_given")
    if number not in ask.world.people:
        raise Refusal("couldnt_find_person")
    return ask.world.people[number]


def _written(ask: Ask, person: Person) -> list[Post | Comment]:
    things: list[Post | Comment] = [*ask.world.posts.values(), *ask.world.comments.values()]
    return [one for one in things if one.creator_id == person.id]


def _is_asked_for(ask: Ask, one: Post | Comment, kind: str, community_id: int | None) -> bool:
    post = one if isinstance(one, Post) else ask.world.posts[one.post_id]
    if community_id not in {None, post.community_id}:
        return False
    return kind == "all" or (kind == "posts") == isinstance(one, Post)


def _order(one: Post | Comment) -> tuple[float, bool, int]:
    return (-one.published.timestamp(), isinstance(one, Post), -one.id)


def _edge(ask: Ask, cut: Cut) -> Post | Comment | None:
    if cut.name is None:
        return None
    kind, number = cut.name[:1], cut.name[1:]
    if kind not in {"P", "C"} or not number.isdecimal():
        raise unreadable()
    found = (ask.world.posts if kind == "P" else ask.world.comments).get(int(number))
    if found is None:
        raise Refusal("not_found")
    return found


def _view(ask: Ask, one: Post | Comment) -> Json:
    if isinstance(one, Post):
        return {"type_": "post", **v4_views.post_view(ask.world, one, ask.caller)}
    return {"type_": "comment", **v4_views.comment_view(ask.world, one, ask.caller)}
