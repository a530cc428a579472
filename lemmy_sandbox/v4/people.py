"""The v4 calls about people and what they wrote."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Comment, Person, Post
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v4.paging import Cut, page, read_cut, unreadable

_CONTENT_TYPES = ("all", "comments", "posts")


def read(call: Call) -> Json:
    """GET /person."""
    person = _wanted(call)
    return {
        "person_view": call.views.person_view(call.world, person, call.caller),
        "site": call.views.site(call.world),
        "moderates": call.seats_of(person),
        "multi_communities_created": [],
    }


def content(call: Call) -> Json:
    """GET /person/content: all a person wrote, newest first, what is removed or deleted too, to anyone.

    No setting of the reader's leaves anything out.
    """
    kind = call.fields.choice_or_none("type_", _CONTENT_TYPES) or "all"
    cut, person, community_id = read_cut(call.fields), _wanted(call), call.community_id()
    found = [thing for thing in _written(call, person) if _is_asked_for(call, thing, kind, community_id)]
    return page(
        sorted(found, key=_order),
        cut,
        edge=_edge(call, cut),
        order=_order,
        name=lambda thing: f"{'P' if isinstance(thing, Post) else 'C'}{thing.id}",
        view=lambda thing: _view(call, thing),
    )


def _wanted(call: Call) -> Person:
    number, name = call.fields.number_or_none("person_id"), call.fields.text_or_none("username")
    call.check_may_read()
    if name is not None:
        return call.person_called(name)
    if number is None:
        raise Refusal("no_id_given")
    if number not in call.world.people:
        raise Refusal("couldnt_find_person")
    return call.world.people[number]


def _written(call: Call, person: Person) -> list[Post | Comment]:
    things: list[Post | Comment] = [*call.world.posts.values(), *call.world.comments.values()]
    return [thing for thing in things if thing.creator_id == person.id]


def _is_asked_for(call: Call, thing: Post | Comment, kind: str, community_id: int | None) -> bool:
    post = thing if isinstance(thing, Post) else call.world.posts[thing.post_id]
    if community_id not in {None, post.community_id}:
        return False
    return kind == "all" or (kind == "posts") == isinstance(thing, Post)


def _order(thing: Post | Comment) -> tuple[float, bool, int]:
    return (-thing.published.timestamp(), isinstance(thing, Post), -thing.id)


def _edge(call: Call, cut: Cut) -> Post | Comment | None:
    if cut.name is None:
        return None
    kind, number = cut.name[:1], cut.name[1:]
    if kind not in {"P", "C"} or not number.isdecimal():
        raise unreadable()
    found = (call.world.posts if kind == "P" else call.world.comments).get(int(number))
    if found is None:
        raise Refusal("not_found")
    return found


def _view(call: Call, thing: Post | Comment) -> Json:
    if isinstance(thing, Post):
        return {"type_": "post", **call.views.post_view(call.world, thing, call.caller)}
    return {"type_": "comment", **call.views.comment_view(call.world, thing, call.caller)}
